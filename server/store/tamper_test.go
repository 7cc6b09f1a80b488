package store

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/outside"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
)

// Each of an audit row's fields is in its hash, each behind its length, and the row before too: RFC 9162 2.1 gives
// the reason, for a list whose entries do not hold on to each other can be rewritten in the middle.
func TestEveryFieldOfAnAuditRowIsInItsHash(t *testing.T) {
	before := bytes.Repeat([]byte{7}, 32)
	hash := func() []byte {
		return auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "d", before)
	}
	if !bytes.Equal(hash(), hash()) || len(hash()) != 32 {
		t.Fatal("the hash is not the same twice")
	}
	cases := map[string][]byte{
		"seq": auditHash(3, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "d",
			before),
		"at": auditHash(2, 1795309200001, "staff:鈴木", "people.search", []byte("p"), "d",
			before),
		"actor": auditHash(2, 1795309200000, "staff:佐藤", "people.search", []byte("p"), "d",
			before),
		"action": auditHash(2, 1795309200000, "staff:鈴木", "people.export", []byte("p"), "d",
			before),
		"person": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("q"), "d",
			before),
		"no person": auditHash(2, 1795309200000, "staff:鈴木", "people.search", nil, "d", before),
		"detail": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "e",
			before),
		"the row before": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "d",
			make([]byte, 32)),
		"a letter to the next": auditHash(2, 1795309200000, "staff:鈴", "木people.search", []byte("p"), "d",
			before),
		"person and detail swap": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("d"), "p",
			before),
		"person into the detail": auditHash(2, 1795309200000, "staff:鈴木", "people.search", nil, "pd",
			before),
		"detail into the before": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "",
			append([]byte("d"), before...)),
		"seq and at change place": auditHash(1795309200000, 2, "staff:鈴木", "people.search", []byte("p"), "d",
			before),
	}
	outside.Refused(t, outside.Stored, len(cases))
	seen := map[string]string{string(hash()): "the true one"}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		if other, known := seen[string(cases[name])]; known {
			t.Errorf("%s: the hash is that of %s", name, other)
		}
		seen[string(cases[name])] = name
	}
}

// Whoever may write to the file changes one field of one row, or mends that row's own hash with it: the chain shows it.
func TestNoFieldOfTheAuditChainIsChangedUnseen(t *testing.T) {
	attacks := map[string]string{
		"seq":             `UPDATE audit SET seq = 99 WHERE seq = 3`,
		"at":              `UPDATE audit SET at = at + 1 WHERE seq = 3`,
		"actor":           `UPDATE audit SET actor = 'x' WHERE seq = 3`,
		"action":          `UPDATE audit SET action = 'x' WHERE seq = 3`,
		"person":          `UPDATE audit SET person = x'01' WHERE seq = 3`,
		"detail":          `UPDATE audit SET detail = 'x' WHERE seq = 3`,
		"previous":        `UPDATE audit SET previous = x'0000' WHERE seq = 3`,
		"hash":            `UPDATE audit SET hash = x'0000' WHERE seq = 3`,
		"a row removed":   `DELETE FROM audit WHERE seq = 3`,
		"the first row":   `DELETE FROM audit WHERE seq = 1`,
		"two rows turned": `UPDATE audit SET seq = CASE seq WHEN 2 THEN 1002 ELSE 1003 END WHERE seq IN (2, 3); UPDATE audit SET seq = CASE seq WHEN 1002 THEN 3 ELSE 2 END WHERE seq > 1000`,
	}
	outside.Refused(t, outside.Stored, len(attacks)+1)
	filled := func(t *testing.T) *Store {
		t.Helper()
		s, _ := open(t)
		for i := range 5 {
			if err := s.Note(ctx, audit.Entry{At: noon, Actor: "t", Action: "n", Detail: string(rune('a' +
				i))}); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.VerifyAudit(ctx); err != nil || n != 5 {
			t.Fatalf("%d %v", n, err)
		}
		for _, trigger := range []string{"audit_is_never_changed", "audit_is_never_shortened"} {
			if _, err := s.write.Exec(`DROP TRIGGER IF EXISTS ` + trigger); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		t.Run(name, func(t *testing.T) {
			s := filled(t)
			if _, err := s.write.Exec(attacks[name]); err != nil {
				t.Fatal(err)
			}
			if n, err := s.VerifyAudit(ctx); !errors.Is(err, ErrAudit) {
				t.Errorf("unseen: %d rows, %v", n, err)
			}
		})
	}
	t.Run("a row and its own hash", func(t *testing.T) {
		s := filled(t)
		var previous []byte
		var at int64
		if err := s.write.QueryRow(`SELECT at, previous FROM audit WHERE seq = 3`).Scan(&at,
			&previous); err != nil {
			t.Fatal(err)
		}
		if _, err := s.write.Exec(`UPDATE audit SET detail = 'x', hash = $1 WHERE seq = 3`, auditHash(3, at,
			"t", "n", nil, "x", previous)); err != nil {
			t.Fatal(err)
		}
		if n, err := s.VerifyAudit(ctx); !errors.Is(err, ErrAudit) || n != 4 {
			t.Errorf("unseen: %d rows, %v", n, err)
		}
	})
}

func TestPartsOfAKeptFileCannotChangePlaces(t *testing.T) {
	turn := func(a, b string) []string {
		return []string{`UPDATE preview_parts SET part = 9 WHERE part = ` + a,
			`UPDATE preview_parts SET part = ` + a + ` WHERE part = ` + b,
			`UPDATE preview_parts SET part = ` + b + ` WHERE part = 9`}
	}
	attacks := map[string][]string{
		"the first two":          turn("0", "1"),
		"the last two":           turn("1", "2"),
		"the first and the last": turn("0", "2"),
		"the first left out":     {`DELETE FROM preview_parts WHERE part = 0`},
		"the first, counted anew": {`DELETE FROM preview_parts WHERE part = 0`,
			`UPDATE previews SET parts = 2`},
		"the last, counted anew": {`DELETE FROM preview_parts WHERE part = 2`,
			`UPDATE previews SET parts = 2`},
		"under another file's id":  {`UPDATE previews SET ref = 'Q'`},
		"the second twice":         {`UPDATE preview_parts SET body = (SELECT body FROM preview_parts WHERE part = 1) WHERE part = 2`},
		"a bit of the second":      {`UPDATE preview_parts SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE part = 1`},
		"the second without a tag": {`UPDATE preview_parts SET body = substr(body, 1, 20) WHERE part = 1`},
	}
	outside.Refused(t, outside.Stored, len(attacks))
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			preview(t, s, insuredcsv.Text{[]byte("one"), []byte("two"), []byte("three")})
			for _, q := range attacks[name] {
				if _, err := s.write.Exec(q); err != nil {
					t.Fatal(err)
				}
			}
			id := "P"
			if name == "under another file's id" {
				id = "Q"
			}
			got, err := s.Preview(ctx, clerkOf("鈴木"), id, noon)
			if err != nil {
				return
			}
			var parts [][]byte // a file is read part by part: one of them must not open
			for i := range got.File.Parts() {
				part, fault := got.File.Part(i)
				parts, err = append(parts, part), errors.Join(err, fault)
			}
			if err == nil {
				t.Errorf("opened as %q", parts)
			}
		})
	}
}

// A kept file is its clerk's and ends; dropping is the clerk's too.
func TestAKeptFileIsFoundAndDroppedByItsClerkAlone(t *testing.T) {
	s, _ := open(t)
	preview(t, s, insuredcsv.Text{[]byte("one")})
	var missing *eligibility.Error
	for _, clerk := range []string{"", "佐藤", "鈴", "鈴木 ", "鈴木%"} {
		// not only that it does not open: nobody hears of altered data for having asked
		if _, err := s.Preview(ctx, clerkOf(clerk), "P", noon); !errors.As(err, &missing) ||
			missing.Code != eligibility.NotFound {
			t.Errorf("%q found it: %v", clerk, err)
		}
		if err := s.DropPreview(ctx, clerkOf(clerk), "P"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Preview(ctx, clerkOf("鈴木"), "P", noon); err != nil {
			t.Fatalf("%q dropped it: %v", clerk, err)
		}
	}
	if _, err := s.Preview(ctx, clerkOf("鈴木"), "P", noon.Add(time.Hour)); err == nil {
		t.Error("it is found at its end")
	}
	if err := s.DropPreview(ctx, clerkOf("鈴木"), "P"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Preview(ctx, clerkOf("鈴木"), "P", noon); err == nil {
		t.Error("it is still there")
	}
}

// A counter finds and changes its own facility's cases only.
func TestACaseIsFoundByItsOwnFacilityAlone(t *testing.T) {
	s, _ := open(t)
	const own = "1319999991"
	c := counter.Case{Facility: own, ID: "CASE", At: noon, Outcome: hostapi.Open, Body: []byte("body")}
	if err := s.PutCase(ctx, c, entry("case.open")); err != nil {
		t.Fatal(err)
	}
	stored, err := s.Case(ctx, own, "CASE")
	if err != nil {
		t.Fatal(err)
	}
	others := []string{"1319999992", "", "131999999", "13199999910", "%", " 1319999991"}
	outside.Refused(t, outside.Counter, 3*len(others))
	for _, other := range others {
		if got, err := s.Case(ctx, other, "CASE"); err == nil {
			t.Errorf("%q found %+v", other, got)
		}
		if all, err := s.Cases(ctx, other, eligibility.DateOf(noon)); err != nil || len(all) != 0 {
			t.Errorf("%q lists %d cases, %v", other, len(all), err)
		}
		change := stored
		change.Facility, change.Outcome = other, hostapi.Accepted
		if err := s.PutCase(ctx, change, entry("case.record")); !errors.Is(err, counter.ErrCaseMoved) {
			t.Errorf("%q changed it: %v", other, err)
		}
	}
	if again, err := s.Case(ctx, own, "CASE"); err != nil || again.Outcome != hostapi.Open ||
		again.Version != stored.Version {
		t.Errorf("%+v %v", again, err)
	}
	if _, err := s.write.Exec(`UPDATE cases SET facility = '1319999992'`); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Case(ctx, "1319999992", "CASE"); err == nil {
		t.Errorf("moved to another facility it opens as %+v", got)
	}
}

// Two consoles that read the same case: the slower one's change is refused, not lost and not written over the other's.
func TestACaseThatMovedIsNotWrittenOver(t *testing.T) {
	s, _ := open(t)
	c := counter.Case{Facility: "1319999991", ID: "CASE", At: noon, Outcome: hostapi.Open, Body: []byte("0")}
	if err := s.PutCase(ctx, c, entry("case.open")); err != nil {
		t.Fatal(err)
	}
	read, err := s.Case(ctx, c.Facility, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var won, moved int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			err := s.PutCase(ctx, read, entry("case.record"))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case errors.Is(err, counter.ErrCaseMoved):
				moved++
			}
		})
	}
	all.Wait()
	if won != 1 || moved != 7 {
		t.Errorf("%d stored, %d moved", won, moved)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 2 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// Counters that read one online code in one moment: one of them gets the screen, or the question.
func TestOfManyCountersOneMovesACodeOn(t *testing.T) {
	for _, to := range []insurer.CodeState{insurer.CodeUsed, insurer.CodeAsked} {
		s, _ := open(t)
		importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
		r, err := s.PersonByKey(ctx, "06139992", "k1")
		if err != nil {
			t.Fatal(err)
		}
		code := insurer.OnlineCode{MAC: []byte("mac"), HiddenMAC: []byte("printed"), Person: r.ID,
			ExpiresAt: noon.AddDate(0, 0, 1)}
		if err := s.PutCode(ctx, code, "op|x"); err != nil {
			t.Fatal(err)
		}
		if code, err = s.Code(ctx, []byte("mac")); err != nil {
			t.Fatal(err)
		}
		var winners []string
		var mu sync.Mutex
		var all sync.WaitGroup
		for _, name := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
			all.Go(func() {
				asker := hostapi.Caller{URL: "https://" + name + ".example", Name: name}
				moved, err := s.CompareAndSetCode(ctx, code, to, asker, entry("code"))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if moved {
					winners = append(winners, name)
				}
			})
		}
		all.Wait()
		now, err := s.Code(ctx, []byte("mac"))
		if err != nil || len(winners) != 1 || now.State != to {
			t.Fatalf("%s: %v won, %+v %v", to, winners, now, err)
		}
		want := hostapi.Caller{} // of a used code nobody is told who had it
		if to == insurer.CodeAsked {
			want = hostapi.Caller{URL: "https://" + winners[0] + ".example", Name: winners[0]}
		}
		if now.Asker != want {
			t.Errorf("%s: %+v asks, %+v won", to, now.Asker, want)
		}
		if n, err := s.VerifyAudit(ctx); err != nil || n != 2 {
			t.Errorf("%d entries, %v", n, err)
		}
	}
}

// What is sealed is bound to its table, its column, its record and the values of its row that it vouches for: nothing opens in
// another place or beside others.
func TestASealedValueOpensInItsOwnPlaceOnly(t *testing.T) {
	s, _ := open(t)
	const scope = "people/06139992/2026"
	seal := func(own place) []byte {
		t.Helper()
		sealed, err := s.sealValue(ctx, s.write, scope, own, []byte("text"))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := s.openValue(ctx, s.read, own, sealed); err != nil || string(plain) != "text" {
			t.Fatalf("%q %v", plain, err)
		}
		return sealed
	}
	own := bound("people.body", "RECORD", "a", []byte("b"), int64(3))
	plain, vouching := seal(at("people.body", "RECORD")), seal(own)
	missing := seal(bound("people.body", "RECORD", []byte(nil)))
	apart := seal(bound("people.body", "RECORD", "a", "sb")) // texts are written behind an s
	cases := []struct {
		name   string
		sealed []byte
		place  place
	}{
		{"another column", plain, at("people.pseudonym", "RECORD")},
		{"another table", plain, at("cases.body", "RECORD")},
		{"another record", plain, at("people.body", "RECORE")},
		{"a shorter record", plain, at("people.body", "RECOR")},
		{"no record", plain, at("people.body", "")},
		{"a letter moved", plain, at("people.bodyR", "ECORD")},
		{"no place", plain, at("", "")},
		{"as one that vouches", plain, bound("people.body", "RECORD")},
		{"as one that vouches for nothing", vouching, at("people.body", "RECORD")},
		{"its column another", vouching, bound("people.bodx", "RECORD", own.values...)},
		{"its record another", vouching, bound("people.body", "RECORE", own.values...)},
		{"a text another", vouching, bound("people.body", "RECORD", "A", []byte("b"), int64(3))},
		{"bytes others", vouching, bound("people.body", "RECORD", "a", []byte("B"), int64(3))},
		{"bytes missing", vouching, bound("people.body", "RECORD", "a", []byte(nil), int64(3))},
		{"bytes empty", vouching, bound("people.body", "RECORD", "a", []byte{}, int64(3))},
		{"bytes as a text", vouching, bound("people.body", "RECORD", "a", "b", int64(3))},
		{"a number another", vouching, bound("people.body", "RECORD", "a", []byte("b"), int64(4))},
		{"a value less", vouching, bound("people.body", "RECORD", "a", []byte("b"))},
		{"a value more", vouching, bound("people.body", "RECORD", "a", []byte("b"), int64(3), "")},
		{"values turned", vouching, bound("people.body", "RECORD", []byte("b"), "a", int64(3))},
		{"two texts as one", vouching, bound("people.body", "RECORD", "ab", []byte{}, int64(3))},
		{"a letter to the next text", apart, bound("people.body", "RECORD", "as", "b")},
		{"empty bytes for missing ones", missing, bound("people.body", "RECORD", []byte{})},
	}
	outside.Refused(t, outside.Stored, len(cases)+len(plain)+len(vouching))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if text, err := s.openValue(ctx, s.read, c.place, c.sealed); err == nil {
				t.Errorf("opened as %q", text)
			}
		})
	}
	for _, c := range []struct {
		sealed []byte
		place  place
	}{{plain, at("people.body", "RECORD")}, {vouching, own}} {
		for i := range c.sealed { // its form, its key's number, nonce, text and tag alike
			b := bytes.Clone(c.sealed)
			b[i] ^= 1
			if text, err := s.openValue(ctx, s.read, c.place, b); err == nil {
				t.Errorf("form %d, byte %d changed: %q", c.place.form, i, text)
			}
		}
		again := seal(c.place)
		if bytes.Equal(again[8:20], c.sealed[8:20]) || bytes.Equal(again[20:], c.sealed[20:]) {
			t.Error("sealed twice with one nonce")
		}
	}
}
