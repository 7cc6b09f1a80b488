package keys

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
)

// follow returns the keys that a counter believes which knows only these, from what the insurer publishes.
func follow(t *testing.T, of IssuerKeys, listed credential.KeySet, since, now time.Time) []string {
	t.Helper()
	believed := slices.Clone(listed)
	gone := func(kid string) bool { _, there := of.Set.Find(kid); return !there }
	said, err := credential.EndorsementCheck{
		ISS:    testHost + "/i/" + string(city),
		Listed: listed,
		Since:  since,
		Gone:   gone,
		Now:    now,
	}.
		Open(strings.Join(of.Endorsements, "\n"))
	if err != nil && !errors.Is(err, credential.ErrEndorsement) {
		t.Fatal(err)
	}
	for _, e := range said {
		for _, key := range e.Keys {
			if _, known := believed.Find(key.ID); !known {
				believed = append(believed, key)
			}
		}
	}
	return ids(slices.DeleteFunc(believed, func(k credential.PublicKey) bool { return gone(k.ID) }))
}

func TestTheKeyThatSignsVouchesForTheNextOne(t *testing.T) {
	f, dir := newFolder(t)
	first := issuer(t, f, noon)
	if len(first.Endorsements) != 0 {
		t.Errorf("a single key vouches for somebody: %v", first.Endorsements)
	}
	listed := credential.KeySet{first.Current.Public()}
	next := must(t)(f.Rotation.Prepare(city, noon.Add(time.Hour)))
	got := follow(t, issuer(t, f, noon), listed, noon, noon.Add(time.Hour))
	if !slices.Equal(got, []string{first.Current.ID, next.JWK.ID}) {
		t.Errorf("a day before it signs: %v", got)
	}
	// A list that is signed between the two steps, from an older key set, is no reason to refuse what signs
	// afterwards.
	between, rotated := noon.Add(2*time.Hour), noon.Add(25*time.Hour)
	must(t)(f.Rotation.Rotate(city, rotated))
	if _, err := os.Stat(filepath.Join(dir, keyFile(city, 1))); err == nil {
		t.Fatal("the private half that vouched is still here")
	}
	third := must(t)(f.Rotation.Prepare(city, rotated.Add(time.Hour)))
	must(t)(f.Rotation.Rotate(city, rotated.Add(25*time.Hour)))
	now := rotated.Add(26 * time.Hour)
	of := issuer(t, open(t, dir), now)
	want := []string{first.Current.ID, next.JWK.ID, third.JWK.ID}
	if got := follow(t, of, listed, between, now); !slices.Equal(got, want) || of.Current.ID != third.JWK.ID {
		t.Errorf("rotated twice: %v, want %v", got, want)
	}
}

// docs/keys.md: what a lost or leaked key would have to say, only a newer trust list can say.
func TestALostOrLeakedKeyVouchesForNobody(t *testing.T) {
	now := noon.Add(time.Hour)
	for _, c := range []struct {
		name  string
		do    func(t *testing.T, f *Folder, dir string)
		known int // keys that a counter believes afterwards which knew the first one
	}{
		{"leaked", func(t *testing.T, f *Folder, _ string) {
			must(t)(f.Rotation.Replace(city, Leaked, now))
		}, 0},
		{"leaked beside a next key", func(t *testing.T, f *Folder, _ string) {
			must(t)(f.Rotation.Prepare(city, noon))
			must(t)(f.Rotation.Replace(city, Leaked, now))
		}, 0},
		{"lost", func(t *testing.T, f *Folder, dir string) {
			lose(t, dir, 1)
			must(t)(f.Rotation.Replace(city, Lost, now))
		}, 1},
		{"lost, the next one takes over that it had vouched for", func(t *testing.T, f *Folder, dir string) {
			must(t)(f.Rotation.Prepare(city, noon))
			lose(t, dir, 1)
			must(t)(f.Rotation.Replace(city, Lost, now))
		}, 2},
		{"lost before the next one was prepared", func(t *testing.T, f *Folder, dir string) {
			lose(t, dir, 1)
			must(t)(f.Rotation.Prepare(city, noon))
		}, 1},
		{"the next one leaked", func(t *testing.T, f *Folder, _ string) {
			next := must(t)(f.Rotation.Prepare(city, noon))
			if err := f.Rotation.Withdraw(city, next.JWK.ID, now); err != nil {
				t.Fatal(err)
			}
		}, 1},
		{"a retired one leaked", func(t *testing.T, f *Folder, _ string) {
			old := issuer(t, f, noon).Current
			must(t)(f.Rotation.Prepare(city, noon.Add(-48*time.Hour)))
			must(t)(f.Rotation.Rotate(city, noon))
			if err := f.Rotation.Withdraw(city, old.ID, now); err != nil {
				t.Fatal(err)
			}
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, dir := newFolder(t)
			listed := credential.KeySet{issuer(t, f, noon).Current.Public()}
			c.do(t, f, dir)
			k, err := open(t, dir).Rings.Issuer(city, now)
			if err != nil { // a lost key: what is published does not need it
				r, bad := f.Rings.readRing(city)
				if bad != nil {
					t.Fatal(err, bad)
				}
				k = IssuerKeys{Set: r.published(now)}
				for _, e := range r.Endorsements {
					k.Endorsements = append(k.Endorsements, e.JWT)
				}
			}
			if got := follow(t, k, listed, noon.Add(-72*time.Hour), now); len(got) != c.known {
				t.Errorf("%v", got)
			}
		})
	}
}

func lose(t *testing.T, dir string, n int) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, keyFile(city, n))); err != nil {
		t.Fatal(err)
	}
}

// A register of a version that knew no endorsements: the next key that it prepared is vouched for before it
// signs.
func TestAnOlderRegisterIsBroughtUpToDate(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*Folder) (Entry, error)
	}{
		{"prepared again", func(f *Folder) (Entry, error) {
			return f.Rotation.Prepare(city, noon.Add(time.Hour))
		}},
		{"rotated", func(f *Folder) (Entry, error) { return f.Rotation.Rotate(city, tomorrow) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, dir := newFolder(t)
			f.Rotation.Host = ""
			listed := credential.KeySet{issuer(t, f, noon).Current.Public()}
			must(t)(f.Rotation.Prepare(city, noon))
			if k := issuer(t, f, noon); len(k.Endorsements) != 0 {
				t.Fatalf("%v", k.Endorsements)
			}
			f = open(t, dir)
			must(t)(c.do(f))
			if got := follow(t, issuer(t, f, tomorrow), listed, noon, tomorrow); len(got) != 2 {
				t.Errorf("%v", got)
			}
		})
	}
}

// Versions go up although the register was lost: consoles remember the highest.
func TestVersionsGoUpAfterTheRegisterWasLost(t *testing.T) {
	f, dir := newFolder(t)
	issuer(t, f, noon)
	must(t)(f.Rotation.Prepare(city, noon))
	version := func() int64 {
		t.Helper()
		r, err := f.Rings.readRing(city)
		if err != nil || len(r.Endorsements) == 0 {
			t.Fatalf("%+v %v", r, err)
		}
		return r.Endorsements[len(r.Endorsements)-1].Version
	}
	before := version()
	if err := errors.Join(os.Remove(filepath.Join(dir, ringFile(city))),
		os.Remove(filepath.Join(dir, keyFile(city, 2)))); err != nil {
		t.Fatal(err)
	}
	f = open(t, dir)
	must(t)(f.Rotation.Prepare(city, noon.Add(time.Second)))
	if after := version(); after <= before {
		t.Errorf("version %d after %d", after, before)
	}
}
