package staff

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

var errNoSession = &eligibility.Error{Code: eligibility.NotFound, Key: "staff.no_session"}

// SessionStore keeps members' sessions, whose subjects are the members' IDs.
type SessionStore interface {
	// Members returns an organisation's members, also those who are locked or removed.
	Members(ctx context.Context, of Organisation) ([]Member, error)
	Member(ctx context.Context, within Scope, id MemberID) (Member, error)
	// SessionsOf returns a member's sessions, the latest first, also those that are over and not yet swept.
	SessionsOf(ctx context.Context, subject string) ([]auth.Session, error)
	// EndSessions ends those of a member's sessions that pick names, with the entry, and returns how many. No
	// session, no entry.
	EndSessions(
		ctx context.Context, id MemberID, pick func(hash [32]byte) bool, e func(ended int) audit.Entry,
	) (int, error)
}

// Sessions shows where members are signed in, and signs them out.
type Sessions struct {
	store SessionStore
	now   func() time.Time
}

// SignedIn is a session as a page shows it.
type SignedIn struct {
	Ref       string // names it to End; worth nothing as a cookie
	Kind      auth.Kind
	CreatedAt time.Time
	UsedAt    time.Time
	ProvedAt  time.Time
}

// RefOf is the Ref of a session.
func RefOf(s auth.Session) string { return hex.EncodeToString(s.Hash[:]) }

// List returns where a member is signed in, the latest first: for the member itself, an administrator of its
// organisation, or a command.
func (s *Sessions) List(ctx context.Context, by Principal, id MemberID) ([]SignedIn, error) {
	if err := s.may(ctx, by, id); err != nil {
		return nil, err
	}
	all, err := s.store.SessionsOf(ctx, string(id))
	if err != nil {
		return nil, err
	}
	var signedIn []SignedIn
	for _, one := range all {
		if !one.Over(s.now()) {
			signedIn = append(signedIn, SignedIn{
				Ref:       RefOf(one),
				Kind:      one.Kind,
				CreatedAt: one.CreatedAt,
				UsedAt:    one.UsedAt,
				ProvedAt:  one.ProvedAt,
			})
		}
	}
	return signedIn, nil
}

// End ends one of a member's sessions: for the same as List. It is NotFound when there is no such session of
// that member.
func (s *Sessions) End(ctx context.Context, by Principal, id MemberID, ref string) error {
	named := func(hash [32]byte) bool { return hex.EncodeToString(hash[:]) == ref }
	ended, err := s.end(ctx, by, id, named)
	if err == nil && ended == 0 {
		err = errNoSession
	}
	return err
}

// EndAll signs a member out everywhere, but for the sessions with the Refs that are kept, and returns of how
// many sessions: for the same as List.
func (s *Sessions) EndAll(ctx context.Context, by Principal, id MemberID, kept ...string) (int, error) {
	return s.end(ctx, by, id, func(hash [32]byte) bool {
		return !slices.Contains(kept, hex.EncodeToString(hash[:]))
	})
}

// EndStolen ends a session whose cookie came from another browser (auth.Sessions.EndStolen). Whose it is does
// not matter: nobody has been asked who they are.
func (s *Sessions) EndStolen(ctx context.Context, stolen auth.Session) error {
	_, err := s.store.EndSessions(ctx, MemberID(stolen.Subject),
		func(hash [32]byte) bool { return hash == stolen.Hash },
		func(int) audit.Entry {
			return audit.Entry{
				At:     s.now(),
				Actor:  stranger{}.Actor(),
				Action: "session.other_browser",
				Detail: stolen.Subject,
			}
		})
	return err
}

func (s *Sessions) end(
	ctx context.Context, by Principal, id MemberID, pick func(hash [32]byte) bool,
) (int, error) {
	if err := s.may(ctx, by, id); err != nil {
		return 0, err
	}
	return s.store.EndSessions(ctx, id, pick, func(ended int) audit.Entry {
		return audit.Entry{
			At:     s.now(),
			Actor:  by.Actor(),
			Action: "session.end",
			Detail: fmt.Sprintf("%s %d sessions", id, ended),
		}
	})
}

// may returns nil when who asks may see and end a member's sessions.
func (s *Sessions) may(ctx context.Context, by Principal, id MemberID) error {
	m, err := s.store.Member(ctx, by.within(), id)
	if err != nil {
		return notFoundAs(err, ErrNoMember)
	}
	all, err := s.store.Members(ctx, m.Organisation)
	if err != nil {
		return err
	}
	if self, _ := by.who(); self == id {
		return roster(all).present(by)
	}
	return roster(all).administers(by)
}
