//go:build !nodemo

package load

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"madoguchi/card"
	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/server/demo"
)

// reception is a page at a counter with a card reader beside it. It has one patient at a time.
type reception struct {
	*visitor
	reader *reader
	number int
}

// reader is a card reader: its agent's connection, and the card that lies in it.
type reader struct {
	agent *agent.Agent
	id    string

	mu   sync.Mutex
	chip *virtual.Card
}

var errNoCard = errors.New("load: no card lies in the reader")

// Connect returns the card that lies there; ending the connection resets it.
func (r *reader) Connect(context.Context) (card.Transmitter, func(), error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.chip == nil {
		return nil, nil, errNoCard
	}
	return r.chip, r.chip.Reset, nil
}

// put lays a card into the reader, or takes it out (nil).
func (r *reader) put(chip *virtual.Card) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.chip = chip
}

// chips are the cards of everybody, by birth date: making one takes a moment, and all that a check looks at
// is the birth date.
type chips map[eligibility.Date]chan *virtual.Card

// chipsPerDate is how many people of one birth date can stand at a counter at once.
const chipsPerDate = 2

// newChips makes the cards and asks each once, so that its keys are made.
func newChips() (chips, error) {
	all := chips{}
	for _, birth := range demo.Births() {
		all[birth] = make(chan *virtual.Card, chipsPerDate)
		for range chipsPerDate {
			chip, err := virtual.New(virtual.Description{BirthDate: birth})
			if err != nil {
				return nil, err
			}
			asked := card.Open(chip)
			if _, err := card.CheckBirthDate(context.Background(), asked, birth, [32]byte{}); err != nil {
				return nil, err
			}
			chip.Reset()
			all[birth] <- chip
		}
	}
	return all, nil
}

// openReceptions opens the counters' pages, and pairs and connects their readers.
func (l *run) openReceptions(ctx context.Context) error {
	var err error
	if l.chips, err = newChips(); err != nil {
		return fmt.Errorf("making virtual cards: %w", err)
	}
	l.receptions = make(chan *reception, l.plan.Readers)
	return each(make([]struct{}, l.plan.Readers), 4, func(i int, _ struct{}) error {
		r := &reception{visitor: l.visitor(2 + len(l.phones) + i), number: i + 1}
		if err := r.open(ctx); err != nil {
			return fmt.Errorf("opening reception %d: %w", r.number, err)
		}
		l.receptions <- r
		return nil
	})
}

// open signs staff in and connects the reader.
func (r *reception) open(ctx context.Context) error {
	if _, err := r.call(ctx, call{
		kind:   "signin",
		method: http.MethodPost,
		path:   "/counter/staff",
		body:   formBody(url.Values{"name": {clerkName}}),
		want:   http.StatusSeeOther,
	}); err != nil {
		return err
	}
	if err := r.plugIn(ctx); err != nil {
		return err
	}
	if err := r.pair(ctx); err != nil {
		return err
	}
	_, err := r.call(ctx, call{
		kind:   kindPair,
		method: http.MethodPost,
		path:   "/api/v1/counter/reader",
		body:   jsonBody(map[string]string{"id": r.reader.id}),
		want:   http.StatusNoContent,
	})
	return err
}

// plugIn starts the agent, which dials out until the load is over.
func (r *reception) plugIn(ctx context.Context) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(der)
	r.reader = &reader{id: hex.EncodeToString(sum[:])}
	r.reader.agent, err = agent.New(agent.Config{
		Server:  r.run.base(),
		Name:    fmt.Sprintf("負荷%d", r.number),
		Key:     key,
		Reader:  r.reader,
		Virtual: true,
		Client:  &http.Client{Transport: r.client.Transport},
		Notify:  func(string) {},
		Now:     r.run.Now,
	})
	if err != nil {
		return err
	}
	go func() {
		if err := r.reader.agent.Run(ctx); err != nil {
			r.run.note(ctx, kindPair, err)
		}
	}()
	return nil
}

// pairTakes bounds the wait for an agent's next state, lookEvery how often it is looked at.
const (
	pairTakes = 20 * time.Second
	lookEvery = 10 * time.Millisecond
)

// becomes waits until the agent has come to a state.
func (r *reader) becomes(ctx context.Context, link agent.Link) (agent.Status, error) {
	ctx, stop := context.WithTimeout(ctx, pairTakes)
	defer stop()
	for {
		status := r.agent.Status()
		if status.Link == link {
			return status, nil
		}
		if !pause(ctx, lookEvery) {
			return status, fmt.Errorf("the agent is %s, not %s: %w", status.Link, link, ctx.Err())
		}
	}
}

// pair types the agent's code, compares the words and says yes.
func (r *reception) pair(ctx context.Context) error {
	status, err := r.reader.becomes(ctx, agent.Pairing)
	if err != nil {
		return err
	}
	var found struct {
		Ticket string
		Words  []string
	}
	if _, err := r.call(ctx, call{
		kind:   kindPair,
		method: http.MethodPost,
		path:   "/api/v1/counter/bridges",
		body:   jsonBody(map[string]string{"code": status.Code}),
		want:   http.StatusCreated,
		into:   &found,
	}); err != nil {
		return err
	}
	r.run.meter.must(slices.Equal(found.Words, status.Words), kindPair, "the words differ: %q and %q",
		found.Words, status.Words)
	var done struct{ Paired bool }
	if _, err := r.call(ctx, call{
		kind:   kindPair,
		method: http.MethodPost,
		path:   "/api/v1/counter/bridges/confirm",
		body:   jsonBody(map[string]any{"ticket": found.Ticket, "same": true}),
		want:   http.StatusOK,
		into:   &done,
	}); err != nil {
		return err
	}
	r.run.meter.must(done.Paired, kindPair, "reader %d was not paired", r.number)
	if _, err = r.reader.becomes(ctx, agent.Connected); err != nil {
		return err
	}
	// An agent knows that it is paired a moment before staff see it.
	ctx, stop := context.WithTimeout(ctx, pairTakes)
	defer stop()
	for {
		if here, err := r.sees(ctx, kindPair); here || err != nil {
			return err
		}
		if !pause(ctx, lookEvery) {
			return fmt.Errorf("the reader is connected and not in the list: %w", ctx.Err())
		}
	}
}

// sees asks for the state of things as an open page does, and reports whether its reader is connected.
func (r *reception) sees(ctx context.Context, kind string) (bool, error) {
	var state struct {
		Readers []struct {
			ID        string
			Connected bool
		}
	}
	_, err := r.call(ctx, call{
		kind:   kind,
		method: http.MethodGet,
		path:   "/api/v1/counter/status",
		want:   http.StatusOK,
		into:   &state,
	})
	for _, one := range state.Readers {
		if one.ID == r.reader.id && one.Connected {
			return true, err
		}
	}
	return false, err
}

// poll asks for the state of things as an open page does, and finds its own reader connected.
func (r *reception) poll(ctx, coming context.Context) {
	wait := time.Duration(float64(askEvery) * r.run.chance())
	for ; pause(coming, wait); wait = askEvery {
		here, err := r.sees(ctx, kindStatus)
		if err != nil {
			continue // it was counted
		}
		if r.reader.agent.Status().Link == agent.Connected {
			r.run.meter.must(here, kindStatus, "reader %d is connected and not in the list", r.number)
		}
	}
}
