package agents

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

const (
	pairingLife  = 10 * time.Minute
	pairingTries = 5
)

var (
	// ErrPairing is the one answer to a wrong, used or expired pairing code.
	ErrPairing = &eligibility.Error{Code: eligibility.NotFound, Key: "bridge.pairing", Field: "code"}
	// ErrPairingTries is returned after five wrong codes within ten minutes, then with what is left of the
	// wait.
	ErrPairingTries = pairingTooOften(pairingLife)
)

func pairingTooOften(wait time.Duration) *eligibility.Error {
	return &eligibility.Error{
		Code:  eligibility.Limited,
		Key:   "bridge.pairing_tries",
		Field: "code",
		Wait:  wait,
	}
}

// waitingAgent is an unpaired agent that shows a code.
type waitingAgent struct {
	conn    *agentConn
	agent   Agent
	words   []string
	until   time.Time
	approve chan Agent
}

// wrongCodes counts wrong codes until a time.
type wrongCodes struct {
	count int
	until time.Time
}

// pairingAlphabet has no letters or digits that are taken for one another.
const pairingAlphabet = "ACDEFHJKMNPRTUVWXY34679"

// pairingCode returns eight random characters in two groups (about 36 bits; ten minutes and five tries guard
// them).
func pairingCode() string {
	var b strings.Builder
	for b.Len() < 9 {
		if b.Len() == 4 {
			b.WriteByte('-')
		}
		var one [1]byte
		rand.Read(one[:])
		if int(one[0]) < 256/len(pairingAlphabet)*len(pairingAlphabet) {
			b.WriteByte(pairingAlphabet[int(one[0])%len(pairingAlphabet)])
		}
	}
	return b.String()
}

// waitForPairing shows an unknown agent a code and waits until staff type it (the shape of RFC 8628), the
// code ends or the agent leaves.
func (s *AgentHub) waitForPairing(
	ctx context.Context, l *agentConn, agent Agent, nonce []byte,
) (Agent, error) {
	w := &waitingAgent{
		conn:    l,
		agent:   agent,
		words:   wire.PairingWords(agent.Key, nonce),
		until:   s.now().Add(pairingLife),
		approve: make(chan Agent, 1),
	}
	code, out := s.startWaiting(w)
	s.refuseAndClose(out, errPairingOver)
	if code == "" {
		return Agent{}, l.refuse(ctx, errWaiting)
	}
	defer s.stopWaiting(code, l)
	if err := l.send(ctx, wire.Message{Type: "pair", Pair: &wire.Pair{Code: code}}); err != nil {
		return Agent{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, pairingLife)
	defer cancel()
	select {
	case paired := <-w.approve:
		return paired, nil
	case <-l.closed:
		return Agent{}, l.end
	case <-ctx.Done():
		return Agent{}, l.refuse(
			context.Background(),
			errPairingOver,
		) // the agent dials again and gets a new code
	}
}

// startWaiting gives a waiting agent its code; none when too many of its network wait already. A network that
// has fewer is let in always: where there are too many in all, the oldest of the network with the most has to
// make room.
func (s *AgentHub) startWaiting(w *waitingAgent) (code string, out *agentConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.unpaired.byNetwork[w.conn.network]) >= s.unpaired.mostPerNetwork {
		return "", nil
	}
	out = s.unpaired.add(w.conn)
	code = pairingCode()
	for s.waiting[code] != nil {
		code = pairingCode()
	}
	s.waiting[code] = w
	return code, out
}

func (s *AgentHub) stopWaiting(code string, l *agentConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, code)
	s.unpaired.remove(l)
}

// Pair ties the waiting agent that shows this code to the reception's facility, and returns it with the words
// that its window shows. Five wrong codes close pairing for ten minutes.
func (s *AgentHub) Pair(
	ctx context.Context, reception staff.Reception, typed string,
) (Agent, []string, error) {
	facility := reception.Facility
	code := strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if strings.ContainsRune(pairingAlphabet, r) {
			return r
		}
		return -1
	}, typed)
	if len(code) == 8 {
		code = code[:4] + "-" + code[4:]
	}
	w, err := s.takeWaiting(facility, code, s.now())
	if err != nil {
		return Agent{}, nil, err
	}
	agent := w.agent
	agent.Facility, agent.PairedAt, agent.PairedBy = facility, s.now(), reception.Staff
	entry := audit.Entry{
		At:     agent.PairedAt,
		Actor:  reception.Actor(),
		Action: "agent.pair",
		Detail: agent.ID[:min(16, len(agent.ID))],
	}
	if err := s.store.PutAgent(ctx, agent, entry); err != nil {
		return Agent{}, nil, err
	}
	w.approve <- agent
	return agent, w.words, nil
}

// takeWaiting removes the waiting agent of a code, counting wrong ones.
func (s *AgentHub) takeWaiting(facility, code string, now time.Time) (*waitingAgent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bad := s.wrongCodes[facility]
	if bad.count >= pairingTries && now.Before(bad.until) {
		return nil, pairingTooOften(bad.until.Sub(now))
	}
	w := s.waiting[code]
	if w == nil || now.After(w.until) {
		if !now.Before(bad.until) {
			bad.count = 0
		}
		s.wrongCodes[facility] = wrongCodes{bad.count + 1, now.Add(pairingLife)}
		return nil, ErrPairing
	}
	delete(s.waiting, code)
	delete(s.wrongCodes, facility)
	return w, nil
}
