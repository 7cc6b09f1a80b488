package keys

import (
	"errors"
	"slices"
	"time"

	"madoguchi/credential"
)

// Endorsement is a statement by which the key that signed at the time vouches for the one that comes after
// it, as credential.SignEndorsement makes it. It is kept, since the private half that signed it is removed at
// the rotation.
type Endorsement struct {
	Version int64  `json:"version"`
	Signer  string `json:"signer"` // kid
	Key     string `json:"key"`    // kid of the endorsed key
	JWT     string `json:"jwt"`
}

// endorse lets the current key vouch for another one, in place of what it said of that key before. A current
// key that is lost cannot: then only a newer trust list tells of the other one.
func (o *Rotation) endorse(r *ring, key Entry, now time.Time) error {
	if o.Host == "" {
		return nil
	}
	signer, err := o.rings.private(r.Insurer, *r.at(Current))
	if errors.Is(err, ErrLost) {
		return nil
	}
	if err != nil {
		return err
	}
	// Versions are seconds, so that they go up even when the register was lost or came back from a backup.
	version := now.Unix()
	for _, e := range r.Endorsements {
		version = max(version, e.Version+1)
	}
	iss := o.Host + "/i/" + string(r.Insurer)
	jwt, err := credential.SignEndorsement(iss, signer, version, credential.KeySet{key.JWK}, now)
	if err != nil {
		return err
	}
	r.Endorsements = slices.DeleteFunc(slices.Clone(r.Endorsements), func(e Endorsement) bool {
		return e.Signer == signer.ID && e.Key == key.JWK.ID
	})
	r.Endorsements = append(r.Endorsements, Endorsement{version, signer.ID, key.JWK.ID, jwt})
	return nil
}

// endorsed reports whether the current key vouches for a key.
func (r *ring) endorsed(key Entry) bool {
	current := r.at(Current)
	return slices.ContainsFunc(r.Endorsements, func(e Endorsement) bool {
		return e.Signer == current.JWK.ID && e.Key == key.JWK.ID
	})
}

// forget leaves out what keys said that are published no more, or of such keys: a leaked key vouches for
// nobody.
func (r *ring) forget() {
	published := func(kid string) bool {
		return slices.ContainsFunc(
			r.Keys,
			func(e Entry) bool { return e.JWK.ID == kid && e.State != Dropped },
		)
	}
	r.Endorsements = slices.DeleteFunc(slices.Clone(r.Endorsements), func(e Endorsement) bool {
		return !published(e.Signer) || !published(e.Key)
	})
}
