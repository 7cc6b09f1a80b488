package agents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"madoguchi/card/wire"
	"madoguchi/server/hub"
)

// What travels between instances are the operations of package wire, as they go to an agent, and the agent's
// replies: never commands of a card. Who may ask was checked by the instance that asks, which also makes the
// challenge and verifies what comes back; the one that holds the connection sees to it that an operation is
// for the facility that the agent is paired with, and that the agent was not ended.

// forwardSlack is what the ways between two instances may take.
const forwardSlack = 3 * time.Second

// forwarded is an operation on its way to the instance that holds an agent's connection.
type forwarded struct {
	Agent   string          `json:"agent"`
	Within  time.Duration   `json:"within"`
	Message json.RawMessage `json:"message"` // a wire.Message
}

// answered is what became of it: the reply, or why there is none.
type answered struct {
	Message json.RawMessage `json:"message,omitempty"` // a wire.Message with a Reply
	Fault   forwardFault    `json:"fault,omitempty"`
}

type forwardFault string

const (
	notHere forwardFault = "not_here" // nothing was asked of the agent
	isBusy  forwardFault = "busy"
	isLost  forwardFault = "lost"
	isLate  forwardFault = "late"
)

// error is the fault as agentConn.ask returns it.
func (f forwardFault) error() error {
	switch f {
	case notHere:
		return ErrReaderAway
	case isBusy:
		return ErrBusy
	case isLate:
		return context.DeadlineExceeded
	}
	return ErrLost
}

func faultOf(err error) forwardFault {
	switch {
	case errors.Is(err, ErrBusy):
		return isBusy
	case errors.Is(err, context.DeadlineExceeded):
		return isLate
	}
	return isLost
}

// remoteReader is a reader whose agent is connected to another instance.
type remoteReader struct {
	hub   *hub.Hub
	place Place
	agent Agent // as the store has it: its key is not the other instance's word
}

func (r remoteReader) key() []byte      { return r.agent.Key }
func (r remoteReader) compares() bool   { return r.place.OQS }
func (r remoteReader) showsFaces() bool { return knowsFaces(r.place.Version) }

// ask implements reader. When no answer comes, the agent may have been asked or not: that is ErrLost, and
// nothing is asked again, for a card's tries may be at stake.
func (r remoteReader) ask(
	ctx context.Context, id string, within time.Duration, m wire.Message,
) (*wire.Reply, error) {
	message, err := wire.Encode(m)
	if err != nil {
		return nil, fmt.Errorf("writing a message: %w", err)
	}
	question, err := json.Marshal(forwarded{Agent: r.agent.ID, Within: within, Message: message})
	if err != nil {
		return nil, fmt.Errorf("writing a message: %w", err)
	}
	said, err := r.hub.Request(ctx, hub.Request{
		To:      r.place.Instance,
		Topic:   operationTopic,
		Payload: question,
		Within:  within + forwardSlack,
	})
	if err != nil {
		return nil, ErrLost.Because(err)
	}
	var a answered
	if err := json.Unmarshal(said, &a); err != nil {
		return nil, ErrLost.Because(err)
	}
	if a.Fault != "" {
		return nil, a.Fault.error()
	}
	back, err := wire.Decode(a.Message)
	if err != nil || back.Reply == nil || back.Reply.ID != id {
		return nil, ErrLost.Because(wire.ErrMessage)
	}
	return back.Reply, nil
}

// answerOperation asks an agent that is connected here for another instance.
func (n *neighbours) answerOperation(ctx context.Context, payload []byte) []byte {
	reply, err := n.operationHere(ctx, payload)
	var a answered
	var fault forwardedFault
	switch {
	case errors.As(err, &fault):
		a.Fault = fault.what
	case err != nil:
		a.Fault = faultOf(err)
	default:
		if a.Message, err = wire.Encode(wire.Message{Type: "reply", Reply: reply}); err != nil {
			a = answered{Fault: isLost}
		}
	}
	said, err := json.Marshal(a)
	if err != nil {
		return nil
	}
	return said
}

// forwardedFault is a fault of an operation that was not asked.
type forwardedFault struct{ what forwardFault }

func (f forwardedFault) Error() string { return string(f.what) }

func (n *neighbours) operationHere(ctx context.Context, payload []byte) (*wire.Reply, error) {
	var q forwarded
	if err := json.Unmarshal(payload, &q); err != nil {
		return nil, forwardedFault{notHere}
	}
	m, err := wire.Decode(q.Message)
	if err != nil {
		return nil, forwardedFault{notHere}
	}
	id, facility, ok := operationOf(m)
	if !ok {
		return nil, forwardedFault{notHere}
	}
	n.of.mu.Lock()
	l := n.of.conns[q.Agent]
	n.of.mu.Unlock()
	if l == nil || l.agent.Facility != facility {
		return nil, forwardedFault{notHere}
	}
	agent, err := n.of.store.Agent(ctx, q.Agent)
	if err != nil || agent.Ended() || agent.Facility != facility {
		return nil, forwardedFault{notHere}
	}
	return n.of.ask(ctx, l, id, min(q.Within, n.of.times.longest()), m)
}

// operationOf returns the id of an operation, and the facility that it is for; false for what is none.
func operationOf(m wire.Message) (id, facility string, ok bool) {
	switch {
	case m.Check != nil:
		return m.Check.ID, m.Check.Facility, true
	case m.Text != nil:
		return m.Text.ID, m.Text.Facility, true
	case m.Face != nil:
		return m.Face.ID, m.Face.Facility, true
	case m.FaceTries != nil:
		return m.FaceTries.ID, m.FaceTries.Facility, true
	case m.Dates != nil:
		return m.Dates.ID, m.Dates.Facility, true
	case m.OQS != nil:
		return m.OQS.ID, m.OQS.Facility, true
	}
	return "", "", false
}

func (t Times) longest() time.Duration { return max(t.Check, t.Text, t.OQS) }

// answeredProbe says whether an agent is there, and whether it was pushed off by another program lately.
type answeredProbe struct {
	Alive  bool `json:"alive"`
	Second bool `json:"second"`
}

// answerProbe looks whether an agent that is connected here answers.
func (n *neighbours) answerProbe(ctx context.Context, payload []byte) []byte {
	id := string(payload)
	second, dead := n.of.isSecond(ctx, id)
	n.of.mu.Lock()
	alive := n.of.conns[id] != nil && dead == nil
	n.of.mu.Unlock()
	said, err := json.Marshal(answeredProbe{Alive: alive, Second: second})
	if err != nil {
		return nil
	}
	return said
}

// probeElsewhere asks the instance where an agent is, if it is at another one, whether it answers there.
// Where nobody says so, it does not.
func (n *neighbours) probeElsewhere(ctx context.Context, agent Agent) (p answeredProbe) {
	places, err := n.places(ctx, agent.Facility)
	place, there := places[agent.ID]
	if err != nil || !there || n.isHere(place) {
		return answeredProbe{}
	}
	said, err := n.joined.Hub.Request(ctx, hub.Request{
		To:      place.Instance,
		Topic:   probeTopic,
		Payload: []byte(agent.ID),
		Within:  n.of.times.Probe + forwardSlack,
	})
	if err != nil || json.Unmarshal(said, &p) != nil {
		return answeredProbe{}
	}
	return p
}
