package agents

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card/wire"
)

// agentConn is one agent's connection.
type agentConn struct {
	agent   Agent  // once paired
	place   string // names the connection (Place.Conn)
	virtual bool
	oqs     bool
	network string     // where it came from (auth.RateLimitKey)
	limit   *connLimit // what it is counted by until it is known
	conn    *websocket.Conn
	program string       // which release the agent is
	version atomic.Int32 // of the messages that the agent speaks; until its hello the agreed one, 0 for none
	times   Times
	silence *time.Timer   // hangs up when no heartbeat comes
	busy    chan struct{} // holds one while an operation is out: one at a time
	ready   chan struct{} // when the agent was told that it is connected
	closed  chan struct{} // when the connection ended, with the reason in end
	end     error
	ended   chan struct{} // when it is cut; what it still sends counts for nothing
	cutOnce sync.Once
	noted   atomic.Int64 // when it was last stored that it is there, ms of Unix time; 0 until it is connected
	heard   atomic.Int64 // its last heartbeat, ms of Unix time

	mu        sync.Mutex
	pendingID string // the operation that is out
	answers   chan *wire.Reply
	strays    int
}

// maxStrays is how many replies that nobody asked for, late ones among them, a connection may bring.
const maxStrays = 20

var (
	errStrays  = errors.New("it answered what nobody asked")
	errRefused = errors.New("readers: the agent was refused")
)

// showsFaces reports whether the agent knows wire.FaceTries and wire.Face.
func (l *agentConn) showsFaces() bool { return knowsFaces(int(l.version.Load())) }

func knowsFaces(version int) bool { return version >= wire.FaceVersion }

// whenIdle waits until no operation is out, and lets none begin; the connection is to be closed then.
func (l *agentConn) whenIdle(ctx context.Context) {
	select {
	case l.busy <- struct{}{}:
	case <-l.closed:
	case <-ctx.Done():
	}
}

// hangUp ends the connection at once; the agent may be gone.
func (l *agentConn) hangUp() { _ = l.conn.CloseNow() }

// cut ends what is asked of the agent at once, however long its connection takes to end.
func (l *agentConn) cut() { l.cutOnce.Do(func() { close(l.ended) }) }

// resetSilence puts the hang-up off.
func (l *agentConn) resetSilence() {
	if l.silence != nil {
		l.silence.Reset(l.times.Silence)
	}
}

// receive takes the agent's replies until the connection ends.
func (l *agentConn) receive(ctx context.Context) {
	defer close(l.closed)
	for {
		_, data, err := l.conn.Read(ctx)
		if err != nil {
			l.end = err
			return
		}
		m, err := wire.Decode(data)
		if err != nil || m.Reply == nil {
			l.end = wire.ErrMessage
			return
		}
		l.resetSilence()
		if !l.deliver(m.Reply) {
			l.end = errStrays
			return
		}
	}
}

// deliver hands a reply to whoever waits for exactly this operation. Any other reply, late, early or for
// another case, is dropped; false after too many of them.
func (l *agentConn) deliver(r *wire.Reply) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pendingID == "" || r.ID != l.pendingID {
		l.strays++
		return l.strays <= maxStrays
	}
	l.pendingID = ""
	l.answers <- r // buffered for the one answer
	return true
}

// ask sends one operation and waits for its reply. The error is ErrBusy or ErrLost, or
// context.DeadlineExceeded.
func (l *agentConn) ask(
	ctx context.Context,
	id string,
	within time.Duration,
	m wire.Message,
) (*wire.Reply, error) {
	select {
	case l.busy <- struct{}{}:
		defer func() { <-l.busy }()
	default:
		return nil, ErrBusy
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := l.whenReady(ctx); err != nil {
		return nil, err
	}
	answers := make(chan *wire.Reply, 1)
	l.expectReply(id, answers)
	defer l.expectReply("", nil)
	if err := l.send(ctx, m); err != nil {
		return nil, ErrLost.Because(err)
	}
	select {
	case reply := <-answers:
		return reply, nil
	case <-l.closed:
		return nil, ErrLost
	case <-l.ended:
		return nil, ErrLost
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// whenReady waits until the agent was told that it is connected: it expects no operation before. What nobody
// waits for any more by then is an error: another card may lie there when it arrives.
func (l *agentConn) whenReady(ctx context.Context) error {
	select {
	case <-l.ready:
		return ctx.Err()
	case <-l.closed:
		return ErrLost
	case <-l.ended:
		return ErrLost
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *agentConn) expectReply(id string, answers chan *wire.Reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pendingID, l.answers = id, answers
}

// send writes one message; an agent that does not take it in time loses its connection. The caller's own end
// does not cut a message in half, which would cost the connection too.
func (l *agentConn) send(ctx context.Context, m wire.Message) error {
	data, err := wire.Encode(m)
	if err != nil {
		return fmt.Errorf("writing a message: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.times.Send)
	defer cancel()
	return l.conn.Write(ctx, websocket.MessageText, data)
}

func (l *agentConn) refuse(ctx context.Context, why refusal) error {
	refused := why.forVersion(int(l.version.Load()))
	if err := l.send(ctx, wire.Message{Type: "refused", Refused: refused}); err != nil {
		return err
	}
	_ = l.conn.Close(websocket.StatusPolicyViolation, "") // it may be gone already
	return errRefused
}
