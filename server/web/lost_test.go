package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/patient"
)

// After 資格喪失 (健康保険法 36条) no paper and no code of that insurer is made, whichever address is asked, and
// nothing is noted as if one had been.
func TestAnEligibilityThatHasEndedGivesNoPaperOfAnyKind(t *testing.T) {
	h, _ := connected(t)
	p := eligibility.Person{
		Insurer:      "06139992",
		Symbol:       "１２",
		Number:       "３４",
		BranchNumber: "00",
		Name:         "試験 退子",
		Kana:         "ｼｹﾝ ﾀｲｺ",
		BirthDate:    eligibility.MustDate("1988-11-30"),
		LostOn:       eligibility.MustDate("2026-11-22"),
	}
	if _, err := h.store.Importer.ImportPeople(ctx, "06139992",
		func(yield func(string, eligibility.Person) bool) { yield("lost", p) },
		audit.Entry{At: h.now, Actor: "t", Action: "people.import"}); err != nil {
		t.Fatal(err)
	}
	r, err := h.store.Issuer.PersonByKey(ctx, "06139992", "lost")
	if err != nil {
		t.Fatal(err)
	}
	paper, err := h.insurer.Enrolment.NoticePaper(ctx, clerkOf(r.Person.Insurer), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	login := auth.Identity{Subject: "lost", Name: p.Name, BirthDate: p.BirthDate, At: h.now}
	if err := h.insurer.Enrolment.Enrol(ctx, insurer.Viewer{Login: &login},
		h.notices.MAC(paper.Code)); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(patient.VisitSession{Login: &login})
	if err != nil {
		t.Fatal(err)
	}
	h.session(t, auth.Patient, "lost", string(data))
	files := []string{"screen.smart-health-card"}
	for _, d := range insurer.AllDocuments() {
		if d.Viewer != nil {
			files = append(files, string(d.Kind)+".pdf")
		}
	}
	if len(files) < 4 {
		t.Errorf("only %q were found", files)
	}
	for _, file := range files {
		if w := h.ask(t, "GET", "/people/"+string(r.ID)+"/"+file, nil); w.Code != http.StatusConflict ||
			!strings.Contains(w.Body.String(), "この資格は終わっています") {
			t.Errorf("%s: %d", file, w.Code)
		}
	}
	refusedWith(
		t,
		h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"}),
		"eligibility.lost",
	)
	if file, err := h.insurer.Register.PersonFile(ctx, clerkOf(r.Person.Insurer), r.ID); err != nil ||
		len(file.Copies) != 0 {
		t.Errorf("%d copies are noted that nobody has, %v", len(file.Copies), err)
	}
}
