package pdfcode

import (
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"madoguchi/credential"
	"madoguchi/message"
	"madoguchi/pdf/sign"
)

// Names of the checks that only a PDF has.
const (
	CheckDocument = "document" // its signatures
	CheckMatch    = "match"    // whether all codes in it are the same
	CheckPictures = "pictures" // how many of its pictures were looked at
)

// Signers says by which certificates, and at what time, the signers of PDFs are judged.
type Signers struct {
	Roots *x509.CertPool // nil: who signed is not checked
	At    time.Time
}

// Judge adds to the Verdict on a PDF's code what the PDF around it says: whether all other codes in it, seen
// or in its packet, are the same, and the signatures. A failed check makes the whole not valid; an unsigned
// copy stays as good as its code.
func (r Reading) Judge(v credential.Verdict, codes Codes, signers Signers) credential.Verdict {
	if p := r.Pictures; p.Looked < p.Pictures {
		v = withCheck(
			v,
			newCheck(CheckPictures, credential.NotChecked, message.New("verdict.pictures", message.Args{
				"pictures": message.Number(p.Pictures),
				"looked":   message.Number(p.Looked),
			})),
		)
	}
	if len(r.Document.Credentials)+len(codes.Others) > 0 {
		v = withCheck(v, matchCodes(r.Document.Credentials, codes.JWS, codes.Others))
	}
	return withCheck(v, signatureCheck(r.Document.Signatures, signers.Roots, signers.At))
}

// Carry adds to a newer Verdict on a code what Judge said of the PDF that it came in.
func Carry(from, to credential.Verdict) credential.Verdict {
	for _, c := range from.Checks {
		if c.Name == CheckDocument || c.Name == CheckMatch || c.Name == CheckPictures {
			to = withCheck(to, c)
		}
	}
	return to
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

// newCheck is a check of the PDF around a code.
func newCheck(name string, r credential.Result, told message.Message) credential.Check {
	return credential.Check{Name: name, Result: r, Stored: message.ToStored(told)}
}

func matchCodes(inside []string, jws string, others []string) credential.Check {
	for _, text := range inside {
		read, err := credential.Read(text)
		if err != nil || read != jws {
			return newCheck(CheckMatch, credential.Failed, message.New("verdict.match.failed", nil))
		}
	}
	if len(others) > 0 {
		return newCheck(CheckMatch, credential.Failed, message.New("verdict.match.failed_several", nil))
	}
	return newCheck(CheckMatch, credential.Passed, message.New("verdict.match.passed", nil))
}

func signatureCheck(list []sign.Signature, roots *x509.CertPool, at time.Time) credential.Check {
	verdict := func(r credential.Result, key string) credential.Check {
		return newCheck(CheckDocument, r, message.New(key, nil))
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
	return newCheck(
		CheckDocument,
		credential.Passed,
		message.New("verdict.document.passed", message.Args{"signer": who}),
	)
}
