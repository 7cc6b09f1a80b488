package web

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/insurer"
)

func TestTheFontOfANameIsForItsOwnPersonOnly(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t) // 髙 and 德 are outside JIS X 0208
	path := "/people/" + string(r.ID) + "/name.ttf"
	w := h.ask(t, "GET", path, nil)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "font/ttf" ||
		w.Header().Get("Cache-Control") != "no-store" ||
		!bytes.HasPrefix(w.Body.Bytes(), []byte{0, 1, 0, 0}) {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	plain := w.Body.Len()
	w = h.ask(t, "GET", path, nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() >= plain || w.Body.Len() > 10_000 {
		t.Errorf("%d of %d bytes, %v", w.Body.Len(), plain, w.Header())
	}
	screen := h.ask(
		t,
		"POST",
		"/api/v1/people/"+string(r.ID)+"/credential",
		map[string]string{"tier": "live"},
	)
	if !strings.Contains(screen.Body.String(), `"rareTexts":["name"]`) {
		t.Error("the screen does not say that it needs the font")
	}
	other := newTestApp(t)
	theirs := other.tokuichi(t)
	other.session(t, auth.Patient, "op|y", visitOf("試験 太郎", "1986-04-12", ""))
	if w := other.ask(t, "GET", "/people/"+string(theirs.ID)+"/name.ttf",
		nil); w.Code != http.StatusNotFound {
		t.Errorf("another's font: %d", w.Code)
	}
}

// A phone that comes back by its key draws the names too: a name that the insurer has changed since needs a
// font that the phone does not have yet.
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
	if w := h.ask(t, "GET", path, nil); w.Code != http.StatusOK ||
		!bytes.HasPrefix(w.Body.Bytes(), []byte{0, 1, 0, 0}) {
		t.Errorf("by its key: %d", w.Code)
	}
	h.now = login.Add(90 * 24 * time.Hour)
	h.enter(t, "A", phone)
	if w := h.ask(t, "GET", path, nil); w.Code != http.StatusForbidden {
		t.Errorf("after 90 days: %d", w.Code)
	}
}

// A shape that no font here has is told with the screen; where there is none at all, there is no font either.
func TestAScreenSaysWhichNamesNoFontHereCanDraw(t *testing.T) {
	for _, c := range []struct {
		name, kanji string
		status      int
		says        string // of the screen
	}{
		{"of the standard", "試験 太郎", http.StatusNoContent, ""},
		{"a rare one", "𠮷田 太郎", http.StatusOK, `"rareTexts":["name"]`},
		{"a variant", "葛\U000E0100城 太郎", http.StatusOK, `"rareTexts":["name"]`},
		{"a variant that no font has", "試験 太\U000E01EF郎", http.StatusOK,
			`"rareTexts":["name"],"lacksShapes":true`},
		{"one of several", "\U00030000田 太郎", http.StatusOK, `"rareTexts":["name"],"lacksShapes":true`},
		{"all of them", "\U00030000\U00030001", http.StatusNoContent,
			`"rareTexts":["name"],"lacksShapes":true`},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newTestApp(t)
			file := "保険者番号,記号,番号,枝番,氏名,氏名カナ,生年月日,負担割合\n138990,国13,0001234,02," + c.kanji +
				",ﾀﾛｳ,1955-07-01,2割\n"
			if _, err := h.insurer.Importer.Import(ctx, clerkOf("00138990"),
				strings.NewReader(file)); err != nil {
				t.Fatal(err)
			}
			found, err := h.store.Register.FindPeople(ctx, insurer.PeopleQuery{Insurer: "00138990", Limit: 1})
			if err != nil || len(found) != 1 {
				t.Fatalf("%d people, %v", len(found), err)
			}
			r := found[0]
			h.enrol(
				t,
				r,
				auth.Identity{Subject: "op|x", Name: c.kanji, BirthDate: r.Person.BirthDate, At: h.now},
			)
			screen := h.ask(
				t,
				"POST",
				"/api/v1/people/"+string(r.ID)+"/credential",
				map[string]string{"tier": "live"},
			).Body.String()
			if !strings.Contains(screen, c.says) || c.says == "" && strings.Contains(screen, "rareTexts") ||
				strings.Contains(screen, "lacksShapes") != strings.Contains(c.says, "lacksShapes") {
				t.Error(screen)
			}
			if w := h.ask(t, "GET", "/people/"+string(r.ID)+"/name.ttf", nil); w.Code != c.status {
				t.Errorf("the font: %d", w.Code)
			}
		})
	}
}
