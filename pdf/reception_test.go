package pdf_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/pdf"
)

// The sheet fits on one page on every day of the rules' calendar on which its rows differ.
func TestTheReceptionsSheetFitsOnOnePage(t *testing.T) {
	const height = 841.89 // of A4, in points
	for _, on := range []string{"2024-12-02", "2025-06-27", "2025-08-01", "2025-08-31", "2025-09-01",
		"2025-09-19", "2025-12-01", "2025-12-02", "2026-04-01", "2026-08-01", "2026-11-22"} {
		t.Run(on, func(t *testing.T) {
			sheet, err := eligibility.SheetFor(eligibility.MustDate(on))
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2026, 11, 22, 9, 0, 0, 0, eligibility.Japan)
			data, err := pdf.ReceptionSheet(sheet, at)
			if err != nil {
				t.Fatal(err)
			}
			path := kept(t, data)
			if n := pageCount(t, path); n != 1 {
				t.Errorf("%d pages", n)
			}
			var boxes struct {
				Words []word `xml:"body>doc>page>word"`
			}
			if err := xml.Unmarshal([]byte(run(t, "pdftotext", "-bbox", path, "-")), &boxes); err != nil {
				t.Fatal(err)
			}
			for _, w := range boxes.Words {
				if w.YMin < 0 || w.YMax > height {
					t.Errorf("%q reaches over the edge: %.0f to %.0f", w.Text, w.YMin, w.YMax)
				}
			}
			text := strings.Join(strings.Fields(run(t, "pdftotext", "-raw", path, "-")), "")
			for _, row := range sheet.Rows {
				want := []string{row.Brings.Text("ja"), row.Say.Text("ja")}
				if row.Code != "" {
					want = append(want, "○"+string(row.Code))
				}
				for _, want := range want {
					if !strings.Contains(text, strings.Join(strings.Fields(want), "")) {
						t.Errorf("%q is not on the page:\n%s", want, text)
					}
				}
			}
		})
	}
}
