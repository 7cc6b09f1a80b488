package trust

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
	"madoguchi/server/keys"
)

func keyList(keys ...credential.Key) credential.KeySet {
	var set credential.KeySet
	for _, k := range keys {
		set = append(set, k.Public())
	}
	return set
}

// endorse makes a statement of the insurer of counterDisk.
func endorse(
	t *testing.T,
	signer credential.Key,
	version int64,
	at time.Time,
	keys ...credential.Key,
) string {
	t.Helper()
	jws, err := credential.SignEndorsement(keptISS, signer, version, keyList(keys...), at)
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

// believes reports whether a live screen by a key would be genuine.
func (d *counterDisk) believes(t *testing.T, k *Cache, key credential.Key) bool {
	t.Helper()
	screen, err := credential.Issue(
		keptISS,
		key,
		credential.Request{Tier: credential.TierLive, InsurerName: "架空市", Share: 20,
			Person: eligibility.Person{
				Insurer:   "00138990",
				Symbol:    "1",
				Number:    "2",
				Name:      "試験　太郎",
				BirthDate: eligibility.MustDate("1986-04-12"),
			}},
		d.now,
	)
	if err != nil {
		t.Fatal(err)
	}
	list, err := k.TrustList()
	if err != nil {
		t.Fatal(err)
	}
	return credential.Verifier{Now: d.now, Trust: list}.Verify(screen.JWS).Valid
}

// Whoever answers at the insurer's address, but holds none of its keys.
func TestWhoAnswersAtAnInsurersAddressCannotSignForIt(t *testing.T) {
	listed, evil, other := issuertest.NewKey(t), issuertest.NewKey(t), issuertest.NewKey(t)
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)
	foreign, err := credential.SignEndorsement(
		"https://other.example/i/00138990",
		listed,
		9,
		keyList(evil),
		at,
	)
	if err != nil {
		t.Fatal(err)
	}
	another, err := credential.SignJWT(
		listed,
		"statuslist+jwt",
		map[string]any{"iss": keptISS, "version": 9, "iat": at.Unix(), "jwks": keyList(evil)},
	)
	if err != nil {
		t.Fatal(err)
	}
	good := endorse(t, listed, 9, at, other)
	cases := []struct {
		name, text string
		set        credential.KeySet // nil: what it published before
	}{
		{"its own key set", "", keyList(evil)},
		{"its own key beside the true one", "", keyList(listed, evil)},
		{"no key", "", credential.KeySet{}},
		{"an empty object", "{}", nil},
		{"a page", "<html>", nil},
		{"its key set in the place of endorsements", `{"keys":[]}`, nil},
		{"endorsed by itself", endorse(t, evil, 9, at, evil), keyList(listed, evil)},
		{"endorsed by another that is not listed", endorse(t, other, 9, at, evil), nil},
		{"another insurer's endorsement by the same key", foreign, nil},
		{"another statement of the listed key", another, nil},
		{"an endorsement from before the trust list", endorse(t, listed, 9, at.Add(-2*time.Hour), evil), nil},
		{"an endorsement from the future", endorse(t, listed, 9, at.Add(2*time.Minute), evil), nil},
		{"an altered endorsement", good[:len(good)-6] + "AAAAAA", nil},
		{"an endorsement cut off", good[:len(good)/2], nil},
		{"a megabyte", strings.Repeat("x", 1<<20), nil},
	}
	testenv.Refused(t, testenv.Trust, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newCounterDisk(t, listed)
			k := d.start()
			d.now = at
			d.insurer.endorsements = c.text
			if c.set != nil {
				d.insurer.keys = c.set
			}
			if k.RefreshKeys(
				context.Background(),
				keptISS,
			) { // a forged code: it claims to be of this insurer, by a key that is not known
				t.Error("it is worth looking again")
			}
			if d.insurer.sets != 0 {
				t.Error("a forged code made the counter fetch the key set")
			}
			if !d.believes(t, k, listed) {
				t.Error("the key on the signed list is believed no more")
			}
			k.Refresh(context.Background())
			for name, at := range map[string]*Cache{"at once": k, "after a restart": d.start()} {
				if d.believes(t, at, evil) || d.believes(t, at, other) {
					t.Errorf("%s: a key is believed that the insurer never vouched for", name)
				}
				if _, there := c.set.Find(listed.ID); len(c.set) == 0 || there {
					if !d.believes(t, at, listed) {
						t.Errorf("%s: the key on the signed list is believed no more", name)
					}
				}
			}
		})
	}
}

// The insurer's own register rotates twice within one list's life, and the counter looks at the first screen
// after each.
func TestARotationIsLearnedWithinOneScan(t *testing.T) {
	folder, err := keys.Open(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	folder.Rotation.Host = "https://hoken.example.jp"
	start := time.Date(2026, 11, 22, 9, 0, 0, 0, eligibility.Japan)
	issuer := func(now time.Time) keys.IssuerKeys {
		t.Helper()
		of, err := folder.Rings.Issuer("00138990", now)
		if err != nil {
			t.Fatal(err)
		}
		return of
	}
	first := issuer(start).Current
	d := newCounterDisk(t, first)
	k := d.start()
	publish := func() keys.IssuerKeys {
		of := issuer(d.now)
		d.insurer.keys, d.insurer.endorsements = of.Set, strings.Join(of.Endorsements, "\n")
		return of
	}
	publish()
	k.Refresh(context.Background())
	signers := []credential.Key{first}
	for range 2 {
		d.now = d.now.Add(time.Hour)
		if _, err := folder.Rotation.Prepare("00138990", d.now); err != nil {
			t.Fatal(err)
		}
		d.now = d.now.Add(24 * time.Hour)
		if _, err := folder.Rotation.Rotate("00138990", d.now); err != nil {
			t.Fatal(err)
		}
		now := publish().Current
		if d.believes(t, k, now) {
			t.Fatal("a key is believed that nobody told of")
		}
		if !k.RefreshKeys(context.Background(), keptISS) || !d.believes(t, k, now) {
			t.Fatal("the first screen after a rotation is refused")
		}
		signers = append(signers, now)
		for name, at := range map[string]*Cache{"at once": k, "after a restart without network": d.start()} {
			for i, key := range signers {
				if !d.believes(t, at, key) {
					t.Errorf("%s: key %d is not believed", name, i)
				}
			}
		}
		k.Refresh(context.Background()) // the set holds all three: nothing is taken away
		d.now = d.now.Add(time.Hour)
	}
	if slices.ContainsFunc(signers, func(key credential.Key) bool { return !d.believes(t, k, key) }) {
		t.Error("after the daily refresh a key is missing")
	}
}

func TestALeakedKeyIsForgottenAndVouchesForNobody(t *testing.T) {
	first, second, evil := issuertest.NewKey(t), issuertest.NewKey(t), issuertest.NewKey(t)
	d := newCounterDisk(t, first)
	k := d.start()
	d.now = d.now.Add(time.Hour)
	d.insurer.endorsements, d.insurer.keys = endorse(t, first, 5, d.now, second), keyList(first, second)
	k.Refresh(context.Background())
	if !d.believes(t, k, first) || !d.believes(t, k, second) {
		t.Fatal("both keys sign")
	}
	// The first one leaks: it is published no more, and whoever has it vouches for a key of his own.
	d.now = d.now.AddDate(0, 0, 1)
	d.insurer.keys = keyList(second)
	k.Refresh(context.Background())
	if d.believes(t, k, first) {
		t.Error("a leaked key is believed")
	}
	d.insurer.endorsements = endorse(t, first, 6, d.now, evil)
	for name, at := range map[string]*Cache{"at once": k, "after a restart": d.start()} {
		d.now = d.now.Add(askAgain)
		at.RefreshKeys(context.Background(), keptISS)
		if d.believes(t, at, evil) || d.believes(t, at, first) {
			t.Errorf("%s: a leaked key vouched for another", name)
		}
	}
	// The newer trust list names the key that signs now.
	d.list.Version, d.list.IssuedAt, d.list.Issuers[0].JWKS = 2, d.now.Unix(), keyList(second)
	if k = d.start(); !d.believes(t, k, second) || d.believes(t, k, first) || d.believes(t, k, evil) {
		t.Error("the newer list does not count")
	}
}

// An endorsed key that leaks is taken away as a listed one is.
func TestALeakedNewKeyIsForgottenToo(t *testing.T) {
	first, second := issuertest.NewKey(t), issuertest.NewKey(t)
	d := newCounterDisk(t, first)
	k := d.start()
	d.now = d.now.Add(time.Hour)
	d.insurer.endorsements, d.insurer.keys = endorse(t, first, 5, d.now, second), keyList(first)
	k.Refresh(context.Background())
	if !d.believes(t, k, second) {
		t.Fatal("a set that a cache handed out took the new key away")
	}
	d.now = d.now.AddDate(0, 0, 1)
	k.Refresh(context.Background())
	if d.believes(t, k, second) || d.believes(t, d.start(), second) || !d.believes(t, k, first) {
		t.Error("the leaked key is believed")
	}
	// A newer statement beside the old one, which whoever answers there may still hand out, does not bring it
	// back.
	third := issuertest.NewKey(t)
	d.insurer.endorsements += "\n" + endorse(t, first, 6, d.now, third)
	for name, at := range map[string]*Cache{"at once": k, "after a restart": d.start()} {
		d.now = d.now.Add(askAgain)
		at.RefreshKeys(context.Background(), keptISS)
		if d.believes(t, at, second) || !d.believes(t, at, third) {
			t.Errorf("%s: a newer statement brought the leaked key back", name)
		}
	}
}

// A key that was taken away comes back when the insurer publishes it again, or when a newer trust list names
// it.
func TestWhatIsPublishedCanOnlyTakeKeysAwayForAWhile(t *testing.T) {
	first, second := issuertest.NewKey(t), issuertest.NewKey(t)
	d := newCounterDisk(t, first)
	d.list.Issuers[0].JWKS = keyList(first, second)
	k := d.start()
	d.now = d.now.Add(time.Hour)
	d.insurer.keys = keyList(second)
	k.Refresh(context.Background())
	if d.believes(t, k, first) || !d.believes(t, k, second) {
		t.Fatal("a key that is published no more is believed")
	}
	newer := d.start()
	d.list.Version, d.list.IssuedAt = 2, d.now.Add(time.Hour).Unix()
	if !d.believes(t, newer, first) {
		t.Error("a set from before the list took a key of the list away")
	}
	d.list.Version, d.list.IssuedAt = 1, d.now.Add(-time.Hour).Unix()
	if d.now = d.now.Add(time.Hour); d.believes(t, k, first) {
		t.Fatal("the key came back by itself")
	}
	d.insurer.keys = keyList(first, second)
	k.Refresh(context.Background()) // an hour later, although the day is not over
	if !d.believes(t, k, first) {
		t.Error("a key that is published again is not believed")
	}
}

func TestEndorsementsNeverGoBackAndAreAskedForRarely(t *testing.T) {
	first, second, third := issuertest.NewKey(t), issuertest.NewKey(t), issuertest.NewKey(t)
	d := newCounterDisk(t, first)
	k := d.start()
	d.now = d.now.Add(time.Hour)
	old := endorse(t, first, 5, d.now, third)
	d.insurer.endorsements = endorse(t, first, 6, d.now, second)
	if !k.RefreshKeys(context.Background(), keptISS) || !d.believes(t, k, second) {
		t.Fatal("it was not learned")
	}
	if k.RefreshKeys(context.Background(), keptISS) ||
		k.RefreshKeys(context.Background(), "https://evil.example/i/00138990") ||
		d.insurer.asked != 1 {
		t.Errorf(
			"asked %d times: again within five minutes, or an issuer that is not on the list",
			d.insurer.asked,
		)
	}
	d.insurer.endorsements = old
	for name, at := range map[string]*Cache{"at once": k, "after a restart": d.start()} {
		d.now = d.now.Add(askAgain)
		if at.RefreshKeys(context.Background(), keptISS) || !d.believes(t, at, second) ||
			d.believes(t, at, third) {
			t.Errorf("%s: an older version was believed", name)
		}
	}
	// Files that were cut off, or that another program wrote, are as if they were not there.
	for _, broken := range []string{"", "{", `{"iss":1}`, `{"iss":"` + keptISS +
		`","version":9,"text":"x"}`} {
		if err := os.WriteFile(k.cachePath("keys", keptISS), []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if again := d.start(); d.believes(t, again, second) || !d.believes(t, again, first) {
			t.Errorf("a kept file %q was believed", broken)
		}
	}
}

// A set that a version of this program kept, which believed it whole, takes keys away and adds none.
func TestAKeySetKeptByAnOlderVersionAddsNothing(t *testing.T) {
	first, evil := issuertest.NewKey(t), issuertest.NewKey(t)
	d := newCounterDisk(t, first)
	k := d.start()
	data, err := json.Marshal(cachedKeySet{
		ISS: keptISS,
		At:  d.now.Add(time.Minute),
		Set: keyList(first, evil),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(k.cachePath("jwks", keptISS), data, 0o600); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Hour)
	if d.believes(t, k, evil) || !d.believes(t, k, first) {
		t.Error("what was kept is believed")
	}
}
