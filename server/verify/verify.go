// Package verify judges an eligibility code that lies in a file: a picture, a PDF, a text, a JWS or a
// .smart-health-card file (https://spec.smarthealth.cards/). It asks nobody: what a code is judged by lies in
// files as well.
package verify

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/input"
	"madoguchi/server/pdfcode"
	"madoguchi/server/trust"
)

// Question is a code, and the files that it is judged by.
type Question struct {
	File   string // the code, "-" for standard input, or the text of a code
	Proof  string // the second code of a phone without network, as text or picture; may be empty
	Trust  string // the trust list, or the folder that holds it; may be empty
	Own    string // folder whose trust list counts, if it has one, when neither Trust nor JWKS is given
	Root   string // the root key of the trust list; empty: beside it
	JWKS   string // key set that the caller vouches for as the issuer's; may be empty
	Status string // the issuer's list of revoked copies; may be empty
	Roots  string // certificates of the CA for signers of PDFs; empty: the signer is not checked
	At     string // the time to judge at, RFC 3339; empty: Now
	Now    time.Time
}

var (
	errText       = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.text", Field: "FILE"}
	errIncomplete = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.incomplete", Field: "FILE"}
	errSeveral    = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.several", Field: "FILE"}
	errProof      = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.proof", Field: "--proof"}
	errAt         = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.at", Field: "--at"}
	errKeys       = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.jwks", Field: "--jwks"}
	errStatus     = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.status", Field: "--status"}
)

// Verdict reads the code and judges it. An error means that there was nothing to judge, or that what it is to
// be judged by cannot be read; whatever is wrong with the code itself stands in the verdict.
func (q Question) Verdict() (credential.Verdict, error) {
	var none credential.Verdict
	b := credential.Verifier{Now: q.Now}
	var err error
	if q.At != "" {
		if b.Now, err = time.Parse(time.RFC3339, q.At); err != nil {
			return none, errAt.Because(err)
		}
	}
	roots, err := readRoots(q.Roots)
	if err != nil {
		return none, err
	}
	in, err := readCodes(q.File, "FILE")
	if err != nil {
		return none, err
	}
	codes := pdfcode.Pick(in.codes)
	jws, proof := codes.JWS, codes.Proof
	switch {
	case jws == "" && slices.ContainsFunc(in.codes, isIncomplete):
		return none, errIncomplete
	case jws == "":
		return none, errText
	case len(codes.Others) > 0 && in.document == nil:
		return none, errSeveral
	}
	if q.Proof != "" {
		second, err := readCodes(q.Proof, "--proof")
		if err != nil {
			return none, err
		}
		shown := pdfcode.Pick(second.codes)
		if proof = shown.Proof; proof == "" {
			proof = shown.JWS // the Verdict says that it is no second code
		}
		if proof == "" {
			return none, errProof
		}
	}
	if b.Trust, err = q.trust(); err != nil {
		return none, err
	}
	if q.JWKS != "" {
		if err := trust.ReadKeySet(q.JWKS, &b.Keys); err != nil || len(b.Keys) == 0 {
			return none, errKeys.Because(err)
		}
	}
	if q.Status != "" {
		if b.Status, err = q.status(b, b.Verify(jws)); err != nil {
			return none, err
		}
	}
	v := b.Verify(jws)
	if proof != "" {
		v = v.Prove(proof, jws, b, "")
	}
	if in.document == nil {
		return v, nil
	}
	return in.document.Judge(v, codes, pdfcode.Signers{Roots: roots, At: b.Now}), nil
}

// trust returns the list to judge by: the one given, else the data folder's if there is one and no keys are
// given.
func (q Question) trust() (*credential.TrustList, error) {
	if q.Trust != "" {
		list, err := trust.Open(q.Trust, q.Root)
		var e *eligibility.Error
		if errors.As(err, &e) && e.Field == trust.ErrList.Field {
			err = e.In("--trust")
		}
		return list, err
	}
	if q.JWKS != "" {
		return nil, nil
	}
	if _, err := os.Stat(filepath.Join(q.Own, trust.ListFile)); err != nil {
		return nil, nil
	}
	return trust.Open(q.Own, q.Root)
}

// status reads the list for the issuer of a code that was verified as far as possible without it. A code
// whose issuer is not verified has none: what is wrong with it stands in the Verdict.
func (q Question) status(
	b credential.Verifier,
	v credential.Verdict,
) (func(string) *credential.StatusList, error) {
	data, err := input.ReadBounded(q.Status)
	if err != nil {
		return nil, errStatus.Because(err)
	}
	text := strings.TrimSpace(string(data))
	var list *credential.StatusList
	if strings.HasPrefix(text, "{") {
		list, err = credential.ReadRevocationFile([]byte(text), b.Now)
	} else if v.Eligibility == nil {
		return nil, nil
	} else {
		keys := b.Keys
		if b.Trust != nil {
			issuer, _ := b.Trust.IssuerByISS(v.Issuer)
			keys = append(keys[:len(keys):len(keys)], issuer.JWKS...)
		}
		list, err = credential.OpenStatusList(text, v.Issuer, keys, b.Now)
	}
	if err != nil {
		return nil, errStatus.Because(err)
	}
	return func(iss string) *credential.StatusList {
		if iss != v.Issuer {
			return nil
		}
		return list
	}, nil
}
