package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// ImportPeople implements insurer.ImporterStore.
func (s importerStore) ImportPeople(
	ctx context.Context, number eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person],
	e audit.Entry,
) (insurer.ImportCount, error) {
	var count insurer.ImportCount
	err := s.changeAlone(ctx, func(tx *sql.Tx) (err error) {
		count, err = s.importPeople(ctx, tx, number, people, e)
		return err
	})
	return count, err
}

// importPeople stores people within a transaction.
func (s importerStore) importPeople(
	ctx context.Context, tx *sql.Tx, number eligibility.InsurerNumber,
	people iter.Seq2[string, eligibility.Person], e audit.Entry,
) (insurer.ImportCount, error) {
	in, err := s.importer(ctx, tx, number, e.At)
	if err != nil {
		return insurer.ImportCount{}, err
	}
	defer in.close()
	if err := s.inBatches(number, people, true,
		func(batch []incomingPerson) error { return in.put(ctx, batch) }); err != nil {
		return insurer.ImportCount{}, err
	}
	e.Detail += fmt.Sprintf(" new=%d changed=%d unchanged=%d", in.count.New, in.count.Changed,
		in.count.Unchanged)
	return in.count, appendAudit(ctx, tx, e, nil)
}

// importBatch is how many people are looked up by one query.
const importBatch = 200

// incomingPerson is a person on the way in.
type incomingPerson struct {
	body            []byte // JSON
	keyMAC, bodyMAC []byte
	search          []any // searchValues
}

// inBatches hands people on in batches, with what they are found by if search says so. Reading, writing down
// and hashing them goes on beside it, a few batches ahead.
func (s importerStore) inBatches(
	insurer eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person], search bool,
	take func([]incomingPerson) error,
) error {
	batches, stop, done := make(chan []incomingPerson, 4), make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(batches)
		done <- s.prepareBatches(insurer, people, search, batches, stop)
	}()
	var err error
	for batch := range batches { // to the end: whoever reads the file must have let go of it
		if err != nil {
			continue
		}
		if err = take(batch); err != nil {
			close(stop)
		}
	}
	return errors.Join(err, <-done)
}

func (s importerStore) prepareBatches(
	insurer eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person], search bool,
	to chan<- []incomingPerson, stop <-chan struct{},
) error {
	batch := make([]incomingPerson, 0, importBatch)
	send := func() bool {
		select {
		case to <- batch:
			batch = make([]incomingPerson, 0, importBatch)
			return true
		case <-stop:
			return false
		}
	}
	for key, person := range people {
		next, err := s.incoming(insurer, key, person)
		if err != nil {
			return err
		}
		if search {
			next.search = s.index.searchValues(insurer, person)
		}
		if batch = append(batch, next); len(batch) == importBatch && !send() {
			return nil
		}
	}
	if len(batch) > 0 {
		send()
	}
	return nil
}

func (s importerStore) incoming(
	insurer eligibility.InsurerNumber, key string, p eligibility.Person,
) (incomingPerson, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return incomingPerson{}, fmt.Errorf("writing a person: %w", err)
	}
	return incomingPerson{body: body, keyMAC: s.index.mac("person", string(insurer), key),
		bodyMAC: s.index.mac("body", string(insurer), key, string(body))}, nil
}

// knownPerson is what the store has of a person on the way in.
type knownPerson struct {
	ref     string
	version int64
	bodyMAC []byte
}

// findKnown returns those of a batch that are known, by their key's MAC.
func findKnown(ctx context.Context, q interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, batch []incomingPerson) (map[string]knownPerson, error) {
	places, values := make([]string, len(batch)), make([]any, len(batch))
	for i, p := range batch {
		places[i], values[i] = fmt.Sprintf("$%d", i+1), p.keyMAC
	}
	rows, err := q.QueryContext(ctx, `SELECT key_mac, ref, version, body_mac FROM people
		WHERE key_mac IN (`+strings.Join(places, ", ")+`)`, values...)
	if err != nil {
		return nil, fmt.Errorf("looking for people: %w", err)
	}
	defer rows.Close()
	found := make(map[string]knownPerson, len(batch))
	for rows.Next() {
		var keyMAC []byte
		var k knownPerson
		if err := rows.Scan(&keyMAC, &k.ref, &k.version, &k.bodyMAC); err != nil {
			return nil, fmt.Errorf("looking for people: %w", err)
		}
		found[string(keyMAC)] = k
	}
	return found, rows.Err()
}

// importer holds what a file's rows have in common.
type importer struct {
	core    *core
	tx      *sql.Tx
	insurer eligibility.InsurerNumber
	at      time.Time
	seal    func(at place, plain []byte) []byte
	count   insurer.ImportCount

	insert, update, version *sql.Stmt
}

func (s importerStore) importer(
	ctx context.Context, tx *sql.Tx, insurer eligibility.InsurerNumber, at time.Time,
) (*importer, error) {
	scope := fmt.Sprintf("people/%s/%d", insurer, at.In(eligibility.Japan).Year())
	id, aead, err := s.sealer.keyFor(ctx, tx, scope)
	if err != nil {
		return nil, err
	}
	in := &importer{core: s.core, tx: tx, insurer: insurer, at: at}
	in.seal = func(at place, plain []byte) []byte { return sealWith(id, aead, at, plain) }
	for _, p := range []struct {
		to   **sql.Stmt
		text string
	}{
		{&in.insert,
			`INSERT INTO people (ref, insurer, key_mac, body_mac, version, registered_at, body, pseudonym,
			search, number_mac, name_mac, kana_mac, birth_mac, insured_mac, name_head_mac, kana_head_mac)
			VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`},
		{&in.update,
			`UPDATE people
			SET body_mac = $2, version = $3, registered_at = $4, body = $5, search = $6, number_mac = $7,
			name_mac = $8, kana_mac = $9, birth_mac = $10, insured_mac = $11,
			name_head_mac = $12, kana_head_mac = $13 WHERE ref = $1`},
		// The current version stands in people alone. Older programs kept a copy of it here.
		{&in.version, `INSERT INTO person_versions (person_id, version, registered_at, body)
			VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`},
	} {
		if *p.to, err = tx.PrepareContext(ctx, p.text); err != nil {
			return nil, fmt.Errorf("preparing the import: %w", err)
		}
	}
	return in, nil
}

func (in *importer) close() {
	for _, st := range []*sql.Stmt{in.insert, in.update, in.version} {
		st.Close()
	}
}

// put stores a batch: each person is new, a next version, or unchanged.
func (in *importer) put(ctx context.Context, batch []incomingPerson) error {
	found, err := findKnown(ctx, in.tx, batch)
	if err != nil {
		return err
	}
	for _, p := range batch {
		k, ok := found[string(p.keyMAC)]
		switch {
		case !ok:
			k.ref = rand.Text()
			err = in.add(ctx, k.ref, p)
			in.count.New++
		case bytes.Equal(k.bodyMAC, p.bodyMAC):
			in.count.Unchanged++
			continue
		default:
			err = in.change(ctx, k, p)
			in.count.Changed++
		}
		if err != nil {
			return err
		}
		k.version, k.bodyMAC = k.version+1, p.bodyMAC // the file may name the person again
		found[string(p.keyMAC)] = k
	}
	return nil
}

func (in *importer) add(ctx context.Context, ref string, p incomingPerson) error {
	personKey := make([]byte, 32)
	rand.Read(personKey)
	row := personRow{ref, string(in.insurer), p.keyMAC, 1, toMillis(in.at)}
	values := append([]any{ref, in.insurer, p.keyMAC, p.bodyMAC, row.at, in.seal(row.place(), p.body),
		in.seal(plainPlace("people.pseudonym", ref), personKey)}, p.search...)
	if _, err := in.insert.ExecContext(ctx, values...); err != nil {
		return fmt.Errorf("storing a person: %w", err)
	}
	return nil
}

// change puts the current version to the older ones and a new one in its place.
func (in *importer) change(ctx context.Context, k knownPerson, p incomingPerson) error {
	var id int64
	row := personRow{ref: k.ref, keyMAC: p.keyMAC, version: k.version}
	var sealed []byte
	if err := in.tx.QueryRowContext(ctx, `SELECT id, insurer, registered_at, body FROM people WHERE ref = $1`,
		k.ref).
		Scan(&id, &row.insurer, &row.at, &sealed); err != nil {
		return fmt.Errorf("looking for a person's current version: %w", err)
	}
	body, err := in.core.sealer.open(ctx, in.tx, row.place(), sealed)
	if err != nil {
		return err
	}
	if _, err := in.version.ExecContext(ctx, id, k.version, row.at, in.seal(olderPlace(k.ref, k.version,
		row.at), body)); err != nil {
		return fmt.Errorf("keeping a person's older version: %w", err)
	}
	row.version, row.at = k.version+1, toMillis(in.at)
	values := append([]any{k.ref, p.bodyMAC, row.version, row.at, in.seal(row.place(), p.body)}, p.search...)
	if _, err := in.update.ExecContext(ctx, values...); err != nil {
		return fmt.Errorf("storing a person's new version: %w", err)
	}
	return nil
}
