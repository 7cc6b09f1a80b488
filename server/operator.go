package main

import (
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
	"madoguchi/server/durable"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
)

// The demo's trust list and its root key, for a counter server of its own: copy both and name them with --trust.
const (
	trustFile = "trust.jwt"
	rootFile  = "trust-root.json"
)

// operator signs the demo's trust list: the part that an association or a vendor plays in real life.
type operator struct {
	house    *house
	root     credential.Key
	insurers []insurer.Insurer
	counter  credential.TrustedCounter

	mu     sync.Mutex
	signed string
	list   credential.TrustList
}

// newOperator signs a new version of the list, so that each start names the keys of today.
func (h *house) newOperator(insurers []insurer.Insurer, counter credential.TrustedCounter) (*operator, error) {
	root, err := h.signing(keys.Trust)
	if err != nil {
		return nil, err
	}
	o := &operator{house: h, root: root, insurers: insurers, counter: counter}
	old, err := os.ReadFile(filepath.Join(h.folder, trustFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the trust list: %w", err)
	}
	if list, bad := credential.OpenTrustListAtAnyTime(string(old), root.Public(), 0); err == nil && bad == nil {
		o.list.Version = list.Version
	}
	public, err := json.Marshal(credential.KeySet{root.Public()})
	if err != nil {
		return nil, fmt.Errorf("writing the root key: %w", err)
	}
	if err := durable.WriteFile(filepath.Join(h.folder, rootFile), public, durable.Options{}); err != nil {
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
	path := filepath.Join(o.house.folder, trustFile)
	if err := durable.WriteFile(path, []byte(signed), durable.Options{}); err != nil {
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
