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
	if s.restarting() {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "the server restarts, try again", http.StatusServiceUnavailable)
		return
	}
	l := &line{times: s.times, closed: make(chan struct{}), network: auth.RateLimitKey(r.RemoteAddr)}
	conn, err := websocket.Accept(
		w,
		r,
		&websocket.AcceptOptions{OnPingReceived: func(context.Context, []byte) bool {
			l.heard()
			return true
		}},
	)
	if err != nil {
		return // Accept has answered
	}
	l.conn = conn
	conn.SetReadLimit(wire.MaxMessage)
	s.admit(l)
	known := sync.OnceFunc(func() { s.recognise(l) })
	defer known()
	// The connection outlives the request: what net/http keeps for one, its large stack above all, is given
	// back.
	if err := s.welcome(context.Background(), l, known); err != nil {
		l.hangUp()
		if l.silence == nil { // else attend, which has begun, says it
			slog.Info("bridge agent left", "reason", ending(err))
		}
	}
}

func (s *AgentHub) restarting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// admit counts a connection that has not proved a key; another may have to make room for it.
func (s *AgentHub) admit(l *line) {
	s.mu.Lock()
	out := s.silent.enter(l)
	s.mu.Unlock()
	s.dismiss(out, errSilent)
}

func (s *AgentHub) recognise(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent.leave(l)
}

// dismiss tells an agent why it has to go, if there is one, and ends its connection. It does not wait for
// that.
func (s *AgentHub) dismiss(l *line, why refusal) {
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

// ending says why a connection ended without a word of the agent's: what it sends as a reason must not reach
// the log.
func ending(err error) string {
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

// welcome has the agent prove its key, pairs it when it is unknown, and connects it.
func (s *AgentHub) welcome(ctx context.Context, l *line, known func()) error {
	hello, nonce, err := s.greet(ctx, l)
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
	go s.attend(ctx, l) // also while people pair, so that heartbeats are answered
	sum := sha256.Sum256(hello.Key)
	id := hex.EncodeToString(sum[:])
	agent, err := s.store.Agent(ctx, id)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		agent, err = s.pairing(ctx, l, Agent{ID: id, Name: clean(hello.Name), Key: hello.Key}, nonce)
	}
	if err != nil {
		return err
	}
	if err := l.send(ctx, wire.Message{Type: "ready", Ready: &wire.Ready{Facility: s.names(agent.Facility), Code: agent.Facility}}); err != nil {
		return err
	}
	s.connect(l, agent)
	return nil
}

// attend listens to an agent until its connection ends.
func (s *AgentHub) attend(ctx context.Context, l *line) {
	l.receive(ctx)
	s.disconnect(l)
	l.silence.Stop()
	l.hangUp()
	slog.Info("bridge agent left", "reason", ending(l.end))
}

// greet sends the challenge and waits for the agent's hello.
func (s *AgentHub) greet(ctx context.Context, l *line) (*wire.Hello, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.times.Hello)
	defer cancel()
	nonce := make([]byte, 32)
	rand.Read(nonce)
	if err := l.send(ctx, wire.Message{Type: "challenge", Challenge: &wire.Challenge{Version: wire.OldestVersion, Nonce: nonce, Time: s.now()}}); err != nil {
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

// clean keeps an agent's name short and printable.
func clean(name string) string {
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
	s.closing = true
	lines := make([]*line, 0, len(s.lines)+len(s.waiting))
	for _, l := range s.lines {
		lines = append(lines, l)
	}
	for _, w := range s.waiting {
		lines = append(lines, w.line)
	}
	s.mu.Unlock()
	var told sync.WaitGroup
	for _, l := range lines {
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
