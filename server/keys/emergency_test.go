package keys

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
)

func TestALostKeyIsReplacedAndItsPublicHalfKept(t *testing.T) {
	for _, c := range []struct {
		name string

		next   bool
		damage func(path string) error
		loses  bool // the next key's file too

	}{
		{name: "deleted, no next key", damage: os.Remove},
		{name: "deleted, next key takes over", damage: os.Remove, next: true},
		{name: "both deleted", damage: os.Remove, next: true, loses: true},
		{name: "empty after a disk failure", damage: func(path string) error { return os.Truncate(path, 0) }},
		{name: "overwritten by another's backup", damage: func(path string) error {
			data, err := newPEM()
			return errors.Join(err, os.WriteFile(path, data, 0o600))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, dir := newFolder(t)
			lost := issuer(t, f, noon)
			if _, err := f.Rotation.Replace(city, Lost, noon); !errors.Is(err, ErrNotLost) {
				t.Fatalf("a key that is there was replaced: %v", err)
			}
			var next Entry
			if c.next {
				next = must(t)(f.Rotation.Prepare(city, noon))
			}
			if c.loses {
				if err := os.Remove(filepath.Join(dir, next.File)); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.damage(filepath.Join(dir, "issuer-00138990.pem")); err != nil {
				t.Fatal(err)
			}
			restarted := open(t, dir)
			_, err := restarted.Rings.Issuer(city, noon)
			var said *eligibility.Error
			if !errors.Is(err, ErrLost) || !errors.As(err, &said) ||
				!strings.Contains(said.Ja(), "keys rotate --lost --insurer 00138990") ||
				!strings.Contains(said.En(), "keys rotate --lost --insurer 00138990") {
				t.Fatalf("it starts, or does not say how to go on: %v", err)
			}
			now := must(t)(restarted.Rotation.Replace(city, Lost, noon.Add(time.Hour)))
			if took := now.JWK.ID == next.JWK.ID; took != (c.next && !c.loses) {
				t.Errorf("the next key took over: %v", took)
			}
			k := issuer(t, restarted, noon.Add(time.Hour))
			if k.Current.ID != now.JWK.ID ||
				!slices.Equal(ids(k.Set), []string{now.JWK.ID, lost.Current.ID}) {
				t.Errorf("current %s, published %v", k.Current.ID, ids(k.Set))
			}
		})
	}
}

func TestANextKeyThatIsLostIsPreparedAnew(t *testing.T) {
	f, dir := newFolder(t)
	issuer(t, f, noon)
	lost := must(t)(f.Rotation.Prepare(city, noon))
	if err := os.Remove(filepath.Join(dir, lost.File)); err != nil {
		t.Fatal(err)
	}
	day := noon.Add(24 * time.Hour)
	if _, err := f.Rotation.Rotate(city, day); !errors.Is(err, ErrNoNext) {
		t.Errorf("a key without private half signs: %v", err)
	}
	issuer(t, open(t, dir), day) // the current key is not concerned
	if next := must(t)(f.Rotation.Prepare(city, day)); next.JWK.ID == lost.JWK.ID || next.File == lost.File {
		t.Errorf("%+v", next)
	}
	if _, err := f.Rotation.Rotate(city, day); !errors.Is(err, ErrTooSoon) {
		t.Errorf("the new next key inherits the lost one's day: %v", err)
	}
}

func TestOneKeyOfAnOldBackupCanBeWithdrawn(t *testing.T) {
	f, _ := newFolder(t)
	old := issuer(t, f, noon)
	must(t)(f.Rotation.Prepare(city, noon))
	day := noon.Add(24 * time.Hour)
	must(t)(f.Rotation.Rotate(city, day))
	current := issuer(t, f, day).Current.ID
	for _, kid := range []string{"", "nobody's", current} {
		if err := f.Rotation.Withdraw(city, kid, day); !errors.Is(err, ErrNoSuchKey) {
			t.Errorf("%q: %v", kid, err)
		}
	}
	if err := f.Rotation.Withdraw(city, old.Current.ID, day); err != nil {
		t.Fatal(err)
	}
	if k := issuer(t, f, day); !slices.Equal(ids(k.Set), []string{current}) {
		t.Errorf("published %v", ids(k.Set))
	}
}

func TestALostRegisterIsMadeAnewFromTheKeysThatAreLeft(t *testing.T) {
	f, dir := newFolder(t)
	issuer(t, f, noon)
	must(t)(f.Rotation.Prepare(city, noon))
	day := noon.Add(24 * time.Hour)
	current := must(t)(f.Rotation.Rotate(city, day))
	next := must(t)(f.Rotation.Prepare(city, day))
	if err := os.Remove(filepath.Join(dir, "issuer-00138990.json")); err != nil {
		t.Fatal(err)
	}
	f = open(t, dir)
	if k := issuer(t, f, day); k.Current.ID != current.JWK.ID {
		t.Errorf("it signs with %s", k.Current.ID)
	}
	if again := must(t)(f.Rotation.Prepare(city, day)); again.JWK.ID != next.JWK.ID {
		t.Errorf("the next key is another one: %s", again.JWK.ID)
	}
}

func TestARegisterThatSomebodyBrokeIsRefusedWithTheNextStep(t *testing.T) {
	f, dir := newFolder(t)
	issuer(t, f, noon)
	must(t)(f.Rotation.Prepare(city, noon))
	path := filepath.Join(dir, "issuer-00138990.json")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(from, to string) []byte { return bytes.Replace(good, []byte(from), []byte(to), 1) }
	for _, c := range []struct {
		name string
		text []byte
	}{
		{"empty", []byte{}},
		{"cut off", good[:len(good)/2]},
		{"another insurer's", edit(`"insurer": "00138990"`, `"insurer": "06139992"`)},
		{"two current keys", edit(`"next"`, `"current"`)},
		{"no current key", edit(`"current"`, `"next"`)},
		{"an unknown state", edit(`"next"`, `"spare"`)},
		{"a path", edit(`issuer-00138990-2.pem`, `../issuer-00138990-2.pem`)},
		{"one file twice", edit(`issuer-00138990-2.pem`, `issuer-00138990.pem`)},
		{"retired at no date", edit(`"next"`, `"retired"`)},
		{"a changed key", edit(`"x": "`, `"x": "A`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(path, c.text, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := open(t, dir).Rings.Issuer(city, noon)
			var said *eligibility.Error
			if !errors.Is(err, errRing) || !errors.As(err, &said) ||
				!strings.Contains(said.Ja(), "issuer-00138990.json") {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
}
