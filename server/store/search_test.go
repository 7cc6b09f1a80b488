package store

import (
	"fmt"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// People are found whenever they came, among those of their stretch of numbers and in the newest one.
func TestPeopleAreFoundInEveryStretch(t *testing.T) {
	storetest.Engines(t, testPeopleAreFoundInEveryStretch)
}

func testPeopleAreFoundInEveryStretch(t *testing.T) {
	s, _ := open(t)
	for i, id := range []int64{1, 65_535, 65_536, 65_537, 131_071, 131_072, 5_000_000} {
		p := hanako
		p.Symbol, p.Number = "国", fmt.Sprint(8_000_000+i)
		last := string([]rune("アカサタナハマ")[i])
		p.Name, p.Kana = "架空 子"+last, "カクウ コ"+last
		p.BirthDate = eligibility.MustDate("1950-01-01").AddDays(i)
		key := fmt.Sprint("stretch", i)
		importPeople(t, s, map[string]eligibility.Person{key: p})
		r, err := s.Issuer.PersonByKey(ctx, "06139992", key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.write.ExecContext(ctx, `UPDATE people SET id = $2 WHERE ref = $1`, string(r.ID),
			id); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{p.Number, "国 " + p.Number, p.BirthDate.String(), p.Name, p.Kana} {
			q := insurer.PeopleQuery{Insurer: "06139992", Text: text, Limit: 10}
			all, err := s.Register.FindPeople(ctx, q)
			if err != nil || len(all) != 1 || all[0].Person != p {
				t.Errorf("%s of number %d: %d found, %v", text, id, len(all), err)
			}
		}
	}
	all, err := s.Register.CountFound(ctx, insurer.PeopleQuery{Insurer: "06139992", Text: "架空", Limit: 10})
	if err != nil || all != 7 {
		t.Errorf("by the beginning of the name: %d found, %v", all, err)
	}
}

// Each of these queries goes by its index: none reads a whole register.
func TestASearchGoesByItsIndex(t *testing.T) { storetest.Engines(t, testASearchGoesByItsIndex) }

func testASearchGoesByItsIndex(t *testing.T) {
	s, _ := open(t)
	// of the first batch of a file no slice tells, of the next one does, so that PostgreSQL has something to
	// choose by
	importStrangers(t, s, s.importBatch()+1500)
	if _, ok := s.engine.(postgres); ok { // which does it by itself in time; SQLite does not
		if _, err := s.write.ExecContext(ctx, `ANALYZE people, search_slices`); err != nil {
			t.Fatal(err)
		}
	}
	among := "WITH RECURSIVE " + stretches + " "
	for _, c := range []struct {
		query, index string
		values       []any
	}{
		{among + byIndex(byNumber, 1), "people_number", []any{[]byte("mac")}},
		{among + byIndex(byBirth, 1), "people_birth", []any{[]byte("mac")}},
		{among + byIndex(byNameHead, 1), "people_name_head", []any{[]byte("mac")}},
		{among + byIndex(byKanaHead, 1), "people_kana_head", []any{[]byte("mac")}},
		{entriesOfPart, "search_slices_part", []any{"06139992", 1, 1}},
		{anyFormless, "people_search", nil},
	} {
		if plan := planOf(t, s, c.query, c.values...); !strings.Contains(plan, c.index) {
			t.Errorf("%s:\n%s", c.index, plan)
		}
	}
	// and nor do they together
	for _, text := range []string{"7000123", "国 7001400", "1934-01-05", "架空", "カクウ"} {
		f := finding{core: s.core, from: s.read, insurer: "06139992"}
		query, err := f.query(ctx, text, eligibility.SearchName(text))
		if err != nil {
			t.Fatal(err)
		}
		plan := planOf(t, s, query, f.values...)
		if strings.Contains(plan, "SCAN people") || strings.Contains(plan, "Seq Scan on people") ||
			!strings.Contains(plan, "people_number") && !strings.Contains(plan, "people_name_head") {
			t.Errorf("%s:\n%s", text, plan)
		}
	}
}

// planOf is how the engine would answer a query.
func planOf(t *testing.T, s *opened, query string, values ...any) string {
	t.Helper()
	conn, err := s.write.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	explain := "EXPLAIN QUERY PLAN "
	if _, ok := s.engine.(postgres); ok {
		explain = "EXPLAIN "
		// of an empty table PostgreSQL reads all, whatever indexes there are
		if _, err := conn.ExecContext(ctx, "SET enable_seqscan = off"); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.QueryContext(ctx, explain+query, values...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		line := make([]any, len(columns))
		for i := range line {
			line[i] = new(any)
		}
		if err := rows.Scan(line...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&plan, *line[len(line)-1].(*any))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
