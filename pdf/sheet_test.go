package pdf_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rsc.io/qr/coding"

	"madoguchi/eligibility"
	"madoguchi/internal/persontest"
	"madoguchi/internal/testenv"
	"madoguchi/pdf"
)

// code makes the densest code that a sheet carries: version 22, level L, with a known text.
func code(t testing.TB) (pdf.CodeMatrix, string) {
	t.Helper()
	text := strings.Repeat("0123456789", 240)
	plan, err := coding.NewPlan(22, coding.L, 2)
	if err != nil {
		t.Fatal(err)
	}
	c, err := plan.Encode(coding.Num(text))
	if err != nil {
		t.Fatal(err)
	}
	return pdf.CodeMatrix{Size: c.Size, Black: c.Black}, text
}

func sheet(t testing.TB) pdf.Sheet {
	t.Helper()
	c, _ := code(t)
	return pdf.Sheet{
		Person: persontest.Tokuichi(func(p *eligibility.Person) {
			p.Relation = eligibility.Subscriber
			p.QualifiedOn = eligibility.MustDate("2008-04-01")
			p.ValidFrom = eligibility.MustDate("2026-08-01")
			p.ValidUntil = eligibility.MustDate("2027-07-31")
			p.Limit = "B04"
		}),
		Share:       20,
		InsurerName: "架空市",
		Issuer:      "架空市長",
		Telephone:   "03-0000-0000",
		Registered:  eligibility.MustDate("2026-11-20"),
		IssuedAt:    time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan),
		Expires:     eligibility.MustDate("2027-03-01"),
		Code:        c,
		Demo:        true,
	}
}

// made writes the sheet's file and returns its path.
func made(t *testing.T, s pdf.Sheet) string {
	t.Helper()
	data, _, err := pdf.EligibilitySheet(s)
	if err != nil {
		t.Fatal(err)
	}
	if s.Masked {
		return saved(t, "masked", data)
	}
	return saved(t, "sheet", data)
}

func run(t testing.TB, program string, args ...string) string {
	t.Helper()
	testenv.Need(t, program)
	var out, complaints bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", program, err, &out, &complaints)
	}
	return out.String()
}

// The wording that keeps it apart from the State's (docs/facts/law-and-privacy.md#look-alikes) and the
// items of the screen, as another program reads them.
func TestSheetSaysWhatItMustAndCanBeSearched(t *testing.T) {
	text := run(t, "pdftotext", "-layout", made(t, sheet(t)), "-")
	for _, want := range []string{"資格情報（写し）", "架空市 発行・マイナポータルの画面ではありません", "提示にはマイナンバーカードが必要です", "髙橋 德一",
		"タカハシ トクイチ", "昭和30年7月1日", "138990", "国13", "0001234", "02", "2割", "令和9年7月31日", "令和9年2月28日まで",
		"令和8年11月22日 10:42 作成", "デモ・見本", "03-0000-0000"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text:\n%s", want, text)
		}
	}
	for _, never := range []string{"いま有効", "資格確認済み", "●"} {
		if strings.Contains(text, never) {
			t.Errorf("%q is in the text", never)
		}
	}
	real := sheet(t)
	real.Demo = false
	if strings.Contains(run(t, "pdftotext", made(t, real), "-"), "デモ") {
		t.Error("a real sheet says デモ")
	}
}

func TestSheetIsOneSoundPageWithItsFontInside(t *testing.T) {
	path := made(t, sheet(t))
	run(t, "qpdf", "--check", path)
	info := run(t, "pdfinfo", path)
	if !strings.Contains(info, "Pages:           1") || !strings.Contains(info, "A4") {
		t.Error(info)
	}
	fonts := run(t, "pdffonts", path)
	if strings.Count(fonts, "yes") < 1 || strings.Contains(fonts, " no  no") {
		t.Error(fonts)
	}
}

func TestCodeIsReadFromPaperAtTwoResolutions(t *testing.T) {
	_, want := code(t)
	path := made(t, sheet(t))
	for _, dpi := range []string{"150", "300"} {
		page := filepath.Join(t.TempDir(), "page")
		run(t, "pdftoppm", "-r", dpi, "-gray", "-singlefile", path, page)
		if got := strings.TrimSpace(run(t, "zbarimg", testenv.ZbarArgs(page+".pgm")...)); got != want {
			t.Errorf("%s dpi: read %.40q", dpi, got)
		}
	}
}

func TestSameSheetSameBytes(t *testing.T) {
	a, _, err := pdf.EligibilitySheet(sheet(t))
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := pdf.EligibilitySheet(sheet(t))
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("the bytes differ: %v", err)
	}
}

// docs/facts/fonts.md#coverage: 𠮷 and the variants of 葛 are in the other fonts; a kanji of Extension G
// and an unregistered variant are nowhere.
func TestSheetPrintsRareNamesAndSaysWhatItCannot(t *testing.T) {
	s := sheet(t)
	s.Person.Name = "𠮷田 葛󠄀子"
	if text := run(t, "pdftotext", "-layout", made(t, s), "-"); !strings.Contains(text, "𠮷田 葛󠄀子") ||
		strings.Contains(text, "U+") {
		t.Error(text)
	}
	s.Person.Name = "\U00030000田 山\U000E01EF"
	text := run(t, "pdftotext", "-layout", made(t, s), "-")
	for _, want := range []string{"〓田 山", "U+30000", "U+5C71 U+E01EF"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text:\n%s", want, text)
		}
	}
}

func TestMaskedSheetHasNothingUnderItsBars(t *testing.T) {
	s := sheet(t)
	s.Masked = true
	path := made(t, s)
	flat := filepath.Join(t.TempDir(), "flat.pdf")
	run(t, "qpdf", "--qdf", "--stream-data=uncompress", path, flat)
	data, err := os.ReadFile(flat)
	if err != nil {
		t.Fatal(err)
	}
	text := run(t, "pdftotext", "-layout", path, "-")
	for _, never := range []string{"138990", "国13", "0001234"} {
		if strings.Contains(text, never) || bytes.Contains(data, []byte(never)) {
			t.Errorf("%q is in the masked file", never)
		}
	}
	if bytes.Contains(data, []byte("/Subtype /Image")) || !strings.Contains(text, "番号を隠した写しです") ||
		!strings.Contains(text, "髙橋 德一") {
		t.Errorf("the masked sheet:\n%s", text)
	}
}

func TestLongestNamesStayOnThePage(t *testing.T) {
	s := sheet(t)
	s.Person.Name = strings.TrimSpace(strings.Repeat("WOLFESCHLEGELSTEINHAUSENBERGER ", 3))
	s.InsurerName = strings.Repeat("架空健康保険組合連合会", 3)
	s.Person.SubscriberName = s.Person.Name
	path := made(t, s)
	text := run(t, "pdftotext", "-raw", path, "-")
	if strings.Count(text, "WOLFESCHLEGELSTEINHAUSENBERGER") != 6 ||
		strings.Count(strings.ReplaceAll(text, "\n", ""), s.InsurerName) != 2 {
		t.Errorf("a long name was cut:\n%s", text)
	}
	// pdftotext also gives each word's box: none may leave the paper (A4 is 595.28 points wide).
	var boxes struct {
		Words []word `xml:"body>doc>page>word"`
	}
	if err := xml.Unmarshal([]byte(run(t, "pdftotext", "-bbox", path, "-")), &boxes); err != nil {
		t.Fatal(err)
	}
	if len(boxes.Words) == 0 {
		t.Error("no word has a box")
	}
	for _, w := range boxes.Words {
		if w.XMax >= 576 {
			t.Errorf("%q ends at %.1f", w.Text, w.XMax)
		}
	}
}

// A copy from a representative's phone says so, with numbers or without; the person's own does not.
func TestACopyOfARepresentativesPhoneSaysSo(t *testing.T) {
	for _, c := range []struct {
		name                string
		represented, masked bool
	}{
		{"the person's own", false, false},
		{"a representative's", true, false},
		{"a representative's, masked", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sheet(t)
			s.Represented, s.Masked = c.represented, c.masked
			text := strings.ReplaceAll(run(t, "pdftotext", "-layout", made(t, s), "-"), "\n", "")
			if got := strings.Contains(text, "代理の方の端末で作成"); got != c.represented {
				t.Errorf("it says so: %v", got)
			}
		})
	}
}
