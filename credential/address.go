package credential

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// maxAddresses bounds the addresses of one issuer.
const maxAddresses = 8

// checkAddresses refuses what is not the canonical text of one server's address (RFC 5952): a name, a prefix,
// a zone, an IPv4-mapped IPv6 address, and unspecified, multicast, broadcast and link-local addresses.
func checkAddresses(texts []string) error {
	if len(texts) > maxAddresses {
		return fmt.Errorf("%d addresses", len(texts))
	}
	seen := map[string]bool{}
	for _, text := range texts {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" || a.Is4In6() || a.String() != text {
			return fmt.Errorf("%q is not an IP address in its usual form", text)
		}
		broadcast := netip.AddrFrom4([4]byte{255, 255, 255, 255})
		if a.IsUnspecified() || a.IsMulticast() || a.IsLinkLocalUnicast() || a == broadcast {
			return fmt.Errorf("%q is no server's address", text)
		}
		if seen[text] {
			return fmt.Errorf("the address %q stands twice", text)
		}
		seen[text] = true
	}
	return nil
}

// AddressesOf returns the addresses that the list names for a host: what stands in its iss in place of a
// name, and its Addresses. Only these may be called although they are not the internet's.
func (t *TrustList) AddressesOf(host string) []netip.Addr {
	var named []netip.Addr
	for _, i := range t.Issuers {
		u, err := url.Parse(i.ISS)
		if err != nil || !strings.EqualFold(u.Hostname(), host) {
			continue
		}
		for _, text := range append([]string{u.Hostname()}, i.Addresses...) {
			if a, err := netip.ParseAddr(text); err == nil {
				named = append(named, a)
			}
		}
	}
	return named
}
