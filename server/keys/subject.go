package keys

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"

	"madoguchi/eligibility"
)

// Subject is the name that a certificate is asked for.
type Subject struct{ der []byte }

var errSubject = &eligibility.Error{Code: eligibility.Invalid, Key: "certificate.subject", Field: "subject"}

// attributes are the types of RFC 4514 section 3 that certificates of organizations carry, and the
// organization's number of ETSI EN 319 412-1.
var attributes = map[string]asn1.ObjectIdentifier{
	"CN":                     {2, 5, 4, 3},
	"SERIALNUMBER":           {2, 5, 4, 5},
	"C":                      {2, 5, 4, 6},
	"L":                      {2, 5, 4, 7},
	"ST":                     {2, 5, 4, 8},
	"O":                      {2, 5, 4, 10},
	"OU":                     {2, 5, 4, 11},
	"ORGANIZATIONIDENTIFIER": {2, 5, 4, 97},
}

// ParseSubject reads CN=…,O=…,C=JP. As RFC 4514 has it, the string begins with the last part of the name:
// C=JP comes first in the certificate. Values longer than X.520 allows (64 characters) and unknown types are
// refused.
func ParseSubject(text string) (Subject, error) {
	var sequence pkix.RDNSequence
	common := false
	for _, part := range split(text) {
		label, value, ok := strings.Cut(part, "=")
		label, value = strings.ToUpper(strings.TrimSpace(label)), strings.TrimSpace(value)
		kind, known := attributes[label]
		switch {
		case !ok || !known || value == "" || len([]rune(value)) > 64 ||
			strings.ContainsFunc(value, func(r rune) bool { return r < ' ' }):
			return Subject{}, errSubject.Because(fmt.Errorf("at %q", part))
		case label == "C" && (len(value) != 2 || strings.ToUpper(value) != value):
			return Subject{}, errSubject.Because(fmt.Errorf("%q is no country", value))
		}
		common = common || label == "CN"
		sequence = append(pkix.RDNSequence{{{Type: kind, Value: value}}}, sequence...)
	}
	if !common {
		return Subject{}, errSubject
	}
	der, err := asn1.Marshal(sequence)
	if err != nil {
		return Subject{}, errSubject.Because(err)
	}
	return Subject{der}, nil
}

// split cuts at commas that no backslash precedes, and takes the backslashes out.
func split(text string) []string {
	var parts []string
	var b strings.Builder
	escaped := false
	for _, r := range text {
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && r == ',':
			parts = append(parts, b.String())
			b.Reset()
		default:
			b.WriteRune(r)
		}
		escaped = false
	}
	return append(parts, b.String())
}
