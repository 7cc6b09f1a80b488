package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"madoguchi/eligibility"
	"madoguchi/server/insuredcsv"
)

// searchRenewal renews what people are found by.
type searchRenewal struct{ *core }

// renewSearch hashes anew what an older program hashed, a thousand people at a time: what people are found
// by, and the key by which an import finds them.
func (s searchRenewal) renewSearch(ctx context.Context) error {
	if _, ok := s.sealer.masters["people"]; !ok {
		return nil // a counter has no people
	}
	var done int
	err := s.read.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = $1`, searchMark).Scan(&done)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return storageError(err)
	}
	form := searchForm
	if done == searchForm { // only people of before there were forms may be left
		form = 1
		var left bool
		if err := s.read.QueryRowContext(ctx, anyFormless).Scan(&left); err != nil || !left {
			return storageError(err)
		}
	}
	for last := int64(0); ; {
		if last, err = s.renewSome(ctx, form, last); err != nil {
			return err
		}
		if last == 0 {
			break
		}
	}
	if done == searchForm {
		return nil
	}
	_, err = s.write.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
		searchMark, strconv.Itoa(searchForm))
	return storageError(err)
}

// anyFormless goes by the index of those people alone (people_search): every start asks it.
const anyFormless = `SELECT EXISTS (SELECT 1 FROM people WHERE search < 1)`

// searchMark stands in meta with the form that everybody has, so that a start need not look at everybody.
const searchMark = "search"

// oldPerson is a person's row as an older program left it.
type oldPerson struct {
	personRow
	id     int64
	sealed []byte
}

// renewSome renews the next thousand and returns the last one's number, 0 when there were none.
func (s searchRenewal) renewSome(ctx context.Context, form int, after int64) (int64, error) {
	var old []oldPerson
	err := s.each(ctx, func(scan func(...any) error) error {
		var p oldPerson
		err := scan(&p.id, &p.ref, &p.insurer, &p.keyMAC, &p.version, &p.at, &p.sealed)
		old = append(old, p)
		return err
	}, fmt.Sprintf(`SELECT people.id, `+personColumns+` FROM people
		WHERE search < %d AND id > $1 ORDER BY id LIMIT 1000`, form), after)
	if err != nil || len(old) == 0 {
		return 0, storageError(err)
	}
	return old[len(old)-1].id, s.change(ctx, func(tx *sql.Tx) error {
		for _, p := range old {
			if err := s.renewPerson(ctx, tx, p); err != nil {
				return fmt.Errorf("renewing what a person is found by: %w", err)
			}
		}
		return nil
	})
}

func (s searchRenewal) renewPerson(ctx context.Context, tx *sql.Tx, p oldPerson) error {
	body, err := s.sealer.open(ctx, tx, p.place(), p.sealed)
	if err != nil {
		return err
	}
	person, err := eligibility.ReadPerson(body)
	if err != nil {
		return fmt.Errorf("reading person %s: %w", p.ref, err)
	}
	if err := s.renewKey(ctx, tx, p, person); err != nil {
		return err
	}
	values := append([]any{p.ref}, s.index.searchValues(eligibility.InsurerNumber(p.insurer), person)...)
	_, err = tx.ExecContext(ctx,
		`UPDATE people SET search = $2, number_mac = $3, name_mac = $4, kana_mac = $5, birth_mac = $6,
		insured_mac = $7, name_head_mac = $8, kana_head_mac = $9 WHERE ref = $1`, values...)
	return err
}

// renewKey puts a person whose key holds a name as it stood in an old file under the key of today, so that
// the next import knows the person. Where somebody has that key already, two rows of a file were one person:
// the older key stays.
func (s searchRenewal) renewKey(
	ctx context.Context, tx *sql.Tx, p oldPerson, person eligibility.Person,
) error {
	key, former := insuredcsv.PersonKey(person), insuredcsv.FormerKey(person)
	if key == former || string(p.keyMAC) != string(s.index.mac("person", p.insurer, former)) {
		return nil
	}
	next := p.personRow
	next.keyMAC = s.index.mac("person", p.insurer, key)
	var id int64
	switch err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE key_mac = $1`, next.keyMAC).
		Scan(&id); {
	case err == nil:
		return nil
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	sealed, err := s.sealer.reseal(ctx, tx, p.place(), next.place(), p.sealed)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE people SET key_mac = $2, body = $3 WHERE ref = $1`,
		p.ref, next.keyMAC, sealed)
	return err
}
