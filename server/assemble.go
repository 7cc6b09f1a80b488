package main

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/desk"
	"madoguchi/server/keys"
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
}

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
	kept, err := store.Open(ctx, filepath.Join(folder, "madoguchi.db"), store.Options{Mode: "demo", Role: role, Index: index, Masters: masters})
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

// trustFile is where the demo's signed trust list lies; the counter's half reads it from there at each change.
const trustFile = "trust.jwt"

// trustList returns the demo's trust list, signing a new version of it when it is missing, near its end, or when an
// insurer's or the counter's key is not in it.
func (h *house) trustList(insurers []desk.Insurer, counter credential.TrustedCounter) (func() (*credential.TrustList, error), error) {
	private, err := h.keys.Signing(keys.Trust)
	if err != nil {
		return nil, err
	}
	root, err := credential.NewKey(crypto.Signer(private))
	if err != nil {
		return nil, err
	}
	path := filepath.Join(h.folder, trustFile)
	version := 0
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the trust list: %w", err)
	}
	if err == nil {
		if list, err := credential.OpenStaleTrustList(string(old), root.Public(), 0); err == nil {
			version = list.Version
		}
	}
	now := h.now()
	list := credential.TrustList{Version: version + 1, IssuedAt: now.Unix(), ExpiresAt: now.Add(credential.MaxTrustLife).Unix(),
		Counters: []credential.TrustedCounter{counter}}
	for _, in := range insurers {
		key, err := h.keys.IssuerKey(in.Number)
		if err != nil {
			return nil, err
		}
		list.Issuers = append(list.Issuers, credential.TrustedIssuer{ISS: demoHost + "/i/" + string(in.Number), Name: in.Name,
			InsurerNumbers: []eligibility.InsurerNumber{in.Number}, JWKS: credential.KeySet{key.Public()}})
	}
	signed, err := credential.SignTrustList(list, root)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, []byte(signed), 0o600); err != nil {
		return nil, fmt.Errorf("storing the trust list: %w", err)
	}
	return func() (*credential.TrustList, error) {
		return credential.OpenTrustList(signed, root.Public(), h.now(), list.Version)
	}, nil
}
