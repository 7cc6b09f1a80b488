package insurer

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/instances"
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan) }

// lostStore is a store whose server a network has lost: a renewal is neither answered nor refused until the
// test ends. What is not asked here is not there.
type lostStore struct {
	RunStore
	RunClaimStore
	lost  chan struct{}
	steps []RunStep
}

func (s *lostStore) RenewRun(context.Context, RunKey, RunClaim) (bool, error) {
	<-s.lost
	return false, errors.New("the connection broke")
}

// A claim that cannot be renewed in time ends at its time, also where the store does not even answer: by then
// another instance prints the run.
func TestAClaimEndsInTimeWhenTheStoreSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &lostStore{lost: make(chan struct{})}
		claims := runClaims{store, "a", noon}
		claim := RunClaim{Owner: "a", At: noon(), Until: noon().Add(instances.Lease)}
		holding, release := claims.hold(t.Context(), RunKey{"06139992", "run"}, claim)
		time.Sleep(instances.Lease - time.Nanosecond)
		synctest.Wait()
		if holding.Err() != nil {
			t.Error("it ended before its time")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if !errors.Is(context.Cause(holding), ErrRunTaken) {
			t.Errorf("its time is over, and it is held: %v", context.Cause(holding))
		}
		close(store.lost)
		release()
	})
}

// takenStore is a store in which another instance has taken a run over when this one's first fault is noted.
type takenStore struct{ lostStore }

func (s *takenStore) Run(_ context.Context, run RunKey) (PrintRun, error) {
	return PrintRun{ID: run.ID, Insurer: run.Insurer, Kind: "of a program to come", State: RunGoing}, nil
}

func (s *takenStore) ClaimRun(_ context.Context, _ RunKey, c RunClaim) (RunClaim, bool, error) {
	c.Attempt = 7
	return c, true, nil
}

func (s *takenStore) StepRun(_ context.Context, _ RunKey, step RunStep, _ audit.Entry) (bool, error) {
	s.steps = append(s.steps, step)
	return false, ErrRunTaken
}

// What an instance does with a run, its failure too, is done under its claim: what failed here, because the
// instance was frozen while its connections were cut, goes on elsewhere and is no failure.
func TestAFaultIsNotedUnderTheClaim(t *testing.T) {
	store := &takenStore{lostStore{lost: make(chan struct{})}}
	close(store.lost)
	j := &PrintJobs{
		store:  store,
		now:    noon,
		Folder: t.TempDir(),
		claims: runClaims{store, "a", noon},
	}
	_, err := j.printInTurn(t.Context(), RunKey{"06139992", "run"}, nil)
	if !errors.Is(err, ErrRunTaken) {
		t.Errorf("it ended with %v", err)
	}
	if len(store.steps) != 1 || store.steps[0].To != RunFailed {
		t.Fatalf("its steps are %+v", store.steps)
	}
	if by := store.steps[0].Under; by == nil || by.Owner != "a" || by.Attempt != 7 {
		t.Errorf("noted under %+v", by)
	}
}
