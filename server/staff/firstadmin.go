package staff

import (
	"context"
)

// The operator's staff see to it that an organisation has somebody who administers it, and do nothing else
// with its members: they see how many there are, and nobody's name.

// Administration counts who may administer an organisation's staff.
type Administration struct {
	Active int
	Locked int
}

// Administration returns how many administrators an insurer or a facility has, for a member of the operator's
// staff or a command.
func (s *Members) Administration(ctx context.Context, by Principal, of Organisation) (Administration, error) {
	all, err := s.overseen(ctx, by, of)
	if err != nil {
		return Administration{}, err
	}
	var n Administration
	for _, m := range all {
		switch {
		case !m.Role.Administers():
		case m.State == Active:
			n.Active++
		case m.State == Locked:
			n.Locked++
		}
	}
	return n, nil
}

// InviteFirst makes a link for the first administrator of an insurer or a facility, as Invite does: for a
// member of the operator's staff, or a command. It returns ErrHasAdmin where somebody administers the
// organisation already, who invites others.
func (s *Members) InviteFirst(
	ctx context.Context, by Principal, wanted NewMember,
) (string, Invitation, error) {
	if _, err := s.overseen(ctx, by, wanted.Organisation); err != nil {
		return "", Invitation{}, err
	}
	if err := wanted.Role.fits(wanted.Organisation); err != nil || !wanted.Role.Administers() {
		return "", Invitation{}, ErrRole
	}
	name, err := cleanName(wanted.Name)
	if err != nil {
		return "", Invitation{}, err
	}
	return s.invite(ctx, by, Invitation{
		Member:       newMemberID(),
		Organisation: wanted.Organisation,
		Name:         name,
		Role:         wanted.Role,
	}, "member.invite", overseer(by, wanted.Organisation, ""))
}

// RecoverLast makes a link with which the only administrator of an insurer or a facility registers a new
// passkey, as Recover does: for a member of the operator's staff, or a command, who gives the name.
// ErrNoMember: no administrator is called that, or two are. ErrHasAdmin: a colleague can do it.
func (s *Members) RecoverLast(
	ctx context.Context, by Principal, of Organisation, name string,
) (string, Invitation, error) {
	all, err := s.overseen(ctx, by, of)
	if err != nil {
		return "", Invitation{}, err
	}
	if name, err = cleanName(name); err != nil {
		return "", Invitation{}, err
	}
	var found []Member
	for _, m := range all {
		if m.Name == name && m.State != Removed && m.Role.Administers() {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		return "", Invitation{}, ErrNoMember.In("name")
	}
	m := found[0]
	return s.invite(ctx, by, Invitation{
		Member:       m.ID,
		Organisation: of,
		Name:         m.Name,
		Role:         m.Role,
		Recovery:     true,
	}, "member.recover", overseer(by, of, m.ID))
}

// overseer lets the operator's staff invite while nobody but this member administers the organisation.
func overseer(by Principal, of Organisation, member MemberID) func(roster) error {
	return func(all roster) error {
		if err := all.of(TheOperator).administers(by); err != nil {
			return err
		}
		if all.of(of).hasAdminBesides(member) {
			return ErrHasAdmin
		}
		return nil
	}
}

// overseen returns the members of another organisation than the operator's, for its staff and commands.
func (s *Members) overseen(ctx context.Context, by Principal, of Organisation) ([]Member, error) {
	if !by.within().Holds(TheOperator) {
		return nil, ErrRefused
	}
	if of.Kind == KindOperator {
		return nil, ErrNoOrganisation // its own administrators do
	}
	operators, err := s.store.Members(ctx, TheOperator)
	if err == nil {
		err = roster(operators).administers(by)
	}
	if err != nil {
		return nil, err
	}
	return s.store.Members(ctx, of)
}
