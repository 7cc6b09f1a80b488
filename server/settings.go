package main

import (
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"madoguchi/eligibility"
)

// Settings come from flags or the environment; `server --help` lists them. The zero setting is the safe one:
// a demo that answers on this computer only.
type Settings struct {
	Addr         string `env:"MADOGUCHI_ADDR" default:"127.0.0.1:8080" help:"address to listen on"`
	Data         string `env:"MADOGUCHI_DATA" default:"./data" type:"path" help:"data folder; the demo uses its sub-folder demo"`
	URL          string `env:"MADOGUCHI_URL" help:"public https address; setting it leaves the demo"`
	OIDCIssuer   string `env:"MADOGUCHI_OIDC_ISSUER" help:"issuer of the sign-in service; setting it leaves the demo"`
	OIDCClient   string `env:"MADOGUCHI_OIDC_CLIENT" help:"our client id there; setting it leaves the demo"`
	OIDCNoTime   bool   `env:"MADOGUCHI_OIDC_NO_AUTH_TIME" help:"the sign-in service gives no auth_time: the time of a proof is then that of the way back, and the audit says so (docs/signin.md)"`
	OIDCNoACR    bool   `env:"MADOGUCHI_OIDC_NO_ACR" help:"the sign-in service gives no acr: the level of a login is then unknown, and the audit says so (docs/signin.md)"`
	DemoPublish  bool   `env:"MADOGUCHI_DEMO_PUBLISH" help:"demo in a container: listen beyond loopback, for a port that the host publishes on its own loopback; every browser must give the word that is printed at the start"`
	NoWorker     bool   `env:"MADOGUCHI_NO_WORKER" help:"take the service worker off all phones at their next visit (docs/phone.md); they keep their data and need the network to open the screen"`
	Trust        string `env:"MADOGUCHI_TRUST" type:"path" help:"role counter, verify: folder with trust.jwt and trust-root.json (verify: or the file); verify takes the data folder's when left out, unless --jwks is given"`
	TrustURL     string `env:"MADOGUCHI_TRUST_URL" help:"role counter: https address of the newest trust.jwt, fetched every hour into that folder"`
	TrustAddress string `name:"trust-addresses" env:"MADOGUCHI_TRUST_ADDRESSES" help:"role counter: IP addresses, with commas between, of the host of MADOGUCHI_TRUST_URL in a closed network"`
	FacilityCode string `env:"MADOGUCHI_FACILITY" default:"1319999991" help:"10 digits of the counter's facility (医療機関コード)"`
	FacilityName string `env:"MADOGUCHI_FACILITY_NAME" default:"架空医院" help:"the counter's facility as patients see it"`
}

// Errors of the settings; each stops the start with its sentence.
var (
	errLive = &eligibility.Error{Code: eligibility.Unavailable, Key: "settings.live"}
	errURL  = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "settings.url",
		Field: "MADOGUCHI_URL",
	}
	errNoDemo       = &eligibility.Error{Code: eligibility.Unavailable, Key: "settings.nodemo"}
	errTrustAddress = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "settings.trust_addresses",
		Field: "MADOGUCHI_TRUST_ADDRESSES",
	}
	errAddr = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "settings.addr",
		Field: "MADOGUCHI_ADDR",
	}
	errListen = &eligibility.Error{
		Code:  eligibility.Unavailable,
		Key:   "settings.listen",
		Field: "MADOGUCHI_ADDR",
	}
	errNotLoopback = &eligibility.Error{
		Code:  eligibility.Denied,
		Key:   "settings.loopback",
		Field: "MADOGUCHI_ADDR",
	}
)

// trustAddresses reads MADOGUCHI_TRUST_ADDRESSES.
func (s Settings) trustAddresses() ([]netip.Addr, error) {
	var all []netip.Addr
	for text := range strings.SplitSeq(s.TrustAddress, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		a, err := netip.ParseAddr(text)
		if err != nil {
			return nil, errTrustAddress.Because(err)
		}
		all = append(all, a)
	}
	return all, nil
}

// demo reports whether these settings mean the demo: it is the default unless a public address, a sign-in
// client or live keys are set. Address, data folder, database and role do not count.
func (s Settings) demo() bool {
	_, err := os.Stat(filepath.Join(s.Data, "live", "keys"))
	return s.URL == "" && s.OIDCClient == "" && s.OIDCIssuer == "" && err != nil
}

// check refuses settings that must not run.
func (s Settings) check() error {
	if !s.demo() {
		if u, err := url.Parse(s.URL); s.URL != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
			return errURL
		}
		return errLive
	}
	if !demoBuilt {
		return errNoDemo
	}
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return errAddr.Because(err)
	}
	if ip := net.ParseIP(host); !s.DemoPublish && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errNotLoopback
	}
	return nil
}
