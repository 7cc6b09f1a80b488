package trust

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
)

const keptISS = "https://hoken.example.jp/i/00138990"

// published stands for an insurer's server: what it publishes now, or that it is away.
type published struct {
	keys         credential.KeySet
	endorsements string
	status       string
	away         bool
	asked        int // for endorsements: all that a code can bring about
	sets         int // for key sets
}

var errAway = errors.New("no route to host")

func (p *published) Keys(context.Context, string) (credential.KeySet, error) {
	p.sets++
	if p.away {
		return nil, errAway
	}
	return p.keys, nil
}

func (p *published) Endorsements(context.Context, string) (string, error) {
	p.asked++
	if p.away {
		return "", errAway
	}
	return p.endorsements, nil
}

func (p *published) Status(context.Context, string) (string, error) {
	if p.away {
		return "", errAway
	}
	return p.status, nil
}

// counterDisk is a counter server's data folder with its clock, a trust list signed at the start, and one
// insurer.
type counterDisk struct {
	dir     string
	now     time.Time
	list    credential.TrustList
	insurer *published
}

func newCounterDisk(t *testing.T, key credential.Key) *counterDisk {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, eligibility.Japan)
	return &counterDisk{
		dir:     t.TempDir(),
		now:     now,
		insurer: &published{keys: credential.KeySet{key.Public()}},
		list: credential.TrustList{
			Version:   1,
			IssuedAt:  now.Unix(),
			ExpiresAt: now.Add(credential.MaxTrustLife).Unix(),
			Issuers: []credential.TrustedIssuer{
				{
					ISS:            keptISS,
					Name:           "架空市",
					InsurerNumbers: []eligibility.InsurerNumber{"00138990"},
					JWKS:           credential.KeySet{key.Public()},
				},
			},
		},
	}
}

func (d *counterDisk) start() *Cache {
	return &Cache{
		Folder: d.dir,
		Calls:  d.insurer,
		Now:    func() time.Time { return d.now },
		Listed: func() (*credential.TrustList, error) { return &d.list, nil },
	}
}

func TestStatusListsAreKeptForDaysAndNeverGoBack(t *testing.T) {
	key := issuertest.NewKey(t)
	d := newCounterDisk(t, key)
	publish := func(at time.Time, sequence int64, rids ...uint32) {
		t.Helper()
		var err error
		d.insurer.status, err = credential.SignStatusList(keptISS, key, rids,
			credential.Checkpoint{Sequence: sequence}, at)
		if err != nil {
			t.Fatal(err)
		}
	}
	k := d.start()
	if k.Status(keptISS) != nil {
		t.Error("a list out of nowhere")
	}
	publish(d.now, 10, 7)
	k.Refresh(context.Background())
	if list := k.Status(keptISS); list == nil || !list.Revoked(7) || list.Revoked(8) {
		t.Fatalf("%+v", list)
	}
	d.now, d.insurer.away = d.now.AddDate(0, 0, 3), true
	k = d.start()
	k.Refresh(context.Background())
	if list := k.Status(keptISS); list == nil || !list.Revoked(7) {
		t.Error("three days without network, restarted: the list is gone")
	}
	d.insurer.away = false
	publish(d.now.AddDate(0, 0, -4), 10)
	k.Refresh(context.Background())
	publish(d.now, 9) // newer, but its audit chain is shorter: something was cut off
	k.Refresh(context.Background())
	if list := k.Status(keptISS); !list.Revoked(7) {
		t.Error("a list that went back was believed")
	}
	d.insurer.status, _ = credential.SignStatusList(keptISS, key, nil,
		credential.Checkpoint{Sequence: 10, Hash: "rewritten"}, d.now) // newer, as long, another history
	k.Refresh(context.Background())
	if list := k.Status(keptISS); !list.Revoked(7) || list.Chain.Hash != "" {
		t.Error("a list of a rewritten chain was believed")
	}
	publish(d.now, 11, 7, 8)
	k.Refresh(context.Background())
	if list := k.Status(keptISS); !list.Revoked(8) {
		t.Error("the newer list was not taken")
	}
	d.now = d.now.AddDate(1, 0, 0) // this clock and the issuer's are a year ahead, and set right again
	publish(d.now, 12, 7, 8)
	k.Refresh(context.Background())
	d.now = d.now.AddDate(-1, 0, 0).Add(time.Hour)
	publish(d.now, 13, 7, 8, 9)
	k.Refresh(context.Background())
	if list := k.Status(keptISS); !list.Revoked(9) {
		t.Error("a list that a wrong clock signed keeps those of the right time away")
	}
	if err := os.WriteFile(k.cachePath("status", keptISS), []byte("half a li"), 0o600); err != nil {
		t.Fatal(err)
	}
	if list := d.start().Status(keptISS); list != nil {
		t.Error("a broken file was read")
	}
}

func TestTheTrustListsVersionIsRememberedAcrossRestarts(t *testing.T) {
	root, dir := issuertest.NewKey(t), t.TempDir()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, eligibility.Japan)
	clock := func() time.Time { return now }
	put := func(version int, at time.Time) {
		t.Helper()
		signed, err := credential.SignTrustList(
			credential.TrustList{
				Version:   version,
				IssuedAt:  at.Unix(),
				ExpiresAt: at.Add(credential.MaxTrustLife).Unix(),
			},
			root,
		)
		if err != nil {
			t.Fatal(err)
		}
		public, err := json.Marshal(credential.KeySet{root.Public()})
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{ListFile: []byte(signed), RootFile: public} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	open := func() (*credential.TrustList, error) {
		t.Helper()
		reader, err := OpenFile(FileConfig{Folder: dir, Version: filepath.Join(dir, "version"), Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		return reader.TrustList()
	}
	put(5, now)
	if list, err := open(); err != nil || list.Version != 5 {
		t.Fatalf("%+v %v", list, err)
	}
	put(4, now)
	if _, err := open(); !errors.Is(err, ErrFile) {
		t.Errorf("rolled back: %v", err)
	}
	put(6, now)
	now = now.AddDate(0, 0, 36) // six days past the end: a console without network goes on
	if _, err := open(); err != nil {
		t.Errorf("in the days after its end: %v", err)
	}
	now = now.AddDate(0, 0, 2)
	if _, err := open(); !errors.Is(err, ErrFile) {
		t.Errorf("long past its end: %v", err)
	}
	unsafe := FileConfig{
		Folder:  dir,
		Version: filepath.Join(dir, "version"),
		URL:     "http://example.jp/trust.jwt",
		Now:     clock,
	}
	if _, err := OpenFile(unsafe); !errors.Is(err, ErrFile) {
		t.Errorf("not https: %v", err)
	}
}
