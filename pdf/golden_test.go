package pdf

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/pdf/form"
)

var update = flag.Bool("update", false, "write the golden files anew, to be looked at")

// What gopdf draws is read back operator by operator, so an update of gopdf that draws otherwise shows here
// first.
func TestGopdfDrawsTheFormsAsBefore(t *testing.T) {
	const everyRow = 1<<15 - 1
	for _, c := range []struct {
		name    string
		compose func() (*form.Form, error)
	}{
		{"notice", func() (*form.Form, error) { return composeNotice(noticeKind{}) }},
		{"notice-dated", func() (*form.Form, error) { return composeNotice(noticeKind{dated: true}) }},
		{"notice-demo", func() (*form.Form, error) { return composeNotice(noticeKind{demo: true}) }},
		{"sheet", func() (*form.Form, error) { return composeSheet(sheetKind{rows: everyRow}) }},
		{"sheet-demo", func() (*form.Form, error) {
			return composeSheet(sheetKind{rows: everyRow, demo: true})
		}},
		{"sheet-masked", func() (*form.Form, error) {
			return composeSheet(sheetKind{rows: everyRow, masked: true})
		}},
		{"declaration", composeDeclaration},
		{"insert", composeInsert},
		{"poster", func() (*form.Form, error) { return composePoster(false) }},
		{"poster-demo", func() (*form.Form, error) { return composePoster(true) }},
		{"countsheet", composeCountSheet},
		{"certificate-card", func() (*form.Form, error) {
			return composeCertificate(CardSingle, certificateKind{scheme: "健康保険資格確認書", cards: 1}, Branding{},
				false)
		}},
		{"certificate-card-back", func() (*form.Form, error) {
			return composeCertificate(CardSingle, certificateKind{scheme: "健康保険資格確認書", cards: 1, back: true},
				Branding{}, false)
		}},
		{"certificate-sheet", func() (*form.Form, error) {
			return composeCertificate(CardSheet, certificateKind{scheme: "健康保険資格確認書", cards: 2},
				Branding{}, true)
		}},
		{"certificate-a4", func() (*form.Form, error) {
			return composeCertificate(CertificateA4,
				certificateKind{scheme: "健康保険資格確認書", cards: 1, cells: "123456"}, Branding{}, false)
		}},
		{"certificate-a4-back", func() (*form.Form, error) {
			return composeCertificate(CertificateA4,
				certificateKind{scheme: "健康保険資格確認書", cards: 1, back: true}, Branding{}, false)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := c.compose()
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", c.name+".form.txt")
			if *update {
				if err := os.WriteFile(path, []byte(f.Dump()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if f.Dump() != string(want) {
				t.Errorf("the form %s is drawn otherwise than in %s: look at the page, then run with -update",
					c.name, path)
			}
		})
	}
}
