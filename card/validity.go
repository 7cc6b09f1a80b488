package card

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// CertificateDates is all that is kept of a 利用者証明用電子証明書: when it begins and ends, and what follows for the
// use of the card as insurance card on the day that was asked for.
type CertificateDates struct {
	From      eligibility.Date             `json:"from"`
	Until     eligibility.Date             `json:"until"` // the last day
	State     eligibility.CertificateState `json:"state"` // on the day: valid, grace, expired
	WarnUntil eligibility.Date             `json:"warnUntil"`
	// the last day of the three months' grace (eligibility.GraceOf)
	MayWorkTo eligibility.Date `json:"mayWorkTo"`
}

// UserRoots are the CA certificates that issue 利用者証明用電子証明書, every generation that is still in use. Those for
// signature certificates (署名用) must not be among them.
type UserRoots []*x509.Certificate

// ParseUserRoots reads PEM blocks CERTIFICATE.
func ParseUserRoots(data []byte) (UserRoots, error) {
	var roots UserRoots
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		data = rest
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("reading the CA certificates: a PEM block %q is none", block.Type)
		}
		if c.CheckSignatureFrom(c) != nil {
			return nil, errors.New("card: a CA certificate is not signed by itself or not a CA's")
		}
		roots = append(roots, c)
	}
	if len(roots) == 0 {
		return nil, errors.New("card: there is no CA certificate in the file")
	}
	return roots, nil
}

var datesPlan = &plan{
	by: ByAgent,
	steps: []Check{stepToken,
		newStep("purpose", "purpose"), newStep("issuer", "certificate_issuer"), newStep("begun", "begun")},
	confirmed: ending{
		said:      message.New("card.certificate_valid", nil),
		proves:    []Claim{"card.claim.certificate_dates"},
		notProven: notByDates,
	},
	unverified: ending{
		said:      message.New("card.certificate_unverified", nil),
		notProven: append([]Claim{"card.claim.certificate_genuine"}, notByDates...),
	},
}

// notByDates: the certificate is read without a PIN and can be copied to another chip.
var notByDates = []Claim{
	"card.claim.card_here",
	"card.claim.not_revoked",
	claimAgent,
	"card.claim.name",
	claimBearer,
	claimRight,
}

// What is said of a certificate whose dates are over; neither is a refusal.
var (
	saidGrace   = message.New("card.certificate_grace", nil)
	saidExpired = message.New("card.certificate_expired", nil)

	errPurpose  = &eligibility.Error{Code: eligibility.Conflict, Key: "card.certificate_purpose"}
	errChain    = &eligibility.Error{Code: eligibility.Conflict, Key: "card.certificate_issuer"}
	errNotBegun = &eligibility.Error{Code: eligibility.Conflict, Key: "card.certificate_not_begun"}
)

// CheckCertificate reads the 利用者証明用電子証明書 without a PIN and looks at its dates for the given day
// (docs/facts/my-number-card.md#step-4-certificate-for-authentication). The root is chosen by its
// signature, not by its name, since all generations bear the same. A certificate that is over is not
// refused: CertificateDates.State says whether the insurance use still has its grace. Revocation is not
// checked. No key is presented; nothing but the dates is kept.
func CheckCertificate(
	ctx context.Context,
	s *Session,
	day eligibility.Date,
	roots UserRoots,
) (CertificateDates, Result) {
	if _, err := s.identify(ctx); err != nil {
		return CertificateDates{}, datesPlan.faultResult(err)
	}
	t := datesPlan.begin()
	t.pass("token")
	var dates CertificateDates
	var r Result
	err := s.readBriefly(ctx, fileUserCertificate, func(der []byte) {
		dates, r = t.verifyDates(der, day, roots)
	})
	if err != nil {
		return CertificateDates{}, datesPlan.faultResult(err)
	}
	return dates, r
}

func (t *checkTrial) verifyDates(
	der []byte, day eligibility.Date, roots UserRoots,
) (CertificateDates, Result) {
	none := func(e *eligibility.Error, failed string) (CertificateDates, Result) {
		return CertificateDates{}, t.refuse(e, failed)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil || c.IsCA || c.KeyUsage != x509.KeyUsageDigitalSignature ||
		len(c.UnhandledCriticalExtensions) > 0 {
		return none(errPurpose, "purpose")
	}
	t.pass("purpose")
	if len(roots) > 0 {
		if !roots.issued(c) {
			return none(errChain, "issuer")
		}
		t.pass("issuer")
	}
	from, until := eligibility.DateOf(c.NotBefore), eligibility.DateOf(c.NotAfter)
	if day.Before(from) || until.Before(from) {
		return none(errNotBegun, "begun")
	}
	t.pass("begun")
	grace := eligibility.GraceOf(until)
	dates := CertificateDates{from, until, grace.On(day), grace.WarnUntil, grace.MayWorkTo}
	return dates, t.endDates(dates.State, len(roots) > 0)
}

// issued reports whether one of the roots signed the certificate while it was itself valid.
// CheckSignatureFrom also demands that the root is a CA whose key may sign certificates.
func (r UserRoots) issued(c *x509.Certificate) bool {
	for _, root := range r {
		if c.CheckSignatureFrom(root) == nil && !c.NotBefore.Before(root.NotBefore) &&
			!c.NotBefore.After(root.NotAfter) {
			return true
		}
	}
	return false
}

func (t *checkTrial) endDates(state eligibility.CertificateState, roots bool) Result {
	outcome, e := Confirmed, t.plan.confirmed
	if !roots {
		outcome, e = Unverified, t.plan.unverified
	}
	switch state {
	case eligibility.CertificateGrace:
		e.said = saidGrace
	case eligibility.CertificateExpired:
		e.said = saidExpired
	}
	return t.result(outcome, e, "")
}
