package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/guarded"
	"madoguchi/server/insurer"
)

// ImportPeople implements insurer.ImporterStore.
func (s importerStore) ImportPeople(
	ctx context.Context, number eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person],
	e audit.Entry,
) (insurer.ImportCount, error) {
	return s.storeFile(ctx, importedFile{number: number, entry: e}, people)
}

// importBatch is how many people are looked up by one query, and stored by one COPY where there is that.
func (s *core) importBatch() int {
	if _, ok := s.engine.(postgres); ok {
		return 2000
	}
	return 200
}

// incomingPerson is a person on the way in.
type incomingPerson struct {
	body            []byte // JSON
	keyMAC, bodyMAC []byte

	// where it is to be stored, as it is stored when it is new
	ref               string
	sealed, pseudonym []byte
	search            []any // searchValues
	mark              byte  // importedFile.mark
}

// keyedPerson is a person of a file with the key by which an import knows them.
type keyedPerson struct {
	key    string
	person eligibility.Person
}

// inBatches hands people on in batches. Reading them goes on beside it, a few batches ahead, and so does
// writing them down, hashing and sealing.
func (s importerStore) inBatches(
	to importTarget, people iter.Seq2[string, eligibility.Person], take func([]incomingPerson) error,
) error {
	most := s.importBatch()
	ahead := max(1, importSlice/most) // while a slice is stored, the next gets ready
	read, stop := make(chan []keyedPerson, 1), make(chan struct{})
	beside := make(chan error, 2)
	go func() {
		beside <- guarded.Do("reading a file", func() error {
			readBatches(people, most, read, stop)
			return nil
		})
	}()
	ready := make(chan []incomingPerson, ahead)
	go func() {
		beside <- guarded.Do("preparing a file's people", func() error {
			defer close(ready)
			return prepareBatches(to, read, ready, stop)
		})
	}()
	var err error
	for batch := range ready {
		if err = take(batch); err != nil {
			break
		}
	}
	close(stop)
	for range read { // to the end: whoever reads the file must have let go of it
	}
	return errors.Join(err, <-beside, <-beside)
}

// readBatches reads people until there are no more, or nobody wants any.
func readBatches(
	people iter.Seq2[string, eligibility.Person], most int, to chan<- []keyedPerson, stop <-chan struct{},
) {
	defer close(to)
	batch := make([]keyedPerson, 0, most)
	send := func() bool {
		select {
		case to <- batch:
			batch = make([]keyedPerson, 0, most)
			return true
		case <-stop:
			return false
		}
	}
	for key, person := range people {
		if batch = append(batch, keyedPerson{key, person}); len(batch) == most && !send() {
			return
		}
	}
	if len(batch) > 0 {
		send()
	}
}

func prepareBatches(
	target importTarget, from <-chan []keyedPerson, to chan<- []incomingPerson, stop <-chan struct{},
) error {
	for people := range from {
		batch := make([]incomingPerson, 0, len(people))
		for _, p := range people {
			next, err := target.incoming(p.key, p.person)
			if err != nil {
				return err
			}
			batch = append(batch, next)
		}
		select {
		case to <- batch:
		case <-stop:
			return nil
		}
	}
	return nil
}

// importTarget is what people on the way in are prepared for.
type importTarget interface {
	incoming(key string, p eligibility.Person) (incomingPerson, error)
}

// comparedWith prepares people of an insurer for being compared.
type comparedWith struct {
	*core
	insurer eligibility.InsurerNumber
}

func (c comparedWith) incoming(key string, p eligibility.Person) (incomingPerson, error) {
	body, err := eligibility.WritePerson(p)
	if err != nil {
		return incomingPerson{}, fmt.Errorf("writing a person: %w", err)
	}
	h := c.index.hashing("body")
	h.part(string(c.insurer))
	h.part(key)
	h.bytes(body)
	return incomingPerson{body: body, keyMAC: c.index.mac("person", string(c.insurer), key),
		bodyMAC: c.index.whole(h)}, nil
}

// incoming prepares people for being stored.
func (im *openImport) incoming(key string, p eligibility.Person) (incomingPerson, error) {
	next, err := comparedWith{im.core, im.number}.incoming(key, p)
	if err != nil {
		return next, err
	}
	next.ref = im.refs.next()
	personKey := make([]byte, 32)
	rand.Read(personKey)
	row := personRow{next.ref, string(im.number), next.keyMAC, 1, toMillis(im.entry.At)}
	next.sealed = sealWith(im.key, im.aead, row.place(), next.body)
	next.pseudonym = sealWith(im.key, im.aead, plainPlace("people.pseudonym", next.ref), personKey)
	next.search = im.index.searchValues(im.number, p)
	if im.mark != nil {
		next.mark = im.mark(p)
	}
	return next, nil
}

// knownPerson is what the store has of a person on the way in.
type knownPerson struct {
	id      int64
	ref     string
	bodyMAC []byte
}

// findKnown returns those of a batch that are known, by their key's MAC: to everybody (import 0), or to an
// open import, as they will be after it.
func findKnown(
	ctx context.Context, q rowsQueryer, batch []incomingPerson, imported int64,
) (map[string]knownPerson, error) {
	from := "people"
	if imported == 0 {
		from = "registered AS people"
	}
	places, values := make([]string, len(batch)), make([]any, len(batch), len(batch)+1)
	for i, p := range batch {
		places[i], values[i] = fmt.Sprintf("$%d", i+1), p.keyMAC
	}
	values = append(values, imported)
	rows, err := q.QueryContext(ctx, `SELECT people.key_mac, people.id, people.ref,
			coalesce(import_changes.body_mac, people.body_mac)
		FROM `+from+` LEFT JOIN import_changes
			ON import_changes.person_id = people.id AND import_changes.import = $`+fmt.Sprint(len(values))+`
		WHERE people.key_mac IN (`+strings.Join(places, ", ")+`)`, values...)
	if err != nil {
		return nil, fmt.Errorf("looking for people: %w", err)
	}
	defer rows.Close()
	found := make(map[string]knownPerson, len(batch))
	for rows.Next() {
		var keyMAC []byte
		var k knownPerson
		if err := rows.Scan(&keyMAC, &k.id, &k.ref, &k.bodyMAC); err != nil {
			return nil, fmt.Errorf("looking for people: %w", err)
		}
		found[string(keyMAC)] = k
	}
	return found, rows.Err()
}
