package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"madoguchi/server/staff"
)

// staffScope is the data key of all that is sealed of staff.
const staffScope = "session/staff"

// memberBody is what of a member is sealed.
type memberBody struct {
	Name string `json:"name"`
}

// memberPlace vouches for what a member may do.
func memberPlace(m staff.Member) place {
	return boundPlace("members.body", string(m.ID), string(m.Organisation.Kind), m.Organisation.Number,
		string(m.Role), string(m.State), int64(m.Failures), toMillis(m.CreatedAt))
}

// memberReader reads members for all services of staff.
type memberReader struct{ *core }

const memberColumns = `id, ref, kind, number, role, state, failures, created_at, body`

// sealedMember is a member's row before its seal is opened.
type sealedMember struct {
	row    int64
	member staff.Member
	sealed []byte
}

func scanMember(scan func(...any) error) (r sealedMember, err error) {
	m := &r.member
	var created int64
	err = scan(&r.row, &m.ID, &m.Organisation.Kind, &m.Organisation.Number, &m.Role, &m.State, &m.Failures,
		&created, &r.sealed)
	m.CreatedAt = fromMillis(created)
	return r, err
}

func (s memberReader) openMember(ctx context.Context, q queryer, r sealedMember) (staff.Member, error) {
	plain, err := s.sealer.open(ctx, q, memberPlace(r.member), r.sealed)
	if err != nil {
		return staff.Member{}, err
	}
	var body memberBody
	if err := json.Unmarshal(plain, &body); err != nil {
		return staff.Member{}, fmt.Errorf("reading a member: %w", err)
	}
	r.member.Name = body.Name
	return r.member, nil
}

// Members returns an organisation's members in the order in which they came.
func (s memberReader) Members(ctx context.Context, of staff.Organisation) ([]staff.Member, error) {
	all, err := s.membersIn(ctx, s.read, s.read, of)
	return all, storageError(err)
}

// membersIn is Members, also within a change.
func (s memberReader) membersIn(
	ctx context.Context, q rowsQueryer, one queryer, of staff.Organisation,
) ([]staff.Member, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+memberColumns+` FROM members WHERE kind = $1 AND number = $2
		ORDER BY id`, of.Kind, of.Number)
	if err != nil {
		return nil, fmt.Errorf("reading members: %w", err)
	}
	var sealed []sealedMember
	for rows.Next() {
		r, err := scanMember(rows.Scan)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		sealed = append(sealed, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var all []staff.Member
	for _, r := range sealed {
		m, err := s.openMember(ctx, one, r)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// Member returns a member inside a scope.
func (s memberReader) Member(
	ctx context.Context, within staff.Scope, id staff.MemberID,
) (staff.Member, error) {
	_, m, err := s.memberIn(ctx, s.read, within, id)
	return m, storageError(err)
}

// memberIn is Member, also within a change, with the row's number.
func (s memberReader) memberIn(
	ctx context.Context, q queryer, within staff.Scope, id staff.MemberID,
) (int64, staff.Member, error) {
	r, err := scanMember(
		q.QueryRowContext(ctx, `SELECT `+memberColumns+` FROM members WHERE ref = $1`, id).Scan,
	)
	if err != nil {
		return 0, staff.Member{}, err
	}
	m, err := s.openMember(ctx, q, r)
	if err == nil && !within.Holds(m.Organisation) {
		return 0, staff.Member{}, sql.ErrNoRows
	}
	return r.row, m, err
}

// putMember stores a member, new or changed, within a change.
func (s memberReader) putMember(ctx context.Context, tx *sql.Tx, m staff.Member) error {
	body, err := json.Marshal(memberBody{m.Name})
	if err != nil {
		return fmt.Errorf("writing a member: %w", err)
	}
	sealed, err := s.sealer.seal(ctx, tx, staffScope, memberPlace(m), body)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO members (ref, kind, number, role, state, failures, created_at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (ref) DO UPDATE SET role = $4, state = $5, failures = $6, body = $8`,
		m.ID, m.Organisation.Kind, m.Organisation.Number, m.Role, m.State, m.Failures, toMillis(m.CreatedAt),
		sealed); err != nil {
		return fmt.Errorf("storing a member: %w", err)
	}
	return nil
}

// memberStore implements staff.MemberStore; invitations stand in invitations.go.
type memberStore struct{ memberReader }

// ChangeMember implements staff.MemberStore.
func (s memberStore) ChangeMember(
	ctx context.Context, within staff.Scope, id staff.MemberID,
	decide func(m staff.Member, all []staff.Member) (staff.Change, error),
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		row, m, err := s.memberIn(ctx, tx, within, id)
		if err != nil {
			return err
		}
		all, err := s.membersIn(ctx, tx, tx, m.Organisation)
		if err != nil {
			return err
		}
		c, err := decide(m, all)
		if err != nil {
			return err
		}
		if err := s.putMember(ctx, tx, c.Member); err != nil {
			return err
		}
		if err := s.endOf(ctx, tx, row, c.Member, c.Ends); err != nil {
			return err
		}
		return appendAudit(ctx, tx, c.Entry, nil)
	})
}

// endOf ends what of a member ends with a change.
func (s memberStore) endOf(
	ctx context.Context, tx *sql.Tx, row int64, m staff.Member, ends staff.Ends,
) error {
	var steps []statement
	if ends.Invitations {
		steps = append(steps, statement{
			`DELETE FROM invitations WHERE member = $1 OR invited_by = $1`,
			[]any{m.ID},
		})
	}
	if ends.Passkeys {
		steps = append(steps, statement{`DELETE FROM passkeys WHERE member_id = $1`, []any{row}},
			statement{`DELETE FROM pins WHERE member_id = $1`, []any{row}})
	}
	for _, step := range steps {
		if _, err := tx.ExecContext(ctx, step.text, step.args...); err != nil {
			return fmt.Errorf("ending what a member had: %w", err)
		}
	}
	if !ends.Sessions {
		return nil
	}
	if err := s.endCodes(ctx, tx, m); err != nil {
		return err
	}
	return endSessions(ctx, tx, s.index.mac("subject", string(m.ID)), [32]byte{})
}
