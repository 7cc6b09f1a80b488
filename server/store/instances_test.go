package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"madoguchi/server/agents"
	"madoguchi/server/instances"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
	"madoguchi/server/store/storetest"
)

// twoStores are two instances' stores of one database: on SQLite two of one process.
func twoStores(t *testing.T) (a, b *Store) {
	t.Helper()
	database := storetest.Database(t)
	both := [2]*Store{}
	for i := range both {
		s, err := openAt(database, options())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		both[i] = s.Store
	}
	return both[0], both[1]
}

func TestInstancesKnowOfEachOther(t *testing.T) { storetest.Engines(t, testInstancesKnowOfEachOther) }

func testInstancesKnowOfEachOther(t *testing.T) {
	first, second := twoStores(t)
	now := noon
	a := instances.Instance{Name: "a", Store: Instances(first), Now: func() time.Time { return now }}
	b := instances.Instance{Name: "b", Store: Instances(second), Now: func() time.Time { return now }}
	for _, i := range []*instances.Instance{&a, &b} {
		if err := i.Begin(ctx); err != nil {
			t.Fatal(err)
		}
	}
	place := agents.Place{
		Agent:    "agent",
		Facility: "1319999991",
		Instance: "a",
		Conn:     "one",
		At:       noon,
		OQS:      true,
		Version:  5,
		Program:  "1.2",
	}
	if err := AgentPlaces(first).PutPlace(ctx, place); err != nil {
		t.Fatal(err)
	}
	found := func() []agents.Place {
		t.Helper()
		all, err := AgentPlaces(second).Places(ctx, place.Facility, now)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	others := func() []string {
		t.Helper()
		all, err := b.Others(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if all := found(); !slices.Equal(all, []agents.Place{place}) || !slices.Equal(others(), []string{"a"}) {
		t.Errorf("%+v %v", all, others())
	}
	if err := Instances(first).PutInstance(ctx, "of next year", noon.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(others(), []string{"a"}) {
		t.Errorf("one lives by a clock that was wrong: %v", others())
	}
	if err := AgentPlaces(second).DropPlace(ctx, "agent", "another connection"); err != nil {
		t.Fatal(err)
	}
	if len(found()) != 1 {
		t.Error("another connection's end removed it")
	}
	now = noon.Add(instances.Lease)
	if len(found()) != 0 || len(others()) != 0 {
		t.Errorf("an instance that says nothing lives: %v %v", found(), others())
	}
	if err := a.Begin(ctx); err != nil {
		t.Fatal(err)
	}
	if len(found()) != 1 {
		t.Error("it lives again, and its agents are not there")
	}
	if err := a.End(ctx); err != nil {
		t.Fatal(err)
	}
	if len(found()) != 0 || len(others()) != 0 {
		t.Errorf("an instance that ended lives: %v %v", found(), others())
	}
}

func TestAChoreIsDoneByOneInstance(t *testing.T) { storetest.Engines(t, testAChoreIsDoneByOne) }

func testAChoreIsDoneByOne(t *testing.T) {
	first, second := twoStores(t)
	now := noon
	a := instances.Instance{Name: "a", Store: Instances(first), Now: func() time.Time { return now }}
	b := instances.Instance{Name: "b", Store: Instances(second), Now: func() time.Time { return now }}
	done := ""
	try := func(i *instances.Instance) { i.Chore(ctx, "sweep", time.Hour, func() { done += i.Name }) }
	a.Chore(ctx, "sweep", time.Hour, func() {
		done += "a"
		try(&b) // while it is being done
	})
	try(&b) // just done
	now = now.Add(time.Hour)
	try(&b)
	try(&a)
	if done != "ab" {
		t.Errorf("done by %q", done)
	}
	// one that dies in the middle leaves it for five minutes
	now = now.Add(time.Hour)
	claim := instances.Claim{
		Chore:  "sweep",
		Owner:  "dead",
		At:     now,
		Until:  now.Add(5 * time.Minute),
		Latest: now.Add(time.Hour),
	}
	if ok, err := Instances(first).Claim(ctx, claim); err != nil || !ok {
		t.Fatal(ok, err)
	}
	try(&a)
	now = now.Add(5 * time.Minute)
	try(&a)
	if done != "aba" {
		t.Errorf("done by %q", done)
	}
	// and one whose clock was a day ahead does not keep it for a day
	claim.At, claim.Until = now.Add(23*time.Hour), now.Add(24*time.Hour)
	claim.Latest = claim.Until
	if ok, err := Instances(first).Claim(ctx, claim); err != nil || !ok {
		t.Fatal(ok, err)
	}
	try(&b)
	if done != "abab" {
		t.Errorf("done by %q", done)
	}
}

// Of two that claim a run at once one gets it; when its time is over it is the other's, and what the first
// one finishes then is not noted. That is once more what a repeat may be: the file is printed again.
func TestARunIsPrintedByOneAndTakenOver(t *testing.T) { storetest.Engines(t, testARunIsTakenOver) }

func testARunIsTakenOver(t *testing.T) {
	first, second := twoStores(t)
	a, b := first.ForInsurer().Runs, second.ForInsurer().Runs
	claimsOf := map[insurer.RunStore]insurer.RunClaimStore{
		a: first.ForInsurer().RunClaims, b: second.ForInsurer().RunClaims,
	}
	run := insurer.PrintRun{
		ID:        "run",
		Insurer:   "06139992",
		Kind:      insurer.NoticeRun,
		State:     insurer.RunGoing,
		By:        "test",
		CreatedAt: noon,
		Total:     1,
	}
	onePerson := func(yield func(printing.Item, error) bool) { yield(printing.Item{Ref: "p"}, nil) }
	if err := a.PutRun(ctx, run, onePerson, entry("run.start")); err != nil {
		t.Fatal(err)
	}
	claim := func(owner string, at time.Time) insurer.RunClaim {
		return insurer.RunClaim{Owner: owner, At: at, Until: at.Add(instances.Lease)}
	}
	type answer struct {
		claim insurer.RunClaim
		ours  bool
		err   error
	}
	answers := make(chan answer, 2)
	for name, store := range map[string]insurer.RunStore{"a": a, "b": b} {
		go func() {
			c, ours, err := claimsOf[store].ClaimRun(ctx, run.Key(), claim(name, noon))
			answers <- answer{c, ours, err}
		}()
	}
	one, two := <-answers, <-answers
	if one.err != nil || two.err != nil || one.ours == two.ours {
		t.Fatalf("%+v %+v", one, two)
	}
	winner := one
	if two.ours {
		winner = two
	}
	held := run
	held.Claim = winner.claim
	file := printing.FileRecord{Number: 1, Last: 1, People: 1}
	late := noon.Add(instances.Lease)
	taken, ours, err := claimsOf[b].ClaimRun(ctx, run.Key(), claim("c", late.Add(-time.Millisecond)))
	if err != nil || ours {
		t.Errorf("before its time is over: %+v %v", taken, err)
	}
	if ok, err := claimsOf[a].RenewRun(ctx, run.Key(), winner.claim); err != nil || !ok {
		t.Errorf("its own renewal: %v %v", ok, err)
	}
	taken, ours, err = claimsOf[b].ClaimRun(ctx, run.Key(), claim("c", late))
	if err != nil || !ours || taken.Attempt != winner.claim.Attempt+1 {
		t.Fatalf("once its time is over: %+v %v %v", taken, ours, err)
	}
	if ok, err := claimsOf[a].RenewRun(ctx, run.Key(), winner.claim); err != nil || ok {
		t.Errorf("the first one's renewal: %v %v", ok, err)
	}
	if err := a.FinishFile(ctx, held, file, nil, entry("run.file")); !errors.Is(err, insurer.ErrRunTaken) {
		t.Errorf("the first one's file: %v", err)
	}
	// nor does its fault, as of a connection that was cut while it was frozen, end what the second one prints
	failed := insurer.RunStep{
		From:  []insurer.RunState{insurer.RunGoing},
		To:    insurer.RunFailed,
		Under: &winner.claim,
	}
	_, err = a.StepRun(ctx, run.Key(), failed, entry("run.failed"))
	if !errors.Is(err, insurer.ErrRunTaken) {
		t.Errorf("the first one's fault: %v", err)
	}
	if now, err := b.Run(ctx, run.Key()); err != nil || now.State != insurer.RunGoing {
		t.Errorf("after the first one's fault it is %s, %v", now.State, err)
	}
	held.Claim = taken
	if err := b.FinishFile(ctx, held, file, nil, entry("run.file")); err != nil {
		t.Errorf("the second one's file: %v", err)
	}
	if files, err := a.RunFiles(ctx, run.Key()); err != nil || len(files) != 1 {
		t.Errorf("%d files, %v", len(files), err)
	}
	if err := Instances(second).DropInstance(ctx, "c"); err != nil { // it ends in good order
		t.Fatal(err)
	}
	if _, ours, err := claimsOf[a].ClaimRun(ctx, run.Key(), claim("a", late)); err != nil || !ours {
		t.Errorf("what an instance that ended had claimed: %v %v", ours, err)
	}
	nextYear := claim("a", late.AddDate(1, 0, 0))
	if _, ours, err := claimsOf[a].ClaimRun(ctx, run.Key(), nextYear); err != nil || !ours {
		t.Fatal(ours, err)
	}
	if _, ours, err := claimsOf[b].ClaimRun(ctx, run.Key(), claim("b", late)); err != nil || !ours {
		t.Errorf("what an instance claimed whose clock was a year ahead: %v %v", ours, err)
	}
}
