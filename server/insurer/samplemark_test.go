package insurer_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/server/insurer"
)

// sampleMark is what the demo's papers say that they are.
const sampleMark = "見本"

// printed is the text of a PDF as poppler reads it.
func printed(t *testing.T, data []byte) string {
	t.Helper()
	testenv.Need(t, "pdftotext")
	file := filepath.Join(t.TempDir(), "paper.pdf")
	fatal(t, os.WriteFile(file, data, 0o600))
	text, err := exec.Command("pdftotext", "-raw", file, "-").Output()
	fatal(t, err)
	return string(text)
}

// The mode alone decides: a live server's papers are real ones, the demo's say what they are.
func TestOnlyTheDemosPapersAreMarkedAsSamples(t *testing.T) {
	w := newWorld(t)
	live := insurer.New(insurer.Config{
		Stores:       w.store.ForInsurer(),
		Keys:         w.keys.Rings,
		Certificates: w.keys.Certificates,
		Notices:      w.codes,
		Host:         "https://insurer.example",
		Address:      "https://insurer.example",
		Now:          func() time.Time { return now },
	})
	for _, mode := range []struct {
		name     string
		services *insurer.Services
		marked   bool
	}{{"demo", w.Services, true}, {"live", live, false}} {
		for name, paper := range map[string]func() ([]byte, error){
			"notice": func() ([]byte, error) {
				data, _, err := mode.services.Documents.NoticePage(ctx, w.rightful.clerk, w.person.ID)
				return data, err
			},
			"certificate": func() ([]byte, error) {
				wanted := insurer.OneDocument{Person: w.person.ID, Layout: insurer.LayoutCard, Reason: "申請"}
				data, _, err := mode.services.Documents.CertificateOf(ctx, w.rightful.clerk, wanted)
				return data, err
			},
			"copy": func() ([]byte, error) {
				return mode.services.Documents.Document(ctx, w.rightful.viewer, w.person.ID)
			},
		} {
			t.Run(mode.name+" "+name, func(t *testing.T) {
				data, err := paper()
				fatal(t, err)
				// a mark across the page is read letter by letter; 見本町 is of the person's address
				text := strings.ReplaceAll(strings.Join(strings.Fields(printed(t, data)), ""), "見本町", "")
				if !strings.Contains(text, w.person.Person.Number) {
					t.Fatalf("this is nobody's paper: %s", text)
				}
				if strings.Contains(text, sampleMark) != mode.marked {
					t.Errorf("marked as a sample: %t\n%s", !mode.marked, text)
				}
			})
		}
	}
}
