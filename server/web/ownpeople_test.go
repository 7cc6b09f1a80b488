package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// A file that one clerk looks at is neither stored, mapped nor dropped by another, at the service as on the
// page.
func TestAPreviewIsNeitherStoredNorDroppedByAnotherClerk(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	at := h.sent(t, "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n")
	id := at[strings.LastIndexByte(at, '/')+1:]
	mine := h.cookies
	clerks := []string{"佐藤", "", "鈴木 ", "鈴"}
	testenv.Refused(t, testenv.Sessions, 4*len(clerks))
	for _, clerk := range clerks {
		h.cookies = nil
		h.session(t, auth.Clerk, clerk, "{}")
		for step, form := range map[string]url.Values{"/store": {"seen": {"1 0 0"}}, "/drop": nil,
			"/headings": {"column-0": {"番号"}}} {
			if w := h.form(t, at+step, form); w.Code != http.StatusNotFound {
				t.Errorf("%q at %s: %d", clerk, step, w.Code)
			}
		}
		other := clerkOf("00138990")
		other.Staff = clerk
		if err := h.insurer.Importer.StorePreview(ctx, other, id, insurer.ImportCount{New: 1}); err == nil {
			t.Errorf("%q stored it", clerk)
		}
		if err := h.insurer.Importer.DropPreview(ctx, other, id); err == nil {
			t.Errorf("%q dropped it", clerk)
		}
	}
	h.cookies = mine
	if w := h.ask(t, "GET", at, nil); w.Code != http.StatusOK || h.insured(t) != 0 {
		t.Errorf("its own clerk finds it no more: %d, %d people", w.Code, h.insured(t))
	}
	if w := h.form(t, at+"/store", url.Values{"seen": {"1 0 0"}}); w.Code != http.StatusSeeOther ||
		h.insured(t) != 1 {
		t.Errorf("its own clerk's yes: %d, %d people", w.Code, h.insured(t))
	}
}

// A phone's grant is over 90 days after its login, also while a newer session of that login is open in the
// browser.
func TestAGrantThatIsOverMakesNoOfflineScreen(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	if w := h.add(t, "A", newPhone(t)); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	login := h.now
	for _, c := range []struct {
		at   time.Time
		want *eligibility.Error
	}{
		{login, nil},
		{login.Add(insurer.DeviceGrantLife - time.Second), nil},
		{login.Add(insurer.DeviceGrantLife),
			insurer.ErrDeviceGrantOver},
		{login.Add(insurer.DeviceGrantLife + 24*time.Hour), insurer.ErrDeviceGrantOver},
	} {
		h.now = c.at
		_, err := h.insurer.Issuer.Offline(ctx, viewerOf("s"), r.ID, "A")
		if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%v after the login: %v", c.at.Sub(login), err)
		}
	}
	for _, phone := range []string{"", "B"} {
		h.now = login
		if _, err := h.insurer.Issuer.Offline(ctx, viewerOf("s"), r.ID, phone); err == nil {
			t.Errorf("phone %q was given a screen", phone)
		}
	}
}

// A clerk sees and ends phones of the own insurer's people only.
func TestAClerkEndsPhonesOfTheOwnInsurersPeopleOnly(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	if w := h.add(t, "A", newPhone(t)); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, insurer := range []eligibility.InsurerNumber{"06139992", "01139997", "", "138990"} {
		if phones, err := h.insurer.Devices.DevicesOfPerson(ctx, clerkOf(insurer), r.ID); err == nil {
			t.Errorf("%q sees %d phones", insurer, len(phones))
		}
		for _, phone := range []string{"A", ""} {
			if n, err := h.insurer.Devices.EndDeviceOfPerson(ctx, clerkOf(insurer), r.ID, phone); err == nil {
				t.Errorf("%q ended %d", insurer, n)
			}
		}
	}
	if phones, err := h.insurer.Devices.DevicesOfPerson(ctx, clerkOf("00138990"), r.ID); err != nil ||
		len(phones) != 1 {
		t.Errorf("its own insurer sees %d phones, %v", len(phones), err)
	}
	testenv.Refused(t, testenv.Sessions, 12)
}

// A login of two people shows the one that is asked for, and nobody for an id that is none of theirs.
func TestALoginShowsTheAskedPersonOrNobody(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	other := h.hanako(t, h.now)
	for name, c := range map[string]struct {
		subject string
		id      audit.PersonID
	}{"another login's person": {"op|x", other.ID}, "the other way round": {"hanako", r.ID},
		"an id of nobody": {"op|x", "NOBODY"}, "no id": {"op|x", ""}, "nobody's login": {"op|nobody", r.ID}} {
		if screen, err := h.insurer.Issuer.Live(ctx, viewerOf(c.subject), c.id); !errors.Is(err,
			insurer.ErrNotEnrolled) {
			t.Errorf("%s: %+v %v", name, screen, err)
		}
	}
	testenv.Refused(t, testenv.Sessions, 5)
	h.enrol(t, r, auth.Identity{Subject: "op|x", Name: "髙橋 德一", BirthDate: r.Person.BirthDate, At: h.now})
	screen, err := h.insurer.Issuer.Live(ctx, viewerOf("hanako"), other.ID)
	if v := (credential.Verifier{Trust: &h.trust, Now: h.now}).Verify(screen.JWS); err != nil ||
		v.Eligibility == nil || v.Eligibility.Name != "試験 花子" {
		t.Errorf("%+v %v", v, err)
	}
}

// The staff of the demo are the fictional ones: any other name opens nothing.
func TestOnlyTheOfferedStaffIsPicked(t *testing.T) {
	h := newTestApp(t)
	names := []string{"", "佐藤", "鈴木 ", " 鈴木", "鈴", "鈴木鈴木", "admin", "鈴木\x00"}
	testenv.Refused(t, testenv.Sessions, 2*len(names))
	for _, door := range []string{"/insurer", "/counter"} {
		for _, name := range names {
			if w := h.form(t, door+"/staff", url.Values{"name": {name}}); w.Code < 400 ||
				len(w.Result().Cookies()) > 0 {
				t.Errorf("%q at %s: %d", name, door, w.Code)
			}
		}
		if w := h.form(t, door+"/staff", url.Values{"name": {"鈴木"}}); w.Code != http.StatusSeeOther {
			t.Errorf("鈴木 at %s: %d", door, w.Code)
		}
	}
}

// The ids by which a person, a case, a preview or a notice is found cannot be guessed: at least 80 bits
// (docs: a notice's code is 80, everything else 128 and more).
func TestNothingIsFoundByAShortID(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	at := h.sent(t, "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n")
	_, path := h.scanned(t)
	nonce, err := base64.RawURLEncoding.DecodeString(h.nonce(t, "A"))
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		id   string
		bits int // of one character
		want int
	}{
		"a person":        {string(r.ID), 5, 128},
		"a case":          {path[strings.LastIndexByte(path, '/')+1:], 5, 128},
		"a preview":       {at[strings.LastIndexByte(at, '/')+1:], 5, 128},
		"a notice":        {h.noticeCode(t, r), 5, 80},
		"a phone's nonce": {string(nonce[8:24]), 8, 128},
	} {
		if got := len(c.id) * c.bits; got < c.want {
			t.Errorf("%s: %q has %d bits", what, c.id, got)
		}
	}
}
