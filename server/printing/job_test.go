package printing_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/printing"
)

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
	if len(list) != 100 || list[40][1] != "oshirase-138990-TEST-002.pdf" || list[40][2] != "1" ||
		list[40][7] != "REF000040" {
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
	want := []string{"oshirase-138990-TEST-001.csv", "oshirase-138990-TEST-001.pdf"}
	if got := names(t, r.Folder); !slices.Equal(got, want) {
		t.Error(got)
	}
	p.swap = nil
	if _, err := r.print(t.Context()); err != nil || len(m.printed) != 100 {
		t.Error(err, len(m.printed))
	}
}

// What pages show alike stands once in a file (pdf/form).
func TestEachPageBearsItsPersonsNameWhateverThoseBeforeItShared(t *testing.T) {
	p := composer(t)
	p.named = map[string]string{"REF000010": "架空 花子", "REF000011": "架空 次郎"}
	m := &memory{}
	files, err := newJob(t, 30, p, m).print(t.Context())
	if err != nil || len(files) != 1 || files[0].Texts != 30 {
		t.Errorf("%+v %v", files, err)
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
	// every question about the command is asked
	r.Now = func() time.Time { now = now.Add(2 * time.Second); return now }
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
	r.Items = printing.ItemList(refs(200))
	if _, err := r.print(t.Context()); !errors.Is(err, printing.ErrCancelled) {
		t.Error(err)
	}
}

// With a clock that stands still nobody asks the store a second time unless this process tells of a change.
func TestACommandOfThisProcessIsFollowedWithoutAsking(t *testing.T) {
	for _, told := range []bool{true, false} {
		t.Run(fmt.Sprintf("told %v", told), func(t *testing.T) {
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
		})
	}
}

// A crash between the renaming of a file and its note in the job store prints the file again, under the same
// name.
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
	if list := rows(t, r.Folder, printing.Skipped.Of("oshirase-138990-TEST")); len(list) != 41 ||
		list[0][9] != "名簿から削除されました" {
		t.Error(list)
	}
}

func TestParcelsBeginWithACountSheet(t *testing.T) {
	testenv.Need(t, "pdftotext")
	m := &memory{}
	r := newJob(t, 6, composer(t), m)
	items := refs(6)
	for i, group := range []string{"1", "1", "2", "2", "2", "3"} {
		items[i].Group = group
	}
	r.Items = printing.ItemList(items)
	r.PerFile, r.Poppler, r.Every = 4, printing.FindPoppler(), 2
	files, err := r.print(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// the second parcel goes on in the second file
	if files[0].Pages != 6 || files[1].Pages != 3 || files[0].Sampled != 3 || files[0].Texts != 4 {
		t.Errorf("%+v", files)
	}
	// the Composer of these tests counts its pages itself: another program counts them too, and reads them
	for i, want := range [][]string{
		{"2 人分", "000000", "000001", "3 人分", "000002", "000003"},
		{"000004", "1 人分", "000005"},
	} {
		text, err := exec.Command("pdftotext", "-raw", filepath.Join(r.Folder, files[i].Name), "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		pages := strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
		if len(pages) != len(want) {
			t.Errorf("file %d has %d pages", i+1, len(pages))
			continue
		}
		for p, says := range want {
			if !strings.Contains(pages[p], says) {
				t.Errorf("file %d, page %d lacks %s:\n%s", i+1, p+1, says, pages[p])
			}
		}
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
	testenv.NeedFile(t, "/dev/full", "Linux has it")
	m := &memory{}
	r := newJob(t, 30, composer(t), m)
	if err := os.MkdirAll(r.Folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", filepath.Join(r.Folder,
		"oshirase-138990-TEST-001.pdf.part")); err != nil {
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
	testenv.Need(t, "pdftotext")
	p := composer(t)
	p.rename = map[string]string{"REF000002": "別人 花子"}
	r := newJob(t, 6, p, &memory{})
	r.Poppler = printing.FindPoppler()
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
	second.Base, second.Items = "oshirase-138990-SECOND", printing.ItemList(refs(2))
	second.Store = &memory{}
	for _, r := range []*job{first, &second} {
		if _, err := r.print(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(rows(t, first.Folder, printing.Index.Of(first.Base))); n != 6 {
		t.Errorf("the second run changed the first one's index: %d rows", n)
	}
}
