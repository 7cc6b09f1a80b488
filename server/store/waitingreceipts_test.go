package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/store/storetest"
)

const clinicCode = "1319999991" // 医療機関コード

// putOwing stores a new record of a case with the receipt that waits for its phones.
func putOwing(t *testing.T, s *opened, id string, r *counter.WaitingReceipt) {
	t.Helper()
	if err := s.ForCounter().PutCase(ctx, counter.Case{
		Facility: clinicCode,
		ID:       id,
		At:       noon,
		Outcome:  hostapi.Accepted,
		Body:     []byte("{}"),
		Receipt:  &counter.ReceiptChange{Waits: r},
	}, entry("case.record")); err != nil {
		t.Fatal(err)
	}
}

func waitingFor(id string) *counter.WaitingReceipt {
	return &counter.WaitingReceipt{
		Facility: clinicCode,
		CaseID:   id,
		Ends:     noon.Add(time.Hour),
		Body:     []byte("試験 花子"),
	}
}

// idsOf are the cases of the receipts that wait and can be opened, and how many cannot.
func idsOf(t *testing.T, s *opened) (ids []string, closed int) {
	t.Helper()
	all, why, err := s.ForCounter().WaitingReceipts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		ids = append(ids, r.CaseID)
	}
	for _, err := range why {
		if !errors.Is(err, errAltered) {
			t.Error(err)
		}
	}
	return ids, len(why)
}

// What a patient showed lies sealed while its receipt waits, bound to its case and its end, and is gone
// afterwards. One that does not open keeps no other from being left.
func TestAWaitingReceiptIsSealedAndBound(t *testing.T) {
	storetest.Engines(t, testAWaitingReceiptIsSealedAndBound)
}

func testAWaitingReceiptIsSealedAndBound(t *testing.T) {
	s, path := open(t)
	cases := s.ForCounter()
	putOwing(t, s, "CASE", waitingFor("CASE"))
	putOwing(t, s, "OTHER", waitingFor("OTHER"))
	r, err := cases.WaitingReceipt(ctx, clinicCode, "CASE")
	if err != nil || string(r.Body) != "試験 花子" || !r.Ends.Equal(noon.Add(time.Hour)) {
		t.Fatalf("%+v %v", r, err)
	}
	if databaseHolds(t, path, "試験 花子") {
		t.Error("the file tells the name")
	}
	for _, change := range []string{
		`ends_at = ends_at + 1`, `ref = 'ANOTHER'`, `facility = '1319999992'`, `body = x'00'`,
		`body = (SELECT body FROM waiting_receipts WHERE ref = 'OTHER')`,
	} {
		t.Run(change, func(t *testing.T) {
			s, _ := open(t)
			for _, id := range []string{"CASE", "OTHER"} {
				putOwing(t, s, id, waitingFor(id))
			}
			if _, err := s.tamper(`UPDATE waiting_receipts SET ` + change +
				` WHERE ref = 'CASE'`); err != nil {
				t.Fatal(err)
			}
			if ids, closed := idsOf(t, s); !slices.Equal(ids, []string{"OTHER"}) || closed != 1 {
				t.Errorf("%q, and %d do not open", ids, closed)
			}
			n, err := s.ForCounter().GiveUpEnded(ctx, audit.Entry{At: noon.Add(2 * time.Hour)})
			if ids, closed := idsOf(t, s); err != nil || n != 2 || len(ids) != 0 || closed != 0 {
				t.Errorf("after their end: %d went, %v; %q and %d stay", n, err, ids, closed)
			}
		})
	}
	t.Run("data key gone", func(t *testing.T) {
		s, path := open(t)
		putOwing(t, s, "CASE", waitingFor("CASE"))
		if _, err := s.tamper(`UPDATE waiting_receipts
			SET body = x'0200000000999999' || substr(body, 9)`); err != nil {
			t.Fatal(err)
		}
		s.Close()
		again, err := openAt(path, options())
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if all, closed, err := again.ForCounter().WaitingReceipts(ctx); err != nil || len(all) != 0 ||
			len(closed) != 1 {
			t.Errorf("%d open, %v, %v", len(all), closed, err)
		}
	})
}

// Exactly what was read is dropped: a case may have got another receipt meanwhile.
func TestADroppedReceiptIsTheOneThatWasRead(t *testing.T) {
	storetest.Engines(t, testADroppedReceiptIsTheOneThatWasRead)
}

func testADroppedReceiptIsTheOneThatWasRead(t *testing.T) {
	s, _ := open(t)
	cases := s.ForCounter()
	putOwing(t, s, "CASE", waitingFor("CASE"))
	old := *waitingFor("CASE")
	next := *waitingFor("CASE")
	next.Ends = next.Ends.Add(time.Minute)
	stored, err := cases.Case(ctx, clinicCode, "CASE")
	if err != nil {
		t.Fatal(err)
	}
	stored.Receipt = &counter.ReceiptChange{Waits: &next}
	if err := cases.PutCase(ctx, stored, entry("case.record")); err != nil {
		t.Fatal(err)
	}
	gone := entry("receipt.refused")
	if err := errors.Join(cases.DropReceipt(ctx, old), cases.GiveUpReceipt(ctx, old, gone)); err != nil {
		t.Fatal(err)
	}
	if r, err := cases.WaitingReceipt(ctx, clinicCode, "CASE"); err != nil || !r.Ends.Equal(next.Ends) {
		t.Errorf("%+v %v", r, err)
	}
	if err := cases.DropReceipt(ctx, next); err != nil {
		t.Fatal(err)
	}
	var e *eligibility.Error
	if r, err := cases.WaitingReceipt(ctx, clinicCode, "CASE"); !errors.As(err, &e) ||
		e.Code != eligibility.NotFound {
		t.Errorf("%+v %v", r, err)
	}
}

// A record and the receipt that it owes are stored together or not at all, whatever fails in between; so is
// taking it back. A change of the case that is neither leaves the receipt alone.
func TestARecordAndItsReceiptAreStoredTogether(t *testing.T) {
	storetest.Engines(t, testARecordAndItsReceiptAreStoredTogether)
}

func testARecordAndItsReceiptAreStoredTogether(t *testing.T) {
	for _, c := range []struct{ name, fails string }{
		{"the case", `CREATE TRIGGER f BEFORE UPDATE ON cases BEGIN SELECT RAISE(ABORT, 'disk'); END`},
		{"the receipt", `CREATE TRIGGER f BEFORE INSERT ON waiting_receipts
			BEGIN SELECT RAISE(ABORT, 'disk'); END;
			CREATE TRIGGER g BEFORE DELETE ON waiting_receipts BEGIN SELECT RAISE(ABORT, 'disk'); END`},
		{"the audit", `CREATE TRIGGER f BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk'); END`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := openAt(storetest.New(t), options())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			cases := s.ForCounter()
			putOwing(t, s, "OPEN", nil)
			putOwing(t, s, "RECORDED", waitingFor("RECORDED"))
			if _, err := s.tamper(c.fails); err != nil {
				t.Fatal(err)
			}
			for id, change := range map[string]*counter.ReceiptChange{
				"OPEN":     {Waits: waitingFor("OPEN")},
				"RECORDED": {},
			} {
				stored, err := cases.Case(ctx, clinicCode, id)
				if err != nil {
					t.Fatal(err)
				}
				stored.Receipt, stored.Outcome = change, hostapi.Refused
				if err := cases.PutCase(ctx, stored, entry("case.record")); err == nil {
					t.Errorf("%s was stored", id)
				}
				if now, err := cases.Case(ctx, clinicCode, id); err != nil ||
					now.Outcome != hostapi.Accepted {
					t.Errorf("%s is %s, %v", id, now.Outcome, err)
				}
			}
			if ids, _ := idsOf(t, s); !slices.Equal(ids, []string{"RECORDED"}) {
				t.Errorf("%q wait", ids)
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		s, _ := open(t)
		cases := s.ForCounter()
		putOwing(t, s, "CASE", waitingFor("CASE"))
		for _, change := range []*counter.ReceiptChange{nil, {}} {
			stored, err := cases.Case(ctx, clinicCode, "CASE")
			if err != nil {
				t.Fatal(err)
			}
			stored.Receipt = change
			if err := cases.PutCase(ctx, stored, entry("case.visual")); err != nil {
				t.Fatal(err)
			}
			if ids, _ := idsOf(t, s); (len(ids) == 1) != (change == nil) {
				t.Errorf("%v: %q wait", change, ids)
			}
		}
	})
}

// What could not be left in time goes, and the audit says how many; when nothing ended it says nothing.
func TestReceiptsThatEndedAreCounted(t *testing.T) {
	storetest.Engines(t, testReceiptsThatEndedAreCounted)
}

func testReceiptsThatEndedAreCounted(t *testing.T) {
	s, _ := open(t)
	putOwing(t, s, "A", waitingFor("A"))
	putOwing(t, s, "B", waitingFor("B"))
	before, err := s.VerifyAudit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range []time.Time{noon, noon.Add(time.Hour), noon.Add(2 * time.Hour)} {
		n, err := s.ForCounter().GiveUpEnded(ctx,
			audit.Entry{At: at, Actor: "system", Action: "receipt.ended"})
		if want := []int{0, 2, 0}[i]; err != nil || n != want {
			t.Errorf("at %v: %d, want %d, %v", at, n, want, err)
		}
	}
	if after, err := s.VerifyAudit(ctx); err != nil || after != before+1 {
		t.Errorf("%d entries, %v", after-before, err)
	}
	var detail string
	if err := s.read.QueryRowContext(ctx, `SELECT detail FROM audit WHERE action = 'receipt.ended'`).
		Scan(&detail); err != nil || detail != "2" {
		t.Errorf("%q %v", detail, err)
	}
}
