package verify

import (
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pdf/sign"
	"madoguchi/server/input"
	"madoguchi/server/qrscan"
)

// reading is what a file to verify holds.
type reading struct {
	codes    []string     // texts that may be codes, the one that people see first
	document *sign.Found  // of a PDF: its packet and its signatures
	pictures qrscan.Found // of a PDF: how many pictures were looked at
}

var errRoots = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.roots", Field: "--roots"}

// Names of the checks that only a PDF has.
const (
	CheckDocument = "document" // its signatures
	CheckMatch    = "match"    // whether all codes in it are the same
	CheckPictures = "pictures" // how many of its pictures were looked at
)

// readPDF looks for the code as a picture and in the XMP packet; either is enough. What a picture lacks is
// said only when the packet has no code either.
func readPDF(data []byte) (reading, error) {
	pictures, unseen := qrscan.Look(data)
	found, err := sign.Read(data)
	switch {
	case errors.Is(unseen, qrscan.ErrLocked):
		return reading{}, unseen // one sentence for one reason
	case err != nil:
		return reading{}, err
	case unseen != nil && len(found.Credentials) == 0:
		return reading{}, unseen
	}
	return reading{append(pictures.Texts, found.Credentials...), &found, pictures}, nil
}

// readRoots reads the certificates that signers are judged by; no file means none.
func readRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := input.Small(path, "certificates")
	if err != nil {
		return nil, errRoots.Because(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errRoots
	}
	return pool, nil
}

// judgeDocument adds to the Verdict on a code (jws) what the PDF around it says: whether all other codes in
// it, seen or in its packet, are the same, and the signatures. A failed check makes the whole not valid; an
// unsigned copy stays as good as its code.
func judgeDocument(
	v credential.Verdict,
	read reading,
	jws string,
	others []string,
	roots *x509.CertPool,
	at time.Time,
) credential.Verdict {
	document := read.document
	if document == nil {
		return v
	}
	if p := read.pictures; p.Looked < p.Pictures {
		v = withCheck(
			v,
			found(CheckPictures, credential.NotChecked, message.New("verdict.pictures", message.Args{
				"pictures": message.Number(p.Pictures),
				"looked":   message.Number(p.Looked),
			})),
		)
	}
	if len(document.Credentials)+len(others) > 0 {
		v = withCheck(v, matched(document.Credentials, jws, others))
	}
	return withCheck(v, signatures(document.Signatures, roots, at))
}

// withCheck puts a check in its place, the worst first.
func withCheck(v credential.Verdict, c credential.Check) credential.Verdict {
	rank := []credential.Result{credential.Failed, credential.NotChecked, credential.Passed}
	place := len(v.Checks)
	for i, other := range v.Checks {
		if slices.Index(rank, other.Result) > slices.Index(rank, c.Result) {
			place = i
			break
		}
	}
	v.Checks = slices.Insert(slices.Clone(v.Checks), place, c)
	v.Valid = v.Valid && c.Result != credential.Failed
	return v
}

// found is a check of the PDF around a code.
func found(name string, r credential.Result, told message.Message) credential.Check {
	return credential.Check{Name: name, Result: r, Stored: message.Keep(told)}
}

func matched(inside []string, jws string, others []string) credential.Check {
	for _, text := range inside {
		read, err := credential.Read(text)
		if err != nil || read != jws {
			return found(CheckMatch, credential.Failed, message.New("verdict.match.failed", nil))
		}
	}
	if len(others) > 0 {
		return found(CheckMatch, credential.Failed, message.New("verdict.match.failed_several", nil))
	}
	return found(CheckMatch, credential.Passed, message.New("verdict.match.passed", nil))
}

func signatures(list []sign.Signature, roots *x509.CertPool, at time.Time) credential.Check {
	verdict := func(r credential.Result, key string) credential.Check {
		return found(CheckDocument, r, message.New(key, nil))
	}
	if len(list) == 0 {
		return verdict(credential.NotChecked, "verdict.document.not_signed")
	}
	whole := false
	for _, s := range list {
		if !s.Intact() {
			return verdict(credential.Failed, "verdict.document.altered")
		}
		whole = whole || s.Whole
	}
	if !whole {
		return verdict(credential.Failed, "verdict.document.added_to")
	}
	if roots == nil {
		return verdict(credential.NotChecked, "verdict.document.signer_not_checked")
	}
	for _, s := range list {
		err := s.Trusted(roots, at)
		if errors.Is(err, sign.ErrExpired) {
			return verdict(credential.NotChecked, "verdict.document.signer_expired")
		}
		if err != nil {
			return verdict(credential.Failed, "verdict.document.signer_unknown")
		}
	}
	who := message.Text(list[len(list)-1].Chain[0].Subject.CommonName)
	return found(
		CheckDocument,
		credential.Passed,
		message.New("verdict.document.passed", message.Args{"signer": who}),
	)
}
