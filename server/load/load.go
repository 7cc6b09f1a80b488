//go:build !nodemo

package load

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"madoguchi/card"
)

// Config says what is loaded, and how much.
type Config struct {
	Address string // of the server: http://localhost:8080
	Host    string // names the host once more, where it is not this computer or not a demo
	For     time.Duration
	Checks  float64 // a second
	Faster  float64 // than every 30 s phones make their screens anew: 1 to MaxFaster
	Readers int     // at most
	Least   int     // readers, also where so many checks have fewer
	Mix     Mix     // what comes with each check; Country() is everyday life
	Seed    uint64  // of what comes when; the server's answers have their own randomness
	Now     func() time.Time
	// Said is told what begins: importing, entering, loading; nil: nobody listens
	Said func(Stage)
}

// Stage is a part of a load: its key in the catalogue.
type Stage string

// Stages in their order.
const (
	Importing Stage = "load.importing"
	Entering  Stage = "load.entering"
	Loading   Stage = "load.loading"
)

// run is one load.
type run struct {
	Config
	target target
	plan   Plan
	meter  *meter
	keys   issuerKeys

	insured    []*insured
	phones     []*phone
	receptions chan *reception
	chips      chips
	came       atomic.Int64 // patients, so far

	mu  sync.Mutex
	rng *rand.Rand
}

func (l *run) base() string { return l.target.url.String() }

// say tells what begins.
func (l *run) say(s Stage) {
	if l.Said != nil {
		l.Said(s)
	}
}

// chance is a number from 0 up to 1.
func (l *run) chance() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rng.Float64()
}

// gap is the time until the next of what comes so often a second, by chance as people do: exponential, with
// the mean 1/rate.
func (l *run) gap(rate float64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Duration(l.rng.ExpFloat64() / rate * float64(time.Second))
}

// Run loads a server until its time is over or ctx ends, and returns what it measured. An error says that
// there was nothing to load, or that setting up failed.
func Run(ctx context.Context, c Config) (Report, error) {
	t, err := newTarget(c.Address, c.Host)
	if err != nil {
		return Report{}, err
	}
	l := newRun(c, t)
	err = l.checkDemo(ctx)
	if errors.Is(err, errNoDemo) && strings.EqualFold(c.Host, t.url.Hostname()) {
		return l.public(ctx), nil
	}
	if err != nil {
		return Report{}, err
	}
	return l.all(ctx)
}

// newRun is a load that has not begun.
func newRun(c Config, t target) *run {
	c.Checks, c.Faster = min(c.Checks, maxChecks), min(max(c.Faster, 1), MaxFaster)
	c.For = min(c.For, MaxLength)
	return &run{
		Config: c,
		target: t,
		plan:   newPlan(c),
		meter:  newMeter(),
		rng:    rand.New(rand.NewPCG(c.Seed, 1)),
	}
}

// all sets up and measures.
func (l *run) all(ctx context.Context) (Report, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := l.setUp(ctx); err != nil {
		return Report{}, err
	}
	return l.measure(ctx), nil
}

// setUp puts people into the register, has them register their phones, and connects the card readers.
func (l *run) setUp(ctx context.Context) error {
	l.say(Importing)
	if err := l.importPeople(ctx); err != nil {
		return err
	}
	if err := l.fetchKeys(ctx); err != nil {
		return err
	}
	l.say(Entering)
	if err := l.enterPhones(ctx); err != nil {
		return err
	}
	return l.openReceptions(ctx)
}

// measure lets everybody come for as long as the load lasts; who has come is served to the end.
func (l *run) measure(ctx context.Context) Report {
	l.meter.restart()
	l.say(Loading)
	began := l.Now()
	coming, stop := context.WithTimeout(ctx, l.For)
	defer stop()
	var all sync.WaitGroup
	for i, p := range l.phones {
		all.Go(func() { p.renew(ctx, coming, i) })
	}
	all.Go(func() { l.openings(ctx, coming) })
	for range cap(l.receptions) {
		r := <-l.receptions
		all.Go(func() { r.poll(ctx, coming) })
		l.receptions <- r
	}
	all.Go(func() { l.arrivals(ctx, coming, &all) })
	all.Wait()
	r := l.meter.report(l.Now().Sub(began))
	r.Address, r.Plan = l.base(), l.plan
	return r
}

// each runs do for many, some at a time, and returns the first error.
func each[T any](many []T, atOnce int, do func(int, T) error) error {
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		first error
	)
	gate := make(chan struct{}, atOnce)
	for i, one := range many {
		gate <- struct{}{}
		all.Go(func() {
			defer func() { <-gate }()
			if err := do(i, one); err != nil {
				mu.Lock()
				first = errors.Join(first, err)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return first
}

// pause waits, and reports whether the load goes on.
func pause(ctx context.Context, d time.Duration) bool { return card.Pause(ctx, d) == nil }
