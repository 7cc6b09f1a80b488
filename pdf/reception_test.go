package pdf

import (
	"testing"
	"time"

	"madoguchi/eligibility"
)

// The sheet fits on one page on every day of the rules' calendar on which its rows differ.
func TestTheReceptionsSheetFitsOnOnePage(t *testing.T) {
	for _, on := range []string{"2024-12-02", "2025-06-27", "2025-08-01", "2025-08-31", "2025-09-01",
		"2025-09-19", "2025-12-01", "2025-12-02", "2026-04-01", "2026-08-01", "2026-11-22"} {
		sheet, err := eligibility.SheetFor(eligibility.MustDate(on))
		if err != nil {
			t.Fatal(err)
		}
		data, err := ReceptionSheet(sheet, time.Date(2026, 11, 22, 9, 0, 0, 0, eligibility.Japan))
		if err != nil || len(data) < 10000 {
			t.Errorf("%s: %d bytes, %v", on, len(data), err)
		}
	}
}
