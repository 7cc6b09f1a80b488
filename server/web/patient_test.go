package web

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/server/web/patient"
)

func TestEnrolmentNeedsTheRightPerson(t *testing.T) {
	for name, c := range map[string]struct {
		login, birth string
		want         int
	}{
		"the person, spelt as the register does": {"高橋　徳一", "1955-07-01", http.StatusSeeOther},
		"masked":                                 {"●橋 德一", "1955-07-01", http.StatusSeeOther},
		"a lost character":                       {"髙橋 ?一", "1955-07-01", http.StatusSeeOther},
		"nothing but ●":                          {"●● ●●", "1955-07-01", http.StatusUnprocessableEntity},
		"mostly ●":                               {"●●●一", "1955-07-01", http.StatusUnprocessableEntity},
		"nothing but lost characters":            {"????", "1955-07-01", http.StatusUnprocessableEntity},
		"another birth date":                     {"髙橋 德一", "1955-07-02", http.StatusUnprocessableEntity},
		"another name":                           {"試験 太郎", "1955-07-01", http.StatusUnprocessableEntity},
		"one character off":                      {"髙橋 德二", "1955-07-01", http.StatusUnprocessableEntity},
	} {
		h := newTestApp(t)
		r := h.tokuichi(t)
		paper, err := h.insurer.Enrolment.NoticePaper(ctx, clerkOf(r.Person.Insurer), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.session(t, auth.Patient, "op|x", visitOf(c.login, c.birth, string(h.notices.MAC(paper.Code))))
		if w := h.ask(t, "POST", "/enrol", nil); w.Code != c.want {
			t.Errorf("%s: %d", name, w.Code)
		}
		people, err := h.store.Enrolment.Enrolled(ctx, "op|x", h.now)
		if err != nil || (len(people) == 1) != (c.want == http.StatusSeeOther) {
			t.Errorf("%s: %d people, %v", name, len(people), err)
		}
	}
}

func TestNoticeCodeLeavesTheAddressAndIsNotUsedUpByLooking(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	paper, err := h.insurer.Enrolment.NoticePaper(ctx, clerkOf(r.Person.Insurer), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w := h.ask(t, "GET", "/n/"+strings.ToLower(paper.Code), nil)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/notice" {
			t.Fatalf("%d %s", w.Code, w.Header())
		}
	}
	if n, err := h.store.Enrolment.Notice(ctx, h.notices.MAC(paper.Code)); err != nil || n.UsedBy != "" {
		t.Errorf("%+v %v", n, err)
	}
	if w := h.ask(t, "GET", "/n/AAAAAAAAAAAAAAAA", nil); w.Code != http.StatusNotFound ||
		!strings.Contains(w.Body.String(), "お知らせが見つかりません") {
		t.Errorf("%d", w.Code)
	}
}

func TestPeopleSeeTheirOwnOnly(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	w := h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"})
	if w.Code != http.StatusForbidden {
		t.Errorf("without a login: %d", w.Code)
	}
	h.session(t, auth.Patient, "op|x", visitOf("試験 太郎", "1986-04-12", ""))
	w = h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"})
	if w.Code != http.StatusNotFound {
		t.Errorf("another's screen: %d %s", w.Code, w.Body)
	}
	if w := h.ask(t, "GET", "/people/"+string(r.ID)+"/document.pdf", nil); w.Code != http.StatusNotFound {
		t.Errorf("another's PDF: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/insurer/people/"+string(r.ID)+"/notice", nil); w.Code != http.StatusSeeOther {
		t.Errorf("a patient at the clerk's desk: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/api/v1/counter/cases", nil); w.Code != http.StatusForbidden {
		t.Errorf("a patient at the counter: %d", w.Code)
	}
}

func TestScreenAndCopyAreGenuine(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	w := h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"})
	screen := decode[struct {
		JWS     string
		Details patient.Details
	}](t, w)
	v := credential.Verifier{Trust: &h.trust, Now: h.now}.Verify(screen.JWS)
	if !v.Valid || v.Tier != credential.TierLive || v.Eligibility.Name != "髙橋 德一" ||
		screen.Details.ShareText != "2割" ||
		screen.Details.InsurerNumber != "138990" {
		t.Errorf("%+v %+v", v, screen.Details)
	}
	if w := h.ask(t, "GET", "/people/"+string(r.ID)+"/document.pdf", nil); w.Code != http.StatusOK ||
		!bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF-")) {
		t.Errorf("%d %s", w.Code, w.Header())
	}
	if w := h.ask(t, "GET", "/api/v1/me", nil); w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
	if w := h.ask(t, "GET", "/i/00138990/.well-known/jwks.json", nil); w.Code != http.StatusOK ||
		w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %s", w.Code, w.Header())
	}
}

// A phone keeps the shell, and other people may open it on that phone.
func TestTheScreensShellNamesNobody(t *testing.T) {
	h := newTestApp(t)
	before := h.ask(t, "GET", "/screen", nil).Body.String()
	r := h.enrolled(t)
	after := h.ask(t, "GET", "/screen", nil).Body.String()
	if before != after {
		t.Error("the shell is another for a login")
	}
	for _, bad := range []string{r.Person.Name, string(r.ID), "架空市", "03-0000-0000"} {
		if strings.Contains(after, bad) {
			t.Errorf("the shell names %s", bad)
		}
	}
}
