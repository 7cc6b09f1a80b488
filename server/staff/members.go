package staff

import (
	"context"
	"time"

	"madoguchi/server/audit"
)

// MemberStore keeps members and invitations. What there is not, or lies outside of a scope, is NotFound.
type MemberStore interface {
	// Members returns an organisation's members, also those who are locked or removed, in the order in which
	// they came.
	Members(ctx context.Context, of Organisation) ([]Member, error)
	Member(ctx context.Context, within Scope, id MemberID) (Member, error)
	// ChangeMember stores what decide makes of a member and all members of the organisation as they are in
	// the transaction; an error of decide changes nothing.
	ChangeMember(
		ctx context.Context, within Scope, id MemberID, decide func(m Member, all []Member) (Change, error),
	) error
	// PutInvitation stores an invitation by the hash of its code, unless may returns an error for the
	// organisation's members, and those of the operator, as they are. NotFound: there is no such organisation
	// here.
	PutInvitation(
		ctx context.Context, code [32]byte, v Invitation, e audit.Entry, may func(all []Member) error,
	) error
	// Invitation returns an invitation with the members of its organisation and of the operator.
	Invitation(ctx context.Context, code [32]byte) (Invitation, []Member, error)
	// AcceptInvitation uses an invitation up and stores what decide makes of it. passkey.ErrKnown: somebody
	// has the passkey already.
	AcceptInvitation(
		ctx context.Context, code [32]byte, decide func(v Invitation, all []Member) (Acceptance, error),
	) error
}

// Change is what becomes of a member.
type Change struct {
	Member Member
	Ends   Ends
	Entry  audit.Entry
}

// Ends says what of a member ends with a change.
type Ends struct {
	// Sessions: and the codes that an insurer's member made for people (insurer.Desk, .Representatives).
	Sessions    bool
	Invitations bool // those made by the member, and those for it
	Passkeys    bool // and the PIN
}

// Members invites an organisation's staff, changes what they may do, and locks and removes them.
type Members struct {
	store      MemberStore
	ceremonies ceremonies
	now        func() time.Time
}

// List returns an organisation's members, also those who are locked or removed, for one of its
// administrators or a command.
func (s *Members) List(ctx context.Context, by Principal, of Organisation) ([]Member, error) {
	return s.list(ctx, by, of, roster.administers)
}

// Names returns the names of an organisation's members, also of those who are locked or removed, for any
// member of it or a command: records and the audit name members by their IDs.
func (s *Members) Names(ctx context.Context, by Principal, of Organisation) (map[MemberID]string, error) {
	all, err := s.list(ctx, by, of, roster.present)
	if err != nil {
		return nil, err
	}
	names := map[MemberID]string{}
	for _, m := range all {
		names[m.ID] = m.Name
	}
	return names, nil
}

func (s *Members) list(
	ctx context.Context, by Principal, of Organisation, may func(roster, Principal) error,
) ([]Member, error) {
	if !by.within().Holds(of) {
		return nil, ErrNoOrganisation
	}
	all, err := s.store.Members(ctx, of)
	if err == nil {
		err = may(all, by)
	}
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Rename gives a member another name: an administrator or a command does, or the member itself.
func (s *Members) Rename(ctx context.Context, by Principal, id MemberID, name string) error {
	name, err := cleanName(name)
	if err != nil {
		return err
	}
	return s.change(ctx, by, id, change{action: "member.rename", bySelf: true, of: func(m *Member) error {
		m.Name = name
		return nil
	}})
}

// ChangeRole gives a member another role of its organisation and ends its sessions.
func (s *Members) ChangeRole(ctx context.Context, by Principal, id MemberID, role Role) error {
	ends := Ends{Sessions: true, Invitations: true}
	return s.change(ctx, by, id, change{action: "member.role", ends: ends, of: func(m *Member) error {
		m.Role = role
		return role.fits(m.Organisation)
	}})
}

// Lock keeps a member out until Unlock or Recover: its sessions end at once.
func (s *Members) Lock(ctx context.Context, by Principal, id MemberID) error {
	ends := Ends{Sessions: true, Invitations: true}
	return s.change(ctx, by, id, change{action: "member.lock", ends: ends, of: func(m *Member) error {
		m.State = Locked
		return nil
	}})
}

// Unlock lets a locked member in again.
func (s *Members) Unlock(ctx context.Context, by Principal, id MemberID) error {
	return s.change(ctx, by, id, change{action: "member.unlock", of: func(m *Member) error {
		m.State, m.Failures = Active, 0
		return nil
	}})
}

// Remove ends a member for good, with passkeys, PIN and sessions. The row stays, for its name.
func (s *Members) Remove(ctx context.Context, by Principal, id MemberID) error {
	ends := Ends{Sessions: true, Invitations: true, Passkeys: true}
	return s.change(ctx, by, id, change{action: "member.remove", ends: ends, of: func(m *Member) error {
		m.State = Removed
		return nil
	}})
}

// change is what an administrator does to a member.
type change struct {
	action string
	bySelf bool // the member may, too
	ends   Ends
	of     func(*Member) error
}

// change stores a change, if who asks may, as the organisation's members are then. It returns ErrRemoved for
// a member who is here no more, and ErrLastAdmin.
func (s *Members) change(ctx context.Context, by Principal, id MemberID, c change) error {
	err := s.store.ChangeMember(ctx, by.within(), id, func(m Member, all []Member) (Change, error) {
		self, _ := by.who()
		may := roster(all).administers
		if c.bySelf && self == id {
			may = roster(all).present
		}
		if err := may(by); err != nil {
			return Change{}, err
		}
		if m.State == Removed {
			return Change{}, ErrRemoved
		}
		if err := c.of(&m); err != nil {
			return Change{}, err
		}
		if err := roster(all).leavesAdmin(by, m); err != nil {
			return Change{}, err
		}
		return Change{Member: m, Ends: c.ends, Entry: audit.Entry{
			At:     s.now(),
			Actor:  by.Actor(),
			Action: c.action,
			Detail: string(m.ID) + " " + string(m.Role),
		}}, nil
	})
	return notFoundAs(err, ErrNoMember)
}
