package auth

import "net/netip"

// Network is whom a limit counts behind a network address, with or without a port: the address, of IPv6 its
// network of 64 bits, which one subscriber has to himself (RFC 4291 2.5.4, RFC 6177). What is no address
// stands for itself.
func Network(address string) string {
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
