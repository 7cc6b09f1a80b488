package agents

import (
	"context"
	"log/slog"
	"time"

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

// placeTime is how long storing or reading where an agent is may take.
const placeTime = 5 * time.Second

// Join makes the hub one of several: it answers for its agents, and asks for those of others. It is called
// before the first Serve.
func (s *AgentHub) Join(e Elsewhere) error {
	for topic, by := range map[string]hub.Answerer{
		operationTopic: s.answerOperation,
		probeTopic:     s.answerProbe,
		pairingTopic:   s.answerPairing,
	} {
		if _, err := e.Hub.Answer(topic, by); err != nil {
			return err
		}
	}
	for topic, take := range map[string]func(hub.Message){
		movedTopic: s.hearMoved,
		endedTopic: s.hearEnded,
	} {
		if _, err := e.Hub.Subscribe(topic, take); err != nil {
			return err
		}
	}
	s.elsewhere = &e
	return nil
}

// places returns where a facility's agents are, by id; none for the only instance.
func (s *AgentHub) places(ctx context.Context, facility string) (map[string]Place, error) {
	if s.elsewhere == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, placeTime)
	defer cancel()
	all, err := s.elsewhere.Places.Places(ctx, facility, s.now())
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
func (s *AgentHub) isHere(p Place) bool { return p.Instance == s.elsewhere.Hub.Instance() }

// notePlace stores that an agent is here, and tells the instance where it was before.
func (s *AgentHub) notePlace(ctx context.Context, l *agentConn, pushed time.Time) {
	if s.elsewhere == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), placeTime)
	defer cancel()
	err := s.elsewhere.Places.PutPlace(ctx, Place{
		Agent:    l.agent.ID,
		Facility: l.agent.Facility,
		Instance: s.elsewhere.Hub.Instance(),
		Conn:     l.place,
		At:       s.now(),
		Virtual:  l.virtual,
		OQS:      l.oqs,
		Version:  int(l.version.Load()),
		Program:  l.program,
		PushedAt: pushed,
	})
	if err == nil {
		err = s.elsewhere.Hub.Publish(ctx, movedTopic, []byte(l.agent.ID))
	}
	if err != nil { // other instances ask where it was; those that ask here are answered all the same
		slog.Warn("storing where a bridge agent is connected", "error", err)
	}
}

// dropPlace removes where an agent was, once its connection has ended.
func (s *AgentHub) dropPlace(l *agentConn) {
	if s.elsewhere == nil || l.agent.ID == "" {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), placeTime)
		defer cancel()
		if err := s.elsewhere.Places.DropPlace(ctx, l.agent.ID, l.place); err != nil {
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
func (s *AgentHub) hearMoved(m hub.Message) {
	if m.Gap || m.From == s.elsewhere.Hub.Instance() {
		return // after a gap both are there until one's heartbeats end; what is asked goes to the newer one
	}
	id := string(m.Payload)
	s.mu.Lock()
	l := s.conns[id]
	s.mu.Unlock()
	if l == nil {
		return
	}
	places, err := s.places(context.Background(), l.agent.Facility)
	if err != nil || places[id].Instance != m.From {
		return // it has come back since
	}
	s.mu.Lock()
	if s.conns[id] == l {
		delete(s.conns, id)
	}
	s.mu.Unlock()
	s.refuseAndClose(l, errSameKey)
}

// hearEnded cuts an agent that was ended at another instance; after a gap it is looked for all.
func (s *AgentHub) hearEnded(m hub.Message) {
	ids := []string{string(m.Payload)}
	if m.Gap {
		ids = s.connectedIDs()
	}
	for _, id := range ids {
		ctx, cancel := context.WithTimeout(context.Background(), placeTime)
		agent, err := s.store.Agent(ctx, id)
		cancel()
		if isNotFound(err) || err == nil && agent.Ended() {
			s.cutAgent(agent.Facility, id)
		} else if err != nil {
			slog.Warn("looking whether a bridge agent was ended", "error", err)
		}
	}
}

func (s *AgentHub) connectedIDs() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.conns {
		ids = append(ids, id)
	}
	return ids
}
