package auth

import (
	"net/netip"
)

// RateLimitKey returns the key under which a limit counts a network address, given with or without a port: an
// IPv4 address itself, of an IPv6 address its /64 prefix, which belongs to one subscriber (RFC 4291 2.5.4,
// RFC 6177). Text that is not an address is returned unchanged.
func RateLimitKey(address string) string {
	if host, err := netip.ParseAddrPort(address); err == nil {
		address = host.Addr().String()
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	network, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}
