package store

import (
	"context"
	"fmt"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
)

// searchForm is raised whenever searchValues or insuredcsv.PersonKey changes: people of an older form are
// hashed anew at the next start. 2: names are looked for and keyed without lost characters and radicals, and
// with more variants. 3: with the beginnings of names and readings.
const searchForm = 3

// searchValues are what people are found by: the columns search, number_mac, name_mac, kana_mac, birth_mac,
// insured_mac, name_head_mac, kana_head_mac. Whole names need no hash of their own: whose name it is stands
// among those whose name begins so.
func (k *keyedHash) searchValues(insurer eligibility.InsurerNumber, p eligibility.Person) []any {
	number := eligibility.NormaliseNumber(p.Number)
	room := make([]byte, 0, 5*searchSize) // of all, side by side
	hash := func(kind string, parts ...string) []byte {
		at := len(room)
		room = k.appendSearch(room, insurer, kind, parts...)
		return room[at:len(room):len(room)]
	}
	return []any{searchForm, hash("number", number),
		[]byte{}, []byte{},
		hash("birth", p.BirthDate.String()),
		hash("insured", eligibility.NormaliseSymbol(p.Symbol), number),
		hash("name-head", headOf(eligibility.SearchName(p.Name))),
		hash("kana-head", headOf(eligibility.SearchName(p.Kana)))}
}

// headLetters is how many letters a beginning of a name needs to be looked for: by the first of them alone a
// search would list a large part of a register.
const headLetters = 2

// headOf returns the first letters of a name as SearchName writes it; a shorter one whole.
func headOf(name string) string {
	n := 0
	for at := range name {
		if n++; n > headLetters {
			return name[:at]
		}
	}
	return name
}

// search is short, since four indexes hold one for each person: a chance find among 2^64 does no harm, and
// the record that it opens is shown with its own values.
func (k *keyedHash) search(insurer eligibility.InsurerNumber, kind string, parts ...string) []byte {
	return k.appendSearch(make([]byte, 0, searchSize), insurer, kind, parts...)
}

// searchSize is how many bytes of a hash people are found by.
const searchSize = 8

func (k *keyedHash) appendSearch(
	to []byte, insurer eligibility.InsurerNumber, kind string, parts ...string,
) []byte {
	h := k.hashing("search-" + kind)
	h.part(string(insurer))
	for _, p := range parts {
		h.part(p)
	}
	return k.done(h, to, searchSize)
}

// FindPeople implements insurer.RegisterStore.
func (s registerStore) FindPeople(
	ctx context.Context, q insurer.PeopleQuery,
) ([]insurer.PersonRecord, error) {
	if q.Text == "" {
		return s.people().list(ctx, `SELECT `+personColumns+` FROM registered AS people WHERE insurer = $1
			ORDER BY registered_at DESC, id DESC LIMIT $2 OFFSET $3`, q.Insurer, q.Limit, q.Skip)
	}
	var page []insurer.PersonRecord
	n := 0
	err := s.eachFound(ctx, q, func(r insurer.PersonRecord) {
		if n >= q.Skip && len(page) < q.Limit {
			page = append(page, r)
		}
		n++
	})
	return page, err
}

// CountFound implements insurer.RegisterStore.
func (s registerStore) CountFound(ctx context.Context, q insurer.PeopleQuery) (n int, err error) {
	if q.Text == "" {
		return s.CountPeople(ctx, q.Insurer)
	}
	err = s.eachFound(ctx, q, func(insurer.PersonRecord) { n++ })
	return n, err
}

// stretches are the 65,536 people at a time by which the indexes are ordered (migration 0041): a value is
// looked for in each of them. They have whom no slice tells of (searchslices.go).
const stretches = `stretches (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM stretches
	WHERE n < (SELECT coalesce(max(id), 0) >> 16 FROM people))`

// byIndex is a query for the numbers of people by the n-th value, a hash of a kind. SQLite takes the tables
// of a CROSS JOIN in their order: it cannot know how few stretches there are, and would go through all
// people.
func byIndex(kind searchKind, n int) string {
	return fmt.Sprintf(`SELECT people.id FROM stretches CROSS JOIN people
		WHERE people.id >> 16 = stretches.n AND people.%s = $%d AND people.in_slice = 0`,
		searchKinds[kind].column, n)
}

// finding is a search that is put together: its values so far. All that it reads it reads in one transaction,
// as it stands at one moment: of a file that becomes visible meanwhile it would find a part.
type finding struct {
	*core
	from    rowsQueryer
	insurer eligibility.InsurerNumber
	values  []any
}

// atOneMoment begins a search.
func (s registerStore) atOneMoment(
	ctx context.Context, number eligibility.InsurerNumber, search func(f *finding) error,
) error {
	tx, err := s.read.BeginTx(ctx, snapshotOf(s.engine))
	if err != nil {
		return storageError(err)
	}
	defer tx.Rollback()
	return storageError(search(&finding{core: s.core, from: tx, insurer: number}))
}

// value appends a value and returns its place.
func (f *finding) value(v any) int {
	f.values = append(f.values, v)
	return len(f.values)
}

// found is a query for the numbers of people by a hash of a kind.
func (f *finding) found(ctx context.Context, kind searchKind, hash []byte) (string, error) {
	people, err := f.inSlices(ctx, kind, hash)
	if err != nil {
		return "", err
	}
	n := f.value(hash)
	query := byIndex(kind, n)
	if len(people) > 0 {
		query += fmt.Sprintf(` UNION ALL SELECT people.id FROM people
			WHERE people.id IN (%s) AND people.%s = $%d`,
			numbersIn(f.engine, f.value(numbersText(people))), searchKinds[kind].column, n)
	}
	return query, nil
}

// eachFound hands on whom a clerk's text means, newest first. Whose name or reading begins with the text is
// known only once the record is open: the index tells of the first letters. A text of fewer letters means
// those who have no more.
func (s registerStore) eachFound(
	ctx context.Context, q insurer.PeopleQuery, take func(insurer.PersonRecord),
) error {
	return s.atOneMoment(ctx, q.Insurer, func(f *finding) error {
		name := eligibility.SearchName(q.Text)
		query, err := f.query(ctx, q.Text, name)
		if err != nil {
			return err
		}
		return f.handOn(ctx, query, name, take)
	})
}

// handOn hands on whom a query finds.
func (f *finding) handOn(
	ctx context.Context, query, name string, take func(insurer.PersonRecord),
) error {
	return eachOf(ctx, f.from, func(scan func(...any) error) error {
		whole := false
		r, err := f.people().scan(ctx,
			func(columns ...any) error { return scan(append(columns, &whole)...) })
		if err == nil && (whole || strings.HasPrefix(eligibility.SearchName(r.Person.Name), name) ||
			strings.HasPrefix(eligibility.SearchName(r.Person.Kana), name)) {
			take(r)
		}
		return err
	}, query, f.values...)
}

// query asks for whom a text means, and for each whether it is what the text says, or the beginning of a name
// perhaps.
func (f *finding) query(ctx context.Context, text, name string) (string, error) {
	exact, err := f.exactly(ctx, text)
	if err != nil {
		return "", err
	}
	wanted := exact
	if name != "" {
		for _, beginning := range []struct {
			kind searchKind
			hash []byte
		}{
			{byNameHead, f.index.search(f.insurer, "name-head", headOf(name))},
			{byKanaHead, f.index.search(f.insurer, "kana-head", headOf(name))},
		} {
			more, err := f.found(ctx, beginning.kind, beginning.hash)
			if err != nil {
				return "", err
			}
			wanted += " UNION ALL " + more
		}
	}
	return `WITH RECURSIVE ` + stretches + ` SELECT ` + personColumns + `, id IN (` + exact + `)
		FROM registered AS people WHERE id IN (` + wanted + `)
		ORDER BY registered_at DESC, id DESC`, nil
}

// exactly turns a clerk's text into a query for people's numbers: whatever the text can be but a name is
// looked for. The insurer is in every hash.
func (f *finding) exactly(ctx context.Context, text string) (string, error) {
	var each []string
	add := func(kind searchKind, hash []byte, also string) error {
		query, err := f.found(ctx, kind, hash)
		if also != "" {
			query = fmt.Sprintf("SELECT id FROM people WHERE id IN (%s) AND %s", query, also)
		}
		each = append(each, query)
		return err
	}
	if number := eligibility.NormaliseNumber(text); number != "" {
		if err := add(byNumber, f.index.search(f.insurer, "number", number), ""); err != nil {
			return "", err
		}
	}
	if born, err := eligibility.ReadDate(text); err == nil && !born.IsZero() {
		if err := add(byBirth, f.index.search(f.insurer, "birth", born.String()), ""); err != nil {
			return "", err
		}
	}
	parting := func(r rune) bool { return strings.ContainsRune(" 　・･/／,，、", r) }
	if words := strings.FieldsFunc(text, parting); len(words) > 1 {
		last := len(words) - 1
		symbol := eligibility.NormaliseSymbol(strings.Join(words[:last], ""))
		number := eligibility.NormaliseNumber(words[last])
		insured := f.value(f.index.search(f.insurer, "insured", symbol, number))
		if err := add(byNumber, f.index.search(f.insurer, "number", number),
			fmt.Sprintf("insured_mac = $%d", insured)); err != nil {
			return "", err
		}
	}
	if each == nil {
		return "SELECT id FROM people WHERE 1 = 0", nil
	}
	return strings.Join(each, " UNION ALL "), nil
}
