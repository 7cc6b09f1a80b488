//go:build !nodemo

package demo

import (
	"time"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/keys"
	"madoguchi/server/trust"
)

// Issuers are the demo's insurers as a trust list names them, with the keys that they publish at a time.
func Issuers(rings *keys.Rings, now time.Time) ([]credential.TrustedIssuer, error) {
	var all []credential.TrustedIssuer
	for _, in := range Insurers {
		k, err := rings.Issuer(in.Number, now)
		if err != nil {
			return nil, err
		}
		all = append(all, credential.TrustedIssuer{
			ISS:            Host + "/i/" + string(in.Number),
			Name:           in.Name,
			InsurerNumbers: []eligibility.InsurerNumber{in.Number},
			JWKS:           k.Set,
		})
	}
	return all, nil
}

// TrustList signs the demo's list: the part that an association or a vendor plays in real life. It names the
// demo's insurers, with the keys that they publish, and one counter server.
func TrustList(
	ring *keys.Folder, folder string, counter credential.TrustedCounter, now func() time.Time,
) (func() (*credential.TrustList, error), error) {
	root, err := ring.SigningKey(keys.Trust)
	if err != nil {
		return nil, err
	}
	signer, err := trust.NewSigner(trust.SignerConfig{
		Folder:  folder,
		Root:    root,
		Counter: counter,
		Issuers: func(now time.Time) ([]credential.TrustedIssuer, error) { return Issuers(ring.Rings, now) },
		Now:     now,
	})
	if err != nil {
		return nil, err
	}
	return signer.TrustList, nil
}

// CardKeys are the public test keys that vouch for virtual cards.
func CardKeys() card.IssuerKeys { return virtual.TestIssuerKeys() }
