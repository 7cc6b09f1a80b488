// Package demotest plays with the insurer of a running demo, 架空市国保 (docs/facts/test-people.md): what it
// publishes, and genuine screens that its own key signs.
package demotest

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/keys"
)

// Insurer is the demo's insurer.
const Insurer eligibility.InsurerNumber = "00138990"

// ISS is what it calls itself in a credential.
const ISS = "https://localhost:8080/i/" + string(Insurer)

// Key is the insurer's key, out of the demo's data folder.
func Key(t testing.TB, data string) credential.Key {
	t.Helper()
	folder, err := keys.Open(filepath.Join(data, "demo", "keys"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := folder.Rings.IssuerKey(Insurer)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Screen is a genuine live screen.
type Screen struct {
	Data   string // the demo's data folder
	At     time.Time
	Share  int // percent
	Person eligibility.Person
}

// JWS signs it.
func (s Screen) JWS(t testing.TB) string {
	t.Helper()
	made, err := credential.Issue(ISS, Key(t, s.Data), credential.Request{
		Tier:        credential.TierLive,
		InsurerName: "架空市",
		Share:       s.Share,
		Person:      s.Person,
	}, s.At)
	if err != nil {
		t.Fatal(err)
	}
	return made.JWS
}

// Published fetches the insurer's key set, as any verifier does.
func Published(t testing.TB, base string) credential.KeySet {
	t.Helper()
	res, err := http.Get(base + "/i/" + string(Insurer) + "/.well-known/jwks.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var set credential.KeySet
	if err := json.NewDecoder(res.Body).Decode(&set); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %v", res.Status, err)
	}
	return set
}
