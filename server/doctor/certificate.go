package doctor

import (
	"context"
	"crypto/x509"
	"net/url"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/keys"
)

// renewBefore is how long before its end a certificate should have been renewed.
const renewBefore = 30 * 24 * time.Hour

var (
	errCertificateOver = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "tls.expired",
		Field: "MADOGUCHI_TLS_CERT",
	}
	errCertificateEarly = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "tls.not_yet",
		Field: "MADOGUCHI_TLS_CERT",
	}
	errCertificateName = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "tls.name",
		Field: "MADOGUCHI_TLS_CERT",
	}
)

// checkCertificate finds whether browsers and other servers will believe the certificate that this server
// shows: its key, name, dates, and its chain up to a root of this computer.
func (v *visit) checkCertificate(context.Context) []Finding {
	s := v.Settings
	address, err := url.Parse(s.Host())
	if !v.live() || s.TLSCert == "" || s.TLSKey == "" || err != nil || address.Hostname() == "" {
		return nil
	}
	opened, err := s.Certificate(v.Now)
	if err != nil {
		return []Finding{refuse(err)}
	}
	chain, err := opened.Chain()
	if err != nil {
		return []Finding{refuse(err)}
	}
	leaf, now := chain[0], v.Now()
	args := message.Args{
		"host":  message.Text(address.Hostname()),
		"names": message.Text(strings.Join(namesOf(leaf), ", ")),
		"from":  message.Text(keys.Japan(leaf.NotBefore)),
		"until": message.Text(keys.Japan(leaf.NotAfter)),
	}
	switch err := leaf.VerifyHostname(address.Hostname()); {
	case err != nil:
		return []Finding{refuse(errCertificateName.With(args).Because(err))}
	case now.After(leaf.NotAfter):
		return []Finding{refuse(errCertificateOver.With(args))}
	case now.Before(leaf.NotBefore):
		return []Finding{refuse(errCertificateEarly.With(args))}
	}
	var found []Finding
	if now.Add(renewBefore).After(leaf.NotAfter) {
		found = append(found, warn(message.New("doctor.certificate_ends", args), nil))
	}
	if err := v.verifyChain(chain); err != nil {
		found = append(found, warn(message.New("doctor.certificate_chain", args), err))
	}
	if len(found) > 0 {
		return found
	}
	return []Finding{good(message.New("doctor.certificate", args))}
}

// verifyChain builds a chain from the certificates of the file alone to a root that this computer trusts.
func (v *visit) verifyChain(chain []*x509.Certificate) error {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots:         v.Roots,
		Intermediates: between,
		CurrentTime:   v.Now(),
	})
	return err
}

// namesOf are the names and addresses that a certificate is for.
func namesOf(c *x509.Certificate) []string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}
