package pdf_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/pdf"
)

// The pictures of docs/papers.md, by `make pictures`.
func TestPicturesOfTheDocuments(t *testing.T) {
	folder := os.Getenv("MADOGUCHI_PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	disc := image.NewGray(image.Rect(0, 0, 300, 90))
	for i := range disc.Pix {
		disc.Pix[i] = 255
	}
	for y := range 90 {
		for x := range 90 {
			if d := (x-45)*(x-45) + (y-45)*(y-45); d < 44*44 && d > 28*28 {
				disc.Set(x, y, color.Black)
			}
		}
		if y > 38 && y < 52 {
			for x := 110; x < 290; x++ {
				disc.Set(x, y, color.Black)
			}
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, disc); err != nil {
		t.Fatal(err)
	}
	mark, err := pdf.LogoOf(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	branding := certificateBranding
	branding.Logo, branding.Colour = mark, pdf.Colour{R: 0xf6, G: 0xc6, B: 0xad}
	n := notice(t)
	n.Unit, n.ReturnTo, n.Hours, n.Logo = "保険年金課", "東京都架空市架空町9-9-9", "平日 9時〜17時", mark
	var batch bytes.Buffer
	counted := pdf.NewNotices(&batch, "架空市", noticeDay)
	err = counted.Count(pdf.ParcelCoverSheet{
		Title:       "資格情報のお知らせ",
		InsurerName: "架空健康保険組合",
		Employer:    "架空商店",
		Symbol:      "1234",
		People:      128,
		Serial:      "QHA73SHUCJ",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := counted.Close(); err != nil {
		t.Fatal(err)
	}
	certified := func(layout pdf.CertificateLayout) func() ([]byte, pdf.Report, error) {
		return func() ([]byte, pdf.Report, error) {
			return pdf.CertificatePage(certificate(), branding, noticeDay, layout, false)
		}
	}
	for _, p := range []struct {
		name string
		page string
		dpi  string
		make func() ([]byte, pdf.Report, error)
	}{
		{"notice", "1", "96", func() ([]byte, pdf.Report, error) { return pdf.NoticePage(n, noticeDay) }},
		{"paper-notice", "1", "124", func() ([]byte, pdf.Report, error) {
			sample := notice(t)
			sample.Demo = true
			return pdf.NoticePage(sample, noticeDay)
		}},
		{"paper-certificate", "1", "240", func() ([]byte, pdf.Report, error) {
			return pdf.CertificatePage(certificate(), branding, noticeDay, pdf.CardSingle, true)
		}},
		{"sheet", "1", "96", func() ([]byte, pdf.Report, error) { return pdf.EligibilitySheet(sheet(t)) }},
		{"certificate-card", "1", "200", certified(pdf.CardSingle)},
		{"certificate-card-back", "2", "200", certified(pdf.CardSingle)},
		{"certificate-a4", "1", "72", certified(pdf.CertificateA4)},
		{"certificate-a4-back", "2", "72", certified(pdf.CertificateA4)},
		{"insert", "1", "72", func() ([]byte, pdf.Report, error) {
			return pdf.InsertSheet(pdf.Insert{
				Person:      notice(t).Person,
				Share:       20,
				InsurerName: "架空市",
				Issuer:      "架空市長",
				MadeOn:      eligibility.DateOf(noticeDay),
			}, noticeDay)
		}},
		{"declaration", "1", "72", func() ([]byte, pdf.Report, error) {
			return pdf.DeclarationSheet(pdf.Declaration{}, noticeDay)
		}},
		{"poster", "1", "72", func() ([]byte, pdf.Report, error) {
			return pdf.PosterSheet(poster(t, "架空医院"), noticeDay)
		}},
		{"cheatsheet", "1", "80", func() ([]byte, pdf.Report, error) {
			today, err := eligibility.SheetFor(eligibility.DateOf(noticeDay))
			if err != nil {
				return nil, pdf.Report{}, err
			}
			data, err := pdf.ReceptionSheet(today, noticeDay)
			return data, pdf.Report{}, err
		}},
		{"countsheet", "1", "72", func() ([]byte, pdf.Report, error) {
			return batch.Bytes(), pdf.Report{}, nil
		}},
	} {
		t.Run(p.name, func(t *testing.T) {
			data, _, err := p.make()
			if err != nil {
				t.Fatal(err)
			}
			run(t, "pdftoppm", "-r", p.dpi, "-f", p.page, "-l", p.page, "-png", "-singlefile", kept(t, data),
				filepath.Join(folder, p.name))
			if cut, small := samples[p.name]; small {
				smaller(t, filepath.Join(folder, p.name+".png"), cut)
			}
			// between a page with little more than lines and a notice full of text, never blank or black
			made := picture(t, filepath.Join(folder, p.name+".png"))
			if ink := inkShare(made); ink < 0.002 || ink > 0.5 {
				t.Errorf("%.2f %% of %v is dark", 100*ink, made.Bounds().Size())
			}
		})
	}
}

// samples are the pictures of the page 「どの紙ですか」 (pwa/static), with the part that it shows.
var samples = map[string]image.Rectangle{
	"paper-notice":      image.Rect(0, 0, 1025, 1450),
	"paper-certificate": image.Rect(64, 64, 934, 618),
}

// smaller makes such a picture of one that was drawn.
func smaller(t *testing.T, path string, cut image.Rectangle) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	small, err := testenv.SmallPicture(file, cut, cut.Dx()/2)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, small, 0o644); err != nil {
		t.Fatal(err)
	}
}
