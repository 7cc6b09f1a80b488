package agents

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"madoguchi/card/wire"
	"madoguchi/server/counter"
	"madoguchi/server/hub"
)

// Several instances share an installation: an agent is connected to one of them, the counter's page may be
// at another. Where each agent is stands in the store (Places); what is asked of one that is elsewhere goes
// over the hub to the instance that holds its connection (forward.go), which answers for its own
// connections only.

// Place is where an agent is connected.
type Place struct {
	Agent, Facility string
	Instance        string
	Conn            string // names this connection
	At              time.Time
	Virtual, OQS    bool
	Version         int // of the messages that it speaks (package wire)
	Program         string
	PushedAt        time.Time // when it last took the place of one that answered; zero: never
}

// Places keep where agents are connected.
type Places interface {
	// PutPlace stores where an agent is, in the place of where it was.
	PutPlace(ctx context.Context, p Place) error
	// DropPlace removes it when it is still by this connection.
	DropPlace(ctx context.Context, agent, conn string) error
	// Places returns where a facility's agents are: those at instances that live at a time.
	Places(ctx context.Context, facility string, at time.Time) ([]Place, error)
}

// Elsewhere is what an AgentHub needs to be one of several.
type Elsewhere struct {
	Places Places
	Hub    *hub.Hub
	Others func(ctx context.Context) ([]string, error) // the other instances that live
}

// neighbours are the other instances as an AgentHub sees them.
type neighbours struct {
	of     *AgentHub
	joined *Elsewhere // nil: this is the only instance
}

// placeTime is how long storing or reading where an agent is may take.
const placeTime = 5 * time.Second

// placeLook is how long after a look at it the next one comes.
const placeLook = 50 * time.Millisecond

// Join makes the hub one of several: it answers for its agents, and asks for those of others. It is called
// before the first Serve.
func (s *AgentHub) Join(e Elsewhere) error {
	n := s.elsewhere
	n.joined = &e
	for topic, by := range map[string]hub.Answerer{
		operationTopic: n.answerOperation,
		probeTopic:     n.answerProbe,
		pairingTopic:   n.answerPairing,
	} {
		if _, err := e.Hub.Answer(topic, by); err != nil {
			return err
		}
	}
	for topic, take := range map[string]func(hub.Message){
		movedTopic: n.hearMoved,
		endedTopic: n.hearEnded,
	} {
		if _, err := e.Hub.Subscribe(topic, take); err != nil {
			return err
		}
	}
	return nil
}

// places returns where a facility's agents are, by id; none for the only instance.
func (n *neighbours) places(ctx context.Context, facility string) (map[string]Place, error) {
	if n.joined == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, placeTime)
	defer cancel()
	all, err := n.joined.Places.Places(ctx, facility, n.of.now())
	if err != nil {
		return nil, err
	}
	found := map[string]Place{}
	for _, p := range all {
		found[p.Agent] = p
	}
	return found, nil
}

// status is the place's reader as the console shows it.
func (p Place) status(name string) counter.ReaderStatus {
	return counter.ReaderStatus{
		ID:        p.Agent,
		Name:      name,
		Connected: true,
		Virtual:   p.Virtual,
		OQS:       p.OQS,
		Face:      knowsFaces(p.Version),
	}
}

// isHere reports whether a place is one of this instance's connections.
func (n *neighbours) isHere(p Place) bool { return p.Instance == n.joined.Hub.Instance() }

// notePlace stores that an agent is here, tells the instance where it was before, and returns once every
// instance finds it here.
func (n *neighbours) notePlace(ctx context.Context, l *agentConn, pushed time.Time) error {
	if n.joined == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), placeTime)
	defer cancel()
	if err := n.joined.Places.PutPlace(ctx, Place{
		Agent:    l.agent.ID,
		Facility: l.agent.Facility,
		Instance: n.joined.Hub.Instance(),
		Conn:     l.place,
		At:       n.of.now(),
		Virtual:  l.virtual,
		OQS:      l.oqs,
		Version:  int(l.version.Load()),
		Program:  l.program,
		PushedAt: pushed,
	}); err != nil {
		return fmt.Errorf("storing where a bridge agent is connected: %w", err)
	}
	if err := n.joined.Hub.Publish(ctx, movedTopic, []byte(l.agent.ID)); err != nil {
		slog.Warn("telling where a bridge agent is connected", "error", err) // the store has it
	}
	return n.foundHere(ctx, l)
}

// foundHere waits until the store's readers have an agent by this connection: one of them may lag behind, or
// have no word yet that this instance lives.
func (n *neighbours) foundHere(ctx context.Context, l *agentConn) error {
	for {
		places, err := n.places(ctx, l.agent.Facility)
		if err == nil && places[l.agent.ID].Conn == l.place {
			return nil
		}
		select {
		case <-l.closed:
			return l.end
		case <-ctx.Done():
			return fmt.Errorf("finding where a bridge agent is connected: %w", cmp.Or(err, ctx.Err()))
		case <-time.After(placeLook):
		}
	}
}

// announce tells a connected agent that it is ready, once every instance finds it: who sees that in its
// window asks for it at once, here or at another. What is asked of it meanwhile waits. The error is
// ErrNoAgent where it was ended since it was looked up.
func (n *neighbours) announce(ctx context.Context, l *agentConn, pushed time.Time) error {
	if err := n.notePlace(ctx, l, pushed); err != nil {
		return err
	}
	again, err := lookUp(ctx, n.of.store, l.agent.ID, n.of.times.Hello)
	if err == nil && again.Ended() {
		err = ErrNoAgent
	}
	if err != nil {
		return err
	}
	if err := l.send(ctx, wire.Message{
		Type:  "ready",
		Ready: &wire.Ready{Facility: n.of.names(l.agent.Facility), Code: l.agent.Facility},
	}); err != nil {
		return err
	}
	n.of.heardFrom(l)
	close(l.ready)
	return nil
}

// dropPlace removes where an agent was, once its connection has ended.
func (n *neighbours) dropPlace(l *agentConn) {
	if n.joined == nil || l.agent.ID == "" {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), placeTime)
		defer cancel()
		if err := n.joined.Places.DropPlace(ctx, l.agent.ID, l.place); err != nil {
			slog.Warn("removing where a bridge agent was connected", "error", err)
		}
	}()
}

// Topics of the hub.
const (
	operationTopic = "agents.operation" // what is asked of an agent
	probeTopic     = "agents.probe"     // whether an agent answers, while another program comes with its key
	pairingTopic   = "agents.pairing"   // codes and tickets
	movedTopic     = "agents.moved"     // an agent has come to another instance
	endedTopic     = "agents.ended"     // an administrator has ended an agent
)

// hearMoved lets go of an agent that has come to another instance: its old connection is dead, or it is
// another program with its key.
func (n *neighbours) hearMoved(m hub.Message) {
	if m.Gap || m.From == n.joined.Hub.Instance() {
		return // after a gap both are there until one's heartbeats end; what is asked goes to the newer one
	}
	id := string(m.Payload)
	n.of.mu.Lock()
	l := n.of.conns[id]
	n.of.mu.Unlock()
	if l == nil {
		return
	}
	places, err := n.places(context.Background(), l.agent.Facility)
	if err != nil || places[id].Instance != m.From {
		return // it has come back since
	}
	n.of.mu.Lock()
	if n.of.conns[id] == l {
		delete(n.of.conns, id)
	}
	n.of.mu.Unlock()
	n.of.refuseAndClose(l, errSameKey)
}

// hearEnded cuts an agent that was ended at another instance; after a gap it is looked for all.
func (n *neighbours) hearEnded(m hub.Message) {
	ids := []string{string(m.Payload)}
	if m.Gap {
		ids = n.connectedIDs()
	}
	n.cutEnded(ids...)
}

// cutEnded cuts those agents that were ended.
func (n *neighbours) cutEnded(ids ...string) {
	for _, id := range ids {
		ctx, cancel := context.WithTimeout(context.Background(), placeTime)
		agent, err := n.of.store.Agent(ctx, id)
		cancel()
		if isNotFound(err) || err == nil && agent.Ended() {
			n.of.cutAgent(agent.Facility, id)
		} else if err != nil {
			slog.Warn("looking whether a bridge agent was ended", "error", err)
		}
	}
}

// tellEnded has an agent cut at the instance to which it is connected.
func (n *neighbours) tellEnded(ctx context.Context, id string) error {
	if n.joined == nil {
		return nil
	}
	return n.joined.Hub.Publish(ctx, endedTopic, []byte(id))
}

func (n *neighbours) connectedIDs() (ids []string) {
	n.of.mu.Lock()
	defer n.of.mu.Unlock()
	for id := range n.of.conns {
		ids = append(ids, id)
	}
	return ids
}
