package keys

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// docs/keys.md: a lost or leaked key cannot vouch for the one that takes its place; whoever rotates reads
// what to do.
func TestAnEmergencyNamesTheTrustList(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	f.Rotation.Host = "https://localhost:8080"
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, eligibility.Japan)
	if _, err := f.Rings.Issuer(city, now); err != nil {
		t.Fatal(err)
	}
	leaked, err := f.Rotation.Step(city, StepCause{Leaked: true}, now)
	if err != nil {
		t.Fatal(err)
	}
	next, err := f.Rotation.Prepare(city, now)
	if err != nil {
		t.Fatal(err)
	}
	withdrawn, err := f.Rotation.Step(city, StepCause{Leaked: true, KID: next.JWK.ID}, now)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := f.Rings.List(city, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, listed[0].File)); err != nil {
		t.Fatal(err)
	}
	lost, err := f.Rotation.Step(city, StepCause{Lost: true}, now)
	if err != nil {
		t.Fatal(err)
	}
	for name, said := range map[string]string{"leaked": leaked, "withdrawn": withdrawn, "lost": lost} {
		if !strings.Contains(said, "信頼リストを作り直して") || !strings.Contains(said, "newer trust list") ||
			strings.Contains(said, "\n") {
			t.Errorf("%s: %s", name, said)
		}
	}
}
