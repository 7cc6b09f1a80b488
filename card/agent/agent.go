// Package agent is the part of the bridge that runs on the counter's PC: it dials out to the server, proves
// its key, and asks the card in the reader, or the OQS answer files on this PC, what the server wants to
// know. It opens no port to the outside and knows operations only, never APDUs from outside. It neither shows
// nor stores anything about the people whose cards it reads.
package agent

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card"
	"madoguchi/message"
)

// Reader connects exclusively to the card that lies in a reader, and ends with a reset.
type Reader interface {
	Connect(ctx context.Context) (c card.Transmitter, disconnect func(), err error)
}

// Config is what an agent needs.
type Config struct {
	Server   string        // http(s)://host:port
	Name     string        // of this PC, as staff know it
	Program  string        // which release of the agent this is; empty: it is not said
	Facility string        // name or 医療機関コード that this PC belongs to; empty: whoever types its code
	Key      crypto.Signer // P-256, this agent's own
	Reader   Reader
	Virtual  bool // the reader's card is a virtual one

	// for what the agent verifies itself; without them its best word is "unverified"
	IssuerKeys card.IssuerKeys
	UserRoots  card.UserRoots
	OQS        string // folder of the OQS connector's answers; empty: not offered

	Client *http.Client
	Notify func(string) // one calm sentence for the person at the PC
	Now    func() time.Time
	Pace   Pace
}

// Pace holds the times of a connection's life. Zero values are the defaults, which tests shorten.
type Pace struct {
	// the first pause before dialling again; 1 s
	First time.Duration
	// pauses double up to this; 60 s
	Longest time.Duration
	// a connection that served this long starts the pauses afresh; 10 s
	Good time.Duration
	// after the server said that it restarts, all its agents come back spread over this; 55 s
	Restart time.Duration
	// from dialling to the server's word on this agent; 20 s
	Greet time.Duration
	// between heartbeats; 15 s
	Beat time.Duration
	// how long a heartbeat may take; 10 s, so that a dead connection is found in 25 s
	Answer time.Duration
}

// complete sets the defaults. Restart leaves five of the sixty seconds in which all must be back for the
// dialling itself.
func (p Pace) complete() Pace {
	for _, one := range []struct {
		to     *time.Duration
		preset time.Duration
	}{
		{&p.First, time.Second},
		{&p.Longest, time.Minute},
		{&p.Good, 10 * time.Second},
		{&p.Restart, 55 * time.Second},
		{&p.Greet, 20 * time.Second},
		{&p.Beat, 15 * time.Second},
		{&p.Answer, 10 * time.Second},
	} {
		if *one.to == 0 {
			*one.to = one.preset
		}
	}
	return p
}

// ErrRefused ends Run: the server will not have this agent. Status says why.
var ErrRefused = errors.New("agent: the server refused")

// errLater is a refusal for a time.
type errLater time.Duration

func (e errLater) Error() string {
	return fmt.Sprintf("agent: the server refused for %v", time.Duration(e))
}

// Agent is one agent. Its methods may be called from several goroutines; Run only once at a time.
type Agent struct {
	Config
	der  []byte
	busy sync.Mutex // one operation at a time

	mu     sync.Mutex
	status Status
}

// New returns an agent that is not running yet.
func New(c Config) (*Agent, error) {
	der, err := x509.MarshalPKIXPublicKey(c.Key.Public())
	if err != nil {
		return nil, fmt.Errorf("reading the agent's key: %w", err)
	}
	c.Pace = c.Pace.complete()
	a := &Agent{Config: c, der: der, status: Status{
		Link:   Connecting,
		Server: c.Server,
		Name:   c.Name,
		Since:  c.Now(),
	}}
	if c.Virtual {
		a.status.Reader = ReaderVirtual
	}
	return a, nil
}

// Run connects and serves until ctx ends. A broken connection is made again after a jittered, growing pause;
// a refusal by the server that is not for a time only ends it with ErrRefused.
func (a *Agent) Run(ctx context.Context) error {
	wait := a.Pace.First
	for {
		a.updateStatus(func(s *Status) { s.Link, s.Since = Connecting, a.Now() })
		served, err := a.serve(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, ErrRefused) {
			return err
		}
		var later errLater
		if errors.As(err, &later) { // the reason stands on the page until then
			if card.Pause(ctx, time.Duration(later)+rand.N(a.Pace.First)) != nil {
				return nil
			}
			continue
		}
		if served >= a.Pace.Good {
			wait = a.Pace.First
		}
		pause := wait/2 + rand.N(wait)
		if websocket.CloseStatus(err) == websocket.StatusServiceRestart {
			pause, wait = rand.N(a.Pace.Restart), a.Pace.First
		} else {
			wait = min(2*wait, a.Pace.Longest)
		}
		pause = min(pause, a.Pace.Longest)
		a.updateStatus(func(s *Status) { s.Link, s.Since, s.Next = Away, a.Now(), a.Now().Add(pause) })
		a.tell(message.New("agent.said.lost", nil))
		if card.Pause(ctx, pause) != nil {
			return nil
		}
	}
}

// tell says something to the person at the PC.
func (a *Agent) tell(m message.Message) { a.Notify(m.Text("ja")) }
