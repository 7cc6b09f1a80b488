package agents

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/hub"
	"madoguchi/server/staff"
)

// An agent that shows a code waits at one instance, and the page on which staff type it is at another.

// pairElsewhere is how long another instance may take over a code or a ticket.
const pairElsewhere = 5 * time.Second

// pairingStep is what staff do.
type pairingStep string

const (
	takesCode pairingStep = "take"
	confirms  pairingStep = "confirm"
	refuses   pairingStep = "refuse"
)

// pairingQuestion is asked of an instance.
type pairingQuestion struct {
	Step      pairingStep     `json:"step"`
	Reception staff.Reception `json:"reception"` // whom the asking instance let in
	Code      string          `json:"code,omitempty"`
	Ticket    string          `json:"ticket,omitempty"`
}

// pairingAnswer is what came of it.
type pairingAnswer struct {
	Candidate *Candidate `json:"candidate,omitempty"`
	Agent     *Agent     `json:"agent,omitempty"`
	Fault     string     `json:"fault,omitempty"` // the key of an error
}

// error is the fault as this instance would return it.
func (a pairingAnswer) error() error {
	for _, e := range []*eligibility.Error{ErrPairing, ErrTicket, ErrPairedAlready} {
		if a.Fault == e.Key {
			return e
		}
	}
	if a.Fault != "" {
		return hub.ErrNoAnswer.Because(errors.New(a.Fault))
	}
	return nil
}

// answerPairing does for another instance what staff there do with an agent that waits here.
func (n *neighbours) answerPairing(ctx context.Context, payload []byte) []byte {
	var q pairingQuestion
	var a pairingAnswer
	err := json.Unmarshal(payload, &q)
	if err == nil {
		switch q.Step {
		case takesCode:
			var c comparison
			if c, err = n.of.pairings.takeCode(q.Reception, q.Code); err == nil {
				found := c.candidate()
				found.Ticket = n.joined.Hub.Instance() + ticketBreak + found.Ticket
				a.Candidate = &found
			}
		case confirms:
			var agent Agent
			if agent, err = n.of.confirmHere(ctx, q.Reception, q.Ticket); err == nil {
				a.Agent = &agent
			}
		case refuses:
			err = n.of.refuseHere(ctx, q.Reception, q.Ticket)
		default:
			err = ErrTicket
		}
	}
	var known *eligibility.Error
	if errors.As(err, &known) {
		a.Fault = known.Key
	} else if err != nil {
		a.Fault = hub.ErrNoAnswer.Key
	}
	said, err := json.Marshal(a)
	if err != nil {
		return nil
	}
	return said
}

// ticketBreak stands between the instance that gave a ticket and the ticket, where that is another one.
const ticketBreak = "-"

// takeElsewhere asks all other instances for the agent that shows a code. It returns ErrPairing when none
// has it, and the hub's error when one that may have it did not answer.
func (n *neighbours) takeElsewhere(
	ctx context.Context, reception staff.Reception, code string,
) (Candidate, error) {
	if n.joined == nil {
		return Candidate{}, ErrPairing
	}
	others, err := n.joined.Others(ctx)
	if err != nil {
		return Candidate{}, err
	}
	var mu sync.Mutex
	var found *Candidate
	var missed error
	var asking sync.WaitGroup
	for _, other := range others {
		asking.Go(func() {
			q := pairingQuestion{Step: takesCode, Reception: reception, Code: code}
			a, err := n.askPairing(ctx, other, q)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				missed = err
			} else if a.Candidate != nil {
				found = a.Candidate
			}
		})
	}
	asking.Wait()
	switch {
	case found != nil:
		return *found, nil
	case missed != nil:
		return Candidate{}, missed
	}
	return Candidate{}, ErrPairing
}

// redeemElsewhere confirms or refuses by a ticket that another instance gave; ErrTicket when none did.
func (n *neighbours) redeemElsewhere(ctx context.Context, q pairingQuestion) (Agent, error) {
	instance, ticket, ok := strings.Cut(q.Ticket, ticketBreak)
	if !ok || n.joined == nil {
		return Agent{}, ErrTicket
	}
	others, err := n.joined.Others(ctx)
	if err != nil {
		return Agent{}, err
	}
	if instance != n.joined.Hub.Instance() && !slices.Contains(others, instance) {
		return Agent{}, ErrTicket // it came from a browser: it names no topic of the hub's
	}
	q.Ticket = ticket
	a, err := n.askPairing(ctx, instance, q)
	switch {
	case err != nil:
		return Agent{}, err
	case a.Agent == nil:
		return Agent{}, a.error()
	}
	return *a.Agent, a.error()
}

func (n *neighbours) askPairing(
	ctx context.Context, other string, q pairingQuestion,
) (a pairingAnswer, err error) {
	question, err := json.Marshal(q)
	if err != nil {
		return a, err
	}
	said, err := n.joined.Hub.Request(ctx, hub.Request{
		To:      other,
		Topic:   pairingTopic,
		Payload: question,
		Within:  pairElsewhere,
	})
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(said, &a)
}
