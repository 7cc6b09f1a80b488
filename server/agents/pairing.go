package agents

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

const (
	pairingLife  = 10 * time.Minute
	pairingTries = 5
	ticketLife   = 5 * time.Minute
)

var (
	// ErrPairing is the one answer to a wrong, used or expired pairing code.
	ErrPairing = &eligibility.Error{Code: eligibility.NotFound, Key: "bridge.pairing", Field: "code"}
	// ErrPairingTries is returned after five wrong codes within ten minutes, then with what is left of the
	// wait.
	ErrPairingTries = pairingTooOften(pairingLife)
	// ErrTicket is the one answer to a ticket that is unknown, used, expired or another member's, and to one
	// whose agent has left.
	ErrTicket = &eligibility.Error{Code: eligibility.NotFound, Key: "bridge.ticket", Field: "ticket"}
	// ErrDifferent is what staff are told of an agent that RefusePairing has refused.
	ErrDifferent = &eligibility.Error{Code: eligibility.Conflict, Key: "bridge.different"}
	// ErrPairedAlready is returned where an agent of this key is stored already.
	ErrPairedAlready = &eligibility.Error{Code: eligibility.Conflict, Key: "bridge.paired_already"}
)

func pairingTooOften(wait time.Duration) *eligibility.Error {
	return &eligibility.Error{
		Code:  eligibility.Limited,
		Key:   "bridge.pairing_tries",
		Field: "code",
		Wait:  wait,
	}
}

// Candidate is the agent that shows a code. Nothing of it is stored: staff first compare its words with those
// in its window.
type Candidate struct {
	Ticket  string // for ConfirmPairing or RefusePairing, once; 256 random bits
	Name    string // as it calls itself
	Network string // where it comes from: an IPv4 address, or the /64 of an IPv6 address
	Version int    // of the messages that it speaks (package wire)
	Virtual bool   // it serves a virtual card
	Words   []string
	Until   time.Time // the ticket's end
}

// pairings are the agents that are to be paired: those that show a code, and those whose words staff compare.
type pairings struct {
	now func() time.Time

	mu         sync.Mutex
	waiting    map[string]*waitingAgent // by pairing code
	compared   map[string]comparison    // by ticket
	wrongCodes map[string]wrongCodes    // by facility
	limit      connLimit                // of those that show a code
}

func newPairings(now func() time.Time) *pairings {
	return &pairings{
		now:        now,
		waiting:    map[string]*waitingAgent{},
		compared:   map[string]comparison{},
		wrongCodes: map[string]wrongCodes{},
		limit:      newConnLimit(maxWaiting, maxWaitingPerNetwork),
	}
}

// waitingAgent is an unpaired agent that shows a code, or whose words staff compare.
type waitingAgent struct {
	conn         *agentConn
	agent        Agent
	words        []string
	code, ticket string // what takes it: the code, or once that was typed the ticket
	until        time.Time
	over         *time.Timer // ends the waiting
	decided      chan decision
}

// decision is what became of a waiting agent: paired, or refused.
type decision struct {
	paired  Agent
	refused *refusal
}

// comparison is what a member of staff has on the screen.
type comparison struct {
	waiting *waitingAgent
	staff   string
	at      string // the facility
	until   time.Time
}

// wrongCodes counts wrong codes until a time.
type wrongCodes struct {
	count int
	until time.Time
}

// counts reports whether they still count now; until may be far off where the clock was set back.
func (w wrongCodes) counts(now time.Time) bool {
	left := w.until.Sub(now)
	return left > 0 && left <= pairingLife
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

// typedCode is a code as staff typed it, in its own form.
func typedCode(typed string) string {
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
	return code
}

// newWaitingAgent is an unknown agent that proved its key over a nonce.
func (p *pairings) newWaitingAgent(l *agentConn, hello *wire.Hello, id string, nonce []byte) *waitingAgent {
	return &waitingAgent{
		conn: l,
		agent: Agent{
			ID:      id,
			Name:    cleanName(hello.Name),
			Key:     hello.Key,
			Version: hello.Version,
			Program: l.program,
		},
		words:   wire.PairingWords(hello.Key, nonce),
		until:   p.now().Add(pairingLife),
		decided: make(chan decision, 1),
	}
}

// start gives a waiting agent its code, or returns false when too many of its network wait already. A network
// that has fewer is let in always: where there are too many in all, the oldest of the network with the most
// has to make room.
func (p *pairings) start(w *waitingAgent) (out *agentConn, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limit.isFull(w.conn.network) {
		return nil, false
	}
	out = p.limit.add(w.conn)
	w.code = pairingCode()
	for p.waiting[w.code] != nil {
		w.code = pairingCode()
	}
	w.over = time.NewTimer(pairingLife)
	p.waiting[w.code] = w
	return out, true
}

func (p *pairings) stop(w *waitingAgent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.over.Stop()
	delete(p.waiting, w.code)
	delete(p.compared, w.ticket)
	p.limit.remove(w.conn)
}

// wait shows an unknown agent its code and waits until staff have typed it and compared the words (the shape
// of RFC 8628), the time is over or the agent leaves.
func (p *pairings) wait(ctx context.Context, w *waitingAgent) (Agent, error) {
	if err := w.conn.send(ctx, wire.Message{Type: "pair", Pair: &wire.Pair{Code: w.code}}); err != nil {
		return Agent{}, err
	}
	select {
	case d := <-w.decided:
		if d.refused != nil {
			return Agent{}, w.conn.refuse(ctx, *d.refused)
		}
		return d.paired, nil
	case <-w.conn.closed:
		return Agent{}, w.conn.end
	case <-w.over.C:
		return Agent{}, w.conn.refuse(ctx, errPairingOver) // the agent dials again and gets a new code
	}
}

// mayTry returns an error with what is left of the wait where a facility typed too many wrong codes.
func (p *pairings) mayTry(facility string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	bad := p.wrongCodes[facility]
	if bad.count >= pairingTries && bad.counts(now) {
		return pairingTooOften(bad.until.Sub(now))
	}
	return nil
}

// countWrong counts a wrong code of a facility's.
func (p *pairings) countWrong(facility string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	bad := p.wrongCodes[facility]
	if !bad.counts(now) {
		bad.count = 0
	}
	p.wrongCodes[facility] = wrongCodes{bad.count + 1, now.Add(pairingLife)}
}

// forgive forgets a facility's wrong codes after a right one.
func (p *pairings) forgive(facility string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.wrongCodes, facility)
}

// takeCode exchanges a code for a ticket, or returns ErrPairing. The agent's place is then no stranger's to
// take.
func (p *pairings) takeCode(reception staff.Reception, code string) (comparison, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	w := p.waiting[code]
	if w == nil || now.After(w.until) {
		return comparison{}, ErrPairing
	}
	delete(p.waiting, code)
	p.limit.remove(w.conn)
	w.ticket = rand.Text() + rand.Text()
	w.over.Reset(ticketLife)
	c := comparison{waiting: w, staff: reception.Staff, at: reception.Facility, until: now.Add(ticketLife)}
	p.compared[w.ticket] = c
	return c, nil
}

// redeem returns the agent of a ticket, once, to the member of staff who has it.
func (p *pairings) redeem(reception staff.Reception, ticket string) (*waitingAgent, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.compared[ticket]
	if !ok || c.staff != reception.Staff || c.at != reception.Facility {
		return nil, ErrTicket
	}
	delete(p.compared, ticket)
	if p.now().After(c.until) {
		return nil, ErrTicket
	}
	return c.waiting, nil
}

// BeginPairing returns the waiting agent that shows the typed code, with the words that its window shows, and
// stores nothing. The code is used up. Five wrong codes close pairing for ten minutes, at each instance. The
// errors are ErrPairing, ErrPairingTries, and the hub's where another instance that may have it is away.
func (s *AgentHub) BeginPairing(
	ctx context.Context, reception staff.Reception, typed string,
) (Candidate, error) {
	if err := s.pairings.mayTry(reception.Facility); err != nil {
		return Candidate{}, err
	}
	var found Candidate
	code := typedCode(typed)
	c, err := s.pairings.takeCode(reception, code)
	if err == nil {
		found = c.candidate()
	} else {
		found, err = s.elsewhere.takeElsewhere(ctx, reception, code)
	}
	if err != nil {
		s.pairings.countWrong(reception.Facility) // also where an instance was away: others were asked
		return Candidate{}, err
	}
	s.pairings.forgive(reception.Facility)
	return found, nil
}

// candidate is the agent as staff see it.
func (c comparison) candidate() Candidate {
	w := c.waiting
	return Candidate{
		Ticket:  w.ticket,
		Name:    w.agent.Name,
		Network: w.conn.network,
		Version: w.agent.Version,
		Virtual: w.conn.virtual,
		Words:   w.words,
		Until:   c.until,
	}
}

// ConfirmPairing ties the ticket's agent to the reception's facility: its staff have seen the same words in
// its window. The ticket is used up, whatever the answer; only the member of staff to whom BeginPairing gave
// it has one. The errors are ErrTicket and ErrPairedAlready.
func (s *AgentHub) ConfirmPairing(
	ctx context.Context, reception staff.Reception, ticket string,
) (Agent, error) {
	if strings.Contains(ticket, ticketBreak) {
		q := pairingQuestion{Step: confirms, Reception: reception, Ticket: ticket}
		return s.elsewhere.redeemElsewhere(ctx, q)
	}
	return s.confirmHere(ctx, reception, ticket)
}

func (s *AgentHub) confirmHere(
	ctx context.Context, reception staff.Reception, ticket string,
) (Agent, error) {
	w, err := s.pairings.redeem(reception, ticket)
	if err != nil {
		return Agent{}, err
	}
	select {
	case <-w.conn.closed:
		return Agent{}, ErrTicket
	default:
	}
	agent, now := w.agent, s.now()
	agent.Facility, agent.PairedBy = reception.Facility, reception.Staff
	agent.PairedAt, agent.FirstSeen, agent.LastSeen = now, now, now
	if err := s.store.PutAgent(ctx, agent, agentEntry(now, reception, "agent.pair", agent.ID)); err != nil {
		w.decided <- decision{refused: &errPairingOver}
		return Agent{}, err
	}
	w.decided <- decision{paired: agent}
	return agent, nil
}

// RefusePairing refuses the ticket's agent and ends its connection: its window does not show the words, so
// somebody else's computer answered the code. That is audited. The error is ErrTicket, as ConfirmPairing's.
func (s *AgentHub) RefusePairing(ctx context.Context, reception staff.Reception, ticket string) error {
	if strings.Contains(ticket, ticketBreak) {
		q := pairingQuestion{Step: refuses, Reception: reception, Ticket: ticket}
		_, err := s.elsewhere.redeemElsewhere(ctx, q)
		return err
	}
	return s.refuseHere(ctx, reception, ticket)
}

func (s *AgentHub) refuseHere(ctx context.Context, reception staff.Reception, ticket string) error {
	w, err := s.pairings.redeem(reception, ticket)
	if err != nil {
		return err
	}
	w.decided <- decision{refused: &errOtherWords}
	return s.store.NoteAgent(ctx, agentEntry(s.now(), reception, "agent.pair_different", w.agent.ID))
}

// agentEntry is the audit's line on what a reception did with an agent.
func agentEntry(at time.Time, reception staff.Reception, action, id string) audit.Entry {
	return audit.Entry{At: at, Actor: reception.Actor(), Action: action, Detail: id[:min(16, len(id))]}
}
