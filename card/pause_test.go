package card_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"madoguchi/card"
)

func TestAPauseEndsWithItsContext(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	over, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	for _, c := range []struct {
		name string
		ctx  context.Context
		wait time.Duration
		want error
	}{
		{"ended before", ended, time.Hour, context.Canceled},
		{"ended meanwhile", over, time.Hour, context.DeadlineExceeded},
		{"waited", t.Context(), time.Millisecond, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := card.Pause(c.ctx, c.wait); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}
