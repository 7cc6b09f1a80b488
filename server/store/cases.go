package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
)

// caseStore implements counter.Store.
type caseStore struct {
	*core
	auditNotes
}

// caseRow is a case as its row has it: what it is found by stands in plain columns, which the body's seal
// vouches for.
type caseRow struct {
	counter.Case
	day   string
	ended string // empty on a row that an older program wrote: then it has neither staff nor number
	staff string // |each|of|them|
	mac   []byte // of 診察券番号; nil for none
}

// rowOf is the row that a case is stored as.
func (s caseStore) rowOf(c counter.Case) caseRow {
	r := caseRow{Case: c, day: eligibility.DateOf(c.At).String()}
	r.ended = r.day
	if !c.Ended.IsZero() {
		r.ended = c.Ended.String()
	}
	if len(c.Staff) > 0 {
		r.staff = "|" + strings.Join(c.Staff, "|") + "|"
	}
	if c.Number != "" {
		r.mac = s.numberMAC(c.Facility, c.Number)
	}
	return r
}

// numberMAC is what a patient number of a facility is found by: two facilities' same numbers have nothing in
// common.
func (s caseStore) numberMAC(facility, number string) []byte {
	return s.index.mac("patient number", facility, number)
}

// place binds a case to its outcome, its time, how often it was stored, and what it is found by.
func (r caseRow) place(version int) place {
	values := []any{toMillis(r.At), string(r.Outcome), int64(version)}
	if r.ended != "" {
		values = append(values, r.ended, r.staff, r.mac)
	}
	return boundPlace("cases.body", r.Facility+"/"+r.ID, values...)
}

// scope is the scope of the data key that seals a case.
func (r caseRow) scope() string { return "cases/" + r.Facility + "/" + r.day[:4] }

// PutCase implements counter.Store.
func (s caseStore) PutCase(ctx context.Context, c counter.Case, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := s.put(ctx, tx, c); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// put stores a case, with what goes with it: its receipt, and the facility's numbers.
func (s caseStore) put(ctx context.Context, tx *sql.Tx, c counter.Case) error {
	r := s.rowOf(c)
	body, err := s.sealer.seal(ctx, tx, r.scope(), r.place(c.Version+1), c.Body)
	if err != nil {
		return err
	}
	var stored sql.Result
	if c.Version == 0 {
		stored, err = tx.ExecContext(ctx, `INSERT INTO cases
			(facility, ref, at, day, outcome, body, person, ended, staff, number_mac)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			c.Facility, c.ID, toMillis(c.At), r.day, string(c.Outcome), body, s.personMAC(c), r.ended,
			r.staff, r.mac)
	} else {
		stored, err = tx.ExecContext(ctx, `UPDATE cases SET outcome = $4, body = $5, person = $6,
			ended = $7, staff = $8, number_mac = $9, version = version + 1
			WHERE facility = $1 AND ref = $2 AND version = $3`,
			c.Facility, c.ID, c.Version, string(c.Outcome), body, s.personMAC(c), r.ended, r.staff, r.mac)
	}
	if err != nil {
		return fmt.Errorf("storing a case: %w", err)
	}
	if n, err := stored.RowsAffected(); err != nil || n != 1 {
		return cmp.Or(err, error(counter.ErrCaseChanged))
	}
	if err := s.changeReceipt(ctx, tx, c); err != nil {
		return err
	}
	return recount(ctx, tx, c)
}

const caseColumns = `facility, ref, at, day, outcome, body, version, ended, staff, number_mac`

// readCaseRow returns a row with its sealed body.
func readCaseRow(scan func(...any) error) (r caseRow, sealed []byte, err error) {
	var at int64
	err = scan(&r.Facility, &r.ID, &at, &r.day, &r.Outcome, &sealed, &r.Version, &r.ended, &r.staff, &r.mac)
	r.At = fromMillis(at)
	return r, sealed, err
}

// openCase opens what was read. The day says nothing that the time does not say.
func (s caseStore) openCase(ctx context.Context, q queryer, r caseRow, sealed []byte) (counter.Case, error) {
	if eligibility.DateOf(r.At).String() != r.day {
		return counter.Case{}, errAltered.Because(fmt.Errorf("case %s is not of the day %s", r.ID, r.day))
	}
	body, err := s.sealer.open(ctx, q, r.place(r.Version), sealed)
	if err != nil {
		return counter.Case{}, err
	}
	r.Body = body
	if r.staff != "" {
		r.Staff = strings.Split(strings.Trim(r.staff, "|"), "|")
	}
	if r.ended != "" {
		r.Ended, err = eligibility.ParseDate(r.ended)
	}
	return r.Case, err
}

func (s caseStore) scanCase(ctx context.Context, scan func(...any) error) (counter.Case, error) {
	r, sealed, err := readCaseRow(scan)
	if err != nil {
		return counter.Case{}, err
	}
	return s.openCase(ctx, s.read, r, sealed)
}

// Case implements counter.Store.
func (s caseStore) Case(ctx context.Context, facility, id string) (counter.Case, error) {
	c, err := s.scanCase(ctx, s.read.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM cases
		WHERE facility = $1 AND ref = $2`, facility, id).Scan)
	return c, storageError(err)
}

// listCases returns the cases that a condition with its order picks.
func (s caseStore) listCases(
	ctx context.Context, where string, args ...any,
) (all []counter.Case, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		c, err := s.scanCase(ctx, scan)
		all = append(all, c)
		return err
	}, `SELECT `+caseColumns+` FROM cases WHERE `+where, args...)
	return all, storageError(err)
}

// Cases implements counter.Store.
func (s caseStore) Cases(
	ctx context.Context, facility string, day eligibility.Date,
) ([]counter.Case, error) {
	return s.listCases(ctx, `facility = $1 AND day = $2 ORDER BY id DESC`, facility, day.String())
}

// personMAC is the keyed hash by which a person's cases are found at one facility; nothing where the case is
// not to be found so. At another facility the same person has another.
func (s caseStore) personMAC(c counter.Case) []byte {
	if c.Person == "" {
		return nil
	}
	return s.index.mac("case person", c.Facility, c.Person)
}

// PaperCases implements counter.PaperStore.
func (s caseStore) PaperCases(ctx context.Context, q counter.PaperQuery) (all []counter.Case, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		c, err := s.scanCase(ctx, scan)
		all = append(all, c)
		return err
	}, `SELECT `+caseColumns+` FROM cases WHERE facility = $1 AND person = $2 AND outcome = $3 AND day >= $4
		ORDER BY id DESC LIMIT $5`, q.Facility,
		s.personMAC(counter.Case{Facility: q.Facility, Person: q.Person}), string(hostapi.Accepted),
		q.Since.String(), q.Limit)
	return all, storageError(err)
}
