package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// representativesStore implements insurer.RepresentativesStore.
type representativesStore struct {
	*core
	personReader
	enrolledReader
}

// representScope is the data key of what is sealed of representatives.
const representScope = "people/representatives"

// representCodeRow is a row of represent_codes, with the person's ref in the place of the row's number. The
// seal of its body vouches for it.
type representCodeRow struct {
	person  int64
	ref     string
	code    []byte // its MAC
	nonce   []byte
	expires int64
	body    []byte
}

func (c representCodeRow) place() place {
	return boundPlace("represent_codes.body", hex.EncodeToString(c.code), c.ref, c.nonce, c.expires)
}

// representBody is what is sealed of a code.
type representBody struct {
	Until int64  `json:"until"`
	Staff string `json:"staff,omitempty"` // empty in a code of a version before it
	insurer.Representation
}

// PutRepresentCode implements insurer.RepresentativesStore.
func (s representativesStore) PutRepresentCode(
	ctx context.Context, code insurer.RepresentCode, e audit.Entry,
) error {
	body, err := json.Marshal(representBody{toMillis(code.Until), code.Staff, code.Representation})
	if err != nil {
		return fmt.Errorf("writing a representation: %w", err)
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		c := representCodeRow{
			ref:     string(code.Person),
			code:    code.MAC,
			nonce:   code.Nonce,
			expires: toMillis(code.ExpiresAt),
		}
		if err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE ref = $1 AND insurer = $2`,
			code.Person, code.Insurer).Scan(&c.person); err != nil {
			return err
		}
		if c.body, err = s.sealer.seal(ctx, tx, representScope, c.place(), body); err != nil {
			return err
		}
		if err := inOrder(ctx, tx, []statement{
			{`DELETE FROM represent_codes WHERE person_id = $1`, []any{c.person}},
			{`INSERT INTO represent_codes (code_mac, person_id, nonce, expires_at, body)
				VALUES ($1, $2, $3, $4, $5)`, []any{c.code, c.person, c.nonce, c.expires, c.body}},
		}); err != nil {
			return err
		}
		return s.audit(ctx, tx, e)
	})
}

// RepresentCode implements insurer.RepresentativesStore.
func (s representativesStore) RepresentCode(ctx context.Context, mac []byte) (insurer.RepresentCode, error) {
	code, _, err := s.codeWhere(ctx, s.read, `represent_codes.code_mac = $1`, mac)
	return code, storageError(err)
}

// RepresentCodeOf implements insurer.RepresentativesStore.
func (s representativesStore) RepresentCodeOf(
	ctx context.Context, person insurer.PersonKey,
) (insurer.RepresentCode, error) {
	code, _, err := s.codeWhere(ctx, s.read, `people.ref = $1 AND people.insurer = $2`, person.ID,
		person.Insurer)
	return code, storageError(err)
}

// codeWhere returns the code that a condition picks, vouched for.
func (s representativesStore) codeWhere(
	ctx context.Context, q queryer, where string, args ...any,
) (code insurer.RepresentCode, c representCodeRow, err error) {
	if err = q.QueryRowContext(ctx, `SELECT people.id, people.ref, people.insurer, represent_codes.code_mac,
		represent_codes.nonce, represent_codes.expires_at, represent_codes.body
		FROM represent_codes JOIN people ON people.id = represent_codes.person_id WHERE `+where, args...).
		Scan(&c.person, &c.ref, &code.Insurer, &c.code, &c.nonce, &c.expires, &c.body); err != nil {
		return code, c, err
	}
	data, err := s.sealer.open(ctx, q, c.place(), c.body)
	if err != nil {
		return code, c, err
	}
	var body representBody
	if err := json.Unmarshal(data, &body); err != nil {
		return code, c, fmt.Errorf("reading a representation: %w", err)
	}
	code.MAC, code.Nonce, code.Person = c.code, c.nonce, audit.PersonID(c.ref)
	code.ExpiresAt, code.Until = fromMillis(c.expires), fromMillis(body.Until)
	code.Staff, code.Representation = body.Staff, body.Representation
	return code, c, nil
}

// Represent implements insurer.RepresentativesStore.
func (s representativesStore) Represent(
	ctx context.Context, mac []byte, subject string, e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		code, c, err := s.codeWhere(ctx, tx,
			`represent_codes.code_mac = $1 AND represent_codes.expires_at > $2`, mac, toMillis(e.At))
		if err != nil {
			return err
		}
		if err := s.useUp(ctx, tx, mac); err != nil {
			return err
		}
		row := enrolmentRow{
			person:  c.person,
			ref:     c.ref,
			subject: s.index.mac("subject", subject),
			at:      toMillis(e.At),
			until:   toMillis(code.Until),
		}
		body, err := json.Marshal(code.Representation)
		if err != nil {
			return fmt.Errorf("writing a representation: %w", err)
		}
		if row.body, err = s.sealer.seal(ctx, tx, representScope, row.bodyPlace(), body); err != nil {
			return err
		}
		renewed, err := s.bind(ctx, tx, row)
		if err != nil {
			return err
		}
		if renewed != 0 { // perhaps until an earlier day
			if _, err := revokeRepresentatives(ctx, tx, code.Insurer, renewed, code.Until, e.At); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, e)
	})
}

// useUp removes a code: of two that use one at once, one does.
func (s representativesStore) useUp(ctx context.Context, tx *sql.Tx, mac []byte) error {
	done, err := tx.ExecContext(ctx, `DELETE FROM represent_codes WHERE code_mac = $1`, mac)
	if err != nil {
		return fmt.Errorf("using a code up: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return cmp.Or(err, error(sql.ErrNoRows))
	}
	return nil
}

// bind puts a representative's login in its place: a new one, or that which the login has, whose number it
// returns then.
func (s representativesStore) bind(
	ctx context.Context, tx *sql.Tx, row enrolmentRow,
) (renewed int64, err error) {
	all, err := s.enrolments().readVerified(ctx, tx, `people.ref = $1`, row.ref)
	if err != nil {
		return 0, err
	}
	others, now := 0, row.at
	for _, other := range all {
		switch {
		case string(other.subject) != string(row.subject):
			if other.until > now {
				others++
			}
		case other.until == 0:
			return 0, insurer.ErrRepresentOwnLogin
		default:
			row.id, row.at = other.id, other.at
		}
	}
	if row.id == 0 && others >= insurer.MaxRepresentatives {
		return 0, insurer.ErrTooManyRepresentatives
	}
	if row.id == 0 {
		return 0, s.enrolments().put(ctx, tx, row)
	}
	proof, err := s.proofs.proofOf(row.row())
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE enrolments SET until = $2, body = $3, proof = $4 WHERE id = $1`,
		row.id, row.until, row.body, proof)
	if err != nil {
		return 0, fmt.Errorf("renewing a representation: %w", err)
	}
	return row.id, nil
}

// bodyPlace is where the body of a representative's login stands. The row's proof vouches for the rest.
func (e enrolmentRow) bodyPlace() place {
	return plainPlace("enrolments.body", hex.EncodeToString(e.subject)+"/"+e.ref)
}

// representative opens what is sealed of a representative's login.
func (s enrolmentRows) representative(
	ctx context.Context, q queryer, e enrolmentRow,
) (insurer.Representative, error) {
	one := insurer.Representative{Number: e.id, Since: fromMillis(e.at), Until: fromMillis(e.until)}
	body, err := s.sealer.open(ctx, q, e.bodyPlace(), e.body)
	if err != nil {
		return one, err
	}
	if err := json.Unmarshal(body, &one.Representation); err != nil {
		return one, fmt.Errorf("reading a representation: %w", err)
	}
	return one, nil
}

func (s representativesStore) readRepresentatives(
	ctx context.Context, person insurer.PersonKey,
) (all []insurer.Representative, err error) {
	rows, err := s.enrolments().readVerified(ctx, s.read,
		`people.ref = $1 AND people.insurer = $2 AND enrolments.until <> 0`, person.ID, person.Insurer)
	if err != nil {
		return nil, storageError(err)
	}
	for _, e := range rows {
		one, err := s.enrolments().representative(ctx, s.read, e)
		if err != nil {
			return nil, storageError(err)
		}
		all = append(all, one)
	}
	return all, nil
}

// EndRepresentative implements insurer.RepresentativesStore.
func (s representativesStore) EndRepresentative(
	ctx context.Context, person insurer.PersonKey, number int64, e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		found, err := readEnrolments(ctx, tx, `enrolments.id = $1 AND people.ref = $2 AND people.insurer = $3
			AND enrolments.until <> 0`, number, person.ID, person.Insurer)
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			return sql.ErrNoRows
		}
		n, err := revokeRepresentatives(ctx, tx, person.Insurer, found[0].id, e.At, e.At)
		if err != nil {
			return err
		}
		if n > 0 {
			e.Detail = strings.TrimPrefix(fmt.Sprintf("%s; copies revoked: %d", e.Detail, n), "; ")
		}
		if err := s.endings().enrolment(ctx, tx, found[0]); err != nil {
			return err
		}
		return s.audit(ctx, tx, e)
	})
}

// ExpireRepresentatives ends the representatives whose last day is over, and returns how many.
func (s *Store) ExpireRepresentatives(ctx context.Context, now time.Time) (n int, err error) {
	var over []enrolmentRow
	// the usual case, which must not wait for a writer
	if over, err = s.overAt(ctx, s.read, now); err != nil || len(over) == 0 {
		return 0, storageError(err)
	}
	err = s.change(ctx, func(tx *sql.Tx) error {
		if over, err = s.overAt(ctx, tx, now); err != nil {
			return err
		}
		for _, e := range over {
			if err := s.endings().enrolment(ctx, tx, e); err != nil {
				return err
			}
			entry := audit.Entry{
				At:     now,
				Actor:  audit.ActorSystem,
				Action: "representative.over",
				Person: audit.PersonID(e.ref),
			}
			if err := s.audit(ctx, tx, entry); err != nil {
				return err
			}
		}
		n = len(over)
		return nil
	})
	return n, err
}

func (s *Store) overAt(ctx context.Context, q rowsQueryer, now time.Time) ([]enrolmentRow, error) {
	return readEnrolments(ctx, q, `enrolments.until <> 0 AND enrolments.until <= $1`, toMillis(now))
}
