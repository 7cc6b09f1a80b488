package staff

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"madoguchi/auth/passkey"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// mostFailures is how many wrong answers by a member's passkeys in a row lock the member. It takes the id of
// a passkey to be counted at all, which authenticators and this server alone know.
const mostFailures = 5

// Passkey is a member's passkey.
type Passkey struct {
	passkey.Key
	Member    MemberID
	CreatedAt time.Time
	UsedAt    time.Time // zero: not yet
	LockedAt  time.Time // zero: it is good. Otherwise since when its counter went back: somebody has a copy
}

// SignInStore keeps who signs in with what. What there is not is NotFound.
type SignInStore interface {
	// Member returns a member, also one who is locked or removed.
	Member(ctx context.Context, within Scope, id MemberID) (Member, error)
	// Passkeys returns a member's passkeys, also locked ones, in the order in which they were registered.
	Passkeys(ctx context.Context, id MemberID) ([]Passkey, error)
	// PasskeyOwner returns the member who has the passkey with a credential's id.
	PasskeyOwner(ctx context.Context, key []byte) (MemberID, error)
	// ChangeSignIn stores what decide makes of a member with one of its passkeys, in one transaction.
	ChangeSignIn(
		ctx context.Context, id MemberID, key []byte,
		decide func(was SignInRow) (becomes SignInRow, err error),
	) error
	// Note adds an entry that belongs to no change.
	Note(ctx context.Context, e audit.Entry) error
}

// SignInRow is what an answer by a passkey is judged by, and changes.
type SignInRow struct {
	Member  Member
	Passkey Passkey
	PIN     PIN
	// EndsSessions and Entries say what else happens as the row is stored.
	EndsSessions bool
	Entries      []audit.Entry
}

// SignIn lets members in by their passkeys.
type SignIn struct {
	store      SignInStore
	ceremonies ceremonies
	now        func() time.Time
}

// Begin begins a sign-in of whoever it is; the browser offers the passkeys that it has.
func (s *SignIn) Begin(ctx context.Context) (Ceremony, error) {
	options, state, err := s.ceremonies.passkeys.BeginLogin()
	return s.ceremonies.begin(ctx, options, state, err)
}

// Finish returns who signed in. It returns passkey.ErrRefused for whatever does not fit, ErrUnverified and
// ErrChallenge of that package, and to who has proved themselves passkey.ErrCloned and ErrLocked. A session
// is the caller's to start.
func (s *SignIn) Finish(ctx context.Context, answer Answer) (Member, error) {
	state, err := s.ceremonies.take(ctx, answer)
	if err != nil {
		return Member{}, err
	}
	var named tried // by the answer; not yet proved
	_, used, err := s.ceremonies.passkeys.FinishLogin(state, answer.Credential,
		func(key, handle []byte) (passkey.User, error) {
			id, err := s.store.PasskeyOwner(ctx, key)
			if err != nil {
				return passkey.User{}, err
			}
			named = tried{id, key}
			return s.user(ctx, id)
		})
	return s.judge(ctx, named, used, err, "member.signin")
}

// BeginProof begins a fresh proof by a member who is signed in, with one of the passkeys that it has.
func (s *SignIn) BeginProof(ctx context.Context, by Member) (Ceremony, error) {
	u, err := s.user(ctx, by.ID)
	if err != nil {
		return Ceremony{}, notFoundAs(err, ErrNoMember)
	}
	options, state, err := s.ceremonies.passkeys.BeginProof(u)
	return s.ceremonies.begin(ctx, options, state, err)
}

// FinishProof returns the member as it is now; the errors are those of Finish. A session's new id is the
// caller's to give (auth.Sessions.Prove).
func (s *SignIn) FinishProof(ctx context.Context, by Member, answer Answer) (Member, error) {
	state, err := s.ceremonies.take(ctx, answer)
	if err != nil {
		return Member{}, err
	}
	u, err := s.user(ctx, by.ID)
	if err != nil {
		return Member{}, notFoundAs(err, ErrNoMember)
	}
	used, err := s.ceremonies.passkeys.FinishProof(u, state, answer.Credential)
	key := used.ID
	if key == nil && len(u.Keys) > 0 {
		key = u.Keys[0].ID // a wrong answer counts for the member, whichever passkey it was by
	}
	return s.judge(ctx, tried{by.ID, key}, used, err, "member.proof")
}

// Member returns who a session's subject is. Every request asks: it returns ErrNoMember for whoever is
// locked or removed meanwhile.
func (s *SignIn) Member(ctx context.Context, id MemberID) (Member, error) {
	m, err := s.store.Member(ctx, Scope{all: true}, id)
	if err != nil {
		return Member{}, notFoundAs(err, ErrNoMember)
	}
	if m.State != Active {
		return Member{}, ErrNoMember
	}
	return m, nil
}

// Passkeys returns the member's own passkeys, also those that are locked: so it is told.
func (s *SignIn) Passkeys(ctx context.Context, by Member) ([]Passkey, error) {
	if _, err := s.Member(ctx, by.ID); err != nil {
		return nil, err
	}
	return s.store.Passkeys(ctx, by.ID)
}

// user is a member with the passkeys that are good.
func (s *SignIn) user(ctx context.Context, id MemberID) (passkey.User, error) {
	m, err := s.store.Member(ctx, Scope{all: true}, id)
	if err != nil {
		return passkey.User{}, err
	}
	all, err := s.store.Passkeys(ctx, id)
	if err != nil {
		return passkey.User{}, err
	}
	u := passkey.User{Handle: []byte(id), Name: m.Name}
	for _, p := range all {
		if p.LockedAt.IsZero() {
			u.Keys = append(u.Keys, p.Key)
		}
	}
	return u, nil
}

// tried is whose passkey an answer names.
type tried struct {
	id  MemberID
	key []byte
}

// judge stores what an answer changes: used is the passkey as it is after a good answer, found is what the
// verification found.
func (s *SignIn) judge(
	ctx context.Context, named tried, used passkey.Key, found error, action string,
) (Member, error) {
	if named.id == "" {
		return Member{}, s.unknown(ctx, found)
	}
	if found != nil && !errors.Is(found, passkey.ErrCloned) && !refusesAnswer(found) {
		return Member{}, found // an answer to a challenge that was over, or a fault of ours
	}
	var m Member
	refused := found
	err := s.store.ChangeSignIn(ctx, named.id, named.key, func(row SignInRow) (SignInRow, error) {
		at := s.now()
		if refused == nil {
			refused = row.signIn(used, action, at)
		}
		switch {
		case errors.Is(refused, passkey.ErrCloned):
			row.cloned(at)
		case refused != nil:
			row.fail(refused, at)
		}
		m = row.Member
		return row, nil
	})
	switch {
	case err != nil && isNotFound(err): // removed, or recovered, since it was read
		return Member{}, passkey.ErrRefused.Because(err)
	case err != nil:
		return Member{}, err
	case refused != nil:
		return Member{}, refused
	}
	return m, nil
}

// refusesAnswer reports whether an answer by a known passkey was wrong.
func refusesAnswer(err error) bool {
	return errors.Is(err, passkey.ErrRefused) || errors.Is(err, passkey.ErrUnverified)
}

// unknown notes an answer by a passkey that nobody has.
func (s *SignIn) unknown(ctx context.Context, found error) error {
	if !refusesAnswer(found) {
		return found
	}
	e := audit.Entry{At: s.now(), Actor: stranger{}.Actor(), Action: "member.refuse"}
	if err := s.store.Note(ctx, e); err != nil {
		return err
	}
	return found
}

// signIn makes of the row what a good answer does, or returns why it lets nobody in all the same.
func (r *SignInRow) signIn(used passkey.Key, action string, at time.Time) error {
	p := &r.Passkey
	switch {
	case !bytes.Equal(p.ID, used.ID) || !bytes.Equal(p.Public, used.Public):
		return passkey.ErrRefused.Because(errors.New("the passkey is not the one that answered"))
	case !p.LockedAt.IsZero():
		return passkey.ErrRefused.Because(errors.New("the passkey is locked"))
	case used.Count <= p.Count && (used.Count != 0 || p.Count != 0): // another answer came in between
		return passkey.ErrCloned
	case r.Member.State == Locked:
		return ErrLocked
	case r.Member.State != Active:
		return passkey.ErrRefused.Because(fmt.Errorf("the member is %s", r.Member.State))
	}
	p.Count, p.UsedAt = used.Count, at
	r.Member.Failures = 0
	r.note(r.Member.Actor(), action, "", at)
	if r.PIN.locked() {
		r.note(r.Member.Actor(), "pin.unlock", "", at)
	}
	r.PIN.Tries, r.PIN.Locked = 0, false
	return nil
}

// cloned locks the passkey: of two that hold its key nobody knows who is the member.
func (r *SignInRow) cloned(at time.Time) {
	if r.Passkey.LockedAt.IsZero() {
		r.Passkey.LockedAt = at
	}
	r.EndsSessions = true
	key := base64.RawURLEncoding.EncodeToString(r.Passkey.ID)
	r.note(stranger{}.Actor(), "passkey.lock", "the counter went back: "+key, at)
}

// fail counts a wrong answer; the last one that is borne locks the member.
func (r *SignInRow) fail(why error, at time.Time) {
	var e *eligibility.Error
	key := ""
	if errors.As(why, &e) {
		key = e.Key
	}
	r.note(stranger{}.Actor(), "member.refuse", key, at)
	if r.Member.State != Active {
		return
	}
	if r.Member.Failures++; r.Member.Failures >= mostFailures {
		r.Member.State = Locked
		r.EndsSessions = true
		r.note(stranger{}.Actor(), "member.lock", fmt.Sprintf("%d failures", r.Member.Failures), at)
	}
}

func (r *SignInRow) note(actor audit.Actor, action, detail string, at time.Time) {
	if detail != "" {
		detail = " " + detail
	}
	r.Entries = append(r.Entries, audit.Entry{
		At:     at,
		Actor:  actor,
		Action: action,
		Detail: string(r.Member.ID) + detail,
	})
}
