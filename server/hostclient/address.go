package hostclient

import "net/netip"

// notPublic are the blocks of the IANA special-purpose address registries (RFC 6890 and its successors) that
// are not globally reachable, with the few that lead to other addresses. Of IPv6 only 2000::/3 is in use on
// the internet (RFC 4291 section 2.4).
var notPublic = parsePrefixes(
	"0.0.0.0/8",        // this network, unspecified (RFC 791)
	"10.0.0.0/8",       // private (RFC 1918)
	"100.64.0.0/10",    // behind a carrier's NAT (RFC 6598), with one provider's metadata service
	"127.0.0.0/8",      // loopback (RFC 1122)
	"168.63.129.16/32", // one provider's metadata service, on a public number
	"169.254.0.0/16",   // link-local (RFC 3927), with the usual metadata services
	"172.16.0.0/12",    // private (RFC 1918)
	"192.0.0.0/24",     // IETF protocol assignments (RFC 6890), with one provider's metadata service
	"192.0.2.0/24",     // documentation (RFC 5737)
	"192.88.99.0/24",   // 6to4 relays (RFC 7526)
	"192.168.0.0/16",   // private (RFC 1918)
	"198.18.0.0/15",    // benchmarking (RFC 2544)
	"198.51.100.0/24",  // documentation (RFC 5737)
	"203.0.113.0/24",   // documentation (RFC 5737)
	"224.0.0.0/4",      // multicast (RFC 5771)
	"240.0.0.0/4",      // reserved (RFC 1112), broadcast (RFC 919)
	"2001::/23",        // IETF protocol assignments (RFC 2928), with Teredo (RFC 4380)
	"2001:db8::/32",    // documentation (RFC 3849)
	"2002::/16",        // 6to4: an IPv4 address inside (RFC 3056)
	"3fff::/20",        // documentation (RFC 9637)
)

var (
	globalUnicast = netip.MustParsePrefix("2000::/3")
	throughNAT64  = netip.MustParsePrefix("64:ff9b::/96") // an IPv4 address in the last 32 bits (RFC 6052)
)

// IsPublic reports whether an address is one of the internet's: not loopback, private, link-local, unique
// local, behind a carrier's NAT, multicast, unspecified, reserved, a metadata service, or an IPv6 form of one
// of these.
func IsPublic(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if !a.IsValid() {
		return false
	}
	if throughNAT64.Contains(a) {
		b := a.As16()
		return IsPublic(netip.AddrFrom4([4]byte(b[12:])))
	}
	if a.Is6() && !globalUnicast.Contains(a) {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// isNeverAllowed reports whether an address is refused although somebody named it: it means no server, or the
// computer's own provider.
func isNeverAllowed(a netip.Addr) bool {
	broadcast := netip.AddrFrom4([4]byte{255, 255, 255, 255})
	return a.IsUnspecified() || a.IsMulticast() || a.IsLinkLocalUnicast() || a == broadcast
}

func parsePrefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}
