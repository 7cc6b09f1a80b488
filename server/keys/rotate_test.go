package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

const city eligibility.InsurerNumber = "00138990"

// noon is the day of the walk through a rotation; nothing here reads the clock.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)

func open(t testing.TB, dir string) *Folder {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	f.Rotation.Host = testHost
	return f
}

const testHost = "https://hoken.example.jp"

func newFolder(t testing.TB) (*Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	return open(t, dir), dir
}

func issuer(t testing.TB, f *Folder, now time.Time) IssuerKeys {
	t.Helper()
	k, err := f.Rings.Issuer(city, now)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ids(set credential.KeySet) []string {
	var out []string
	for _, k := range set {
		out = append(out, k.ID)
	}
	return out
}

func must(t testing.TB) func(Entry, error) Entry {
	return func(e Entry, err error) Entry {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

func TestANextKeyMaySignOnceItHasBeenPublishedForADay(t *testing.T) {
	f, _ := newFolder(t)
	first := issuer(t, f, noon)
	if _, err := f.Rotation.Rotate(city, noon); !errors.Is(err, ErrNoNext) {
		t.Errorf("rotated without a next key: %v", err)
	}
	next := must(t)(f.Rotation.Prepare(city, noon))
	if again := must(t)(f.Rotation.Prepare(city, noon.Add(time.Hour))); again.JWK.ID != next.JWK.ID ||
		!again.Published.Equal(noon) {
		t.Errorf("preparing again changed the next key: %+v", again)
	}
	k := issuer(t, f, noon)
	if k.Current.ID != first.Current.ID ||
		!slices.Equal(ids(k.Set), []string{first.Current.ID, next.JWK.ID}) {
		t.Errorf("current %s, published %v", k.Current.ID, ids(k.Set))
	}
	_, err := f.Rotation.Rotate(city, noon.Add(24*time.Hour-time.Nanosecond))
	var said *eligibility.Error
	if !errors.Is(err, ErrTooSoon) || !errors.As(err, &said) ||
		!strings.Contains(said.Ja(), "2026-11-23 12:00") ||
		!strings.Contains(said.En(), "2026-11-23 12:00") {
		t.Errorf("rotated too soon: %v", err)
	}
	day := noon.Add(24 * time.Hour)
	if now := must(t)(f.Rotation.Rotate(city, day)); now.JWK.ID != next.JWK.ID {
		t.Errorf("another key than the next one signs: %+v", now)
	}
	k = issuer(t, f, day)
	if k.Current.ID != next.JWK.ID || !slices.Equal(ids(k.Set), []string{next.JWK.ID, first.Current.ID}) {
		t.Errorf("current %s, published %v", k.Current.ID, ids(k.Set))
	}
}

// A copy made on the last day of a month that is followed by three long ones ends latest:
// docs/facts/smart-health-card.md#tiers ends it on the first day of the fourth month after issue.
func TestARetiredKeyStaysPublishedUntilItsLastCopyHasEnded(t *testing.T) {
	longest := 0
	for day := eligibility.MustDate("2026-01-01"); day.Year() < 2031; day = day.AddDays(1) {
		end := time.Date(day.Year(), time.Month(day.Month()+4), 1, 0, 0, 0, 0, eligibility.Japan)
		longest = max(longest, int(end.Sub(day.Time()).Hours()/24))
	}
	f, _ := newFolder(t)
	old := issuer(t, f, noon)
	must(t)(f.Rotation.Prepare(city, noon))
	retired := noon.Add(24 * time.Hour)
	must(t)(f.Rotation.Rotate(city, retired))
	// a server a minute late, and a verifier's leeway
	lastEnd := retired.AddDate(0, 0, longest).Add(2 * time.Minute)
	if _, ok := issuer(t, f, lastEnd).Set.Find(old.Current.ID); !ok {
		t.Errorf("gone %d days after retiring, before the last copy's end", longest)
	}
	if _, ok := issuer(t, f, retired.Add(KeptAfter)).Set.Find(old.Current.ID); ok {
		t.Error("published for ever")
	}
	must(t)(f.Rotation.Prepare(city, retired.Add(KeptAfter)))
	listed, err := f.Rings.List(city, retired.Add(KeptAfter))
	if err != nil || len(listed) != 2 {
		t.Errorf("it stays in the register: %+v %v", listed, err)
	}
}

func TestAKeyOfAnOlderVersionGoesOnSigning(t *testing.T) {
	f, dir := newFolder(t)
	private, err := f.Signing("issuer-00138990.pem") // as it was made before there were registers
	if err != nil {
		t.Fatal(err)
	}
	old, err := credential.NewKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if key, err := f.Rings.IssuerKey(city); err != nil || key.ID != old.ID {
		t.Errorf("%s %v", key.ID, err)
	}
	if k := issuer(t, open(t, dir), noon); k.Current.ID != old.ID || len(k.Set) != 1 {
		t.Errorf("current %s, published %v", k.Current.ID, ids(k.Set))
	}
	if key, err := f.Rings.IssuerKey(city); err != nil || key.ID != old.ID {
		t.Errorf("%s %v", key.ID, err)
	}
	if all, err := f.Rings.Insurers(); err != nil || !slices.Equal(all, []eligibility.InsurerNumber{city}) {
		t.Errorf("%v %v", all, err)
	}
}

func TestPrivateHalvesOfRetiredKeysAreRemoved(t *testing.T) {
	f, dir := newFolder(t)
	issuer(t, f, noon)
	must(t)(f.Rotation.Prepare(city, noon))
	must(t)(f.Rotation.Rotate(city, noon.Add(25*time.Hour)))
	if _, err := os.Stat(filepath.Join(dir, "issuer-00138990.pem")); err == nil {
		t.Error("the retired key can still leak")
	}
	third := must(t)(f.Rotation.Prepare(city, noon.Add(26*time.Hour)))
	if third.File != "issuer-00138990-3.pem" {
		t.Errorf("a file name means two keys: %s", third.File)
	}
}

func TestARunningServerNoticesWhatAnotherProcessDid(t *testing.T) {
	server, dir := newFolder(t)
	before := issuer(t, server, noon)
	command := open(t, dir)
	next := must(t)(command.Rotation.Prepare(city, noon))
	if _, ok := issuer(t, server, noon).Set.Find(next.JWK.ID); !ok {
		t.Error("the next key is not published")
	}
	must(t)(command.Rotation.Rotate(city, noon.Add(24*time.Hour)))
	if k := issuer(t, server, noon.Add(24*time.Hour)); k.Current.ID != next.JWK.ID {
		t.Errorf("it still signs with %s", k.Current.ID)
	}
	must(t)(command.Rotation.Replace(city, Leaked, noon.Add(25*time.Hour)))
	k := issuer(t, server, noon.Add(25*time.Hour))
	if _, leaked := k.Set.Find(next.JWK.ID); leaked || k.Current.ID == next.JWK.ID {
		t.Error("the leaked key still counts")
	}
	if _, ok := k.Set.Find(before.Current.ID); !ok {
		t.Error("the retired key, whose private half was gone before the leak, no longer counts")
	}
}

func TestFilesAndFoldersThatOthersCanReadAreRefused(t *testing.T) {
	f, dir := newFolder(t)
	issuer(t, f, noon)
	for _, name := range []string{"issuer-00138990.pem", "issuer-00138990.json"} {
		path := filepath.Join(dir, name)
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := open(t, dir).Rings.Issuer(city, noon); !errors.Is(err, errOpenRights) {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.Is(err, errOpenRights) {
		t.Errorf("a folder that others can enter: %v", err)
	}
}

// The register is what somebody reads at 3 a.m.: states, file names, times with their zone, and no private
// key.
func TestTheRegisterTellsItsStoryAndNoSecret(t *testing.T) {
	f, dir := newFolder(t)
	issuer(t, f, noon)
	must(t)(f.Rotation.Prepare(city, noon.UTC()))
	data, err := os.ReadFile(filepath.Join(dir, "issuer-00138990.json"))
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Insurer string
		Keys    []struct{ State, File, Published string }
	}
	if err := json.Unmarshal(data, &told); err != nil || told.Insurer != "00138990" || len(told.Keys) != 2 ||
		told.Keys[1].State != "next" ||
		told.Keys[1].File != "issuer-00138990-2.pem" ||
		told.Keys[1].Published != "2026-11-22T12:00:00+09:00" {
		t.Errorf("%v\n%s", err, data)
	}
	if bytes.Contains(data, []byte(`"d"`)) || bytes.Contains(data, []byte("PRIVATE")) {
		t.Errorf("a secret in the register:\n%s", data)
	}
}
