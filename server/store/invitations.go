package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"madoguchi/auth/passkey"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// invitationBody is what of an invitation is sealed.
type invitationBody struct {
	Name     string     `json:"name"`
	Role     staff.Role `json:"role"`
	Recovery bool       `json:"recovery"`
}

func invitationPlace(code [32]byte, v staff.Invitation) place {
	return boundPlace(
		"invitations.body",
		hex.EncodeToString(code[:]),
		string(v.Member),
		string(v.Organisation.Kind),
		v.Organisation.Number,
		string(v.By),
		toMillis(v.CreatedAt),
		toMillis(v.ExpiresAt),
	)
}

// PutInvitation implements staff.MemberStore.
func (s memberStore) PutInvitation(
	ctx context.Context, code [32]byte, v staff.Invitation, e audit.Entry, may func(all []staff.Member) error,
) error {
	body, err := json.Marshal(invitationBody{v.Name, v.Role, v.Recovery})
	if err != nil {
		return fmt.Errorf("writing an invitation: %w", err)
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		all, err := s.mayInvite(ctx, tx, tx, v.Organisation)
		if err != nil {
			return err
		}
		if err := may(all); err != nil {
			return err
		}
		if err := organisationHere(ctx, tx, v.Organisation); err != nil {
			return err
		}
		sealed, err := s.sealer.seal(ctx, tx, staffScope, invitationPlace(code, v), body)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO invitations
			(hash, member, kind, number, invited_by, created_at, expires_at, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, code[:], v.Member, v.Organisation.Kind,
			v.Organisation.Number, v.By, toMillis(v.CreatedAt), toMillis(v.ExpiresAt), sealed); err != nil {
			return fmt.Errorf("storing an invitation: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// organisationHere returns sql.ErrNoRows for an insurer or a facility that this server does not have.
func organisationHere(ctx context.Context, tx *sql.Tx, o staff.Organisation) error {
	query := ""
	switch o.Kind {
	case staff.KindInsurer:
		query = `SELECT 1 FROM insurers WHERE number = $1`
	case staff.KindFacility:
		query = `SELECT 1 FROM facilities WHERE code = $1`
	case staff.KindOperator:
		if o == staff.TheOperator {
			return nil
		}
		return sql.ErrNoRows
	default:
		return sql.ErrNoRows
	}
	var one int
	return tx.QueryRowContext(ctx, query, o.Number).Scan(&one)
}

// Invitation implements staff.MemberStore.
func (s memberStore) Invitation(
	ctx context.Context, code [32]byte,
) (staff.Invitation, []staff.Member, error) {
	v, err := s.invitationIn(ctx, s.read, code)
	if err != nil {
		return staff.Invitation{}, nil, storageError(err)
	}
	all, err := s.mayInvite(ctx, s.read, s.read, v.Organisation)
	return v, all, storageError(err)
}

// mayInvite returns the members of an organisation, and behind them those of the operator, who may invite its
// first administrator.
func (s memberStore) mayInvite(
	ctx context.Context, q rowsQueryer, one queryer, of staff.Organisation,
) ([]staff.Member, error) {
	all, err := s.membersIn(ctx, q, one, of)
	if err != nil || of == staff.TheOperator {
		return all, err
	}
	operators, err := s.membersIn(ctx, q, one, staff.TheOperator)
	return append(all, operators...), err
}

func (s memberStore) invitationIn(
	ctx context.Context, q queryer, code [32]byte,
) (v staff.Invitation, err error) {
	var created, expires int64
	var sealed []byte
	if err := q.QueryRowContext(ctx, `SELECT member, kind, number, invited_by, created_at, expires_at, body
		FROM invitations WHERE hash = $1`, code[:]).
		Scan(&v.Member, &v.Organisation.Kind, &v.Organisation.Number, &v.By, &created, &expires,
			&sealed); err != nil {
		return v, err
	}
	v.CreatedAt, v.ExpiresAt = fromMillis(created), fromMillis(expires)
	plain, err := s.sealer.open(ctx, q, invitationPlace(code, v), sealed)
	if err != nil {
		return v, err
	}
	var body invitationBody
	if err := json.Unmarshal(plain, &body); err != nil {
		return v, fmt.Errorf("reading an invitation: %w", err)
	}
	v.Name, v.Role, v.Recovery = body.Name, body.Role, body.Recovery
	return v, nil
}

// AcceptInvitation implements staff.MemberStore.
func (s memberStore) AcceptInvitation(
	ctx context.Context, code [32]byte,
	decide func(v staff.Invitation, all []staff.Member) (staff.Acceptance, error),
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		v, err := s.invitationIn(ctx, tx, code)
		if err != nil {
			return err
		}
		all, err := s.mayInvite(ctx, tx, tx, v.Organisation)
		if err != nil {
			return err
		}
		made, err := decide(v, all)
		if err != nil {
			return err
		}
		if err := s.putMember(ctx, tx, made.Member); err != nil {
			return err
		}
		var row int64
		if err := tx.QueryRowContext(ctx, `SELECT id FROM members WHERE ref = $1`, made.Member.ID).
			Scan(&row); err != nil {
			return err
		}
		// also another link for the same member, and those that whoever had the lost passkey may have made
		ends := staff.Ends{Sessions: true, Invitations: true, Passkeys: true}
		if err := s.endOf(ctx, tx, row, made.Member, ends); err != nil {
			return err
		}
		known, err := passkeyRows{s.core}.insert(ctx, tx, row, made.Passkey)
		if err != nil {
			return err
		}
		if known {
			return passkey.ErrKnown
		}
		return appendAudit(ctx, tx, made.Entry, nil)
	})
}
