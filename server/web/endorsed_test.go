package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
)

func TestWhatTheKeysSayOfNewerOnesIsPublishedBesideThem(t *testing.T) {
	h, _ := connected(t)
	h.keys.Rotation.Host = testHost
	const city = "00138990"
	iss, listed := testHost+"/i/"+city, h.trust.Issuers[0].JWKS
	if text, err := h.calls.Endorsements(ctx, iss); err != nil || text != "" {
		t.Errorf("before any rotation: %q %v", text, err)
	}
	if w := h.ask(t, "GET", "/i/"+city+"/.well-known/keys.jwt", nil); w.Code != http.StatusNotFound {
		t.Errorf("before any rotation: %d", w.Code)
	}
	if _, err := h.keys.Rings.Issuer(city, h.now); err != nil {
		t.Fatal(err)
	}
	if _, err := h.keys.Rotation.Prepare(city, h.now.Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	current, err := h.keys.Rotation.Rotate(city, h.now)
	if err != nil {
		t.Fatal(err)
	}
	w := h.ask(t, "GET", "/i/"+city+"/.well-known/keys.jwt", nil)
	if head := w.Header(); w.Code != 200 || head.Get("Content-Type") != "application/keyset+jwt" ||
		head.Get("Cache-Control") != "public, max-age=300" ||
		head.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", w.Code, head)
	}
	text, err := h.calls.Endorsements(ctx, iss)
	if err != nil || text != w.Body.String() || strings.Contains(text, `"d"`) {
		t.Fatalf("%v %q", err, text)
	}
	said, err := credential.EndorsementCheck{
		ISS:    iss,
		Listed: listed,
		Since:  h.now.Add(-48 * time.Hour),
		Now:    h.now,
	}.Open(
		text,
	)
	if err != nil || len(said) != 1 || said[0].Keys[0].ID != current.JWK.ID {
		t.Errorf("%v %+v", err, said)
	}
	if _, err := h.calls.Endorsements(ctx, testHost+"/i/01139997"); err != nil {
		t.Errorf("an insurer that is not here: %v", err)
	}
}
