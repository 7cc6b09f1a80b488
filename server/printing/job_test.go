package printing_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/outside"
	"madoguchi/pdf"
	"madoguchi/server/printing"
)

var runDay = time.Date(2026, 11, 25, 10, 0, 0, 0, eligibility.Japan)

const state = "https://myna.go.jp/"

func link(ref string) string { return "https://hoken.example.jp/n/" + ref }

// notices is a Composer that prints real notices of fictional people. swap makes somebody's page bear another's link.
type notices struct {
	state  *pdf.Code
	swap   map[string]string
	gone   map[string]bool
	rename map[string]string // whose page bears another name
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
		s := printing.Page[pdf.Notice]{Person: printing.Person{
			Ref:    ref,
			Symbol: "=1+1",
			Number: ref[len(ref)-6:],
			Texts:  []string{ref[len(ref)-6:], "試験 太郎"},
			Codes:  map[string]string{"State": state, "Landing": link(ref)},
		}}
		if n.gone[ref] {
			s.Skip = "名簿から削除されました"
		}
		shown := ref
		if other, ok := n.swap[ref]; ok {
			shown = other
		}
		name := "試験 太郎"
		if other, ok := n.rename[ref]; ok {
			name = other
		}
		landing, err := pdf.LinkCode(link(shown))
		if err != nil {
			return nil, err
		}
		s.Content = pdf.Notice{Person: eligibility.Person{Insurer: "00138990", Number: s.Number, Name: name, QualifiedOn: eligibility.MustDate("2020-04-01")},
			InsurerName: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000", IssuedOn: eligibility.DateOf(runDay), State: n.state, Landing: landing,
			Serial: fmt.Sprint(at + i + 1)}
		out = append(out, s)
	}
	return out, nil
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
	return f.Notices.Count(pdf.CountSheet{Title: "資格情報のお知らせ", InsurerName: "架空市", Symbol: g.Key, People: g.People})
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
func (m *memory) Finish(_ context.Context, f printing.FileRecord, printed []string) error {
	if m.broken != nil {
		return m.broken
	}
	m.files = append(m.files, f)
	m.printed = append(m.printed, printed...)
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
		Items:   refs(n),
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

func TestARunPrintsEverybodyOnceAndReadsEveryCodeBack(t *testing.T) {
	m := &memory{}
	r := newJob(t, 100, composer(t), m)
	files, err := r.print(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3 || files[2].People != 20 || files[0].Codes != 80 || len(m.printed) != 100 {
		t.Errorf("%+v", files)
	}
	list := rows(t, r.Folder, printing.Index.Of("oshirase-138990-TEST"))
	if len(list) != 100 || list[40][1] != "oshirase-138990-TEST-002.pdf" || list[40][2] != "1" || list[40][7] != "REF000040" {
		t.Error(len(list), list[40])
	}
	if list[0][4] != "'=1+1" {
		t.Errorf("a spreadsheet program would calculate %q", list[0][4])
	}
}

// entitlementcard 2983: every card of a batch once bore the same link.
func TestAPageWithAnothersCodeStopsTheRunAndIsNotReleased(t *testing.T) {
	p := composer(t)
	p.swap = map[string]string{"REF000050": "REF000051"}
	m := &memory{}
	r := newJob(t, 100, p, m)
	_, err := r.print(t.Context())
	var wrong *printing.Mismatch
	if !errors.As(err, &wrong) || wrong.Page != 11 {
		t.Fatal(err)
	}
	if got := names(t, r.Folder); !slices.Equal(got, []string{"oshirase-138990-TEST-001.csv", "oshirase-138990-TEST-001.pdf"}) {
		t.Error(got)
	}
	p.swap = nil
	if _, err := r.print(t.Context()); err != nil || len(m.printed) != 100 {
		t.Error(err, len(m.printed))
	}
}

func TestAPausedRunGoesOnWhereItStoppedAndPrintsTheSame(t *testing.T) {
	whole := newJob(t, 100, composer(t), &memory{})
	want, err := whole.print(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := &memory{}
	r := newJob(t, 100, composer(t), m)
	now := runDay
	r.Now = func() time.Time { now = now.Add(2 * time.Second); return now } // every question about the command is asked
	r.Tell = func(p printing.Progress) {
		if p.File == 2 && !p.Reading {
			m.command = printing.Pause
		}
	}
	if _, err := r.print(t.Context()); !errors.Is(err, printing.ErrPaused) {
		t.Fatal(err)
	}
	m.command, r.Tell = printing.Resume, nil
	if m.files[len(m.files)-1].Last == 100 {
		t.Fatal("nothing was left to do")
	}
	got, err := r.print(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i].SHA256 != want[i].SHA256 {
			t.Errorf("file %d differs after the pause", i+1)
		}
	}
	m.command = printing.Cancel
	r.Items = refs(200)
	if _, err := r.print(t.Context()); !errors.Is(err, printing.ErrCancelled) {
		t.Error(err)
	}
}

// With a clock that stands still nobody asks the store a second time unless this process tells of a change.
func TestACommandOfThisProcessIsFollowedWithoutAsking(t *testing.T) {
	for _, told := range []bool{true, false} {
		m := &memory{}
		r := newJob(t, 100, composer(t), m)
		changed := make(chan struct{}, 1)
		r.Changed = changed
		r.Tell = func(p printing.Progress) {
			if m.command = printing.Pause; told && len(changed) == 0 {
				changed <- struct{}{}
			}
		}
		_, err := r.print(t.Context())
		if errors.Is(err, printing.ErrPaused) != told {
			t.Errorf("told %v: %v", told, err)
		}
		if files := len(m.files); told && files != 1 || !told && files != 3 {
			t.Errorf("told %v: %d files", told, files)
		}
	}
}

// A crash between the renaming of a file and its note in the job store prints the file again, under the same name.
func TestAFileThatWasNotNotedIsPrintedAgain(t *testing.T) {
	m := &memory{broken: errors.New("the power went")}
	r := newJob(t, 60, composer(t), m)
	if _, err := r.print(t.Context()); err == nil {
		t.Fatal("no error")
	}
	m.broken = nil
	files, err := r.print(t.Context())
	if err != nil || len(files) != 2 || len(m.printed) != 60 {
		t.Error(err, files)
	}
}

func TestPeopleWhoAreSkippedAreListedWithTheReason(t *testing.T) {
	p := composer(t)
	p.gone = map[string]bool{"REF000003": true}
	for i := range 40 { // the whole second file
		p.gone[fmt.Sprintf("REF%06d", 40+i)] = true
	}
	m := &memory{}
	r := newJob(t, 90, p, m)
	files, err := r.print(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if files[1].Name != "" || files[1].Skipped != 40 || len(m.printed) != 49 {
		t.Errorf("%+v", files)
	}
	if list := rows(t, r.Folder, printing.Skipped.Of("oshirase-138990-TEST")); len(list) != 41 || list[0][9] != "名簿から削除されました" {
		t.Error(list)
	}
}

func TestParcelsBeginWithACountSheet(t *testing.T) {
	outside.Need(t, "pdftotext")
	m := &memory{}
	r := newJob(t, 6, composer(t), m)
	for i := range r.Items {
		r.Items[i].Group = []string{"1", "1", "2", "2", "2", "3"}[i]
	}
	r.PerFile, r.Reader, r.Every = 4, printing.Poppler(), 2
	files, err := r.print(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if files[0].Pages != 6 || files[1].Pages != 3 || files[0].Sampled != 3 || files[0].Texts != 4 { // the second parcel goes on in the second file
		t.Errorf("%+v", files)
	}
	if list := rows(t, r.Folder, printing.Index.Of("oshirase-138990-TEST")); list[2][2] != "5" {
		t.Error(list)
	}
}

func TestARunWithoutAPlaceToPrintSaysSo(t *testing.T) {
	r := newJob(t, 3, composer(t), &memory{})
	if err := os.WriteFile(r.Folder, nil, 0o600); err != nil { // a file stands where the folder should
		t.Fatal(err)
	}
	var e *eligibility.Error
	if _, err := r.print(t.Context()); !errors.As(err, &e) || e.Key != "run.folder" {
		t.Error(err)
	}
}

// /dev/full takes no byte, as a disk without space.
func TestAFullDiskLeavesNoHalfFile(t *testing.T) {
	outside.NeedFile(t, "/dev/full", "Linux has it")
	m := &memory{}
	r := newJob(t, 30, composer(t), m)
	if err := os.MkdirAll(r.Folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", filepath.Join(r.Folder, "oshirase-138990-TEST-001.pdf.part")); err != nil {
		t.Fatal(err)
	}
	var e *eligibility.Error
	if _, err := r.print(t.Context()); !errors.As(err, &e) || e.Key != "run.folder" {
		t.Error(err)
	}
	if got := names(t, r.Folder); len(got) > 0 || len(m.files) > 0 {
		t.Error(got, m.files)
	}
	if _, err := r.print(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTwoProcessesNeverPrintOneRun(t *testing.T) {
	m := &memory{}
	r := newJob(t, 60, composer(t), m)
	var second error
	r.Tell = func(printing.Progress) {
		if second == nil {
			other := *r
			other.Tell = nil
			_, second = other.print(t.Context())
		}
	}
	if _, err := r.print(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(second, printing.ErrBusy) {
		t.Error(second)
	}
}

func TestAFinishedFileThatIsGoneIsNotPassedOver(t *testing.T) {
	m := &memory{}
	r := newJob(t, 60, composer(t), m)
	if _, err := r.print(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(r.Folder, m.files[0].Name)); err != nil {
		t.Fatal(err)
	}
	var e *eligibility.Error
	if _, err := r.print(t.Context()); !errors.As(err, &e) || e.Key != "run.file_gone" {
		t.Error(err)
	}
}

// A page that says another's name or number is found by another program's eyes, even without a code on it.
func TestAPageWithAnothersNameStopsTheRun(t *testing.T) {
	outside.Need(t, "pdftotext")
	p := composer(t)
	p.rename = map[string]string{"REF000002": "別人 花子"}
	r := newJob(t, 6, p, &memory{})
	r.Reader = printing.Poppler()
	var wrong *printing.Mismatch
	if _, err := r.print(t.Context()); !errors.As(err, &wrong) || wrong.Page != 3 {
		t.Error(err)
	}
	if got := names(t, r.Folder); len(got) > 0 {
		t.Error(got)
	}
}

func TestSeveralRunsShareAFolder(t *testing.T) {
	first := newJob(t, 6, composer(t), &memory{})
	second := *first
	second.Base, second.Items, second.Store = "oshirase-138990-SECOND", refs(2), &memory{}
	for _, r := range []*job{first, &second} {
		if _, err := r.print(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(rows(t, first.Folder, printing.Index.Of(first.Base))); n != 6 {
		t.Errorf("the second run changed the first one's index: %d rows", n)
	}
}
