package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"

	"madoguchi/eligibility"
)

// What new people of a file are found by lies in slices: of each 4,000 people that are stored together, the
// hashes of one kind, in order, each with the number of the person that it leads to. The first four bits of a
// hash say in which of sixteen rows it lies, so that a search reads a sixteenth. An entry of an index for
// each of a person's four hashes took a sixth of an import's processor time (docs/benchmarks.md).
//
// A slice is never changed but for people who are erased, so it may tell of somebody who has another name now
// or is gone: what it tells is compared with the person's own row.

// searchKind is a kind of what people are found by; searchKinds are their columns, and their places among
// searchValues.
type searchKind int

const (
	byNumber searchKind = iota
	byBirth
	byNameHead
	byKanaHead
)

var searchKinds = [...]struct {
	column string
	value  int
}{
	byNumber:   {"number_mac", 1},
	byBirth:    {"birth_mac", 4},
	byNameHead: {"name_head_mac", 6},
	byKanaHead: {"kana_head_mac", 7},
}

// sliceEntry is one hash, as its bytes read as a number, with whom it leads to.
type sliceEntry struct {
	hash   uint64
	person int64
}

func (e sliceEntry) compare(other sliceEntry) int {
	if c := cmp.Compare(e.hash, other.hash); c != 0 {
		return c
	}
	return cmp.Compare(e.person, other.person)
}

const (
	sliceEntrySize = 16
	slicePartBits  = 4 // of a hash: which part of a slice it lies in
)

func partOf(hash uint64) int64 { return int64(hash >> (64 - slicePartBits)) }

// searchSlice is what a slice's people are found by.
type searchSlice [len(searchKinds)][]sliceEntry

func (s *searchSlice) clear() {
	for kind := range s {
		s[kind] = s[kind][:0]
	}
}

// add appends a person.
func (s *searchSlice) add(person int64, search []any) error {
	for kind, k := range searchKinds {
		hash, ok := search[k.value].([]byte)
		if !ok || len(hash) != 8 {
			return fmt.Errorf("store: %s is not a hash of eight bytes", k.column)
		}
		s[kind] = append(s[kind], sliceEntry{binary.BigEndian.Uint64(hash), person})
	}
	return nil
}

var sliceColumns = []string{"import", "insurer", "kind", "part", "first", "entries"}

// rows are the slice's rows, one for each kind and part that has any hash.
func (s *searchSlice) rows(imported int64, insurer eligibility.InsurerNumber) [][]any {
	var first int64 // the lowest number: that of the slice
	for i, e := range s[byNumber] {
		if i == 0 || e.person < first {
			first = e.person
		}
	}
	var rows [][]any
	for kind, all := range s {
		slices.SortFunc(all, sliceEntry.compare)
		for len(all) > 0 {
			part := partOf(all[0].hash)
			n := sort.Search(len(all), func(i int) bool { return partOf(all[i].hash) > part })
			entries := make([]byte, 0, n*sliceEntrySize)
			for _, e := range all[:n] {
				entries = binary.BigEndian.AppendUint64(entries, e.hash)
				entries = binary.BigEndian.AppendUint64(entries, uint64(e.person))
			}
			rows = append(rows, []any{imported, string(insurer), int64(kind), part, first, entries})
			all = all[n:]
		}
	}
	return rows
}

// putSearchSlice stores what the people of this slice are found by.
func (im *openImport) putSearchSlice(ctx context.Context, tx *sql.Tx) error {
	rows := im.search.rows(im.id, im.number)
	var err error
	if _, ok := im.engine.(postgres); ok {
		err = copyInto(ctx, tx, copiedRows{"search_slices", sliceColumns, len(rows),
			func(i int) []any { return rows[i] }})
	} else {
		for i := 0; i < len(rows) && err == nil; i++ {
			_, err = tx.ExecContext(ctx, `INSERT INTO search_slices
				(import, insurer, kind, part, first, entries) VALUES ($1, $2, $3, $4, $5, $6)`, rows[i]...)
		}
	}
	if err != nil {
		return fmt.Errorf("storing what people are found by: %w", err)
	}
	return nil
}

var errSlice = errors.New("store: a row of search_slices is damaged")

// entriesOfPart are an insurer's rows of a kind and a part.
const entriesOfPart = `SELECT entries FROM search_slices WHERE insurer = $1 AND kind = $2 AND part = $3`

// inSlices returns whom the insurer's slices tell of for a hash.
func (f *finding) inSlices(ctx context.Context, kind searchKind, hash []byte) (people []int64, err error) {
	wanted := binary.BigEndian.Uint64(hash)
	err = eachOf(ctx, f.from, func(scan func(...any) error) error {
		var entries []byte
		if err := scan(&entries); err != nil {
			return err
		}
		if len(entries)%sliceEntrySize != 0 {
			return errSlice
		}
		n := len(entries) / sliceEntrySize
		at := func(i int) []byte { return entries[i*sliceEntrySize:] }
		first := sort.Search(n, func(i int) bool { return binary.BigEndian.Uint64(at(i)) >= wanted })
		for i := first; i < n && binary.BigEndian.Uint64(at(i)) == wanted; i++ {
			people = append(people, int64(binary.BigEndian.Uint64(at(i)[8:])))
		}
		return nil
	}, entriesOfPart, f.insurer, int64(kind), partOf(wanted))
	return people, storageError(err)
}

// numbersIn is a query for the numbers that the n-th value holds, which numbersText wrote.
func numbersIn(e engine, n int) string {
	if _, ok := e.(postgres); ok {
		return fmt.Sprintf("SELECT value::bigint FROM json_array_elements_text($%d::json) AS one (value)", n)
	}
	return fmt.Sprintf("SELECT value FROM json_each($%d)", n)
}

// numbersText writes numbers as one value.
func numbersText(numbers []int64) string {
	text, _ := json.Marshal(numbers) // nothing in it can fail
	return string(text)
}

// leaveSlices takes a person who is erased out of the slice that tells of them, whatever name they had then.
func leaveSlices(ctx context.Context, tx *sql.Tx, person int64, insurer eligibility.InsurerNumber) error {
	rows, err := tx.QueryContext(ctx, `SELECT id, entries FROM search_slices WHERE insurer = $1
		AND first = (SELECT max(first) FROM search_slices WHERE insurer = $1 AND first <= $2)`,
		insurer, person)
	if err != nil {
		return fmt.Errorf("looking for a person's slice: %w", err)
	}
	defer rows.Close()
	left := map[int64][]byte{} // rows that tell of the person, without
	for rows.Next() {
		var id int64
		var entries []byte
		if err := rows.Scan(&id, &entries); err != nil {
			return fmt.Errorf("reading a person's slice: %w", err)
		}
		others := make([]byte, 0, len(entries))
		for entry := range slices.Chunk(entries, sliceEntrySize) {
			if len(entry) != sliceEntrySize {
				return errSlice
			}
			if int64(binary.BigEndian.Uint64(entry[8:])) != person {
				others = append(others, entry...)
			}
		}
		if len(others) < len(entries) {
			left[id] = others
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading a person's slice: %w", err)
	}
	for id, entries := range left {
		if _, err := tx.ExecContext(ctx, `UPDATE search_slices SET entries = $2 WHERE id = $1`,
			id, entries); err != nil {
			return fmt.Errorf("taking a person out of a slice: %w", err)
		}
	}
	return nil
}
