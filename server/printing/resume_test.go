package printing_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/pdf"
	"madoguchi/server/printing"
)

// A file's places are those of its people, printed or not: who was skipped must not shift the next start.
func TestAResumedRunWithSkippedPeoplePrintsNobodyTwice(t *testing.T) {
	p := composer(t)
	p.gone = map[string]bool{"REF000000": true, "REF000003": true, "REF000004": true, "REF000039": true,
		"REF000041": true}
	m := &memory{}
	r := newJob(t, 100, p, m)
	for _, n := range []int{40, 80, 100} { // as if it ended after each file
		r.Items = printing.ItemList(refs(n))
		if _, err := r.print(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i, f := range m.files {
		if f.First != 40*i || f.Last != min(40*(i+1), 100) || f.Number != i+1 {
			t.Errorf("file %d: people %d to %d", f.Number, f.First, f.Last)
		}
	}
	slices.Sort(m.printed)
	if different := len(slices.Compact(slices.Clone(m.printed))); different != 95 || len(m.printed) != 95 {
		t.Errorf("%d printed, %d different people, of 95", len(m.printed), different)
	}
	for _, name := range m.printed {
		if p.gone[name] {
			t.Errorf("%s is gone and was printed", name)
		}
	}
}

// Everybody in a file was skipped: there is none, and the run goes on behind it all the same.
func TestAFileOfSkippedPeopleIsPassedOver(t *testing.T) {
	p := composer(t)
	p.gone = map[string]bool{}
	for _, item := range refs(40) {
		p.gone[item.Ref] = true
	}
	m := &memory{}
	r := newJob(t, 60, p, m)
	for range 2 {
		if _, err := r.print(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.files) != 2 || m.files[0].Name != "" || m.files[0].Skipped != 40 || len(m.printed) != 20 {
		t.Errorf("%+v, %d printed", m.files, len(m.printed))
	}
}

func TestAFinishedFileThatChangedItsLengthIsNotPassedOver(t *testing.T) {
	changes := map[string]func(path string, size int64) error{
		"emptied":          func(path string, _ int64) error { return os.Truncate(path, 0) },
		"cut to a hundred": func(path string, _ int64) error { return os.Truncate(path, 100) },
		"cut by one byte":  func(path string, size int64) error { return os.Truncate(path, size-1) },
		"one byte longer":  func(path string, size int64) error { return os.Truncate(path, size+1) },
		"removed":          func(path string, _ int64) error { return os.Remove(path) },
		"renamed":          func(path string, _ int64) error { return os.Rename(path, path+".old") },
	}
	testenv.Refused(t, testenv.Stored, 2*len(changes))
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		for _, which := range []int{0, 1} {
			t.Run(name, func(t *testing.T) {
				m := &memory{}
				r := newJob(t, 60, composer(t), m)
				if _, err := r.print(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := changes[name](filepath.Join(r.Folder, m.files[which].Name),
					m.files[which].Bytes); err != nil {
					t.Fatal(err)
				}
				before := len(m.printed)
				var e *eligibility.Error
				if _, err := r.print(t.Context()); !errors.As(err, &e) || e.Key != printing.ErrFileGone.Key ||
					e.Field != m.files[which].Name {
					t.Errorf("%v", err)
				}
				if len(m.printed) != before {
					t.Errorf("%d people were printed again", len(m.printed)-before)
				}
			})
		}
	}
}

// symbolNotices is a Composer whose people's symbols begin as a test says.
type symbolNotices struct {
	*notices
	symbols []string
}

func (n symbolNotices) Load(ctx context.Context, at int, refs []string) ([]printing.Page[pdf.Notice], error) {
	pages, err := n.notices.Load(ctx, at, refs)
	for i := range pages {
		pages[i].Symbol = n.symbols[at+i]
	}
	return pages, err
}

// OWASP, CSV Injection. The symbols of insurance cards come from an employer's file; the lists are opened by
// a clerk.
func TestNoCellOfARunsListsStartsAFormula(t *testing.T) {
	p := symbolNotices{notices: composer(t)}
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		p.symbols = append(p.symbols, start+"1+1")
	}
	testenv.Refused(t, testenv.Files, len(p.symbols))
	p.gone = map[string]bool{"REF000000": true, "REF000007": true}
	r := newJob(t, len(p.symbols), p, &memory{})
	if _, err := r.print(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, list := range []printing.List{printing.Index, printing.Skipped} {
		for _, row := range rows(t, r.Folder, list.Of("oshirase-138990-TEST")) {
			if row[4] == "" || row[4][0] != '\'' {
				t.Errorf("%s: %q", list, row)
			}
		}
	}
}
