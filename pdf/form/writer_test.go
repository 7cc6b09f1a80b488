package form

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

var info = Info{
	Title:  "試験",
	Author: "架空市",
	Made:   time.Date(2026, 11, 25, 9, 0, 0, 0, time.FixedZone("", 9*3600)),
}

func checker(dark int) *Code {
	return &Code{Size: 21, Black: func(x, y int) bool { return (x+y)%dark == 0 }}
}

// stampedFile makes a file of some pages; a person's name bears the page's number.
func stampedFile(t testing.TB, f *Form, pages int, p Person) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, info)
	for i := range pages {
		if pages > 1 {
			p.Values = map[string]string{"name": fmt.Sprintf("第%d番", i+1)}
		}
		if _, err := w.Page(f, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func run(t testing.TB, data []byte, program string, args ...string) string {
	t.Helper()
	testenv.Need(t, program)
	path := filepath.Join(t.TempDir(), "file.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "FILE" {
			args[i] = path
		}
	}
	said, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, said)
	}
	return string(said)
}

// The page tree's nodes hold 250 pages.
func TestEveryPageIsFoundHoweverManyThereAre(t *testing.T) {
	f := made(t, nil)
	for _, pages := range []int{1, 249, 250, 251, 500, 1000} {
		data := stampedFile(t, f, pages, Person{Values: map[string]string{"name": "第1番"}})
		run(t, data, "qpdf", "--check", "FILE")
		text := strings.Split(run(t, data, "pdftotext", "FILE", "-"), "\f")
		if len(text) != pages+1 {
			t.Fatalf("%d pages were stamped, %d are read", pages, len(text)-1)
		}
		for i, page := range text[:pages] {
			if !strings.Contains(page, fmt.Sprintf("第%d番", i+1)) || !strings.Contains(page, "見出し") {
				t.Fatalf("page %d of %d says %q", i+1, pages, page)
			}
		}
	}
}

// qpdf mends a broken table silently where it can; here each of its entries must point at its object.
func TestTableOfObjectsIsExact(t *testing.T) {
	for _, pages := range []int{1, 3} {
		data := stampedFile(
			t,
			made(t, nil),
			pages,
			Person{Values: map[string]string{"name": "山"}, Codes: map[string]*Code{"Code": checker(2)}},
		)
		_, table, _ := bytes.Cut(data, []byte("\nxref\n"))
		lines := strings.Split(string(table), "\n")
		count := 0
		for i, line := range lines[2:] {
			var offset int
			if n, _ := fmt.Sscanf(line, "%10d 00000 n", &offset); n != 1 {
				break
			}
			if want := fmt.Sprintf("%d 0 obj\n", i+1); offset >= len(data) ||
				!bytes.HasPrefix(data[offset:], []byte(want)) ||
				len(line) != 19 {
				t.Errorf("object %d is not at %q", i+1, line)
			}
			count++
		}
		if count != bytes.Count(data, []byte("\nendobj\n")) || lines[0] != fmt.Sprintf("0 %d", count+1) {
			t.Errorf("%d entries for %d objects under %q", count, bytes.Count(data, []byte("\nendobj\n")),
				lines[0])
		}
	}
}

func TestWhatCannotBePrintedIsSaidOnThePageAndInTheReport(t *testing.T) {
	f := made(t, nil)
	for _, c := range []struct{ name, shown, note, check string }{
		{"山田", "山田", "", ""},
		{"\U00030000田", "〓田", "〓 = 印字できない文字 U+30000／カナ ヤマダ", "印字できない文字 U+30000"},
		{"山\U000E01EF田", "山\U000E01EF田", "「山」は登録された字体と異なります（U+5C71 U+E01EF）", ""},
		{"\U00030000\U00030000", "〓〓", "〓 = 印字できない文字 U+30000／カナ ヤマダ", "印字できない文字 U+30000"},
	} {
		var out bytes.Buffer
		w := NewWriter(&out, info)
		r, err := w.Page(f, Person{Values: map[string]string{"name": c.name}, Reading: "ヤマダ"})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if strings.Join(r.Notes, "|") != c.note || strings.Join(r.Check, "|") != c.check {
			t.Errorf("%+q: %q %q", c.name, r.Notes, r.Check)
		}
		text := run(t, out.Bytes(), "pdftotext", "-raw", "FILE", "-")
		if !strings.Contains(text, c.shown) || !strings.Contains(text, c.note) {
			t.Errorf("%+q reads %q", c.name, text)
		}
	}
}

func TestALongNameIsWholeAndASqueezedOneIsToBeLookedAt(t *testing.T) {
	f := made(
		t,
		map[string]Slot{
			"name":    {Width: 100, Least: 8},
			"address": {Width: 100, Least: 8, Lines: 9, Down: true},
		},
	)
	long := strings.Repeat("架空", 30)
	var out bytes.Buffer
	w := NewWriter(&out, info)
	r, err := w.Page(f, Person{Values: map[string]string{"name": long, "address": long}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if len(r.Check) != 1 || !strings.HasPrefix(r.Check[0], "name: ") {
		t.Errorf("%q", r.Check)
	}
	if text := strings.Join(strings.Fields(run(t, out.Bytes(), "pdftotext", "-raw", "FILE", "-")),
		""); strings.Count(
		text,
		"架空",
	) != 60 {
		t.Errorf("%q", text)
	}
}

// boxes are the left and right edges of words, in points from the left, and their tops from the page's top.
func boxes(t *testing.T, data []byte) map[string][3]float64 {
	t.Helper()
	out := map[string][3]float64{}
	word := regexp.MustCompile(
		`<word xMin="([0-9.]+)" yMin="([0-9.]+)" xMax="([0-9.]+)" yMax="[0-9.]+">(.*)</word>`)
	for _, m := range word.FindAllStringSubmatch(run(t, data, "pdftotext", "-bbox", "FILE", "-"), -1) {
		out[m[4]] = [3]float64{parseNumber(m[1]), parseNumber(m[3]), parseNumber(m[2])}
	}
	return out
}

func TestTextsStandWhereTheSlotSaysByPopplersMeasure(t *testing.T) {
	near := func(a, b float64) bool { return a-b < 1 && b-a < 1 }
	for align, want := range map[Align]struct{ left, right float64 }{Left: {200, 236}, Right: {164, 200},
		Centre: {182, 218}} {
		f := made(t, map[string]Slot{"name": {Align: align}})
		if b := boxes(t,
			stampedFile(t, f, 1, Person{Values: map[string]string{"name": "漢字漢"}}))["漢字漢"]; !near(
			b[0],
			want.left,
		) ||
			!near(b[1], want.right) {
			t.Errorf("align %d: %v, want %v", align, b, want)
		}
	}
	// The second of two lines: below the first where the slot goes down, else both about the slot's own line.
	one := boxes(t, stampedFile(t, made(t, nil), 1, Person{Values: map[string]string{"name": "上"}}))["上"]
	for down, first := range map[bool]float64{true: one[2], false: one[2] - 7.5} {
		f := made(t, map[string]Slot{"name": {Lines: 2, Down: down}})
		b := boxes(t, stampedFile(t, f, 1, Person{Values: map[string]string{"name": "上\n下"}}))
		if !near(b["上"][2], first) || !near(b["下"][2], first+15) {
			t.Errorf("down %v: %v and %v, want %v and 15 more", down, b["上"], b["下"], first)
		}
	}
}

func TestSharedCodesAreWrittenOnce(t *testing.T) {
	f := made(t, nil)
	shared := checker(3)
	for name, c := range map[string]struct {
		code  func() *Code
		count int
	}{"shared": {func() *Code { return shared }, 1}, "own": {func() *Code { return checker(2) }, 5},
		"none": {func() *Code { return nil }, 0}} {
		var out bytes.Buffer
		w := NewWriter(&out, info)
		for range 5 {
			if _, err := w.Page(f, Person{Codes: map[string]*Code{"Code": c.code()}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(out.Bytes(), []byte("/Subtype/Image")); n != c.count {
			t.Errorf("%s: %d pictures", name, n)
		}
	}
}

func TestACodeIsReadOffThePage(t *testing.T) {
	data := stampedFile(t, made(t, nil), 1, Person{Codes: map[string]*Code{"Code": checker(2)}})
	list := strings.Fields(run(t, data, "pdfimages", "-list", "FILE"))
	if !strings.Contains(strings.Join(list, " "), "stencil 58 58 - 1 1") { // (21 + 2 × 4) × 2 dots
		t.Error(list)
	}
}

func TestSamePagesSameBytesAlsoFromManyAtOnce(t *testing.T) {
	f := made(t, nil)
	p := Person{
		Values: map[string]string{"name": "𠮷田 葛\U000E0100", "address": "架空町"},
		Codes:  map[string]*Code{"Code": checker(2)},
	}
	for _, pages := range []int{1, 4} {
		files := make([][]byte, 8)
		var wait sync.WaitGroup
		for i := range files {
			wait.Go(func() { files[i] = stampedFile(t, f, pages, p) })
		}
		wait.Wait()
		for i := range files {
			if !bytes.Equal(files[i], files[0]) {
				t.Errorf("%d pages: file %d differs", pages, i)
			}
		}
	}
	other := stampedFile(t, f, 1, Person{Values: map[string]string{"name": "山"}})
	id := regexp.MustCompile(`/ID\[<[0-9a-f]{32}>`)
	if bytes.Equal(id.Find(other), id.Find(stampedFile(t, f, 1, p))) {
		t.Error("two documents have one ID")
	}
}

// full is a disk that ends.
type full struct{ room int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFullDiskIsToldByTheNextPageAndByClose(t *testing.T) {
	f := made(t, nil)
	for _, room := range []int{0, 1000, 70_000, 200_000} {
		w := NewWriter(&full{room}, info)
		var err error
		pages := 0
		for ; err == nil && pages < 5000; pages++ {
			_, err = w.Page(f, Person{Values: map[string]string{"name": fmt.Sprint(pages)}})
		}
		if !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %d pages and %v", room, pages, err)
		}
		if err := w.Close(); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: Close says %v", room, err)
		}
	}
	w := NewWriter(&full{1000}, info) // so short that only Close writes
	if _, err := w.Page(f, Person{}); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := w.Close(); !errors.Is(err, errFull) {
			t.Error(err)
		}
	}
}

func TestAllFontsAreEmbeddedAndNamedAsSubsets(t *testing.T) {
	data := stampedFile(
		t,
		made(t, nil),
		1,
		Person{Values: map[string]string{"name": "𠮷田 葛\U000E0100 邉\U000E0102"}},
	)
	lines := strings.Split(strings.TrimSpace(run(t, data, "pdffonts", "FILE")), "\n")[2:]
	if len(lines) != 2 {
		t.Fatal(lines)
	}
	for _, line := range lines {
		if !regexp.MustCompile(`^[A-Z]{6}\+\S+ +CID TrueType +Identity-H +yes yes yes `).MatchString(line) {
			t.Error(line)
		}
	}
	text := run(t, data, "pdftotext", "-raw", "FILE", "-")
	if !strings.Contains(text, "𠮷田 葛\U000E0100 邉\U000E0102") {
		t.Errorf("%+q", text)
	}
}

func TestAPageWithNothingFilledInIsSound(t *testing.T) {
	for _, pages := range []int{1, 2} {
		f := made(t, nil)
		var out bytes.Buffer
		w := NewWriter(&out, Info{Title: "試験"})
		for range pages {
			if _, err := w.Page(f, Person{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		run(t, out.Bytes(), "qpdf", "--check", "FILE")
	}
}
