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

// Serve accepts an agent's WebSocket (GET /api/v1/bridge) and serves it until either side ends. address is
// the visitor's, with or without a port, for the limits; behind a proxy the request's own is the proxy's. A
// browser page cannot be an agent: requests with an Origin of another host are refused by the library.
func (s *AgentHub) Serve(w http.ResponseWriter, r *http.Request, address string) {
	if s.open.isOver() {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "the server restarts, try again", http.StatusServiceUnavailable)
		return
	}
	l := &agentConn{
		times:   s.times,
		place:   rand.Text(),
		busy:    make(chan struct{}, 1),
		ready:   make(chan struct{}),
		closed:  make(chan struct{}),
		ended:   make(chan struct{}),
		network: auth.RateLimitKey(address),
	}
	conn, err := websocket.Accept(
		w,
		r,
		&websocket.AcceptOptions{
			Subprotocols: wire.Protocols(),
			OnPingReceived: func(context.Context, []byte) bool {
				s.heardFrom(l)
				return true
			},
		},
	)
	if err != nil {
		return // Accept has answered
	}
	l.conn = conn
	if !s.open.add(l) { // it restarts since
		sendAway(l)
		return
	}
	l.version.Store(int32(wire.AgreedVersion(conn.Subprotocol())))
	conn.SetReadLimit(wire.MaxMessage)
	s.addUnauthenticated(l)
	known := sync.OnceFunc(func() { s.markAuthenticated(l) })
	defer known()
	// The connection outlives the request: what net/http keeps for one, its large stack above all, is given
	// back.
	if err := s.handshake(context.Background(), l, known); err != nil {
		l.hangUp()
		if l.silence == nil { // else listen, which has begun, says it
			s.open.remove(l)
			slog.Info("bridge agent left", "reason", closeReason(err))
		}
	}
}

// addUnauthenticated counts a connection that is not known to be a paired agent's; another may have to make
// room for it.
func (s *AgentHub) addUnauthenticated(l *agentConn) {
	s.mu.Lock()
	l.limit = &s.strangers
	if s.homes.holds(l.network) {
		l.limit = &s.returning
	}
	out := l.limit.add(l)
	s.mu.Unlock()
	s.refuseAndClose(out, errUnauthenticated)
}

func (s *AgentHub) markAuthenticated(l *agentConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.limit.remove(l)
}

// refuse tells an agent why it has to go, and ends its connection, which may take ten seconds where it does
// not listen. So only so many are told at once; the others are hung up.
func (s *AgentHub) refuse(ctx context.Context, l *agentConn, why refusal) error {
	select {
	case s.goodbyes <- struct{}{}:
		defer func() { <-s.goodbyes }()
		return l.refuse(ctx, why)
	default:
		l.hangUp()
		return errRefused
	}
}

// refuseAndClose refuses an agent, if there is one. It does not wait for that.
func (s *AgentHub) refuseAndClose(l *agentConn, why refusal) {
	if l == nil {
		return
	}
	go func() {
		_ = s.refuse(context.Background(), l, why) // it may be gone already
		l.hangUp()
	}()
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

// handshake has the agent prove its key, pairs it when it is unknown, and connects it. Until it is known to
// be a paired agent's, or has a place among those that wait to be paired, the connection counts as a
// stranger's and may have to make room.
func (s *AgentHub) handshake(ctx context.Context, l *agentConn, known func()) error {
	hello, nonce, err := l.receiveHello(ctx, s.now())
	if err != nil {
		return err
	}
	agreed := l.version.Swap(int32(hello.Version))
	switch {
	case !wire.Speaks(hello.Version, int(agreed)):
		return s.refuse(ctx, l, errVersion)
	case !wire.VerifyProof(hello.Key, nonce, hello.Signature):
		return s.refuse(ctx, l, errProof)
	case hello.Virtual && !s.virtual:
		return s.refuse(ctx, l, errVirtual)
	}
	l.virtual, l.oqs, l.program = hello.Virtual, hello.OQS, cleanProgram(hello.Program)
	sum := sha256.Sum256(hello.Key)
	id := hex.EncodeToString(sum[:])
	agent, err := lookUp(ctx, s.store, id, s.times.Hello)
	switch {
	case isNotFound(err):
		return s.pair(ctx, l, s.pairings.newWaitingAgent(l, hello, id, nonce), known)
	case err != nil:
		return err
	case agent.Ended():
		return l.refuse(ctx, errEnded)
	}
	known()
	s.startListening(ctx, l)
	return s.admit(ctx, l, agent)
}

func lookUp(ctx context.Context, store Store, id string, most time.Duration) (Agent, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	return store.Agent(ctx, id)
}

// pair has an unknown agent wait until staff have paired it, and connects it.
func (s *AgentHub) pair(ctx context.Context, l *agentConn, w *waitingAgent, known func()) error {
	out, ok := s.pairings.start(w)
	s.refuseAndClose(out, errPairingOver)
	if !ok {
		return s.refuse(ctx, l, errWaiting)
	}
	defer s.pairings.stop(w)
	known()
	s.startListening(ctx, l) // also while people pair, so that heartbeats are answered
	agent, err := s.pairings.wait(ctx, w)
	if err != nil {
		return err
	}
	return s.admit(ctx, l, agent)
}

// admit tells a paired agent that it is, and connects it, unless another program with its key is there.
func (s *AgentHub) admit(ctx context.Context, l *agentConn, agent Agent) error {
	second, dead := s.isSecond(ctx, agent.ID)
	pushed := s.elsewhere.probeElsewhere(ctx, agent)
	if second || pushed.Second {
		return l.refuse(ctx, errSameKey)
	}
	s.mu.Lock()
	l.agent = agent
	s.mu.Unlock()
	if l.showsFaces() { // a paired agent alone may send so much
		l.conn.SetReadLimit(wire.MaxFaceMessage)
	}
	if !s.connect(l, agent, dead) {
		return l.end
	}
	err := s.elsewhere.announce(ctx, l, s.notePushed(agent.ID, pushed.Alive))
	if err != nil {
		s.disconnect(l)
	}
	if isNotFound(err) {
		return l.refuse(ctx, errEnded)
	}
	return err
}

// startListening begins to receive what an agent sends, and to expect its heartbeats.
func (s *AgentHub) startListening(ctx context.Context, l *agentConn) {
	l.silence = time.AfterFunc(s.times.Silence, l.hangUp)
	go s.listen(ctx, l)
}

// listen receives an agent's replies until its connection ends.
func (s *AgentHub) listen(ctx context.Context, l *agentConn) {
	l.receive(ctx)
	s.disconnect(l)
	l.silence.Stop()
	l.hangUp()
	s.open.remove(l)
	slog.Info("bridge agent left", "reason", closeReason(l.end))
}

// receiveHello sends the challenge and waits for the agent's hello.
func (l *agentConn) receiveHello(ctx context.Context, now time.Time) (*wire.Hello, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, l.times.Hello)
	defer cancel()
	nonce := make([]byte, 32)
	rand.Read(nonce)
	if err := l.send(ctx, wire.Message{
		Type:      "challenge",
		Challenge: &wire.Challenge{Version: wire.OldestVersion, Nonce: nonce, Time: now},
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

// cleanProgram keeps what an agent says of its release where it can be one: up to 40 printed characters of
// ASCII. Anything else is as if it had said nothing.
func cleanProgram(program string) string {
	unlike := func(r rune) bool { return r <= ' ' || r > '~' }
	if len(program) > 40 || strings.ContainsFunc(program, unlike) || eligibility.HoldsMyNumber(program) {
		return ""
	}
	return program
}
