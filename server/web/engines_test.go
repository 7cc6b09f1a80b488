package web

import (
	"net/http"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/store/storetest"
)

// One whole visit on each engine, by the doors that people use: a file is imported, a notice issued, its code
// enters a login, the phone gets its screen, the counter reads it with its second code, checks the card and
// records; then another start on the same database finds all of it.
func TestAWholeVisitOnEachEngine(t *testing.T) { storetest.Engines(t, testAWholeVisit) }

func testAWholeVisit(t *testing.T) {
	h := newTestApp(t)
	person, phone := h.phoneAway(t)
	proof := "/api/v1/counter/cases/" + phone.id + "/proof"
	if w := h.ask(t, "POST", proof, phone.proof(t)); w.Code != http.StatusOK {
		t.Fatalf("the second code: %d %s", w.Code, w.Body)
	}
	check := "/api/v1/counter/cases/" + phone.id + "/card-check"
	if w := h.ask(t, "POST", check, map[string]bool{"birthDateConfirmed": true}); w.Code != http.StatusOK {
		t.Fatalf("the card: %d %s", w.Code, w.Body)
	}
	for i, want := range []int{http.StatusOK, http.StatusConflict} {
		if w := h.ask(t, "POST", "/api/v1/counter/cases/"+phone.id+"/record",
			map[string]string{"outcome": "accepted"}); w.Code != want {
			t.Fatalf("record %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	h.store = openStore(t, h.database, h.time)
	stored, err := h.store.ForCounter().Case(ctx, atDesk.Facility, phone.id)
	if err != nil || stored.Outcome != "accepted" {
		t.Errorf("the record: %s %v", stored.Outcome, err)
	}
	day := counter.CaseQuery{Facility: atDesk.Facility, From: eligibility.DateOf(h.now), Limit: 10}
	if found, err := h.store.ForCounter().FindCases(ctx, day); err != nil || len(found) != 1 {
		t.Errorf("%d records of today, %v", len(found), err)
	}
	shown, err := h.store.Enrolment.Enrolled(ctx, "s", h.now.Add(time.Hour))
	if err != nil || len(shown) != 1 || shown[0].ID != person.ID {
		t.Errorf("the login shows %d people, %v", len(shown), err)
	}
	if n, err := h.store.VerifyAudit(ctx); err != nil || n < 8 {
		t.Errorf("%d entries, %v", n, err)
	}
	if of, err := h.store.ForStaff().Members.Members(ctx, staff.TheOperator); err != nil || len(of) != 0 {
		t.Errorf("%d members, %v", len(of), err)
	}
}
