package agents

import (
	"testing"

	"github.com/coder/websocket"
)

// Whoever is on the way in when the server restarts is sent away as all others are, to come back spread over
// a minute: an agent that proves its key a moment later would be connected to a server that ends, and be cut.
func TestARestartSendsAwayWhoIsOnTheWayIn(t *testing.T) {
	for _, c := range []struct {
		name string
		come func(t *testing.T, conn *websocket.Conn)
	}{
		{"before its hello", func(t *testing.T, conn *websocket.Conn) {
			if m, err := next(t, conn); err != nil || m.Challenge == nil {
				t.Fatalf("%+v %v", m, err)
			}
		}},
		{"while its code is shown", func(t *testing.T, conn *websocket.Conn) {
			sayHello(t, conn)
			if m, err := next(t, conn); err != nil || m.Pair == nil {
				t.Fatalf("%+v %v", m, err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, url := open(t, true)
			conn := stranger(t, url, "192.0.2.1")
			c.come(t, conn)
			told := make(chan struct{})
			go func() {
				defer close(told)
				s.Restart(t.Context())
			}()
			_, err := next(t, conn)
			if got := websocket.CloseStatus(err); got != websocket.StatusServiceRestart {
				t.Errorf("it ends with %d: %v", got, err)
			}
			<-told
		})
	}
}
