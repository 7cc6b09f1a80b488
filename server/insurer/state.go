package insurer

import (
	"cmp"
	"slices"
	"strings"

	"madoguchi/eligibility"
)

// stateAddress is what code ① of a notice says where an insurer set nothing else: マイナポータル.
const stateAddress = "https://myna.go.jp/"

// stateHosts are the hosts that code ① may name: マイナポータル is the State's, and people trust a code that says
// so. No other name under them counts.
var stateHosts = []string{"myna.go.jp"}

var (
	errSettingState = &eligibility.Error{Code: eligibility.Invalid, Key: "look.state", Field: "state"}
	errStoredState  = &eligibility.Error{Code: eligibility.Conflict, Key: "look.state_stored"}
)

// stateAddress is the address of code ① on an insurer's notices. It returns errStoredState for one that an
// older program let in.
func (d *Directory) stateAddress(in Insurer) (string, error) {
	address := cmp.Or(in.Branding.State, stateAddress)
	if !ofTheState(address) {
		return "", errStoredState
	}
	return address, nil
}

// ofTheState reports whether an address is https on one of the State's hosts and nothing but a plain path
// after it. It is compared as it will be printed, letter by letter: no port, name, escape, query or
// look-alike can be read otherwise by a phone.
func ofTheState(address string) bool {
	rest, ok := strings.CutPrefix(address, "https://")
	host, path, _ := strings.Cut(rest, "/")
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
	return ok && len(address) <= 100 && slices.Contains(stateHosts, host) && strings.Trim(path, plain) == ""
}
