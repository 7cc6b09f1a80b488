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
	name, kana := eligibility.SearchName(p.Name), eligibility.SearchName(p.Kana)
	return []any{searchForm, k.search(insurer, "number", eligibility.NormaliseNumber(p.Number)),
		[]byte{}, []byte{},
		k.search(insurer, "birth", p.BirthDate.String()),
		k.search(insurer, "insured", eligibility.NormaliseSymbol(p.Symbol),
			eligibility.NormaliseNumber(p.Number)),
		k.search(insurer, "name-head", headOf(name)),
		k.search(insurer, "kana-head", headOf(kana))}
}

// headLetters is how many letters a beginning of a name needs to be looked for: by the first of them alone a
// search would list a large part of a register.
const headLetters = 2

// headOf returns the first letters of a name as SearchName writes it; a shorter one whole.
func headOf(name string) string {
	letters := []rune(name)
	return string(letters[:min(len(letters), headLetters)])
}

// search is short, since four indexes hold one for each person: a chance find among 2^64 does no harm, and
// the record that it opens is shown with its own values.
func (k *keyedHash) search(insurer eligibility.InsurerNumber, kind string, parts ...string) []byte {
	return k.mac("search-"+kind, append([]string{string(insurer)}, parts...)...)[:8]
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
// looked for in each of them.
const stretches = `stretches (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM stretches
	WHERE n < (SELECT coalesce(max(id), 0) >> 16 FROM people))`

// found is a query for the numbers of people by the n-th value of a column that people are found by.
func found(column string, n int) string {
	return fmt.Sprintf(`SELECT people.id FROM stretches JOIN people
		ON people.id >> 16 = stretches.n AND people.%s = $%d`, column, n)
}

// eachFound hands on whom a clerk's text means, newest first. Whose name or reading begins with the text is
// known only once the record is open: the index tells of the first letters. A text of fewer letters means
// those who have no more.
func (s registerStore) eachFound(
	ctx context.Context, q insurer.PeopleQuery, take func(insurer.PersonRecord),
) error {
	exact, values := s.peopleQuery(q)
	wanted, name := exact, eligibility.SearchName(q.Text)
	if name != "" {
		values = append(values, s.index.search(q.Insurer, "name-head", headOf(name)),
			s.index.search(q.Insurer, "kana-head", headOf(name)))
		wanted += " UNION " + found("name_head_mac", len(values)-1) +
			" UNION " + found("kana_head_mac", len(values))
	}
	return storageError(s.each(ctx, func(scan func(...any) error) error {
		whole := false
		r, err := s.people().scan(ctx,
			func(columns ...any) error { return scan(append(columns, &whole)...) })
		if err == nil && (whole || strings.HasPrefix(eligibility.SearchName(r.Person.Name), name) ||
			strings.HasPrefix(eligibility.SearchName(r.Person.Kana), name)) {
			take(r)
		}
		return err
	}, `WITH RECURSIVE `+stretches+` SELECT `+personColumns+`, id IN (`+exact+`)
		FROM registered AS people WHERE id IN (`+wanted+`)
		ORDER BY registered_at DESC, id DESC`, values...))
}

// peopleQuery turns a clerk's text into a query for people's ids: whatever the text can be but a name is
// looked for. The insurer is in every hash.
func (s registerStore) peopleQuery(q insurer.PeopleQuery) (query string, values []any) {
	var each []string
	add := func(column string, mac []byte) {
		values = append(values, mac)
		each = append(each, found(column, len(values)))
	}
	if number := eligibility.NormaliseNumber(q.Text); number != "" {
		add("number_mac", s.index.search(q.Insurer, "number", number))
	}
	if born, err := eligibility.ReadDate(q.Text); err == nil && !born.IsZero() {
		add("birth_mac", s.index.search(q.Insurer, "birth", born.String()))
	}
	parting := func(r rune) bool { return strings.ContainsRune(" 　・･/／,，、", r) }
	if words := strings.FieldsFunc(q.Text, parting); len(words) > 1 {
		last := len(words) - 1
		symbol := eligibility.NormaliseSymbol(strings.Join(words[:last], ""))
		number := eligibility.NormaliseNumber(words[last])
		values = append(values, s.index.search(q.Insurer, "number", number),
			s.index.search(q.Insurer, "insured", symbol, number))
		each = append(each, fmt.Sprintf("%s AND insured_mac = $%d", found("number_mac", len(values)-1),
			len(values)))
	}
	if each == nil {
		return "SELECT id FROM people WHERE 1 = 0", nil
	}
	return strings.Join(each, " UNION "), values
}
