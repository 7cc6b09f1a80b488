package agents

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"madoguchi/card/wire"
	"madoguchi/server/counter"
)

// reader is a connected reader, here or at another instance.
type reader interface {
	// ask sends one operation and waits for its reply. The error is ErrBusy, ErrLost or ErrReaderAway, or
	// context.DeadlineExceeded.
	ask(ctx context.Context, id string, within time.Duration, m wire.Message) (*wire.Reply, error)
	key() []byte      // the agent's, as it was paired
	compares() bool   // with OQS answer files
	showsFaces() bool // agentConn.showsFaces
}

// localReader is a reader whose agent is connected here.
type localReader struct {
	of *AgentHub
	*agentConn
}

func (r localReader) key() []byte    { return r.agent.Key }
func (r localReader) compares() bool { return r.oqs }

func (r localReader) ask(
	ctx context.Context, id string, within time.Duration, m wire.Message,
) (*wire.Reply, error) {
	return r.of.ask(ctx, r.agentConn, id, within, m)
}

// reader returns the facility's reader of this id, or its only connected one when the id is none of its
// readers'.
func (n *neighbours) reader(ctx context.Context, facility, chosen string) (reader, error) {
	own := false
	if chosen != "" {
		agent, err := n.of.store.Agent(ctx, chosen)
		if err != nil && !isNotFound(err) {
			return nil, fmt.Errorf("looking the chosen reader up: %w", err)
		}
		own = err == nil && agent.Facility == facility && !agent.Ended()
	}
	places, err := n.places(ctx, facility)
	if err != nil {
		return nil, err
	}
	here := n.connsOf(facility, places)
	for id, p := range places {
		if here[id] != nil || n.isHere(p) { // its connection here has just ended
			delete(places, id)
		}
	}
	switch there, isThere := places[chosen]; {
	case own && here[chosen] != nil:
		return localReader{n.of, here[chosen]}, nil
	case own && isThere:
		return n.remote(ctx, there)
	case own && len(here)+len(places) > 0:
		return nil, ErrReaderAway
	case len(here)+len(places) == 0:
		return nil, ErrNoReader
	case len(here)+len(places) > 1:
		return nil, ErrWhichReader
	}
	for _, l := range here {
		return n.local(ctx, l)
	}
	for _, p := range places {
		return n.remote(ctx, p)
	}
	return nil, ErrNoReader
}

// connsOf returns a facility's connections here, by agent id, without those whose agents have moved on to
// another instance.
func (n *neighbours) connsOf(facility string, places map[string]Place) map[string]*agentConn {
	n.of.mu.Lock()
	defer n.of.mu.Unlock()
	found := map[string]*agentConn{}
	for id, l := range n.of.conns {
		if l.agent.Facility != facility {
			continue
		}
		if p, ok := places[id]; !ok || n.isHere(p) {
			found[id] = l
		}
	}
	return found
}

// local is a reader that nobody chose by its id. One that was ended at another instance, whose word was lost,
// is cut now.
func (n *neighbours) local(ctx context.Context, l *agentConn) (reader, error) {
	agent, err := n.of.store.Agent(ctx, l.agent.ID)
	switch {
	case isNotFound(err), err == nil && agent.Ended():
		n.of.cutAgent(l.agent.Facility, l.agent.ID)
		return nil, ErrNoReader
	case err != nil:
		return nil, fmt.Errorf("looking a reader up: %w", err)
	}
	return localReader{n.of, l}, nil
}

// remote is a reader at another instance. One that was ended is not there any more.
func (n *neighbours) remote(ctx context.Context, p Place) (reader, error) {
	agent, err := n.of.store.Agent(ctx, p.Agent)
	switch {
	case isNotFound(err), err == nil && (agent.Ended() || agent.Facility != p.Facility):
		return nil, ErrNoReader
	case err != nil:
		return nil, fmt.Errorf("looking a reader up: %w", err)
	}
	return remoteReader{n.joined.Hub, p, agent}, nil
}

// Status is AgentHub.Status.
func (n *neighbours) Status(facility string) []counter.ReaderStatus { return n.of.Status(facility) }

// statusHere returns the readers that were connected here, by id.
func (s *AgentHub) statusHere(facility string) map[string]counter.ReaderStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]counter.ReaderStatus{}
	for id, known := range s.seen[facility] {
		if l := s.conns[id]; l != nil {
			known.Connected = true
		}
		out[id] = known
	}
	return out
}

// statusElsewhere returns the readers that are connected to other instances; none where that cannot be said.
func (n *neighbours) statusElsewhere(facility string) (out []counter.ReaderStatus) {
	if n.joined == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), placeTime)
	defer cancel()
	places, err := n.places(ctx, facility)
	if err == nil && len(places) > 0 {
		var stored []Agent
		stored, err = n.of.store.Agents(ctx, facility)
		for _, a := range stored {
			if p, there := places[a.ID]; there && !n.isHere(p) && !a.Ended() {
				out = append(out, p.status(a.Name))
			}
		}
	}
	if err != nil {
		slog.Warn("looking for readers at other instances", "error", err)
	}
	return out
}
