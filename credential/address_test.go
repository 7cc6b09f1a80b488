package credential

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

func TestAddressesOfAClosedNetworkAreWrittenExactly(t *testing.T) {
	key := newKey(t)
	for _, good := range []string{"10.1.2.3", "192.168.0.7", "100.64.0.1", "127.0.0.1", "fd00::7",
		"8.8.8.8"} {
		list := trusting(key)
		list.Issuers[0].Addresses = []string{good}
		if err := list.Check(); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	nine := make([]string, maxAddresses+1)
	for i := range nine {
		nine[i] = fmt.Sprintf("10.0.0.%d", i)
	}
	cases := []struct {
		name string
		bad  []string
	}{
		{"a name", []string{"localhost"}},
		{"nothing", []string{""}},
		{"a prefix", []string{"10.0.0.0/8"}},
		{"a port", []string{"10.1.2.3:443"}},
		{"a zone", []string{"fe80::1%eth0"}},
		{"leading zeros", []string{"010.1.2.3"}},
		{"a number", []string{"167837955"}},
		{"IPv4-mapped", []string{"::ffff:10.1.2.3"}},
		{"capitals", []string{"FD00::7"}},
		{"not shortened", []string{"fd00:0:0:0:0:0:0:7"}},
		{"brackets", []string{"[fd00::7]"}},
		{"a blank", []string{" 10.1.2.3"}},
		{"unspecified", []string{"0.0.0.0"}},
		{"unspecified, IPv6", []string{"::"}},
		{"multicast", []string{"224.0.0.1"}},
		{"multicast, IPv6", []string{"ff02::1"}},
		{"link-local, metadata", []string{"169.254.169.254"}},
		{"link-local, IPv6", []string{"fe80::1"}},
		{"broadcast", []string{"255.255.255.255"}},
		{"twice", []string{"10.1.2.3", "10.1.2.3"}},
		{"nine", nine},
	}
	testenv.Refused(t, testenv.Trust, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list := trusting(key)
			list.Issuers[0].Addresses = c.bad
			if err := list.Check(); err == nil {
				t.Errorf("%q may be signed", c.bad)
			}
		})
	}
}

func TestAListNamesAddressesForItsOwnHostsOnly(t *testing.T) {
	list := trusting(newKey(t))
	list.Issuers[0].Addresses = []string{"10.1.2.3", "what an older reader let pass"}
	list.Issuers = append(list.Issuers, TrustedIssuer{ISS: "https://192.168.0.7:8443/i/06139992"},
		TrustedIssuer{
			ISS: "https://[fd00::7]/i/01139997"})
	u, err := url.Parse(testISS)
	if err != nil {
		t.Fatal(err)
	}
	host := u.Hostname()
	for _, c := range []struct {
		asked string
		want  []string
	}{
		{host, []string{"10.1.2.3"}},
		{strings.ToUpper(host), []string{"10.1.2.3"}},
		{"192.168.0.7", []string{"192.168.0.7"}},
		{"fd00::7", []string{"fd00::7"}},
		{"192.168.0.8", nil},
		{"x." + host, nil},
		{"", nil},
		{"10.1.2.3", nil},
	} {
		t.Run(c.asked, func(t *testing.T) {
			var addresses []netip.Addr
			for _, text := range c.want {
				addresses = append(addresses, netip.MustParseAddr(text))
			}
			if got := list.AddressesOf(c.asked); !slices.Equal(got, addresses) {
				t.Errorf("%v", got)
			}
		})
	}
}
