package staff

import (
	"context"
	"errors"
	"fmt"
	"time"

	"madoguchi/auth/passkey"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// InvitationLife is how long an invitation's link is good.
const InvitationLife = 30 * time.Minute

// ErrInvitation is the one answer to every link that lets nobody in: made up, used, too old, or of somebody
// who may no longer invite.
var ErrInvitation = &eligibility.Error{Code: eligibility.NotFound, Key: "staff.invitation"}

// Invitation lets a person register a passkey: as a new member, or as one who is here already and lost
// theirs.
type Invitation struct {
	Member       MemberID // who it will be, or is
	Organisation Organisation
	Name         string
	Role         Role
	Recovery     bool     // of a member who is here already
	By           MemberID // empty: by a command
	CreatedAt    time.Time
	ExpiresAt    time.Time
}

// stands returns ErrInvitation unless the invitation may still be accepted, as the members of the
// organisation and of the operator are now. What the operator's staff made is good while nobody else
// administers the organisation.
func (v Invitation) stands(all roster, now time.Time) error {
	if !now.Before(v.ExpiresAt) {
		return ErrInvitation.Because(errors.New("it is too old"))
	}
	own := all.of(v.Organisation)
	if by, _ := all.find(v.By); v.By != "" && by.Organisation != v.Organisation {
		err := all.of(TheOperator).administers(by)
		if err == nil && own.hasAdminBesides(v.Member) {
			err = ErrHasAdmin
		}
		if err != nil {
			return ErrInvitation.Because(fmt.Errorf("the operator's: %w", err))
		}
	} else if v.By != "" && own.administers(by) != nil {
		return ErrInvitation.Because(errors.New("who invited may no longer"))
	}
	known, here := own.find(v.Member)
	if here != v.Recovery || known.State == Removed {
		return ErrInvitation.Because(errors.New("the member is not as the invitation says"))
	}
	return nil
}

// member is who accepts the invitation, as they will be.
func (v Invitation) member(all roster, now time.Time) Member {
	if known, here := all.find(v.Member); here {
		known.State, known.Failures = Active, 0
		return known
	}
	return Member{
		ID:           v.Member,
		Organisation: v.Organisation,
		Name:         v.Name,
		Role:         v.Role,
		State:        Active,
		CreatedAt:    now,
	}
}

func (v Invitation) user() passkey.User { return passkey.User{Handle: []byte(v.Member), Name: v.Name} }

// NewMember is who is to be invited.
type NewMember struct {
	Organisation Organisation
	Name         string
	Role         Role
}

// Invite makes a link for a new member, good for InvitationLife and once, and returns its code: 256 random
// bits, of which only the SHA-256 is kept. Who invites administers the organisation, or is a command. It
// returns ErrNoOrganisation for one that is another's or not on this server.
func (s *Members) Invite(ctx context.Context, by Principal, wanted NewMember) (string, Invitation, error) {
	if !by.within().Holds(wanted.Organisation) {
		return "", Invitation{}, ErrNoOrganisation
	}
	if err := wanted.Role.fits(wanted.Organisation); err != nil {
		return "", Invitation{}, err
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
	}, "member.invite", ownAdmin(by, wanted.Organisation))
}

// ownAdmin lets an organisation's administrators invite, and commands.
func ownAdmin(by Principal, of Organisation) func(roster) error {
	return func(all roster) error { return all.of(of).administers(by) }
}

// Recover makes a link with which a member, also a locked one, registers a new passkey; as it is accepted the
// old ones, the PIN and all sessions end. Who recovers administers the organisation, or is a command.
func (s *Members) Recover(ctx context.Context, by Principal, id MemberID) (string, Invitation, error) {
	m, err := s.store.Member(ctx, by.within(), id)
	if err != nil {
		return "", Invitation{}, notFoundAs(err, ErrNoMember)
	}
	return s.invite(ctx, by, Invitation{
		Member:       id,
		Organisation: m.Organisation,
		Name:         m.Name,
		Role:         m.Role,
		Recovery:     true,
	}, "member.recover", ownAdmin(by, m.Organisation))
}

// invite stores an invitation if who invites may, as the members of the organisation and of the operator are
// then.
func (s *Members) invite(
	ctx context.Context, by Principal, v Invitation, action string, may func(roster) error,
) (string, Invitation, error) {
	now := s.now()
	v.CreatedAt, v.ExpiresAt = now, now.Add(InvitationLife)
	v.By, _ = by.who()
	code := newSecret()
	e := audit.Entry{
		At:     now,
		Actor:  by.Actor(),
		Action: action,
		Detail: string(v.Member) + " " + string(v.Role),
	}
	err := s.store.PutInvitation(ctx, hashOf(code), v, e, func(all []Member) error {
		if err := may(all); err != nil {
			return err
		}
		if known, here := roster(all).find(v.Member); here && known.State == Removed {
			return ErrRemoved
		}
		return nil
	})
	if err != nil {
		return "", Invitation{}, notFoundAs(err, ErrNoOrganisation)
	}
	return code, v, nil
}

// Invitation returns whom a link is for; it does not use it up.
func (s *Members) Invitation(ctx context.Context, code string) (Invitation, error) {
	v, all, err := s.store.Invitation(ctx, hashOf(code))
	if err == nil {
		err = v.stands(all, s.now())
	}
	if err != nil {
		return Invitation{}, notFoundAs(err, ErrInvitation)
	}
	return v, nil
}

// BeginAccept begins the registration of the invited person's passkey. The link stays good until Accept.
func (s *Members) BeginAccept(ctx context.Context, code string) (Ceremony, error) {
	v, err := s.Invitation(ctx, code)
	if err != nil {
		return Ceremony{}, err
	}
	options, state, err := s.ceremonies.passkeys.BeginRegistration(v.user())
	return s.ceremonies.begin(ctx, options, state, err)
}

// Accept registers the passkey and makes the person a member, who may then sign in with it: the link is used
// up. It returns ErrInvitation and the errors of passkey.Passkeys.FinishRegistration.
func (s *Members) Accept(ctx context.Context, code string, answer Answer) (Member, error) {
	v, err := s.Invitation(ctx, code)
	if err != nil {
		return Member{}, err
	}
	state, err := s.ceremonies.take(ctx, answer)
	if err != nil {
		return Member{}, err
	}
	key, err := s.ceremonies.passkeys.FinishRegistration(v.user(), state, answer.Credential)
	if err != nil {
		return Member{}, err
	}
	var m Member
	err = s.store.AcceptInvitation(ctx, hashOf(code), func(v Invitation, all []Member) (Acceptance, error) {
		now := s.now()
		if err := v.stands(all, now); err != nil {
			return Acceptance{}, err
		}
		m = v.member(all, now)
		return Acceptance{
			Member:  m,
			Passkey: Passkey{Key: key, Member: m.ID, CreatedAt: now},
			Entry: audit.Entry{
				At:     now,
				Actor:  m.Actor(),
				Action: "member.accept",
				Detail: string(m.ID) + " " + string(m.Role),
			},
		}, nil
	})
	if err != nil {
		return Member{}, notFoundAs(err, ErrInvitation)
	}
	return m, nil
}

// Acceptance is what an accepted invitation makes: a new member, or the same one, with one passkey; what else
// there was of passkeys, PIN and sessions ends.
type Acceptance struct {
	Member  Member
	Passkey Passkey
	Entry   audit.Entry
}
