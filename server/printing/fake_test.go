package printing_test

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/printing"
)

var runDay = time.Date(2026, 11, 25, 10, 0, 0, 0, eligibility.Japan)

const state = "https://myna.go.jp/"

func link(ref string) string { return "https://hoken.example.jp/n/" + ref }

// notices is a Composer that prints real notices of fictional people. swap makes somebody's page bear
// another's link.
type notices struct {
	state  *pdf.CodeMatrix
	swap   map[string]string
	gone   map[string]bool
	rename map[string]string // whose page bears another name
	named  map[string]string // who is called so, 試験 太郎 otherwise
}

func composer(t testing.TB) *notices {
	t.Helper()
	code, err := pdf.LinkCode(state)
	if err != nil {
		t.Fatal(err)
	}
	return &notices{state: code}
}

func (n *notices) Load(_ context.Context, at int, refs []string) ([]printing.Page[pdf.Notice], error) {
	var out []printing.Page[pdf.Notice]
	for i, ref := range refs {
		name := cmp.Or(n.named[ref], "試験 太郎")
		s := printing.Page[pdf.Notice]{Person: printing.Person{
			Ref:    ref,
			Symbol: "=1+1",
			Number: ref[len(ref)-6:],
			Texts:  []string{ref[len(ref)-6:], name},
			Codes:  map[string]string{"State": state, "Landing": link(ref)},
		}}
		if n.gone[ref] {
			s.Skip = "名簿から削除されました"
		}
		shown := ref
		if other, ok := n.swap[ref]; ok {
			shown = other
		}
		if other, ok := n.rename[ref]; ok {
			name = other
		}
		landing, err := pdf.LinkCode(link(shown))
		if err != nil {
			return nil, err
		}
		s.Content = pdf.Notice{
			Person: eligibility.Person{
				Insurer:     "00138990",
				Number:      s.Number,
				Name:        name,
				QualifiedOn: eligibility.MustDate("2020-04-01"),
			},
			InsurerName: "架空市",
			Issuer:      "架空市長",
			Telephone:   "03-0000-0000",
			IssuedOn:    eligibility.DateOf(runDay),
			State:       n.state,
			Landing:     landing,
			Serial:      fmt.Sprint(at + i + 1),
		}
		out = append(out, s)
	}
	return out, nil
}

func (n *notices) Due(_ context.Context, refs []string) (due int, err error) {
	for _, ref := range refs {
		if !n.gone[ref] {
			due++
		}
	}
	return due, nil
}

func (n *notices) Open(w io.Writer) (printing.File[pdf.Notice], error) {
	return &file{Notices: pdf.NewNotices(w, "架空市", runDay)}, nil
}

type file struct {
	*pdf.Notices
	pages int
}

func (f *file) Count(_ context.Context, g printing.Group) error {
	f.pages++
	return f.Notices.Count(
		pdf.ParcelCoverSheet{Title: "資格情報のお知らせ", InsurerName: "架空市", Symbol: g.Key, People: g.People},
	)
}

func (f *file) Add(p printing.Page[pdf.Notice]) (printing.Printed, error) {
	f.pages++
	r, err := f.Notices.Add(p.Content)
	return printing.Printed{Page: f.pages, Place: 1, Check: r.Check}, err
}

func (f *file) Close() (int, error) { return f.pages, f.Notices.Close() }

// memory is a JobStore that forgets nothing while the test runs.
type memory struct {
	files   []printing.FileRecord
	printed []string
	command printing.Command
	broken  error
}

func (m *memory) Files(context.Context) ([]printing.FileRecord, error) {
	return slices.Clone(m.files), nil
}
func (m *memory) Command(context.Context) (printing.Command, error) { return m.command, nil }
func (m *memory) Finish(_ context.Context, f printing.FileRecord, printed []printing.PrintedRecord) error {
	if m.broken != nil {
		return m.broken
	}
	m.files = append(m.files, f)
	for _, p := range printed {
		m.printed = append(m.printed, p.Ref)
	}
	return nil
}

func refs(n int) []printing.Item {
	items := make([]printing.Item, n)
	for i := range items {
		items[i].Ref = fmt.Sprintf("REF%06d", i)
	}
	return items
}

// job is a job with its Composer.
type job struct {
	printing.Job
	composer printing.Composer[pdf.Notice]
}

func (j *job) print(ctx context.Context) ([]printing.FileRecord, error) {
	return printing.Print(ctx, j.Job, j.composer)
}

func newJob(t testing.TB, n int, c printing.Composer[pdf.Notice], m *memory) *job {
	return &job{composer: c, Job: printing.Job{
		Folder:  filepath.Join(t.TempDir(), "out"),
		Base:    "oshirase-138990-TEST",
		Items:   printing.ItemList(refs(n)),
		PerFile: 40,
		Store:   m,
		Now:     func() time.Time { return runDay },
	}}
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			out = append(out, e.Name())
		}
	}
	return out
}

func rows(t *testing.T, folder, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(string(data), "\uFEFF")
	if !marked {
		t.Errorf("%s has no byte order mark: Excel would take it for Shift_JIS", name)
	}
	out, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out[1:]
}
