package insurer

import (
	"context"
	"log/slog"
	"time"

	"madoguchi/server/instances"
)

// Several instances can print, and one that dies in the middle of a run leaves it to another: a run is
// claimed in the store for a time, and the claim is renewed while it is printed. A file that is finished
// under an old claim is not noted; whoever prints a file again writes the same name whole or not at all.

// runClaims claims runs for this process.
type runClaims struct {
	store    RunClaimStore
	instance string // RunClaim.Owner
	now      func() time.Time
}

// claim makes a run this process's; anyway: also one that another has claimed and cannot go on with.
func (c runClaims) claim(ctx context.Context, run RunKey, anyway bool) (RunClaim, bool, error) {
	now := c.now()
	return c.store.ClaimRun(ctx, run, RunClaim{
		Owner:  c.instance,
		At:     now,
		Until:  now.Add(instances.Lease),
		Anyway: anyway,
	})
}

// hold renews a claim until release is called, which gives it back. The context that it returns ends with
// ErrRunTaken when the run is another's, or when it cannot be said in time that it is still this process's:
// a store that does not answer at all is no reason to go on.
func (c runClaims) hold(
	ctx context.Context, run RunKey, claim RunClaim,
) (holding context.Context, release func()) {
	holding, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	over := time.AfterFunc(claim.Until.Sub(claim.At), func() { cancel(ErrRunTaken) })
	go func() {
		defer close(done)
		defer over.Stop()
		beat := time.NewTicker(instances.Beat)
		defer beat.Stop()
		for {
			select {
			case <-holding.Done():
				return
			case <-beat.C:
			}
			now := c.now()
			next := claim
			next.At, next.Until = now, now.Add(instances.Lease)
			ours, err := c.store.RenewRun(holding, run, next)
			switch {
			case err == nil && ours:
				claim = next
				over.Reset(claim.Until.Sub(c.now()))
			case err == nil, now.After(claim.Until):
				cancel(ErrRunTaken)
			default:
				slog.Warn("renewing the claim of a run", "run", run.ID, "error", err)
			}
		}
	}()
	return holding, func() {
		cancel(nil)
		<-done
		claim.At = c.now()
		claim.Until = claim.At
		if _, err := c.store.RenewRun(context.WithoutCancel(ctx), run, claim); err != nil {
			slog.Warn("giving the claim of a run back", "run", run.ID, "error", err)
		}
	}
}

// Resume takes up the runs of this installation's folder that nobody prints: what an instance's end
// interrupted, whosever they are.
func (j *PrintJobs) Resume(ctx context.Context) error {
	runs, err := j.store.Going(ctx, 100)
	now := j.now()
	for _, run := range runs {
		left := run.Claim.Until.Sub(now)
		another := run.Claim.Owner != j.claims.instance && left > 0 && left <= instances.LongestLease
		if _, here := j.progressHere(run.Key()); run.Options.Folder == "" && !another && !here {
			j.beginRun(ctx, run.Key())
		}
	}
	return err
}

// KeepResuming is Resume every few seconds until ctx ends.
func (j *PrintJobs) KeepResuming(ctx context.Context) {
	look := time.NewTicker(instances.Beat)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if err := j.Resume(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("looking for runs that nobody prints", "error", err)
		}
	}
}
