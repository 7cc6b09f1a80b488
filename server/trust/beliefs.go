// Package trust is what a counter believes: the signed trust list, and between two lists what the listed
// issuers publish themselves (docs/trust.md).
//
// A list comes from a File, which somebody else signed, or from a Signer, which plays that part in the
// demo. Cache adds what issuers publish and keeps it for days without network. Beliefs are all of it at one
// moment: a scan takes one and passes it down.
package trust

import (
	"net/netip"
	"time"

	"madoguchi/credential"
)

// Beliefs is what is believed at one moment. Whoever judges a code takes one and hands it on, so that all
// parts of one judgement stand on the same list.
type Beliefs struct {
	List      *credential.TrustList
	Statuses  func(iss string) *credential.StatusList // newest revoked copies at hand; nil: none for anybody
	ClockSkew credential.ClockSkew                    // how far this computer's clock is ahead
}

// Verifier judges codes by this view, at a time.
func (v Beliefs) Verifier(at time.Time) credential.Verifier {
	return credential.Verifier{Now: at, Trust: v.List, Status: v.Statuses, ClockSkew: v.ClockSkew}
}

// Addresses returns what a trust list says of a host's addresses (hostclient.Config.Inside).
func Addresses(list func() (*credential.TrustList, error)) func(host string) []netip.Addr {
	return func(host string) []netip.Addr {
		list, err := list()
		if err != nil {
			return nil
		}
		return list.AddressesOf(host)
	}
}
