package agents

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"madoguchi/auth"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/message"
)

var (
	errVirtual = refusal{why: message.New("agent.refused.virtual", nil)}
	errProof   = refusal{why: message.New("agent.refused.proof", nil)}
	errVersion = refusal{why: message.New("agent.refused.version", nil)}
)

// ServeHTTP accepts an agent's WebSocket (GET /api/v1/bridge) and serves it until either side ends. A
// browser page cannot be an agent: requests with an Origin of another host are refused by the library.
func (s *AgentHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.isRestarting() {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "the server restarts, try again", http.StatusServiceUnavailable)
		return
	}
	l := &agentConn{times: s.times, closed: make(chan struct{}), network: auth.RateLimitKey(r.RemoteAddr)}
	conn, err := websocket.Accept(
		w,
		r,
		&websocket.AcceptOptions{OnPingReceived: func(context.Context, []byte) bool {
			l.resetSilence()
			return true
		}},
	)
	if err != nil {
		return // Accept has answered
	}
	l.conn = conn
	conn.SetReadLimit(wire.MaxMessage)
	s.addUnauthenticated(l)
	known := sync.OnceFunc(func() { s.markAuthenticated(l) })
	defer known()
	// The connection outlives the request: what net/http keeps for one, its large stack above all, is given
	// back.
	if err := s.handshake(context.Background(), l, known); err != nil {
		l.hangUp()
		if l.silence == nil { // else listen, which has begun, says it
			slog.Info("bridge agent left", "reason", closeReason(err))
		}
	}
}

func (s *AgentHub) isRestarting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.restarting
}

// addUnauthenticated counts a connection that has not proved a key; another may have to make room for it.
func (s *AgentHub) addUnauthenticated(l *agentConn) {
	s.mu.Lock()
	out := s.unauthenticated.add(l)
	s.mu.Unlock()
	s.refuseAndClose(out, errUnauthenticated)
}

func (s *AgentHub) markAuthenticated(l *agentConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unauthenticated.remove(l)
}

// refuseAndClose tells an agent why it has to go, if there is one, and ends its connection. It does not wait
// for that.
func (s *AgentHub) refuseAndClose(l *agentConn, why refusal) {
	if l == nil {
		return
	}
	select {
	case s.goodbyes <- struct{}{}:
		go func() {
			defer func() { <-s.goodbyes }()
			_ = l.refuse(context.Background(), why) // it may be gone already
			l.hangUp()
		}()
	default:
		go l.hangUp()
	}
}

// closeReason says why a connection ended without a word of the agent's: what it sends as a reason must not
// reach the log.
func closeReason(err error) string {
	var closed websocket.CloseError
	switch {
	case errors.Is(err, errRefused):
		return "refused"
	case errors.As(err, &closed):
		return fmt.Sprintf("closed with %d", closed.Code)
	case errors.Is(err, wire.ErrMessage):
		return "it sent what is not a message"
	case errors.Is(err, errStrays):
		return errStrays.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long"
	}
	return "the connection broke"
}

// handshake has the agent prove its key, pairs it when it is unknown, and connects it.
func (s *AgentHub) handshake(ctx context.Context, l *agentConn, known func()) error {
	hello, nonce, err := s.receiveHello(ctx, l)
	if err != nil {
		return err
	}
	l.version.Store(int32(hello.Version))
	switch {
	case hello.Version < wire.OldestVersion || hello.Version > wire.Version:
		return l.refuse(ctx, errVersion)
	case !wire.VerifyProof(hello.Key, nonce, hello.Signature):
		return l.refuse(ctx, errProof)
	case hello.Virtual && !s.virtual:
		return l.refuse(ctx, errVirtual)
	}
	known()
	l.virtual, l.oqs = hello.Virtual, hello.OQS
	l.silence = time.AfterFunc(s.times.Silence, l.hangUp)
	go s.listen(ctx, l) // also while people pair, so that heartbeats are answered
	sum := sha256.Sum256(hello.Key)
	id := hex.EncodeToString(sum[:])
	agent, err := s.store.Agent(ctx, id)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		unknown := Agent{ID: id, Name: cleanName(hello.Name), Key: hello.Key}
		agent, err = s.waitForPairing(ctx, l, unknown, nonce)
	}
	if err != nil {
		return err
	}
	if err := l.send(ctx, wire.Message{
		Type:  "ready",
		Ready: &wire.Ready{Facility: s.names(agent.Facility), Code: agent.Facility},
	}); err != nil {
		return err
	}
	s.connect(l, agent)
	return nil
}

// listen receives an agent's replies until its connection ends.
func (s *AgentHub) listen(ctx context.Context, l *agentConn) {
	l.receive(ctx)
	s.disconnect(l)
	l.silence.Stop()
	l.hangUp()
	slog.Info("bridge agent left", "reason", closeReason(l.end))
}

// receiveHello sends the challenge and waits for the agent's hello.
func (s *AgentHub) receiveHello(ctx context.Context, l *agentConn) (*wire.Hello, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.times.Hello)
	defer cancel()
	nonce := make([]byte, 32)
	rand.Read(nonce)
	if err := l.send(ctx, wire.Message{
		Type:      "challenge",
		Challenge: &wire.Challenge{Version: wire.OldestVersion, Nonce: nonce, Time: s.now()},
	}); err != nil {
		return nil, nil, err
	}
	_, data, err := l.conn.Read(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("waiting for the agent's hello: %w", err)
	}
	m, err := wire.Decode(data)
	if err != nil || m.Hello == nil {
		return nil, nil, fmt.Errorf("waiting for the agent's hello: %w", wire.ErrMessage)
	}
	return m.Hello, nonce, nil
}

// cleanName keeps an agent's name short and printable.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if runes := []rune(name); len(runes) > 40 {
		name = string(runes[:40])
	}
	if name == "" || eligibility.HoldsMyNumber(name) {
		name = message.New("agent.unnamed", nil).Text("ja")
	}
	return name
}

// Restart tells every agent that this server restarts, so that they come back spread over a minute, and
// admits no new ones. It returns when all have been told or ctx ends.
func (s *AgentHub) Restart(ctx context.Context) {
	s.mu.Lock()
	s.restarting = true
	conns := make([]*agentConn, 0, len(s.conns)+len(s.waiting))
	for _, l := range s.conns {
		conns = append(conns, l)
	}
	for _, w := range s.waiting {
		conns = append(conns, w.conn)
	}
	s.mu.Unlock()
	var told sync.WaitGroup
	for _, l := range conns {
		told.Go(
			func() { _ = l.conn.Close(websocket.StatusServiceRestart, "") },
		) // whoever is gone needs no word
	}
	done := make(chan struct{})
	go func() { told.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}
