package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

func TestOlderVersionsStayAndTheCurrentOneStandsOnce(t *testing.T) {
	storetest.Engines(t, testOlderVersionsStayAndTheCurrentOneStandsOnce)
}

func testOlderVersionsStayAndTheCurrentOneStandsOnce(t *testing.T) {
	s, _ := open(t)
	p := hanako
	for i := range 3 {
		p.Address = fmt.Sprintf("大阪府架空市新町%d", i)
		importPeople(t, s, map[string]eligibility.Person{"k1": p})
	}
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.Register.PersonFile(ctx, ofKumiai(r.ID), noon, 10)
	if err != nil || file.Version != 3 || file.Person.Address != "大阪府架空市新町2" || len(file.Older) != 2 ||
		file.Older[0].Version != 2 || file.Older[1].Person.Address != "大阪府架空市新町0" {
		t.Errorf("%+v %v", file, err)
	}
}

func TestAPersonTwiceInOneFileEndsAsTheLastRow(t *testing.T) {
	storetest.Engines(t, testAPersonTwiceInOneFileEndsAsTheLastRow)
}

func testAPersonTwiceInOneFileEndsAsTheLastRow(t *testing.T) {
	s, _ := open(t)
	moved := hanako
	moved.Address = "大阪府架空市新町1"
	twice := iter.Seq2[string, eligibility.Person](func(yield func(string, eligibility.Person) bool) {
		_ = yield("k1", hanako) && yield("k1", moved) && yield("k1", moved)
	})
	count, err := s.Importer.ImportPeople(ctx, "06139992", twice, entry("people.import"))
	if err != nil || count != (insurer.ImportCount{New: 1, Changed: 1, Unchanged: 1}) {
		t.Errorf("%+v %v", count, err)
	}
	if r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1"); err != nil || r.Person != moved ||
		r.Version != 2 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestPeopleOfAnOlderProgramAreFoundAfterTheNextStart(t *testing.T) {
	storetest.Engines(t, testPeopleOfAnOlderProgramAreFoundAfterTheNextStart)
}

func testPeopleOfAnOlderProgramAreFoundAfterTheNextStart(t *testing.T) {
	s, path := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	if _, err := s.tamper(`UPDATE people
		SET search = 0, number_mac = x'00', name_mac = x'00', kana_mac = x'00', birth_mac = x'00',
		insured_mac = x'00'`); err != nil {
		t.Fatal(err)
	}
	s.Close()
	again, err := openAt(path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for _, c := range []struct {
		text string
		want int
	}{
		{"567", 1},
		{"1234 567", 0},
		{"123-4 567", 1},
		{"しけん はなこ", 1},
		{"1988-11-30", 1},
	} {
		t.Run(c.text, func(t *testing.T) {
			found, err := again.Register.FindPeople(ctx, insurer.PeopleQuery{
				Insurer: "06139992",
				Text:    c.text,
				Limit:   5,
			})
			if err != nil || len(found) != c.want {
				t.Errorf("%d %v", len(found), err)
			}
		})
	}
}

// fileParts is a clerk's file that is held in memory (insuredcsv.Source).
type fileParts [][]byte

func (f fileParts) Parts() int                 { return len(f) }
func (f fileParts) Part(i int) ([]byte, error) { return f[i], nil }

func preview(t *testing.T, s *opened, file fileParts) {
	t.Helper()
	p := insurer.KeptFile{ID: "P", Insurer: "06139992", Clerk: "鈴木", Until: noon.Add(time.Hour), File: file}
	if err := s.Importer.PutPreview(ctx, p, entry("people.preview")); err != nil {
		t.Fatal(err)
	}
}

// keptParts reads a kept file to its end.
func keptParts(file insuredcsv.Source) (parts [][]byte, err error) {
	for i := range file.Parts() {
		part, err := file.Part(i)
		if err != nil {
			return parts, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func TestAKeptFileComesBackInItsPartsAndNoneCanBeMovedOrLeftOut(t *testing.T) {
	storetest.Engines(t, testAKeptFileComesBackInItsPartsAndNoneCanBeMovedOrLeftOut)
}

func testAKeptFileComesBackInItsPartsAndNoneCanBeMovedOrLeftOut(t *testing.T) {
	s, _ := open(t)
	preview(t, s, fileParts{[]byte("first"), []byte("second"), []byte("third")})
	p, err := s.Importer.Preview(ctx, clerkOf("鈴木"), "P", noon)
	if err != nil {
		t.Fatal(err)
	}
	if parts, err := keptParts(p.File); err != nil ||
		string(bytes.Join(parts, []byte("|"))) != "first|second|third" {
		t.Fatalf("%q %v", parts, err)
	}
	for _, attack := range []struct{ name, sql string }{
		{"a part is gone", `DELETE FROM preview_parts WHERE part = 2`},
		{"and is not counted", `UPDATE previews SET parts = 2`},
		{"and a part stands twice", `UPDATE preview_parts SET body = (SELECT body FROM preview_parts
			WHERE part = 1) WHERE part = 0`},
	} {
		t.Run(attack.name, func(t *testing.T) {
			if _, err := s.tamper(attack.sql); err != nil {
				t.Fatal(err)
			}
			p, err := s.Importer.Preview(ctx, clerkOf("鈴木"), "P", noon)
			if err != nil {
				t.Fatal(err)
			}
			if parts, err := keptParts(p.File); err == nil {
				t.Errorf("%q", parts)
			}
		})
	}
}

// A file that cannot be read to its end ends the transaction: half of it is not stored for the whole.
func TestHalfAFileIsNotStored(t *testing.T) { storetest.Engines(t, testHalfAFileIsNotStored) }

func testHalfAFileIsNotStored(t *testing.T) {
	s, _ := open(t)
	preview(t, s, fileParts{[]byte("x")})
	whole, stop := context.WithCancelCause(ctx)
	half := func(yield func(string, eligibility.Person) bool) {
		yield("k1", hanako)
		stop(errors.New("the rest is gone"))
	}
	err := s.Importer.ImportPreview(whole, insurer.StoredPreview{ID: "P", Insurer: "06139992",
		Seen: insurer.ImportCount{New: 1}}, half, entry("people.import"))
	if n, _ := s.Register.CountPeople(ctx, "06139992"); err == nil || n != 0 {
		t.Errorf("%v, %d people", err, n)
	}
	if p, err := s.Importer.Preview(ctx, clerkOf("鈴木"), "P", noon); err != nil || p.Stored != nil {
		t.Errorf("%+v %v", p.Stored, err)
	}
}

func TestAKeptFileIsStoredOnceAndOnlyWithTheNumbersThatWereSeen(t *testing.T) {
	storetest.Engines(t, testAKeptFileIsStoredOnceAndOnlyWithTheNumbersThatWereSeen)
}

func testAKeptFileIsStoredOnceAndOnlyWithTheNumbersThatWereSeen(t *testing.T) {
	s, _ := open(t)
	preview(t, s, fileParts{[]byte("x")})
	people := maps.All(map[string]eligibility.Person{"k1": hanako})
	err := s.Importer.ImportPreview(ctx, insurer.StoredPreview{ID: "P", Insurer: "06139992",
		Seen: insurer.ImportCount{New: 2}}, people, entry("people.import"))
	n, _ := s.Register.CountPeople(ctx, "06139992")
	if !errors.Is(err, insurer.ErrPreviewOutdated) || n != 0 {
		t.Errorf("other numbers: %v, %d people", err, n)
	}
	for range 2 {
		if err := s.Importer.ImportPreview(ctx, insurer.StoredPreview{ID: "P", Insurer: "06139992",
			Seen: insurer.ImportCount{New: 1}}, people, entry("people.import")); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Importer.Preview(ctx, clerkOf("鈴木"), "P", noon)
	if n, _ := s.Register.CountPeople(ctx, "06139992"); err != nil || p.Stored == nil || p.Stored.New != 1 ||
		n != 1 {
		t.Errorf("%+v %v, %d people", p.Stored, err, n)
	}
}

// Whoever asks is told of each person who is new, once, and of nobody else: among those who are stored
// together without a look, among those who are looked for, and of one whose row is repeated.
func TestEachNewPersonOfAFileIsToldOnce(t *testing.T) {
	storetest.Engines(t, testEachNewPersonOfAFileIsToldOnce)
}

func testEachNewPersonOfAFileIsToldOnce(t *testing.T) {
	s, _ := open(t)
	const many = importSlice + 2500
	importPeople(t, s, map[string]eligibility.Person{"k17": hanako, "k5003": hanako})
	preview(t, s, fileParts{[]byte("x")})
	people := func(yield func(string, eligibility.Person) bool) {
		for k, p := range peopleInSlices(many, nil) {
			if !yield(k, p) || k == "k4444" && !yield(k, p) {
				return
			}
		}
	}
	var told [3]int
	err := s.Importer.ImportPreview(ctx, insurer.StoredPreview{ID: "P", Insurer: "06139992",
		Seen: insurer.ImportCount{New: many - 2, Changed: 2, Unchanged: 1},
		Mark: func(p eligibility.Person) byte { return byte(len(p.Number) % 3) },
		New:  func(mark byte) { told[mark]++ },
	}, people, entry("people.import"))
	// of one and four digits, of two but one, of three
	if want := [3]int{900, 10 + many - 1000 - 1, 90 - 1}; err != nil || told != want {
		t.Errorf("%v, not %v: %v", told, want, err)
	}
}
