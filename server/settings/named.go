package settings

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"madoguchi/auth"
	"madoguchi/card"
	"madoguchi/server/demo"
	"madoguchi/server/hostclient"
	"madoguchi/server/input"
	"madoguchi/server/keys"
	"madoguchi/server/listen"
	"madoguchi/server/trust"
)

var (
	errCertificate = invalid("settings.certificate", "MADOGUCHI_TLS_CERT")
	errCardKeys    = invalid("settings.card_keys", "MADOGUCHI_CARD_KEYS")
)

// Certificate opens the TLS certificate that the settings name; nil where none is named.
func (s *Settings) Certificate(now func() time.Time) (*listen.Certificate, error) {
	if s.TLSCert == "" {
		return nil, nil
	}
	certificate, err := listen.OpenCertificate(s.TLSCert, s.TLSKey, now)
	if err != nil {
		return nil, errCertificate.Because(err)
	}
	return certificate, nil
}

// IssuerKeys are the card issuers' public keys: the test keys of virtual cards in the demo, live those of the
// file that the settings name, or none, and then no card is proved genuine.
func (s *Settings) IssuerKeys() (card.IssuerKeys, error) {
	if s.Mode() == Demo {
		return demo.CardKeys(), nil
	}
	if s.CardKeys == "" {
		return nil, nil
	}
	data, err := input.ReadBounded(s.CardKeys)
	if err != nil {
		return nil, errCardKeys.Because(err)
	}
	known, err := card.ParseIssuerKeys(data)
	if err != nil {
		return nil, errCardKeys.Because(err)
	}
	return known, nil
}

// TrustFile opens the trust list that somebody else signed. version is the file that notes the highest
// version seen.
func (s *Settings) TrustFile(version string, now func() time.Time) (*trust.File, error) {
	addresses, err := s.TrustAddresses()
	if err != nil {
		return nil, err
	}
	return trust.OpenFile(trust.FileConfig{
		Folder:    s.Trust,
		Version:   version,
		URL:       s.TrustURL,
		Addresses: addresses,
		Now:       now,
	})
}

// PatientLogin signs patients in at the service that the settings name (デジタル認証サービス), with this server
// as its client. The service is contacted at the first login.
func (s *Settings) PatientLogin(key keys.ClientKey, now func() time.Time) (*auth.Login, error) {
	inside, err := s.SignInInside()
	if err != nil {
		return nil, err
	}
	return auth.NewLogin(auth.Config{
		Issuer:      s.OIDCIssuer,
		ClientID:    s.OIDCClient,
		Key:         key.Signer,
		KeyID:       key.ID,
		Method:      key.Method,
		Audience:    s.OIDCAudience,
		RedirectURL: s.Host() + "/login/callback",
		Scopes:      []string{"name", "birthdate"}, // what enrolment needs of a login
		ACRValues:   s.OIDCAcrValues,
		NoAuthTime:  s.OIDCNoTime,
		NoACR:       s.OIDCNoACR,
		Client:      hostclient.New(hostclient.Config{Inside: inside, Time: signInTime}),
		Now:         now,
	}), nil
}

// SignInInside returns the addresses that MADOGUCHI_OIDC_ADDRESSES names for the host of the sign-in service
// (hostclient.Config.Inside).
func (s *Settings) SignInInside() (func(host string) []netip.Addr, error) {
	named, err := s.SignInAddresses()
	if err != nil {
		return nil, err
	}
	issuer, err := url.Parse(s.OIDCIssuer)
	if err != nil {
		return nil, errOIDC // without its cause, which quotes the address
	}
	return func(host string) []netip.Addr {
		if strings.EqualFold(host, issuer.Hostname()) {
			return named
		}
		return nil
	}, nil
}

// signInTime is how long a call to the sign-in service may take.
const signInTime = 10 * time.Second
