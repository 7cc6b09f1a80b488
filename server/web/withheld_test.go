package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/internal/testenv"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/patient"
)

// imported stores a file of 架空市.
func (h *testApp) imported(t *testing.T, file string) {
	t.Helper()
	if _, err := h.insurer.Importer.Import(ctx, clerkOf("00138990"), strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
}

// numbered is the person of 架空市 who has a 番号.
func (h *testApp) numbered(t *testing.T, number string) insurer.PersonRecord {
	t.Helper()
	q := insurer.PeopleQuery{Insurer: "00138990", Text: number, Limit: 2}
	found, err := h.store.Register.FindPeople(ctx, q)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d people, %v", len(found), err)
	}
	return found[0]
}

// A notice of somebody whose data are withheld (不開示) answers everybody as a notice does whose login does
// not fit: the same page, byte for byte. The desk enrols.
func TestANoticeTellsNobodyWhoseDataAreWithheld(t *testing.T) {
	h := newTestApp(t)
	head := "番号,氏名,生年月日,住所,不開示\n"
	h.imported(t, head+"7654321,隠田 花子,1988-11-30,大阪府架空市隠町7,有\n"+
		"7654322,公田 花子,1988-11-30,大阪府架空市公町7,無\n")
	hidden, open := h.numbered(t, "7654321"), h.numbered(t, "7654322")
	answer := func(r insurer.PersonRecord, login *auth.Identity) string {
		phone := h.patientWith(t, patient.VisitSession{Login: login})
		opened := from(h.echo, here, "GET", "/n/"+h.noticeCode(t, r), nil, &phone)
		door := from(h.echo, here, "GET", "/notice", nil, &phone)
		enrol := from(h.echo, here, "GET", "/enrol", nil, &phone)
		w := from(h.echo, here, "POST", "/enrol", nil, &phone)
		return fmt.Sprint(opened.Code, door.Code, door.Body, enrol.Code, enrol.Body, w.Code, w.Body)
	}
	// one login, which fits the person whose data are withheld and not the other
	right := h.loginOf(hidden, "op|right")
	phone := h.patientWith(t, patient.VisitSession{Login: right})
	from(h.echo, here, "GET", "/n/"+h.noticeCode(t, hidden), nil, &phone)
	refused := from(h.echo, here, "POST", "/enrol", nil, &phone)
	wrong := h.patientWith(t, patient.VisitSession{Login: h.loginOf(hidden, "op|wrong")})
	from(h.echo, here, "GET", "/n/"+h.noticeCode(t, open), nil, &wrong)
	misfit := from(h.echo, here, "POST", "/enrol", nil, &wrong)
	testenv.Refused(t, testenv.Sessions, 4)
	if refused.Code != misfit.Code || refused.Body.String() != misfit.Body.String() ||
		refused.Code != http.StatusUnprocessableEntity {
		t.Errorf("withheld: %d %s\na login that does not fit: %d %s", refused.Code, refused.Body, misfit.Code,
			misfit.Body)
	}
	page := refused.Body.String()
	if !strings.Contains(page, `id="to-desk"`) || !strings.Contains(page, `href="tel:03-0000-0000"`) ||
		strings.Contains(page, "不開示") {
		t.Errorf("the page: %s", page)
	}
	spouse := func() *auth.Identity {
		login := h.loginOf(hidden, "op|spouse")
		login.Name = "某田 太郎"
		return login
	}
	if a, b := answer(hidden, spouse()), answer(open, spouse()); a != b {
		t.Errorf("another's login sees that one of two is withheld:\n%s\n%s", a, b)
	}
	e := h.atDesk(t, hidden)
	if w := from(h.echo, here, "GET", "/d/"+e.Code, nil, &phone); location(t, w) != "/notice" {
		t.Fatal(w.Code)
	}
	if w := from(h.echo, here, "POST", "/enrol", nil, &phone); location(t, w) != "/screen" {
		t.Errorf("at the desk: %d %s", w.Code, w.Body)
	}
}

// An address that is withheld stands on no page that a clerk opens without a passkey used just now.
func TestAWithheldAddressWantsAFreshPasskey(t *testing.T) {
	h := newTestApp(t)
	for _, home := range []string{"大阪府架空市旧町7", "大阪府架空市隠町7"} {
		h.imported(t, "番号,氏名,生年月日,住所,不開示\n7654321,隠田 花子,1988-11-30,"+home+",有\n")
	}
	person := "/insurer/people/" + string(h.numbered(t, "7654321").ID)
	b := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerClerk, "鈴木 一郎")
	b.signIn("")
	for _, path := range []string{person, person + "/desk", person + "/reissue", person + "/erase",
		"/insurer?q=7654321"} {
		if body := b.get(path).Body.String(); strings.Contains(body, "隠町") || strings.Contains(body, "旧町") {
			t.Errorf("%s shows the address", path)
		}
	}
	if body := b.get(person).Body.String(); !strings.Contains(body, person+"/address") {
		t.Error("the page does not lead to the address")
	}
	if body := b.get(person + "/address").Body.String(); !strings.Contains(body, "大阪府架空市隠町7") {
		t.Error("a fresh passkey does not show it")
	}
	h.now = h.now.Add(6 * time.Minute)
	w := b.get(person + "/address")
	want := "/staff/prove?" + url.Values{"back": {person + "/address"}}.Encode()
	if location(t, w) != want || strings.Contains(w.Body.String(), "隠町") {
		t.Errorf("six minutes later: %d %s", w.Code, location(t, w))
	}
	if n := h.audited(t, "people.address"); n != 1 {
		t.Errorf("%d looks are audited", n)
	}
}

// The paper of somebody whose data are withheld says where it is sent: it, and the files of a print run, are
// downloaded only with a passkey used just now. Anybody else's paper is not asked for.
func TestPapersOfTheWithheldWantAFreshPasskey(t *testing.T) {
	h := newTestApp(t)
	h.imported(t, "番号,氏名,生年月日,送付先,不開示\n"+
		"7654321,隠田 花子,1988-11-30,大阪府架空市隠町7,有\n7654322,架空 太郎,1988-11-30,大阪府架空市見町7,\n")
	papers := func(number string) []string {
		person := "/insurer/people/" + string(h.numbered(t, number).ID)
		return []string{person + "/notice.pdf", person + "/insert.pdf"}
	}
	h.session(t, auth.Clerk, "鈴木", "{}")
	done := h.started(t, url.Values{"insurer": {"00138990"}, "run": {"notices"}, "whom": {"new"},
		"order": {"number"}})
	h.overOf(t, insurer.RunKey{Insurer: "00138990", ID: done})
	files := "/insurer/runs/" + done + "/files/"
	withheld := append(papers("7654321"), files+"oshirase-138990-"+done+"-001.pdf",
		files+"oshirase-138990-"+done+"-index.csv")
	b := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerClerk, "鈴木 一郎")
	b.signIn("")
	for _, path := range append(withheld, papers("7654322")...) {
		if w := b.get(path); w.Code != http.StatusOK {
			t.Errorf("%s with a fresh passkey: %d", path, w.Code)
		}
	}
	h.now = h.now.Add(6 * time.Minute)
	for _, path := range withheld {
		w := b.get(path)
		if want := "/staff/prove?" + (url.Values{"back": {path}}).Encode(); location(t, w) != want {
			t.Errorf("%s six minutes later: %d %s", path, w.Code, location(t, w))
		}
	}
	for _, path := range papers("7654322") {
		if w := b.get(path); w.Code != http.StatusOK {
			t.Errorf("%s of anybody six minutes later: %d", path, w.Code)
		}
	}
}
