package staff_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/auth/passkey"
	"madoguchi/internal/passkeytest"
	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
)

// actions are what the entries of the audit chain say was done, from one on.
func (w *world) actions(t *testing.T, from int) (all []string) {
	t.Helper()
	for _, e := range w.entries(t, from) {
		all = append(all, strings.Fields(e)[1])
	}
	return all
}

func TestEverybodySignsInAndProvesThemselves(t *testing.T) {
	w := newWorld(t)
	for _, m := range []staff.Member{
		w.clerk, w.admin, w.reception, w.facilityAdmin, w.operator, w.otherAdmin,
	} {
		t.Run(string(m.Role)+" "+m.Organisation.Number, func(t *testing.T) {
			told := len(w.entries(t, 0))
			if got, err := w.signIn(m.ID); err != nil || got != m {
				t.Errorf("%+v %v", got, err)
			}
			if got, err := w.prove(m); err != nil || got != m {
				t.Errorf("%+v %v", got, err)
			}
			if got, err := w.SignIn.Member(ctx, m.ID); err != nil || got != m {
				t.Errorf("%+v %v", got, err)
			}
			actor := map[staff.Kind]string{
				staff.KindInsurer:  "clerk:",
				staff.KindFacility: "reception:",
				staff.KindOperator: "operator:",
			}[m.Organisation.Kind] + string(m.ID)
			want := []string{
				actor + " member.signin " + string(m.ID),
				actor + " member.proof " + string(m.ID),
			}
			if got := w.entries(t, told); !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
			all, err := w.SignIn.Passkeys(ctx, m)
			if err != nil || len(all) != 1 || all[0].Count != 3 || !all[0].UsedAt.Equal(noon) ||
				!all[0].LockedAt.IsZero() {
				t.Errorf("%+v %v", all, err)
			}
		})
	}
}

// An answer is good once, for five minutes, and for the challenge that it was made for.
func TestAnAnswerIsTakenOnce(t *testing.T) {
	w := newWorld(t)
	began, err := w.SignIn.Begin(ctx)
	fatal(t, err)
	credential, err := w.devices[w.clerk.ID].Get(began.Options)
	fatal(t, err)
	answer := staff.Answer{Ref: began.Ref, Credential: credential}
	if _, err := w.SignIn.Finish(ctx, answer); err != nil {
		t.Fatal(err)
	}
	late, err := w.SignIn.Begin(ctx)
	fatal(t, err)
	lateCredential, err := w.devices[w.clerk.ID].Get(late.Options)
	fatal(t, err)
	next, err := w.SignIn.Begin(ctx)
	fatal(t, err)
	proof, err := w.SignIn.BeginProof(ctx, w.clerk)
	fatal(t, err)
	cases := []struct {
		name   string
		answer staff.Answer
		late   time.Duration
		want   error
	}{
		{"again", answer, 0, passkey.ErrChallenge},
		{"no ref", staff.Answer{Credential: credential}, 0, passkey.ErrChallenge},
		{"a made-up ref", staff.Answer{Ref: strings.Repeat("A", 43), Credential: credential}, 0,
			passkey.ErrChallenge},
		{"to the next challenge", staff.Answer{Ref: next.Ref, Credential: credential}, 0, passkey.ErrRefused},
		{"to a proof's challenge", staff.Answer{Ref: proof.Ref, Credential: credential}, 0,
			passkey.ErrChallenge},
		{"after five minutes", staff.Answer{Ref: late.Ref, Credential: lateCredential}, passkey.Life,
			passkey.ErrChallenge},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w.now = noon.Add(c.late)
			if _, err := w.SignIn.Finish(ctx, c.answer); !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
	if got := w.member(t, w.clerk).Failures; got != 1 {
		t.Errorf("%d failures: one answer was wrong, the others to nothing", got)
	}
	testenv.Refused(t, testenv.Staff, len(cases))
}

// A proof is by the passkey of the member who is signed in.
func TestAnothersPasskeyProvesNothing(t *testing.T) {
	w := newWorld(t)
	began, err := w.SignIn.BeginProof(ctx, w.clerk)
	fatal(t, err)
	device := w.devices[w.admin.ID]
	if _, err := device.Get(began.Options); err == nil {
		t.Error("another's passkey was asked for")
	}
	challenge := strings.Split(strings.Split(string(began.Options), `"challenge":"`)[1], `"`)[0]
	for _, c := range []struct {
		name   string
		change func(*passkeytest.Answer)
	}{
		{"as it is", func(*passkeytest.Answer) {}},
		{"under the member's handle", func(a *passkeytest.Answer) { a.Handle = []byte(w.clerk.ID) }},
		{"under the passkey's id", func(a *passkeytest.Answer) { a.ID = w.devices[w.clerk.ID].Keys[0].ID }},
		{"under both", func(a *passkeytest.Answer) {
			a.ID, a.Handle = w.devices[w.clerk.ID].Keys[0].ID, []byte(w.clerk.ID)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			began, err := w.SignIn.BeginProof(ctx, w.clerk)
			fatal(t, err)
			mine := strings.Split(strings.Split(string(began.Options), `"challenge":"`)[1], `"`)[0]
			if mine == challenge {
				t.Fatal("two challenges are the same")
			}
			credential, err := device.Sign(device.Keys[0], mine, c.change)
			fatal(t, err)
			answer := staff.Answer{Ref: began.Ref, Credential: credential}
			if _, err := w.SignIn.FinishProof(ctx, w.clerk, answer); !errors.Is(err, passkey.ErrRefused) {
				t.Errorf("%v", err)
			}
			if got := w.member(t, w.clerk).Failures; got != 1 {
				t.Errorf("%d failures", got)
			}
		})
	}
	testenv.Refused(t, testenv.Staff, 4)
}

func (w *world) open12Hours(t *testing.T, m staff.Member) {
	t.Helper()
	_, err := w.browser.StartProved(ctx, httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil),
		auth.Counter, string(m.ID), nil)
	fatal(t, err)
}

func (w *world) sessions(t *testing.T, m staff.Member) int {
	t.Helper()
	all, err := w.Sessions.List(ctx, staff.Operator{}, m.ID)
	fatal(t, err)
	return len(all)
}

// Five wrong answers in a row lock the member, until an administrator or a command unlocks it.
func TestWrongAnswersLockTheMember(t *testing.T) {
	for _, ways := range []struct {
		name string
		try  func(w *world) error
	}{
		{"at sign-in", func(w *world) error { _, err := w.signIn(w.clerk.ID, damaged); return err }},
		{"in a proof", func(w *world) error { _, err := w.prove(w.clerk, damaged); return err }},
		{"without user verification", func(w *world) error {
			_, err := w.signIn(w.clerk.ID, func(a *passkeytest.Answer) { a.Flags = passkeytest.UserPresent })
			return err
		}},
	} {
		t.Run(ways.name, func(t *testing.T) {
			w := newWorld(t)
			for range 4 {
				if err := ways.try(w); !errors.Is(err, passkey.ErrRefused) &&
					!errors.Is(err, passkey.ErrUnverified) {
					t.Fatal(err)
				}
			}
			if _, err := w.signIn(w.clerk.ID); err != nil {
				t.Fatalf("after four: %v", err)
			}
			w.open12Hours(t, w.clerk)
			told := len(w.entries(t, 0))
			for i := range 5 {
				if w.sessions(t, w.clerk) != 1 {
					t.Errorf("the session ended after %d", i)
				}
				if err := ways.try(w); err == nil {
					t.Fatal("a wrong answer let in")
				}
			}
			want := append(slices.Repeat([]string{"member.refuse"}, 5), "member.lock")
			if got := w.actions(t, told); !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
			if got := w.entries(t, told)[0]; !strings.HasPrefix(
				got,
				"unknown member.refuse "+string(w.clerk.ID),
			) {
				t.Errorf("%q", got)
			}
			if w.sessions(t, w.clerk) != 0 {
				t.Error("the session lives on")
			}
			if _, err := w.SignIn.Member(ctx, w.clerk.ID); !errors.Is(err, staff.ErrNoMember) {
				t.Errorf("%v", err)
			}
			w.now = noon.AddDate(0, 0, 1)
			if _, err := w.signIn(w.clerk.ID); !errors.Is(err, staff.ErrLocked) {
				t.Errorf("a day later: %v", err)
			}
			fatal(t, w.Members.Unlock(ctx, w.admin, w.clerk.ID))
			if _, err := w.signIn(w.clerk.ID); err != nil {
				t.Errorf("unlocked: %v", err)
			}
		})
	}
	testenv.Refused(t, testenv.Staff, 3*10)
}

// What names no passkey of this server counts for nobody.
func TestAnUnknownPasskeyIsRefusedAndNoted(t *testing.T) {
	w := newWorld(t)
	told := len(w.entries(t, 0))
	_, err := w.signIn(w.clerk.ID, func(a *passkeytest.Answer) { a.ID = []byte("nobody's") })
	if !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("%v", err)
	}
	if got := w.entries(t, told); !slices.Equal(got, []string{"unknown member.refuse"}) {
		t.Errorf("%q", got)
	}
	if w.member(t, w.clerk).Failures != 0 {
		t.Error("it counts for a member")
	}
}

func TestAMemberWhoIsOutComesInNoMore(t *testing.T) {
	cases := []struct {
		name string
		out  func(w *world) error
		want error
	}{
		{"locked", func(w *world) error { return w.Members.Lock(ctx, w.admin, w.clerk.ID) }, staff.ErrLocked},
		{"removed", func(w *world) error { return w.Members.Remove(ctx, w.admin, w.clerk.ID) },
			passkey.ErrRefused},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.open12Hours(t, w.clerk)
			began, err := w.SignIn.BeginProof(ctx, w.clerk)
			fatal(t, err)
			credential, err := w.devices[w.clerk.ID].Get(began.Options)
			fatal(t, err)
			fatal(t, c.out(w))
			if w.sessions(t, w.clerk) != 0 {
				t.Error("the session lives on")
			}
			if _, err := w.SignIn.Member(ctx, w.clerk.ID); !errors.Is(err, staff.ErrNoMember) {
				t.Errorf("%v", err)
			}
			if _, err := w.SignIn.Passkeys(ctx, w.clerk); !errors.Is(err, staff.ErrNoMember) {
				t.Errorf("%v", err)
			}
			answer := staff.Answer{Ref: began.Ref, Credential: credential}
			if _, err := w.SignIn.FinishProof(ctx, w.clerk, answer); err == nil {
				t.Error("a proof that had begun was good")
			}
			if _, err := w.signIn(w.clerk.ID); !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// Of two authenticators with one key the first that falls behind tells: the passkey is locked for both, and
// the member reads it in its list.
func TestAClonedPasskeyIsLocked(t *testing.T) {
	w := newWorld(t)
	stolen := w.devices[w.clerk.ID].Clone()
	own := w.devices[w.clerk.ID]
	if _, err := w.signIn(w.clerk.ID); err != nil {
		t.Fatal(err)
	}
	w.open12Hours(t, w.clerk)
	told := len(w.entries(t, 0))
	w.devices[w.clerk.ID] = stolen
	if _, err := w.signIn(w.clerk.ID); !errors.Is(err, passkey.ErrCloned) {
		t.Errorf("the copy: %v", err)
	}
	w.devices[w.clerk.ID] = own
	if _, err := w.signIn(w.clerk.ID); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("its owner's, afterwards: %v", err)
	}
	if _, err := w.SignIn.BeginProof(ctx, w.clerk); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("a proof, afterwards: %v", err)
	}
	if w.sessions(t, w.clerk) != 0 {
		t.Error("the session lives on")
	}
	if got := w.actions(t, told); !slices.Equal(got, []string{"passkey.lock", "member.refuse"}) {
		t.Errorf("%q", got)
	}
	all, err := w.SignIn.Passkeys(ctx, w.clerk)
	if err != nil || len(all) != 1 || !all[0].LockedAt.Equal(noon) {
		t.Errorf("%+v %v", all, err)
	}
}

// Two answers with one count that come at the same time: the second to be stored is the clone's.
func TestOfTwoAnswersWithOneCountOneLetsIn(t *testing.T) {
	w := newWorld(t)
	own, stolen := w.devices[w.clerk.ID], w.devices[w.clerk.ID].Clone()
	var answers []staff.Answer
	for _, device := range []*passkeytest.Authenticator{own, stolen} {
		began, err := w.SignIn.Begin(ctx)
		fatal(t, err)
		credential, err := device.Get(began.Options)
		fatal(t, err)
		answers = append(answers, staff.Answer{Ref: began.Ref, Credential: credential})
	}
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i := range answers {
		both.Go(func() { _, errs[i] = w.SignIn.Finish(ctx, answers[i]) })
	}
	both.Wait()
	in := slices.IndexFunc(errs, func(err error) bool { return err == nil })
	if in < 0 || !errors.Is(errs[1-in], passkey.ErrCloned) {
		t.Errorf("%v", errs)
	}
}

func TestAStoredAnswerIsToldApart(t *testing.T) {
	w := newWorld(t)
	if _, err := w.SignIn.Member(ctx, ""); !errors.Is(err, staff.ErrNoMember) {
		t.Errorf("no id: %v", err)
	}
	if _, err := w.SignIn.BeginProof(ctx, staff.Member{}); !errors.Is(err, staff.ErrNoMember) {
		t.Errorf("nobody: %v", err)
	}
}
