package store

import (
	"testing"
	"time"

	"madoguchi/server/counter"
)

// What a patient showed lies sealed while its receipt waits, bound to its case and its end, and is gone
// afterwards.
func TestAWaitingReceiptIsSealedAndBound(t *testing.T) {
	s, path := open(t)
	cases := s.ForCounter()
	r := counter.WaitingReceipt{Facility: "1319999991", CaseID: "CASE", Ends: noon, Body: []byte("試験 花子")}
	for range 2 { // the same case twice is one
		if err := cases.PutReceipt(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	all, err := cases.WaitingReceipts(ctx)
	if err != nil || len(all) != 1 || string(all[0].Body) != "試験 花子" || !all[0].Ends.Equal(noon) {
		t.Fatalf("%+v %v", all, err)
	}
	if filesHold(t, path, "試験 花子") {
		t.Error("the file tells the name")
	}
	for _, change := range []string{
		`UPDATE waiting_receipts SET ends_at = ends_at + 1`,
		`UPDATE waiting_receipts SET ref = 'OTHER'`,
		`UPDATE waiting_receipts SET facility = '1319999992'`,
	} {
		if _, err := s.write.ExecContext(ctx, change); err != nil {
			t.Fatal(err)
		}
		if got, err := cases.WaitingReceipts(ctx); err == nil {
			t.Errorf("%s: %+v", change, got)
		}
		if _, err := s.write.ExecContext(ctx, `DELETE FROM waiting_receipts`); err != nil {
			t.Fatal(err)
		}
		if err := cases.PutReceipt(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	r.Ends = r.Ends.Add(time.Hour)
	if err := cases.PutReceipt(ctx, r); err != nil {
		t.Fatal(err)
	}
	if err := cases.DropReceipt(ctx, "1319999992", "CASE"); err != nil {
		t.Fatal(err)
	}
	if all, err = cases.WaitingReceipts(ctx); err != nil || len(all) != 1 || !all[0].Ends.Equal(r.Ends) {
		t.Errorf("%+v %v", all, err)
	}
	if err := cases.DropReceipt(ctx, r.Facility, r.CaseID); err != nil {
		t.Fatal(err)
	}
	if all, err = cases.WaitingReceipts(ctx); err != nil || len(all) != 0 {
		t.Errorf("%+v %v", all, err)
	}
}
