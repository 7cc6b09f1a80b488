package agents

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// ErrNoAgent is also what another facility's agent is answered with.
var ErrNoAgent = &eligibility.Error{Code: eligibility.NotFound, Key: "bridge.no_agent"}

const (
	// seenEvery is how often it is stored that an agent is there.
	seenEvery = 10 * time.Minute
	// sameKeyQuiet is how long nobody must have come with a connected agent's key before the next one who
	// does may take its place.
	sameKeyQuiet = time.Hour
)

// KnownAgent is a paired agent as its facility's administrator sees it.
type KnownAgent struct {
	Agent
	Connected bool
	Virtual   bool // it serves a virtual card; known of those that were connected since the start
	SameKey   bool // within the last hour two programs with its key were there at once
}

// Agents returns the agents of the reception's facility, also those that were ended, in the order in which
// they were paired.
func (s *AgentHub) Agents(ctx context.Context, reception staff.Reception) ([]KnownAgent, error) {
	stored, err := s.store.Agents(ctx, reception.Facility)
	if err != nil {
		return nil, err
	}
	places, err := s.elsewhere.places(ctx, reception.Facility)
	if err != nil {
		return nil, err
	}
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	known := make([]KnownAgent, 0, len(stored))
	for _, a := range stored {
		if a.FirstSeen.IsZero() {
			a.FirstSeen = a.PairedAt // paired by a version that did not store it, and seen then
		}
		a.LastSeen = latest(a.LastSeen, a.FirstSeen, s.left[a.ID])
		k := KnownAgent{Virtual: s.seen[a.Facility][a.ID].Virtual, SameKey: s.pushed.lately(a.ID, now)}
		if l := s.conns[a.ID]; l != nil {
			k.Connected, a.Version, a.Program = true, int(l.version.Load()), l.program
			a.LastSeen = latest(a.LastSeen, time.UnixMilli(l.heard.Load()).In(eligibility.Japan))
		}
		if p, there := places[a.ID]; there && !s.elsewhere.isHere(p) && !a.Ended() {
			k.Connected, k.Virtual, a.Version, a.Program = true, p.Virtual, p.Version, p.Program
			a.LastSeen = latest(a.LastSeen, p.At)
			k.SameKey = k.SameKey || pushedLately(p.PushedAt, now)
		}
		k.Agent = a
		known = append(known, k)
	}
	slices.SortStableFunc(known, func(a, b KnownAgent) int {
		return cmp.Or(a.PairedAt.Compare(b.PairedAt), cmp.Compare(a.ID, b.ID))
	})
	return known, nil
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

// End ends an agent of the reception's facility: it is hung up at once, and its key is refused from then on.
// Again is no error. The error is ErrNoAgent where the facility has none of this id.
func (s *AgentHub) End(ctx context.Context, reception staff.Reception, id string) error {
	now := s.now()
	err := s.store.EndAgent(ctx, AgentEnd{
		ID:       id,
		Facility: reception.Facility,
		At:       now,
		By:       reception.Staff,
	}, agentEntry(now, reception, "agent.end", id))
	if err != nil {
		return asNoAgent(err)
	}
	s.cutAgent(reception.Facility, id)
	return s.elsewhere.tellEnded(ctx, id)
}

// cutAgent forgets an agent and hangs it up, if it is here.
func (s *AgentHub) cutAgent(facility, id string) {
	s.mu.Lock()
	l := s.conns[id]
	delete(s.conns, id)
	delete(s.seen[facility], id)
	delete(s.pushed, id)
	s.homes.set(id, "")
	s.mu.Unlock()
	if l != nil {
		l.cut()
		s.elsewhere.dropPlace(l)
		s.refuseAndClose(l, errEnded)
	}
}

// Readmit lets the key of an agent that was ended show a pairing code again, as that of an unknown one. The
// error is ErrNoAgent where the facility has none of this id that was ended.
func (s *AgentHub) Readmit(ctx context.Context, reception staff.Reception, id string) error {
	e := agentEntry(s.now(), reception, "agent.readmit", id)
	return asNoAgent(s.store.ForgetAgent(ctx, reception.Facility, id, e))
}

// isNotFound reports whether an error is an *eligibility.Error with code NotFound.
func isNotFound(err error) bool {
	var e *eligibility.Error
	return errors.As(err, &e) && e.Code == eligibility.NotFound
}

func asNoAgent(err error) error {
	if isNotFound(err) {
		return ErrNoAgent.Because(err)
	}
	return err
}

// heardFrom notes that a connection's agent lives. That is stored at most once in ten minutes, and then it is
// looked whether it was ended.
func (s *AgentHub) heardFrom(l *agentConn) {
	l.resetSilence()
	noted := l.noted.Load()
	if noted == 0 {
		return // nobody's yet
	}
	now := s.now()
	l.heard.Store(now.UnixMilli())
	if now.Sub(time.UnixMilli(noted)).Abs() >= seenEvery && l.noted.CompareAndSwap(noted, now.UnixMilli()) {
		go func() { // heartbeats are answered meanwhile
			storeSeen(s.store, AgentSeen{
				ID:      l.agent.ID,
				At:      now,
				Version: int(l.version.Load()),
				Program: l.program,
			})
			s.elsewhere.cutEnded(l.agent.ID) // where the word of it was lost
		}()
	}
}

func storeSeen(store Store, seen AgentSeen) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := store.SawAgent(ctx, seen); err != nil {
		slog.Warn("storing that a bridge agent is there", "error", err)
	}
}

// pushes are when a second program last came with a connected agent's key, by the agent's id.
type pushes map[string]time.Time

// lately reports whether two programs with an agent's key were there at once.
func (p pushes) lately(id string, now time.Time) bool {
	return pushedLately(p[id], now)
}

func pushedLately(at, now time.Time) bool { return !at.IsZero() && now.Sub(at).Abs() < sameKeyQuiet }

// notePushed notes that an agent has taken the place of one that answers at another instance, and returns
// when it last took one's place; zero when it never did.
func (s *AgentHub) notePushed(id string, alive bool) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if alive {
		s.pushed[id] = s.now()
	}
	return s.pushed[id]
}

// isSecond reports whether a connected agent answers while another program comes with its key, and was
// pushed off by one already: then the two would take turns without end. Of an agent that came back before its
// old connection was seen to be dead, the old one does not answer. The first time the newer one wins; dead is
// a connection that does not answer.
func (s *AgentHub) isSecond(ctx context.Context, id string) (second bool, dead *agentConn) {
	s.mu.Lock()
	old := s.conns[id]
	s.mu.Unlock()
	if old == nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.times.Probe)
	defer cancel()
	if old.conn.Ping(ctx) != nil {
		return false, old
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if second = s.pushed.lately(id, s.now()); second {
		s.pushed[id] = s.now()
	}
	return second, nil
}
