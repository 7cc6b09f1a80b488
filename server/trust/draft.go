package trust

import (
	"encoding/json"
	"strings"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/input"
)

var (
	errIssuer  = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.issuer", Field: "--issuer"}
	errCounter = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.counter", Field: "--counter"}
	errDraft   = &eligibility.Error{Code: eligibility.Invalid, Key: "trust.draft", Field: "FILE"}
)

// NewDraft makes a draft that people can read, correct and sign. An issuer is ISS=NAME=NUMBERS=JWKS, a
// counter URL=NAME=CODE=JWKS, where JWKS names the file of a key set. The error names the one that is not
// right.
func NewDraft(issuers, counters []string) (credential.TrustList, error) {
	draft := credential.TrustList{
		Issuers:  []credential.TrustedIssuer{},
		Counters: []credential.TrustedCounter{},
	}
	for _, text := range issuers {
		issuer, err := readIssuer(text)
		if err != nil {
			return draft, err
		}
		draft.Issuers = append(draft.Issuers, issuer)
		if err := draft.Check(); err != nil {
			return draft, errIssuer.Because(err)
		}
	}
	for _, text := range counters {
		counter, err := readCounter(text)
		if err != nil {
			return draft, err
		}
		draft.Counters = append(draft.Counters, counter)
		if err := draft.Check(); err != nil {
			return draft, errCounter.Because(err)
		}
	}
	return draft, nil
}

func readIssuer(text string) (credential.TrustedIssuer, error) {
	var none credential.TrustedIssuer
	part := strings.Split(text, "=")
	if len(part) != 4 {
		return none, errIssuer
	}
	issuer := credential.TrustedIssuer{ISS: part[0], Name: part[1]}
	for _, n := range strings.Split(part[2], ",") {
		number, err := eligibility.ParseInsurerNumber(n)
		if err != nil {
			return none, eligibility.ErrInsurerNumber.In("--issuer " + n)
		}
		issuer.InsurerNumbers = append(issuer.InsurerNumbers, number)
	}
	if err := ReadKeySet(part[3], &issuer.JWKS); err != nil {
		return none, errIssuer.Because(err)
	}
	return issuer, nil
}

func readCounter(text string) (credential.TrustedCounter, error) {
	var none credential.TrustedCounter
	part := strings.Split(text, "=")
	if len(part) != 4 || len(part[2]) != 10 || strings.Trim(part[2], "0123456789") != "" {
		return none, errCounter
	}
	counter := credential.TrustedCounter{URL: part[0], Name: part[1], Facility: part[2]}
	if err := ReadKeySet(part[3], &counter.JWKS); err != nil {
		return none, errCounter.Because(err)
	}
	return counter, nil
}

// ReadDraft reads what NewDraft made and people may have corrected.
func ReadDraft(data []byte) (credential.TrustList, error) {
	list, err := credential.ReadTrustDraft(input.WithoutMark(data))
	if err != nil {
		return list, errDraft.Because(err)
	}
	return list, nil
}

// ReadKeySet reads the file of a key set.
func ReadKeySet(file string, into *credential.KeySet) error {
	data, err := input.ReadBounded(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(input.WithoutMark(data), into)
}
