package web

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
)

func TestTheFontOfANameIsForItsOwnPersonOnly(t *testing.T) {
	h := newHouse(t)
	r := h.enrolled(t) // 髙 and 德 are outside JIS X 0208
	path := "/people/" + string(r.ID) + "/name.ttf"
	w := h.ask(t, "GET", path, nil)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "font/ttf" || w.Header().Get("Cache-Control") != "no-store" || !bytes.HasPrefix(w.Body.Bytes(), []byte{0, 1, 0, 0}) {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	plain := w.Body.Len()
	w = h.ask(t, "GET", path, nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() >= plain || w.Body.Len() > 10_000 {
		t.Errorf("%d of %d bytes, %v", w.Body.Len(), plain, w.Header())
	}
	screen := h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"})
	if !strings.Contains(screen.Body.String(), `"rareText":true`) {
		t.Error("the screen does not say that it needs the font")
	}
	other := newHouse(t)
	theirs := other.tokuichi(t)
	other.session(t, auth.Patient, "op|y", visitOf("試験 太郎", "1986-04-12", ""))
	if w := other.ask(t, "GET", "/people/"+string(theirs.ID)+"/name.ttf", nil); w.Code != http.StatusNotFound {
		t.Errorf("another's font: %d", w.Code)
	}
}

// A phone that comes back by its key draws the names too: a name that the insurer has changed since needs a font that the phone
// does not have yet.
func TestAPhoneGetsTheFontOfItsPeopleByItsKey(t *testing.T) {
	h, _ := connected(t)
	login := h.now
	r := h.patientOf(t, login)
	phone := newPhone(t)
	h.add(t, "A", phone)
	h.signedOut()
	path := "/people/" + string(r.ID) + "/name.ttf"
	if w := h.ask(t, "GET", path, nil); w.Code != http.StatusForbidden {
		t.Errorf("without any session: %d", w.Code)
	}
	h.enter(t, "A", phone)
	if w := h.ask(t, "GET", path, nil); w.Code != http.StatusOK || !bytes.HasPrefix(w.Body.Bytes(), []byte{0, 1, 0, 0}) {
		t.Errorf("by its key: %d", w.Code)
	}
	h.now = login.Add(90 * 24 * time.Hour)
	h.enter(t, "A", phone)
	if w := h.ask(t, "GET", path, nil); w.Code != http.StatusForbidden {
		t.Errorf("after 90 days: %d", w.Code)
	}
}
