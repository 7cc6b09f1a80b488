package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/persontest"
	"madoguchi/internal/testenv"
	"madoguchi/pdf"
)

var noticeDay = time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)

const (
	statePage = "https://myna.go.jp/"
	landing   = "https://hoken.example.jp/n/ABCDEFGHIJ2KOLMB"
)

func notice(t testing.TB) pdf.Notice {
	t.Helper()
	state, err := pdf.LinkCode(statePage)
	if err != nil {
		t.Fatal(err)
	}
	link, err := pdf.LinkCode(landing)
	if err != nil {
		t.Fatal(err)
	}
	return pdf.Notice{
		Person: persontest.Tokuichi(func(p *eligibility.Person) {
			p.CoverageFrom = eligibility.MustDate("2008-04-01")
			p.PostCode = "100-0000"
			p.Address = "東京都架空市架空町1-2-3"
		}),

		Share:       20,
		From:        eligibility.MustDate("2026-08-01"),
		Until:       eligibility.MustDate("2027-07-31"),
		InsurerName: "架空市",
		Issuer:      "架空市長",
		Telephone:   "03-0000-0000",
		IssuedOn:    eligibility.MustDate("2026-11-22"),
		State:       state,
		Landing:     link,
		TypedCode:   "ABCD-EFGH-IJ2K-OLMB",
		Serial:      "2026-11-A 000123 / 004500",
	}
}

// filled adds papers to a file, closes it and returns its reports.
func filled[Paper any](t *testing.T, f interface {
	Add(Paper) (pdf.Report, error)
	Close() error
}, papers []Paper) []pdf.Report {
	t.Helper()
	var reports []pdf.Report
	for _, p := range papers {
		r, err := f.Add(p)
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return reports
}

// noticeFile writes a file of notices and returns its path and reports.
func noticeFile(t *testing.T, name string, notices ...pdf.Notice) (string, []pdf.Report) {
	t.Helper()
	var out bytes.Buffer
	f := pdf.NewNotices(&out, "架空市", noticeDay)
	reports := filled(t, f, notices)
	return saved(t, name, out.Bytes()), reports
}

// The fields of the ministry's sample, in both parts (docs/facts/official-forms.md#notice).
func TestNoticeSaysWhatTheNationalSampleAsks(t *testing.T) {
	path, _ := noticeFile(t, "notice", notice(t))
	text := run(t, "pdftotext", "-layout", path, "-")
	for _, c := range []struct {
		want  string
		times int
	}{
		{"資格情報のお知らせ", 2},
		{"このお知らせだけでは受診できません", 1},
		{"138990", 2},
		{"国13・0001234（02）", 2},
		{"髙橋 德一", 3},
		{"ﾀｶﾊｼ ﾄｸｲﾁ", 1},
		{"2割", 2},
		{"令和9年7月31日", 2},
		{"令和8年8月1日", 2},
		{"平成20年4月1日", 1},
		{"令和8年11月22日", 3},
		{"架空市長（138990）", 1},
		{"マイナンバーカードもあわせて必要です", 1},
		{"マイナポータル", 1},
		{"国が発行した書類ではありません", 1},
		{"ABCD-EFGH-IJ2K-OLMB", 1},
	} {
		t.Run(c.want, func(t *testing.T) {
			if got := strings.Count(text, c.want); got != c.times {
				t.Errorf("%q stands %d times, not %d, in:\n%s", c.want, got, c.times, text)
			}
		})
	}
	young := notice(t)
	young.Until = eligibility.Date{}
	path, _ = noticeFile(t, "notice-young", young)
	text = run(t, "pdftotext", "-layout", path, "-")
	for _, never := range []string{"有効期限", "負担割合", "発効期日", "生年月日", "性別"} {
		if strings.Contains(text, never) {
			t.Errorf("%q is on the notice of a person below 70", never)
		}
	}
}

func TestBothCodesOfANoticeAreReadAtTwoResolutions(t *testing.T) {
	path, _ := noticeFile(t, "notice", notice(t))
	for _, dpi := range []string{"150", "300"} {
		page := filepath.Join(t.TempDir(), "page")
		run(t, "pdftoppm", "-r", dpi, "-gray", "-singlefile", path, page)
		got := run(t, "zbarimg", testenv.ZbarArgs(page+".pgm")...)
		if !strings.Contains(got, statePage+"\n") || !strings.Contains(got, landing+"\n") ||
			strings.Count(got, "\n") != 2 {
			t.Errorf("%s dpi: read %q", dpi, got)
		}
	}
}

// Difficult names: docs/facts/fonts.md#coverage, docs/facts/names-and-characters.md#character-sets.
var difficult = []string{
	"𠮷田 一",
	"𡈽屋 花子",
	"髙橋 﨑子",
	"德川 塚",
	"葛󠄀城 葛󠄁子",
	"辻󠄀 次郎",
	"渡邉󠄂 三郎",
	"●橋 德一",
	"𣘺本 𩸽",
	"濵田 栁",
	strings.TrimSpace(
		strings.Repeat("WOLFESCHLEGELSTEINHAUSENBERGER ", 3),
	),
	"NGUYEN TEST AN",
	"ジョン・スミス",
	"㐂田 丂子",
	"寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末",
}

func TestDifficultNamesAreCopiedAsTheyCameIn(t *testing.T) {
	var notices []pdf.Notice
	for i, name := range difficult {
		n := notice(t)
		n.Person.Name = name
		if i%3 == 2 {
			n.Until = eligibility.Date{}
		}
		if i%5 == 4 {
			n.Person.Kana = ""
		}
		if i%4 == 3 {
			n.InsurerName, n.Issuer = strings.Repeat("架空健康保険組合連合会", 3), strings.Repeat("架空健康保険組合連合会", 3)+"理事長"
			n.Person.Address = "東京都架空市架空町一丁目二番地三 架空マンション第二架空棟一二三四号室 架空様方"
		}
		notices = append(notices, n)
	}
	path, reports := noticeFile(t, "notices", notices...)
	run(t, "qpdf", "--check", path)
	fonts := run(t, "pdffonts", path)
	if strings.Contains(fonts, " no  no") || !strings.Contains(fonts, "yes yes yes") {
		t.Error(fonts)
	}
	pages := strings.Split(run(t, "pdftotext", "-raw", path, "-"), "\f")
	bare := func(s string) string {
		return strings.NewReplacer("\n", "", " ", "").Replace(s)
	}
	for i, name := range difficult {
		if !strings.Contains(bare(pages[i]), bare(name)) {
			t.Errorf("%q is not in:\n%s", name, pages[i])
		}
	}
	for i, r := range reports {
		if masked := strings.Contains(difficult[i], "●"); masked != (len(r.Check) > 0) {
			t.Errorf("%s: %v", difficult[i], r)
		}
	}
}

// U+2B81E stands in none of the three fonts, nor does a kanji of Extension G.
func TestACharacterThatNoFontHasIsNamedAtTheFoot(t *testing.T) {
	n := notice(t)
	n.Person.Name = "\U00030000田 一"
	path, reports := noticeFile(t, "notice-geta", n)
	text := run(t, "pdftotext", "-layout", path, "-")
	if !strings.Contains(text, "〓田 一") || !strings.Contains(text, "U+30000／カナ タカハシ トクイチ") {
		t.Error(text)
	}
	if len(reports[0].Check) != 1 {
		t.Error(reports)
	}
}

// Unicode's EquivalentUnifiedIdeograph; docs/papers.md: a character that is lost is 〓 and on the hand-check
// list.
func TestRadicalsArePrintedAsTheirCharactersAndLostOnesAsGeta(t *testing.T) {
	for i, c := range []struct {
		name, kana, want, not string
		check                 int
	}{
		{"⻑⾕川 ⻘⼦", "ハセガワ アオコ", "長谷川 青子", "〓", 0},
		{"⻲⼭ ⼀", "カメヤマ ハジメ", "亀山 一", "〓", 0},
		{"⼾⽥ ⻨⼦", "", "戶田 麦子", "〓", 0},
		{"?田 花子", "ヨシダ ハナコ", "登録の表記 〓田 花子", "?田", 1},
		{"？田 花子", "", "〓田 花子", "？田", 1},
		{"□田 花子", "ヨシ? ハナコ", "〓田 花子", "□田", 2},
		{"\uFFFD田 花子", "ヨシダ ハナコ", "登録の表記 〓田 花子", "\uFFFD", 1},
		{"●田 花子", "ヨシダ ハナコ", "登録の表記 ●田 花子", "〓", 1},
		{"吉田 花子", "ヨ? ハナコ", "吉田 花子", "?", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := notice(t)
			n.Person.Name, n.Person.Kana, n.Person.Address = c.name, c.kana, "⻑野県⻄町1"
			path, reports := noticeFile(t, fmt.Sprint("notice-lost", i), n)
			text := run(t, "pdftotext", "-layout", path, "-")
			if !strings.Contains(text, c.want) || strings.Contains(text, c.not) ||
				!strings.Contains(text, "長野県西町1") {
				t.Error(text)
			}
			if len(reports[0].Check) != c.check {
				t.Error(reports)
			}
			if id := pdf.IdentityLines(n.Person); c.check == 0 && id[1] != c.want {
				t.Error(id)
			}
		})
	}
}

func TestSameNoticesSameBytes(t *testing.T) {
	a, _, err := pdf.NoticePage(notice(t), noticeDay)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := pdf.NoticePage(notice(t), noticeDay)
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("the bytes differ: %v", err)
	}
}

// saved writes a document, for the test alone or, where pictures are wanted, beside them.
func saved(t *testing.T, name string, data []byte) string {
	t.Helper()
	folder := t.TempDir()
	if keep := os.Getenv("MADOGUCHI_PICTURES"); keep != "" {
		folder = keep
	}
	path := filepath.Join(folder, name+".pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func kept(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "batch.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The list of who should be looked at by hand is read by clerks, who do not know a slot's name in the code.
func TestASqueezedTextIsNamedAsClerksKnowIt(t *testing.T) {
	n := notice(t)
	n.Person.Address = strings.Repeat("架空市架空町", 40)
	_, reports := noticeFile(t, "notice-squeezed", n)
	if !slices.Contains(reports[0].Check, "住所: 枠に収まらないため字幅を縮めました") {
		t.Errorf("%q", reports[0].Check)
	}
}
