package trust

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"madoguchi/credential"
	"madoguchi/server/durable"
)

// SignerConfig says what a Signer signs.
type SignerConfig struct {
	Folder  string // where ListFile and RootFile are written
	Root    credential.Key
	Counter credential.TrustedCounter
	// Issuers returns the issuers with the keys that they publish at a time, always in the same order.
	Issuers func(now time.Time) ([]credential.TrustedIssuer, error)
	Now     func() time.Time
}

// Signer signs the demo's trust list: the part that an association or a vendor plays in real life. A counter
// server of its own reads what it writes: copy both files and name their folder with --trust.
type Signer struct {
	SignerConfig

	mu     sync.Mutex
	signed string
	list   credential.TrustList
}

// NewSigner signs a new version of the list, so that each start names the keys of today.
func NewSigner(c SignerConfig) (*Signer, error) {
	s := &Signer{SignerConfig: c}
	old, err := durable.ReadFile(filepath.Join(c.Folder, ListFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the trust list: %w", err)
	}
	if list, bad := credential.OpenTrustListAtAnyTime(string(old), c.Root.Public(), 0); err == nil &&
		bad == nil {
		s.list.Version = list.Version
	}
	public, err := json.Marshal(credential.KeySet{c.Root.Public()})
	if err != nil {
		return nil, fmt.Errorf("writing the root key: %w", err)
	}
	if err := durable.WriteFile(filepath.Join(c.Folder, RootFile), public, durable.Options{}); err != nil {
		return nil, fmt.Errorf("storing the root key: %w", err)
	}
	now := c.Now()
	issuers, err := c.Issuers(now)
	if err != nil {
		return nil, err
	}
	return s, s.signList(issuers, now)
}

// signList makes and stores the next version of the list.
func (s *Signer) signList(issuers []credential.TrustedIssuer, now time.Time) error {
	list := credential.TrustList{
		Version:   s.list.Version + 1,
		IssuedAt:  now.Unix(),
		ExpiresAt: now.Add(credential.MaxTrustLife).Unix(),
		Issuers:   issuers,
		Counters:  []credential.TrustedCounter{s.Counter},
	}
	signed, err := credential.SignTrustList(list, s.Root)
	if err != nil {
		return err
	}
	path := filepath.Join(s.Folder, ListFile)
	if err := durable.WriteFile(path, []byte(signed), durable.Options{}); err != nil {
		return fmt.Errorf("storing the trust list: %w", err)
	}
	s.signed, s.list = signed, list
	return nil
}

// haveKeysRotated reports whether an issuer publishes other keys than the list says.
func (s *Signer) haveKeysRotated(issuers []credential.TrustedIssuer) bool {
	sameKey := func(a, b credential.PublicKey) bool { return a.ID == b.ID }
	return !slices.EqualFunc(issuers, s.list.Issuers, func(a, b credential.TrustedIssuer) bool {
		return slices.EqualFunc(a.JWKS, b.JWKS, sameKey)
	})
}

// TrustList returns the list, verified as anybody's would be. It is signed anew past half of its life, as
// soon as an issuer's keys change, and when the clock was set back behind it.
func (s *Signer) TrustList() (*credential.TrustList, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	issuers, err := s.Issuers(now)
	if err != nil {
		return nil, err
	}
	issued := time.Unix(s.list.IssuedAt, 0)
	halfOver, ofFuture := now.After(issued.Add(credential.MaxTrustLife/2)), now.Before(issued)
	if halfOver || ofFuture || s.haveKeysRotated(issuers) {
		if err := s.signList(issuers, now); err != nil {
			return nil, err
		}
	}
	return credential.OpenTrustList(s.signed, s.Root.Public(), now, s.list.Version)
}
