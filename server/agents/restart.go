package agents

import (
	"context"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// openConns are all connections, from the moment that each is accepted: also of those who have not said yet
// who they are. After over none is added.
type openConns struct {
	mu    sync.Mutex
	all   map[*agentConn]bool
	ended bool
}

// add takes a connection in; false where it came too late.
func (o *openConns) add(l *agentConn) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return false
	}
	if o.all == nil {
		o.all = map[*agentConn]bool{}
	}
	o.all[l] = true
	return true
}

func (o *openConns) remove(l *agentConn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.all, l)
}

func (o *openConns) isOver() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ended
}

// over lets no more in, and returns those that are open.
func (o *openConns) over() (all []*agentConn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	for l := range o.all {
		all = append(all, l)
	}
	return all
}

// operationEnds is how long a restart waits for an operation that is out: a reading with 照合番号B is longer,
// and is then answered with ErrLost.
const operationEnds = 8 * time.Second

// Restart tells every agent that this server restarts, so that they come back spread over a minute, and
// admits no new ones: who is on the way in hears it too. An operation that is out ends before, if it does
// soon. It returns when all have been told or ctx ends.
func (s *AgentHub) Restart(ctx context.Context) {
	soon, cancel := context.WithTimeout(ctx, operationEnds)
	defer cancel()
	var told sync.WaitGroup
	for _, l := range s.open.over() {
		told.Go(func() {
			l.whenIdle(soon)
			sendAway(l)
		})
	}
	done := make(chan struct{})
	go func() { told.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// sendAway ends a connection with the status by which an agent comes back after a while (RFC 6455's registry,
// 1012). Whoever is gone needs no word.
func sendAway(l *agentConn) { _ = l.conn.Close(websocket.StatusServiceRestart, "") }
