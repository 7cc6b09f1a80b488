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
// with more variants.
const searchForm = 2

// searchValues are what people are found by: the columns search, number_mac, name_mac, kana_mac, birth_mac,
// insured_mac.
func (k *keyedHash) searchValues(insurer eligibility.InsurerNumber, p eligibility.Person) []any {
	return []any{searchForm, k.search(insurer, "number", eligibility.NormaliseNumber(p.Number)),
		k.search(insurer, "name", eligibility.SearchName(p.Name)),
		k.search(insurer, "kana", eligibility.SearchName(p.Kana)),
		k.search(insurer, "birth", p.BirthDate.String()),
		k.search(insurer, "insured", eligibility.NormaliseSymbol(p.Symbol),
			eligibility.NormaliseNumber(p.Number))}
}

// search is short, since six indexes hold one for each person: a chance find among 2^64 does no harm, and the
// record that it opens is shown with its own values.
func (k *keyedHash) search(insurer eligibility.InsurerNumber, kind string, parts ...string) []byte {
	return k.mac("search-"+kind, append([]string{string(insurer)}, parts...)...)[:8]
}

// FindPeople implements insurer.RegisterStore.
func (s registerStore) FindPeople(
	ctx context.Context, q insurer.PeopleQuery,
) ([]insurer.PersonRecord, error) {
	if q.Text == "" {
		return s.people().list(ctx, `SELECT `+personColumns+` FROM people WHERE insurer = $1
			ORDER BY registered_at DESC, id DESC LIMIT $2 OFFSET $3`, q.Insurer, q.Limit, q.Skip)
	}
	wanted, values := s.peopleQuery(q)
	return s.people().list(ctx, fmt.Sprintf(`SELECT `+personColumns+` FROM people WHERE id IN (`+wanted+`)
		ORDER BY registered_at DESC, id DESC LIMIT $%d OFFSET $%d`,
		len(values)+1, len(values)+2), append(values, q.Limit, q.Skip)...)
}

// CountFound implements insurer.RegisterStore.
func (s registerStore) CountFound(ctx context.Context, q insurer.PeopleQuery) (n int, err error) {
	if q.Text == "" {
		return s.CountPeople(ctx, q.Insurer)
	}
	wanted, values := s.peopleQuery(q)
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM people WHERE id IN (`+wanted+`)`, values...).
		Scan(&n)
	return n, storageError(err)
}

// peopleQuery turns a clerk's text into a query for people's ids: whatever the text can be is looked for,
// each in its own index. The insurer is in every hash.
func (s registerStore) peopleQuery(q insurer.PeopleQuery) (query string, values []any) {
	var each []string
	add := func(column string, mac []byte) {
		values = append(values, mac)
		each = append(each, fmt.Sprintf("SELECT id FROM people WHERE %s = $%d", column, len(values)))
	}
	if number := eligibility.NormaliseNumber(q.Text); number != "" {
		add("number_mac", s.index.search(q.Insurer, "number", number))
	}
	if name := eligibility.SearchName(q.Text); name != "" {
		add("name_mac", s.index.search(q.Insurer, "name", name))
		add("kana_mac", s.index.search(q.Insurer, "kana", name))
	}
	if born, err := eligibility.ReadDate(q.Text); err == nil && !born.IsZero() {
		add("birth_mac", s.index.search(q.Insurer, "birth", born.String()))
	}
	parting := func(r rune) bool { return strings.ContainsRune(" 　・･/／,，、", r) }
	if words := strings.FieldsFunc(q.Text, parting); len(words) > 1 {
		last := len(words) - 1
		symbol := eligibility.NormaliseSymbol(strings.Join(words[:last], ""))
		number := eligibility.NormaliseNumber(words[last])
		add("insured_mac", s.index.search(q.Insurer, "insured", symbol, number))
	}
	if each == nil {
		return "SELECT id FROM people WHERE 1 = 0", nil
	}
	return strings.Join(each, " UNION "), values
}
