package web

import (
	cryptorand "crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/server/counter"
)

// consoleKeyOf is the public half of a key as a console registers it.
func consoleKeyOf(t *testing.T, p testPhone) counter.ConsoleKey {
	t.Helper()
	point, err := p.private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding
	return counter.ConsoleKey{X: b64.EncodeToString(point[1:33]), Y: b64.EncodeToString(point[33:])}
}

// What the console fetches of a morning is enough to verify by: the trust list with its keys and the lists of
// revoked copies, and every sentence that it says of a screen.
func TestAConsoleFetchesWhatItVerifiesBy(t *testing.T) {
	h, _ := connected(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	list := h.fetchStatus(t)
	h.statuses = func(string) *credential.StatusList { return list }
	got := answer[struct {
		Facility string
		Beliefs  struct {
			Issuers []struct {
				ISS  string
				JWKS credential.KeySet `json:"jwks"`
			}
			Statuses map[string]struct{ Bits string }
		}
		Sentences map[string]struct{ Ja string }
	}](t, h.ask(t, "GET", "/api/v1/counter/offline", nil), http.StatusOK)
	first := got.Beliefs.Issuers[0]
	if got.Facility != h.facility.Code || len(got.Beliefs.Issuers) != len(h.trust.Issuers) ||
		first.ISS != h.trust.Issuers[0].ISS || first.JWKS[0].ID != h.trust.Issuers[0].JWKS[0].ID ||
		got.Beliefs.Statuses[first.ISS].Bits == "" {
		t.Errorf("%+v", got)
	}
	for _, key := range []string{"verdict.time.failed_screen", "verdict.headline.genuine",
		"console.next.check_card", "console.registered", "offline.not_understood"} {
		if got.Sentences[key].Ja == "" {
			t.Errorf("nothing is said for %s", key)
		}
	}
}

// The whole way of one record: key, record, case, and the administrator's page with its mark.
func TestAnOfflineRecordIsACaseAndItsMarkIsShown(t *testing.T) {
	h, _ := connected(t)
	r := h.tokuichi(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	phone := newPhone(t)
	key := answer[struct{ ID string }](t,
		h.ask(t, "POST", "/api/v1/counter/offline/key", consoleKeyOf(t, phone)), http.StatusOK)
	at := h.now.Add(-time.Hour) // before the key was there
	text, err := credential.SignJWT(phone.key, "offline+jwt", map[string]any{
		"seq": 1, "prev": "", "case": cryptorand.Text(), "at": at.UnixMilli(), "heard": at.UnixMilli(),
		"since": 0, "outcome": "accepted", "visual": []string{"photo", "name", "birthDate"},
		"staff": "佐藤", "text": h.live(t, r.Person, "00138990", at), "valid": true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, known := range []bool{false, true} {
		got := answer[struct {
			Received []struct {
				Known bool
				Marks []string
			}
		}](t, h.ask(t, "POST", "/api/v1/counter/offline/records",
			map[string]any{"key": key.ID, "records": []string{text}}), http.StatusOK)
		if len(got.Received) != 1 || got.Received[0].Known != known {
			t.Errorf("%+v", got)
		}
	}
	cases := answer[struct {
		Cases []struct {
			Outcome string
			Offline struct {
				Said  struct{ Ja string }
				Marks []struct{ Key string }
			}
		}
	}](t, h.ask(t, "GET", "/api/v1/counter/cases", nil), http.StatusOK).Cases
	if len(cases) != 1 || cases[0].Outcome != "accepted" ||
		!strings.HasPrefix(cases[0].Offline.Said.Ja, "オフライン・申告時刻 ") ||
		cases[0].Offline.Marks[0].Key != "offline.mark.backdated" {
		t.Errorf("%+v", cases)
	}
	page := h.ask(t, "GET", "/counter/offline", nil)
	if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "もう過ぎた時刻より前です") ||
		strings.Contains(page.Body.String(), r.Person.Name) {
		t.Errorf("%d %s", page.Code, page.Body)
	}
}
