package store

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/store/storetest"
)

func TestPartsOfAKeptFileCannotChangePlaces(t *testing.T) {
	storetest.Engines(t, testPartsOfAKeptFileCannotChangePlaces)
}

func testPartsOfAKeptFileCannotChangePlaces(t *testing.T) {
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
		"under another file's id": {`UPDATE previews SET ref = 'Q'`},
		"the second twice": {`UPDATE preview_parts SET body = (SELECT body FROM preview_parts
			WHERE part = 1) WHERE part = 2`},
		"the last byte of the second": {`UPDATE preview_parts
			SET body = CAST(substr(body, 1, length(body) - 1) ||
				CASE substr(body, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB) WHERE part = 1`},
		"the second without a tag": {`UPDATE preview_parts SET body = substr(body, 1, 20) WHERE part = 1`},
	}
	testenv.Refused(t, testenv.Stored, len(attacks))
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			preview(t, s, fileParts{[]byte("one"), []byte("two"), []byte("three")})
			for _, q := range attacks[name] {
				if _, err := s.tamper(q); err != nil {
					t.Fatal(err)
				}
			}
			id := "P"
			if name == "under another file's id" {
				id = "Q"
			}
			got, err := s.Importer.Preview(ctx, clerkOf("鈴木"), id, noon)
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
	storetest.Engines(t, testAKeptFileIsFoundAndDroppedByItsClerkAlone)
}

func testAKeptFileIsFoundAndDroppedByItsClerkAlone(t *testing.T) {
	s, _ := open(t)
	preview(t, s, fileParts{[]byte("one")})
	var missing *eligibility.Error
	for _, clerk := range []string{"", "佐藤", "鈴", "鈴木 ", "鈴木%"} {
		// not only that it does not open: nobody hears of altered data for having asked
		if _, err := s.Importer.Preview(ctx, clerkOf(clerk), "P", noon); !errors.As(err, &missing) ||
			missing.Code != eligibility.NotFound {
			t.Errorf("%q found it: %v", clerk, err)
		}
		if err := s.Importer.DropPreview(ctx, clerkOf(clerk), "P"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Importer.Preview(ctx, clerkOf("鈴木"), "P", noon); err != nil {
			t.Fatalf("%q dropped it: %v", clerk, err)
		}
	}
	if _, err := s.Importer.Preview(ctx, clerkOf("鈴木"), "P", noon.Add(time.Hour)); err == nil {
		t.Error("it is found at its end")
	}
	if err := s.Importer.DropPreview(ctx, clerkOf("鈴木"), "P"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Importer.Preview(ctx, clerkOf("鈴木"), "P", noon); err == nil {
		t.Error("it is still there")
	}
}
