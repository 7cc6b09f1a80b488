// Package instances is how the instances of one installation know of each other: each says every few
// seconds in the database that it lives, and what any of them could do is claimed there by one. There is no
// leader: an instance that dies stops saying so, and when its time is over another one takes up what it
// had.
//
// Times are those of the instances' own clocks, which an operator keeps within a few seconds of each other.
package instances

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"time"
)

const (
	// Lease is how long an instance counts as living without another word, and how long what it has claimed
	// stays its own.
	Lease = 30 * time.Second
	// Beat is how often it says that it lives.
	Beat = 10 * time.Second
	// again is how soon it says so again where the database did not take it: until then the others take it
	// for gone, and agents that come to it are turned away.
	again = time.Second
	// LongestLease is the longest that is left of a lease, by instances whose clocks are somewhat apart. One
	// that ends later was given by a clock that was wrong, and counts for nothing.
	LongestLease = 5 * time.Minute
)

// Store keeps which instances live and what they have claimed.
type Store interface {
	// Attend makes this process one that serves the database, the only one where alone, until leave is
	// called or the process ends. It returns an error where others serve it, alone or with a hub, of which
	// this one would not hear.
	Attend(ctx context.Context, alone bool) (leave func(), err error)
	// Clock returns the time by the clock of the database's server; zero where that is this computer's.
	Clock(ctx context.Context) (time.Time, error)
	// PutInstance notes that an instance lives until a time.
	PutInstance(ctx context.Context, name string, until time.Time) error
	// DropInstance removes an instance that ends, with where agents are connected to it.
	DropInstance(ctx context.Context, name string) error
	// Living returns the instances that live at a time, in order.
	Living(ctx context.Context, at time.Time) ([]string, error)
	// Claim makes a chore an instance's, and reports false where it is another's or not due.
	Claim(ctx context.Context, c Claim) (bool, error)
	// EndChore says when a chore that an instance has is due again.
	EndChore(ctx context.Context, name, owner string, due time.Time) error
}

// Claim asks for a chore.
type Claim struct {
	Chore, Owner string
	At           time.Time
	Until        time.Time // then it may be another's
	// Latest is the latest end that can be right: a claim that ends later was made by a clock that was
	// wrong.
	Latest time.Time
}

// Instance is one instance: this process.
type Instance struct {
	Name  string
	Store Store
	Now   func() time.Time
}

// NewName makes an instance's name: ten random letters and digits.
func NewName() string { return strings.ToLower(rand.Text()[:10]) }

// Begin says for the first time that this instance lives.
func (i *Instance) Begin(ctx context.Context) error {
	return i.Store.PutInstance(ctx, i.Name, i.Now().Add(Lease))
}

// Keep says so until ctx ends.
func (i *Instance) Keep(ctx context.Context) {
	beat := time.NewTimer(Beat)
	defer beat.Stop()
	failing, apart := false, false
	for {
		apart = i.lookAtClock(ctx, apart)
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		err := i.Store.PutInstance(ctx, i.Name, i.Now().Add(Lease))
		if err == nil {
			beat.Reset(Beat)
		} else {
			beat.Reset(again)
		}
		switch {
		case err != nil && !failing && ctx.Err() == nil:
			slog.Warn("saying that this instance lives", "error", err)
		case err == nil && failing:
			slog.Info("the database knows again that this instance lives")
		}
		failing = err != nil
	}
}

// End says that this instance is no more.
func (i *Instance) End(ctx context.Context) error { return i.Store.DropInstance(ctx, i.Name) }

// Others returns the other instances that live.
func (i *Instance) Others(ctx context.Context) ([]string, error) {
	living, err := i.Store.Living(ctx, i.Now())
	var others []string
	for _, name := range living {
		if name != i.Name {
			others = append(others, name)
		}
	}
	return others, err
}

// Chore does something that one of all instances does at a time and every so often, where it is due and no
// other instance does it. A chore of an instance that died is another's after choreTime. What it does must
// be harmless when it is done twice.
func (i *Instance) Chore(ctx context.Context, name string, every time.Duration, do func()) {
	now := i.Now()
	claimed, err := i.Store.Claim(ctx, Claim{
		Chore:  name,
		Owner:  i.Name,
		At:     now,
		Until:  now.Add(choreTime),
		Latest: now.Add(max(every, choreTime)),
	})
	if err != nil && ctx.Err() == nil {
		slog.Warn("claiming a chore", "chore", name, "error", err)
	}
	if !claimed || err != nil {
		return
	}
	do()
	// A little early: instances look at their own moments.
	due := now.Add(every - every/10)
	if err := i.Store.EndChore(context.WithoutCancel(ctx), name, i.Name, due); err != nil {
		slog.Warn("ending a chore", "chore", name, "error", err)
	}
}

// choreTime is how long a chore may take before another instance may begin it too.
const choreTime = 5 * time.Minute
