package kit

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Who is signed out while nothing happens loses the stream within a minute, and who is not keeps it.
func TestAQuietStreamEndsWithItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		over := began.Add(10 * time.Minute)
		stream := EventStream{
			page:   t.Context(),
			server: context.Background(),
			remains: func() error {
				if time.Now().Before(over) {
					return nil
				}
				return ErrSignedOut
			},
		}
		if !stream.Wait(nil, time.After(9*time.Minute)) {
			t.Error("it ended while its visitor was signed in")
		}
		if stream.Wait(nil, time.After(time.Hour)) {
			t.Error("it went on after the session")
		}
		if late := time.Since(over); late < 0 || late > time.Minute {
			t.Errorf("it ended %v after the session", late)
		}
		if there, err := stream.Send("x"); there || err != nil {
			t.Errorf("it told somebody who is signed out: %v, %v", there, err)
		}
	})
}
