package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/desk"
	"madoguchi/server/keys"
	"madoguchi/server/readers"
	"madoguchi/server/store"
)

// Roles of a server (DESIGN.md section 1).
const (
	roleAll     = "all"
	roleInsurer = "insurer"
	roleCounter = "counter"
)

// house is what a start has opened: the data folder's keys and database.
type house struct {
	folder string
	keys   *keys.Folder
	store  *store.Store
	now    func() time.Time

	readers *readers.Switchboard // where a counter's half runs
	runs    *desk.Runs           // where an insurer's half runs
}

var errNoData = &eligibility.Error{Code: eligibility.NotFound, Key: "data.none", Field: "--data",
	Ja: "データの場所に名簿がありません。MADOGUCHI_DATA または --data を確かめてください。名簿は import か、サーバーの保険者の画面で読み込みます。",
	En: "There is no data folder here. Check MADOGUCHI_DATA or --data. The insured are read by import or on the insurer's pages."}

// openExisting is openHouse for commands that have nothing to do where nothing is: a mistyped place must not look like an
// empty one.
func openExisting(ctx context.Context, s *Settings, role string) (*house, error) {
	file := filepath.Join(s.Data, "demo", databaseFile)
	if _, err := os.Stat(file); err != nil {
		return nil, errNoData.Because(err)
	}
	return openHouse(ctx, s, role)
}

// databaseFile is the store's file in the data folder.
const databaseFile = "madoguchi.db"

// openHouse opens the demo's data folder for a role, making it on the first start. A role loads only the keys that it
// needs.
func openHouse(ctx context.Context, s *Settings, role string) (*house, error) {
	folder := filepath.Join(s.Data, "demo")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	ring, err := keys.Open(filepath.Join(folder, "keys"))
	if err != nil {
		return nil, err
	}
	index, err := ring.Secret(keys.Index)
	if err != nil {
		return nil, err
	}
	masters := map[string][]byte{}
	for scope, file := range map[string]string{"people": keys.People, "cases": keys.Cases, "session": keys.Session} {
		if scope == "people" && role == roleCounter || scope == "cases" && role == roleInsurer {
			continue
		}
		if masters[scope], err = ring.Secret(file); err != nil {
			return nil, err
		}
	}
	kept, err := store.Open(ctx, filepath.Join(folder, databaseFile), store.Options{Mode: "demo", Role: role, Index: index, Masters: masters})
	if err != nil {
		return nil, err
	}
	return &house{folder: folder, keys: ring, store: kept, now: time.Now}, nil
}

// demoHost is the HOST of the demo's iss: SMART Health Cards want https, and the key sets travel in the trust list.
const demoHost = "https://localhost:8080"

// demoInsurers are fictional (facts: rules.md 4.6).
var demoInsurers = []desk.Insurer{
	{Number: "00138990", Name: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000"},
	{Number: "06139992", Name: "架空健康保険組合", Issuer: "架空健康保険組合理事長", Telephone: "06-0000-0000"},
	{Number: "01139997", Name: "架空協会けんぽ", Issuer: "架空協会けんぽ理事長", Telephone: "03-0000-0001"},
}

// office assembles the insurer's half.
func (h *house) office(ctx context.Context, address string) (*desk.Office, error) {
	derive, err := h.keys.Secret(keys.Notice)
	if err != nil {
		return nil, err
	}
	index, err := h.keys.Secret(keys.Index)
	if err != nil {
		return nil, err
	}
	known, err := h.store.Insurers(ctx)
	if err != nil {
		return nil, err
	}
	if len(known) == 0 {
		for _, in := range demoInsurers {
			if err := h.store.PutInsurer(ctx, in, desk.Entry{At: h.now(), Actor: "system", Action: "insurer.put", Detail: string(in.Number)}); err != nil {
				return nil, err
			}
		}
	}
	return &desk.Office{Store: h.store, Keys: h.keys, Notices: desk.NoticeKeys{Derive: derive, Index: index},
		Host: demoHost, Address: address, Demo: true, Now: h.now}, nil
}

// The demo's trust list and its root key, for a counter server of its own: copy both and name them with --trust.
const (
	trustFile = "trust.jwt"
	rootFile  = "trust-root.json"
)

// operator signs the demo's trust list: the part that an association or a vendor plays in real life.
type operator struct {
	house    *house
	root     credential.Key
	insurers []desk.Insurer
	counter  credential.TrustedCounter

	mu     sync.Mutex
	signed string
	list   credential.TrustList
}

// newOperator signs a new version of the list, so that each start names the keys of today.
func (h *house) newOperator(insurers []desk.Insurer, counter credential.TrustedCounter) (*operator, error) {
	root, err := h.signing(keys.Trust)
	if err != nil {
		return nil, err
	}
	o := &operator{house: h, root: root, insurers: insurers, counter: counter}
	old, err := os.ReadFile(filepath.Join(h.folder, trustFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the trust list: %w", err)
	}
	if list, bad := credential.OpenStaleTrustList(string(old), root.Public(), 0); err == nil && bad == nil {
		o.list.Version = list.Version
	}
	public, err := json.Marshal(credential.KeySet{root.Public()})
	if err != nil {
		return nil, fmt.Errorf("writing the root key: %w", err)
	}
	if err := os.WriteFile(filepath.Join(h.folder, rootFile), public, 0o600); err != nil {
		return nil, fmt.Errorf("storing the root key: %w", err)
	}
	return o, o.sign(h.now())
}

// sign makes and stores the next version of the list.
func (o *operator) sign(now time.Time) error {
	list := credential.TrustList{Version: o.list.Version + 1, IssuedAt: now.Unix(), ExpiresAt: now.Add(credential.MaxTrustLife).Unix(),
		Counters: []credential.TrustedCounter{o.counter}}
	for _, in := range o.insurers {
		k, err := o.house.keys.Issuer(in.Number, now)
		if err != nil {
			return err
		}
		list.Issuers = append(list.Issuers, credential.TrustedIssuer{ISS: demoHost + "/i/" + string(in.Number), Name: in.Name,
			InsurerNumbers: []eligibility.InsurerNumber{in.Number}, JWKS: k.Set})
	}
	signed, err := credential.SignTrustList(list, o.root)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.house.folder, trustFile), []byte(signed), 0o600); err != nil {
		return fmt.Errorf("storing the trust list: %w", err)
	}
	o.signed, o.list = signed, list
	return nil
}

// rotated reports whether an insurer publishes other keys than the list says.
func (o *operator) rotated(now time.Time) (bool, error) {
	for i, in := range o.insurers {
		k, err := o.house.keys.Issuer(in.Number, now)
		if err != nil {
			return false, err
		}
		same := func(a, b credential.PublicKey) bool { return a.ID == b.ID }
		if !slices.EqualFunc(k.Set, o.list.Issuers[i].JWKS, same) {
			return true, nil
		}
	}
	return false, nil
}

// TrustList returns the list, verified as anybody's would be. It is signed anew past half of its life, and as soon as an
// insurer's keys change.
func (o *operator) TrustList() (*credential.TrustList, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.house.now()
	anew, err := o.rotated(now)
	if err != nil {
		return nil, err
	}
	if anew || now.After(time.Unix(o.list.IssuedAt, 0).Add(credential.MaxTrustLife/2)) {
		if err := o.sign(now); err != nil {
			return nil, err
		}
	}
	return credential.OpenTrustList(o.signed, o.root.Public(), now, o.list.Version)
}

var errTrustFile = &eligibility.Error{Code: eligibility.Invalid, Key: "settings.trust", Field: "MADOGUCHI_TRUST",
	Ja: "受付サーバーには信頼リストが必要です。保険者側の data/demo にある trust.jwt と trust-root.json をコピーし、そのフォルダーを MADOGUCHI_TRUST に指定してください。",
	En: "A counter server needs a trust list. Copy trust.jwt and trust-root.json from the insurer's data/demo and name their folder in MADOGUCHI_TRUST."}
