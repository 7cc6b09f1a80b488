package pdf_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/message"
	"madoguchi/pdf"
)

const posterAddress = "https://counter.example.jp/insurers"

// poster is a facility's poster with its code drawn by go-qrcode.
func poster(t testing.TB, facility string) pdf.Poster {
	t.Helper()
	code, err := qrcode.New(posterAddress, qrcode.High)
	if err != nil {
		t.Fatal(err)
	}
	code.DisableBorder = true
	bits := code.Bitmap()
	day := eligibility.DateOf(noticeDay)
	accepted, err := eligibility.PosterWays(day)
	if err != nil {
		t.Fatal(err)
	}
	var ways []message.Sentences
	for _, way := range accepted {
		ways = append(ways, way.Name)
	}
	return pdf.Poster{
		Facility: facility,
		Address:  posterAddress,
		Landing:  &pdf.CodeMatrix{Size: len(bits), Black: func(x, y int) bool { return bits[y][x] }},
		Ways:     ways,
		Day:      day,
	}
}

// A patient whose card is read uses the reader: that is the first thing on the wall. The screen is the
// insurer's, never the State's, and is nothing without the card
// (docs/facts/eligibility-methods.md#electronic-notice-with-the-card).
func TestThePosterLeadsNobodyOffTheReader(t *testing.T) {
	data, report, err := pdf.PosterSheet(poster(t, "架空医院"), noticeDay)
	if err != nil || len(report.Check) > 0 {
		t.Fatal(report, err)
	}
	path := saved(t, "poster", data)
	run(t, "qpdf", "--check", path)
	if n := pageCount(t, path); n != 1 {
		t.Errorf("%d pages", n)
	}
	text := strings.Join(strings.Fields(run(t, "pdftotext", "-raw", path, "-")), "")
	last := -1
	for _, want := range []string{
		"読み取れないときは",
		"カードは、まずカードリーダーに置いてください。読み取れたら、ほかのものは要りません。",
		"スマホで、下のコードを読み取ってください",
		"マイナンバーカードも、かならず見せてください。",
		"画面だけでは受け付けられません。",
		"国のマイナポータルの画面ではありません。",
		"Thescreenaloneisnotaccepted.",
		posterAddress,
		"・マイナポータルの資格情報画面＋カード",
		"・マイナポータルのPDF＋カード",
		"・資格情報のお知らせ＋カード",
		"・資格確認書",
		"架空医院",
		"令和8年11月22日現在",
	} {
		at := strings.Index(text, want)
		if at <= last {
			t.Errorf("%q is at %d, after %d, in:\n%s", want, at, last, text)
		}
		last = at
	}
}

// ISO/IEC 18004 by another program's reader (zbar): as a phone sees the poster from near and from afar.
func TestThePostersCodeIsReadAtTwoResolutions(t *testing.T) {
	for _, demo := range []bool{false, true} {
		p := poster(t, "架空医院")
		p.Demo = demo
		data, _, err := pdf.PosterSheet(p, noticeDay)
		if err != nil {
			t.Fatal(err)
		}
		path := kept(t, data)
		for _, dpi := range []string{"72", "300"} {
			t.Run(dpi, func(t *testing.T) {
				page := filepath.Join(t.TempDir(), "page")
				run(t, "pdftoppm", "-r", dpi, "-gray", "-singlefile", path, page)
				got := strings.TrimSpace(run(t, "zbarimg", testenv.ZbarArgs(page+".pgm")...))
				if got != posterAddress {
					t.Errorf("%q", got)
				}
			})
		}
	}
}
