// Package agents is the server's side of the bridge agents: it accepts their WebSockets, pairs new ones by a
// code, knows which are connected, and asks one of them for one operation at a time.
//
// What an agent brings back about a birth date is believed only after the server has verified it (package
// card). What it reads with 照合番号B, the dates of a certificate and its comparison with OQS files are the
// agent's own word and are named so; what was read is handed to the caller to be shown and compared, and is
// kept nowhere here.
package agents

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
)

// Store keeps paired agents. A missing one is an *eligibility.Error with code NotFound.
type Store interface {
	// PutAgent stores an agent, or returns ErrPairedAlready where there is one of this ID.
	PutAgent(ctx context.Context, a Agent, e audit.Entry) error
	Agent(ctx context.Context, id string) (Agent, error)
	// Agents returns a facility's agents, also those that were ended.
	Agents(ctx context.Context, facility string) ([]Agent, error)
	// SawAgent stores that an agent was there; of one that is missing or was ended nothing.
	SawAgent(ctx context.Context, seen AgentSeen) error
	// TroubledAgent stores why an agent's reader did not answer; of one that is missing or was ended nothing.
	TroubledAgent(ctx context.Context, trouble AgentTrouble) error
	// EndAgent ends an agent of a facility. For one that was ended already it does nothing.
	EndAgent(ctx context.Context, end AgentEnd, e audit.Entry) error
	// ForgetAgent deletes an agent of a facility that was ended; another one is missing.
	ForgetAgent(ctx context.Context, facility, id string, e audit.Entry) error
	// NoteAgent stores what was done with an agent that is not stored.
	NoteAgent(ctx context.Context, e audit.Entry) error
}

// Agent is a paired bridge agent.
type Agent struct {
	ID       string // SHA-256 of the key, hexadecimal
	Facility string
	Name     string
	Key      []byte // P-256, PKIX DER
	PairedAt time.Time
	PairedBy string // staff.Reception.Staff

	// zero for one that a version before schema 20 paired and this one has not seen
	FirstSeen, LastSeen time.Time
	Version             int       // of the messages that it spoke then (package wire)
	Program             string    // the release that it was then; empty: it did not say
	EndedAt             time.Time // zero: it was not ended
	EndedBy             string    // staff.Reception.Staff
	Trouble             string    // the key of why its reader did not answer when it last did not
	TroubleAt           time.Time // when that was
}

// Ended reports whether an administrator ended the agent: its key is refused.
func (a Agent) Ended() bool { return !a.EndedAt.IsZero() }

// AgentSeen says that an agent was there, and what it was then.
type AgentSeen struct {
	ID      string
	At      time.Time
	Version int    // Agent.Version
	Program string // Agent.Program
}

// AgentEnd says which agent ends, when and by whom.
type AgentEnd struct {
	ID, Facility string
	At           time.Time
	By           string // staff.Reception.Staff
}

// Config makes an AgentHub.
type Config struct {
	Store      Store
	IssuerKeys card.IssuerKeys // empty: the card's genuineness stays unverified
	Virtual    bool            // accept virtual cards
	Now        func() time.Time
	Names      func(facility string) string // a facility's name for the agent's window
	Times      Times
}

// Times bound what an agent may take. Zero values are the defaults, which tests shorten.
type Times struct {
	Hello   time.Duration // to prove its key; 10 s
	Silence time.Duration // without a heartbeat; 40 s, agents send one every 15 s
	Send    time.Duration // to take one message; 5 s
	Probe   time.Duration // to show that it lives when another program comes with its key; 2 s
	Check   time.Duration // a birth-date check or certificate dates; 20 s
	Text    time.Duration // a reading with 照合番号B; 25 s
	OQS     time.Duration // a comparison; 8 s
}

func (t Times) complete() Times {
	for _, one := range []struct {
		to     *time.Duration
		preset time.Duration
	}{
		{&t.Hello, 10 * time.Second},
		{&t.Silence, 40 * time.Second},
		{&t.Send, 5 * time.Second},
		{&t.Probe, 2 * time.Second},
		{&t.Check, 20 * time.Second},
		{&t.Text, 25 * time.Second},
		{&t.OQS, 8 * time.Second},
	} {
		if *one.to == 0 {
			*one.to = one.preset
		}
	}
	return t
}

// seenReaders are the readers that were connected since the start, by facility and agent id.
type seenReaders map[string]map[string]counter.ReaderStatus

// AgentHub knows the agents that are connected to this server.
type AgentHub struct {
	Cards *Cards // what is asked of them

	elsewhere *neighbours

	store   Store
	virtual bool // virtual cards are accepted: demo mode only
	now     func() time.Time
	names   func(facility string) string
	times   Times

	pairings *pairings
	open     openConns

	mu        sync.Mutex
	conns     map[string]*agentConn // by agent id, paired and connected
	seen      seenReaders
	left      map[string]time.Time // last heard of those that left since the start, by id
	pushed    pushes
	homes     homeNetworks
	strangers connLimit // connections that are not known to be a paired agent's
	returning connLimit // the same, of networks from which a paired agent has come

	goodbyes chan struct{} // one for each refusal that may be on its way
}

// New returns an AgentHub without connections.
func New(c Config) *AgentHub {
	hub := &AgentHub{
		store:     c.Store,
		virtual:   c.Virtual,
		now:       c.Now,
		names:     c.Names,
		times:     c.Times.complete(),
		pairings:  newPairings(c.Now),
		conns:     map[string]*agentConn{},
		seen:      map[string]map[string]counter.ReaderStatus{},
		left:      map[string]time.Time{},
		pushed:    pushes{},
		homes:     newHomeNetworks(),
		strangers: newConnLimit(maxUnauthenticated, maxUnauthenticatedPerNetwork),
		returning: newConnLimit(maxUnauthenticated, maxUnauthenticatedPerNetwork),
		goodbyes:  make(chan struct{}, maxGoodbyes),
	}
	hub.elsewhere = &neighbours{of: hub}
	hub.Cards = &Cards{readers: hub.elsewhere, issuerKeys: c.IssuerKeys, times: hub.times}
	return hub
}

// Troubles with readers, as the console says them.
var (
	// ErrNoReader is returned when no agent of the facility is connected.
	ErrNoReader = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.none"}
	// ErrWhichReader is returned when several are connected and none was chosen.
	ErrWhichReader = &eligibility.Error{Code: eligibility.Conflict, Key: "bridge.which", Field: "reader"}
	// ErrReaderAway is returned when the chosen reader is not connected: another counter's must not be asked
	// in its place, for another patient's card may lie on it.
	ErrReaderAway = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.away", Field: "reader"}
	// ErrBusy is returned while the reader works on another case.
	ErrBusy = wire.ErrBusy
	// ErrLost is returned when the agent goes away during a check.
	ErrLost = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.lost"}
)

// Status returns the readers that a facility has, or had since this server started, by name.
func (s *AgentHub) Status(facility string) []counter.ReaderStatus {
	all := s.statusHere(facility)
	for _, r := range s.elsewhere.statusElsewhere(facility) {
		all[r.ID] = r
	}
	out := slices.AppendSeq([]counter.ReaderStatus{}, maps.Values(all))
	slices.SortFunc(out, func(a, b counter.ReaderStatus) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// connect makes a connection its agent's; false: it has ended meanwhile. One that was there before has to go:
// dead is known not to answer, another one is told why.
func (s *AgentHub) connect(l *agentConn, agent Agent, dead *agentConn) bool {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-l.closed:
		return false
	default:
	}
	switch old := s.conns[agent.ID]; old {
	case nil:
	case dead:
		old.hangUp() // the same agent came back before its old connection was seen to be dead
	default:
		s.pushed[agent.ID] = now
		s.refuseAndClose(old, errSameKey)
	}
	l.heard.Store(now.UnixMilli())
	l.noted.Store(max(1, agent.LastSeen.UnixMilli()))
	if agent.Program != l.program || agent.Version != int(l.version.Load()) {
		l.noted.Store(1) // it was updated: stored at once
	}
	s.conns[agent.ID] = l
	s.homes.set(agent.ID, l.network)
	if s.seen[agent.Facility] == nil {
		s.seen[agent.Facility] = map[string]counter.ReaderStatus{}
	}
	s.seen[agent.Facility][agent.ID] = counter.ReaderStatus{
		ID:      agent.ID,
		Name:    agent.Name,
		Virtual: l.virtual,
		OQS:     l.oqs,
		Face:    l.showsFaces(),
	}
	return true
}

func (s *AgentHub) disconnect(l *agentConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns[l.agent.ID] == l {
		delete(s.conns, l.agent.ID)
		s.elsewhere.dropPlace(l)
		s.left[l.agent.ID] = time.UnixMilli(l.heard.Load()).In(eligibility.Japan)
	}
}
