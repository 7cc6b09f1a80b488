package pdfcode

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/pdf"
	"madoguchi/pdf/sign"
)

var made = time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)

// A signature of level B-B cannot prove when it was made (ETSI EN 319 102-1: indeterminate), so a certificate
// that ended since is neither good nor bad.
func TestASignatureWhoseCertificateEndedSinceIsNotChecked(t *testing.T) {
	insurer := certtest.NewSigner(t, made)
	document, _, err := pdf.EligibilitySheet(pdf.Sheet{Masked: true, IssuedAt: made})
	if err != nil {
		t.Fatal(err)
	}
	data, err := sign.Sign(document, insurer.Key, insurer.Chain, made, sign.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := sign.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(insurer.Chain[1])
	for _, c := range []struct {
		name string
		at   time.Time
		want credential.Result
	}{
		{"on its last day", made.AddDate(1, 0, 0), credential.Passed},
		{"a second later", made.AddDate(1, 0, 0).Add(time.Second), credential.NotChecked},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := signatureCheck(found.Signatures, roots, c.at)
			if got.Name != CheckDocument || got.Result != c.want {
				t.Errorf("%+v, want %s", got, c.want)
			}
		})
	}
}

// The worst stands first, and a check that passes changes no order.
func TestACheckOfThePDFTakesItsPlaceAmongTheOthers(t *testing.T) {
	check := func(name string, r credential.Result) credential.Check {
		return credential.Check{Name: name, Result: r}
	}
	// with room behind it, as append leaves it
	checks := append(make([]credential.Check, 0, 8), check("issuer", credential.Failed),
		check("revocation", credential.NotChecked), check("form", credential.Passed))
	before := credential.Verdict{Valid: true, Checks: checks}
	for _, c := range []struct {
		added credential.Result
		want  string
		valid bool
	}{
		{credential.Failed, "issuer document revocation form", false},
		{credential.NotChecked, "issuer revocation document form", true},
		{credential.Passed, "issuer revocation form document", true},
	} {
		t.Run(string(c.added), func(t *testing.T) {
			after := withCheck(before, check(CheckDocument, c.added))
			var names []string
			for _, each := range after.Checks {
				names = append(names, each.Name)
			}
			if got := strings.Join(names, " "); got != c.want || after.Valid != c.valid {
				t.Errorf("%s, valid %v", got, after.Valid)
			}
			if slices.ContainsFunc(before.Checks, func(c credential.Check) bool {
				return c.Name == CheckDocument
			}) {
				t.Error("the verdict before was changed")
			}
		})
	}
}

// A phone's second code proves the code, not the PDF that the first one came in.
func TestANewerVerdictKeepsWhatThePDFIsWorth(t *testing.T) {
	before := credential.Verdict{Checks: []credential.Check{
		{Name: "signature", Result: credential.Failed},
		{Name: CheckDocument, Result: credential.Failed},
		{Name: CheckMatch, Result: credential.Passed},
	}}
	fresh := credential.Verdict{Valid: true, Checks: []credential.Check{
		{Name: "signature", Result: credential.Passed},
	}}
	after := Carry(before, fresh)
	var names []string
	for _, c := range after.Checks {
		names = append(names, c.Name+" "+string(c.Result))
	}
	if got := strings.Join(names, ", "); after.Valid ||
		got != "document failed, signature passed, match passed" {
		t.Errorf("%s, valid %v", got, after.Valid)
	}
	if unchanged := Carry(fresh, fresh); !unchanged.Valid || len(unchanged.Checks) != 1 {
		t.Errorf("a scan has no PDF: %+v", unchanged)
	}
}
