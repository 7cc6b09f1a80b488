// Package settings is how this program is set up: by flags, the environment or one file of settings, in this
// order. It says what may run and where, and opens nothing.
package settings

import (
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/demo"
	"madoguchi/server/store"
)

// Modes of a server; a database is stamped with its own and never opens in the other.
const (
	Demo = "demo"
	Live = "live"
)

// Settings come from flags, the environment or a file (File); `server --help` lists them. The zero setting is
// the safe one: a demo that answers on this computer only. The demo is left by a public address, a sign-in
// client, or a data folder that holds live keys.
type Settings struct {
	Config string `env:"MADOGUCHI_CONFIG" type:"path" placeholder:"FILE" help:"${config}"`

	Addr string `env:"MADOGUCHI_ADDR" default:"127.0.0.1:8080" help:"address to listen on"`
	Data string `env:"MADOGUCHI_DATA" default:"./data" type:"path" help:"${data}"`
	URL  string `env:"MADOGUCHI_URL" help:"${url}"`

	Database        string `env:"MADOGUCHI_DATABASE" placeholder:"ADDRESS" help:"${database}"`
	DatabaseReaders int    `env:"MADOGUCHI_DATABASE_READERS" help:"${database_readers}"`
	DatabaseWriters int    `env:"MADOGUCHI_DATABASE_WRITERS" help:"${database_writers}"`

	Hub            string `env:"MADOGUCHI_HUB" placeholder:"ENGINE" help:"${hub}"`
	HubCredentials string `env:"MADOGUCHI_HUB_CREDENTIALS" type:"path" help:"${hub_credentials}"`
	HubCA          string `name:"hub-ca" env:"MADOGUCHI_HUB_CA" type:"path" help:"${hub_ca}"`
	HubCert        string `env:"MADOGUCHI_HUB_CERT" type:"path" help:"${hub_cert}"`
	HubKey         string `env:"MADOGUCHI_HUB_KEY" type:"path" help:"${hub_key}"`

	TLSCert string `env:"MADOGUCHI_TLS_CERT" type:"path" help:"${tlscert}"`
	TLSKey  string `env:"MADOGUCHI_TLS_KEY" type:"path" help:"${tlskey}"`
	Proxy   string `env:"MADOGUCHI_PROXY" help:"${proxy}"`

	OIDCIssuer    string `env:"MADOGUCHI_OIDC_ISSUER" help:"${oidcissuer}"`
	OIDCClient    string `env:"MADOGUCHI_OIDC_CLIENT" help:"${oidcclient}"`
	OIDCAlgorithm string `env:"MADOGUCHI_OIDC_ALGORITHM" enum:"RS256,ES256" default:"RS256" help:"${alg}"`
	OIDCAudience  string `env:"MADOGUCHI_OIDC_AUDIENCE" help:"${oidcaudience}"`
	OIDCAcrValues string `env:"MADOGUCHI_OIDC_ACR_VALUES" default:"aal3 crl" help:"${acr}"`
	OIDCAddresses string `name:"oidc-addresses" env:"MADOGUCHI_OIDC_ADDRESSES" help:"${oidc_addresses}"`
	OIDCNoTime    bool   `env:"MADOGUCHI_OIDC_NO_AUTH_TIME" help:"${oidcno_time}"`
	OIDCNoACR     bool   `env:"MADOGUCHI_OIDC_NO_ACR" help:"${oidcno_acr}"`

	AuditFile string `env:"MADOGUCHI_AUDIT_CHECKPOINTS" type:"path" help:"${audit_file}"`
	AuditKey  string `env:"MADOGUCHI_AUDIT_KEY" type:"path" help:"${audit_key}"`

	DemoPublish bool `env:"MADOGUCHI_DEMO_PUBLISH" help:"${demo_publish}"`
	NoWorker    bool `env:"MADOGUCHI_NO_WORKER" help:"${no_worker}"`

	Debug string `env:"MADOGUCHI_DEBUG" help:"${debug}"`

	Trust        string `env:"MADOGUCHI_TRUST" type:"path" help:"${trust}"`
	TrustURL     string `env:"MADOGUCHI_TRUST_URL" help:"${trust_url}"`
	TrustAddress string `name:"trust-addresses" env:"MADOGUCHI_TRUST_ADDRESSES" help:"${trust_addresses}"`

	CardKeys     string `env:"MADOGUCHI_CARD_KEYS" type:"path" help:"${card_keys}"`
	FacilityCode string `env:"MADOGUCHI_FACILITY" default:"1319999991" help:"${facility_code}"`
	FacilityName string `env:"MADOGUCHI_FACILITY_NAME" default:"架空医院" help:"${facility_name}"`

	Observing
}

// Errors of the settings; each stops the start with its sentence.
var (
	errURL          = invalid("settings.url", "MADOGUCHI_URL")
	errNoURL        = invalid("settings.no_url", "MADOGUCHI_URL")
	errRole         = invalid("settings.role_live", "MADOGUCHI_ROLE")
	errOIDC         = invalid("settings.oidc", "MADOGUCHI_OIDC_ISSUER")
	errTLS          = invalid("settings.tls", "MADOGUCHI_TLS_CERT")
	errProxy        = invalid("settings.proxy", "MADOGUCHI_PROXY")
	errOIDCAddress  = invalid("settings.oidc_addresses", "MADOGUCHI_OIDC_ADDRESSES")
	errTrustAddress = invalid("settings.trust_addresses", "MADOGUCHI_TRUST_ADDRESSES")
	errAddr         = invalid("settings.addr", "MADOGUCHI_ADDR")
	errTrustURL     = invalid("settings.trust_url", "MADOGUCHI_TRUST_URL")
	errConnections  = invalid("settings.connections", "MADOGUCHI_DATABASE_READERS")
	errDatabase     = invalid("store.address", "MADOGUCHI_DATABASE")
	errPublished    = invalid("settings.demo_publish_live", "MADOGUCHI_DEMO_PUBLISH")
	errNoDemo       = &eligibility.Error{Code: eligibility.Unavailable, Key: "settings.nodemo"}
	errNotLoopback  = &eligibility.Error{
		Code:  eligibility.Denied,
		Key:   "settings.loopback",
		Field: "MADOGUCHI_ADDR",
	}
)

func invalid(key, setting string) *eligibility.Error {
	return &eligibility.Error{Code: eligibility.Invalid, Key: key, Field: setting}
}

// Mode is Live or Demo.
func (s *Settings) Mode() string {
	_, err := os.Stat(filepath.Join(s.Data, Live, "keys"))
	if s.URL == "" && s.OIDCClient == "" && s.OIDCIssuer == "" && err != nil {
		return Demo
	}
	return Live
}

// Folder is where this server keeps its keys and its database.
func (s *Settings) Folder() string { return filepath.Join(s.Data, s.Mode()) }

// Host is the HOST of every iss of this server's insurers, https, without a slash at its end: the public
// address, or the demo's name.
func (s *Settings) Host() string {
	if s.Mode() == Demo {
		return demo.Host
	}
	return strings.TrimSuffix(s.URL, "/")
}

// FacilityURL is the URL by which trust lists name the counters of a facility of this server: HOST/f/CODE,
// and for the demo's own facility the address at which the demo is opened.
func (s *Settings) FacilityURL(code, address string) string {
	if s.Mode() == Demo && code == s.FacilityCode {
		return address
	}
	return s.Host() + "/f/" + code
}

// DataRole is the role of the data folder that a command works on. Commands that are for insurers leave it at
// "all", the demo's; live there is no such role.
func (s *Settings) DataRole(role string) string {
	if role == "all" && s.Mode() == Live {
		return "insurer"
	}
	return role
}

// Check refuses settings that no command can work with.
func (s *Settings) Check() error {
	if s.Addr != "" {
		if err := s.checkAddr(); err != nil {
			return err
		}
	}
	if s.Database != "" && !store.IsAddress(s.Database) {
		return errDatabase
	}
	if s.Mode() == Demo {
		if !demo.Built {
			return errNoDemo
		}
		return nil
	}
	if s.URL == "" {
		return errNoURL
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" ||
		u.ForceQuery || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return errURL // without its cause, which quotes the address
	}
	return nil
}

// CheckServe refuses settings that a server of this role must not start with: whatever their text alone shows
// is refused here, so that `config` and `doctor` say what a start would.
func (s *Settings) CheckServe(role string) error {
	if err := s.Check(); err != nil {
		return err
	}
	if err := s.HubSetting().Check(); err != nil {
		return err
	}
	if err := s.checkAddr(); err != nil {
		return err
	}
	if err := s.checkConnections(); err != nil {
		return err
	}
	if err := s.checkObserving(role); err != nil || s.Mode() == Demo {
		return err
	}
	if err := s.checkOutside(); err != nil {
		return err
	}
	proxies, err := s.Proxies()
	switch {
	case err != nil:
		return err
	case role != "insurer" && role != "counter":
		return errRole
	case s.DemoPublish:
		return errPublished
	case (s.TLSCert == "") != (s.TLSKey == ""), s.TLSCert == "" && len(proxies) == 0,
		s.TLSCert != "" && len(proxies) > 0:
		return errTLS
	case role == "insurer" && !s.signsIn():
		return errOIDC
	}
	return nil
}

// checkAddr refuses an address that is none, and for a demo one beyond this computer.
func (s *Settings) checkAddr() error {
	host, port, err := net.SplitHostPort(s.Addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return errAddr.Because(err)
	}
	ip := net.ParseIP(host)
	if s.Mode() == Demo && !s.DemoPublish && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errNotLoopback
	}
	return nil
}

// mostConnections is more than a server of PostgreSQL takes without being set up for it.
const mostConnections = 1000

// checkConnections refuses numbers of connections that nobody can have.
func (s *Settings) checkConnections() error {
	if n := s.DatabaseReaders; n < 0 || n > mostConnections {
		return errConnections
	}
	if n := s.DatabaseWriters; n < 0 || n > mostConnections {
		return errConnections.In("MADOGUCHI_DATABASE_WRITERS")
	}
	return nil
}

// checkOutside refuses what cannot lead to the sign-in service or to the trust list.
func (s *Settings) checkOutside() error {
	if _, err := s.SignInAddresses(); err != nil {
		return err
	}
	if _, err := s.TrustAddresses(); err != nil {
		return err
	}
	if s.TrustURL == "" {
		return nil
	}
	if u, err := url.Parse(s.TrustURL); err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return errTrustURL // without its cause, which quotes the address
	}
	return nil
}

// signsIn reports whether patients have a service to sign in at.
func (s *Settings) signsIn() bool {
	u, err := url.Parse(s.OIDCIssuer)
	return err == nil && u.Scheme == "https" && u.Host != "" && s.OIDCClient != ""
}

// Proxies reads MADOGUCHI_PROXY: networks, or single addresses.
func (s *Settings) Proxies() ([]netip.Prefix, error) {
	return read(s.Proxy, errProxy, func(text string) (netip.Prefix, error) {
		if a, err := netip.ParseAddr(text); err == nil {
			return a.Unmap().Prefix(a.Unmap().BitLen())
		}
		p, err := netip.ParsePrefix(text)
		return p.Masked(), err
	})
}

// TrustAddresses reads MADOGUCHI_TRUST_ADDRESSES.
func (s *Settings) TrustAddresses() ([]netip.Addr, error) {
	return read(s.TrustAddress, errTrustAddress, netip.ParseAddr)
}

// SignInAddresses reads MADOGUCHI_OIDC_ADDRESSES.
func (s *Settings) SignInAddresses() ([]netip.Addr, error) {
	return read(s.OIDCAddresses, errOIDCAddress, netip.ParseAddr)
}

// read reads what stands between commas.
func read[T any](list string, refused *eligibility.Error, one func(string) (T, error)) ([]T, error) {
	var all []T
	for text := range strings.SplitSeq(list, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		value, err := one(text)
		if err != nil {
			return nil, refused.Because(err)
		}
		all = append(all, value)
	}
	return all, nil
}

// OpensOnPhones reports whether an address may stand on paper: https, or the demo's own computer.
func OpensOnPhones(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery ||
		u.Fragment != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" ||
		u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}
