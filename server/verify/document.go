package verify

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
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

var errRoots = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.roots", Field: "--roots",
	Ja: "認証局の証明書として読めません。PEM のファイル（-----BEGIN CERTIFICATE-----）を指定してください。",
	En: "This does not hold a CA's certificates. Give a PEM file (-----BEGIN CERTIFICATE-----)."}

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

// maxRoots bounds a file of certificates: a chain is a few kilobytes.
const maxRoots = 1 << 20

// readRoots reads the certificates that signers are judged by; no file means none.
func readRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err == nil && (info.IsDir() || info.Size() > maxRoots) {
		err = fmt.Errorf("%s is a folder, or too large for certificates", path)
	}
	var text []byte
	if err == nil {
		text, err = input.Bounded(path)
	}
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
		v = withCheck(v, credential.Check{
			Name:   CheckPictures,
			Result: credential.NotChecked,
			Reason: fmt.Sprintf(
				"PDFの画像が多いため、%d枚のうち%d枚まで調べました。残りにほかの人のコードがあるかは確かめていません",
				p.Pictures,
				p.Looked,
			),
			En: fmt.Sprintf(
				"Of the PDF's %d pictures %d were looked at; whether the others show another person's code was not checked.",
				p.Pictures,
				p.Looked,
			),
		})
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

func matched(inside []string, jws string, others []string) credential.Check {
	for _, text := range inside {
		read, err := credential.Read(text)
		if err != nil || read != jws {
			return credential.Check{Name: CheckMatch, Result: credential.Failed,
				Reason: "見えているコードと、PDFの中に書かれたコードが違います。受け付けず、患者さんの画面かカードで確認してください。",
				En:     "The visible code and the code inside the PDF differ. Do not accept it; use the patient's screen or the card."}
		}
	}
	if len(others) > 0 {
		return credential.Check{Name: CheckMatch, Result: credential.Failed,
			Reason: "このPDFには違うコードが2つ以上あり、だれのものか決まりません。1人ずつのPDFか、患者さんの画面で確認してください。",
			En:     "The PDF shows several different codes, and whose it is remains open. Use one person's PDF or the patient's screen."}
	}
	return credential.Check{
		Name:   CheckMatch,
		Result: credential.Passed,
		Reason: "PDFの中に書かれたコードも同じです",
		En:     "The code inside the PDF is the same.",
	}
}

func signatures(list []sign.Signature, roots *x509.CertPool, at time.Time) credential.Check {
	verdict := func(r credential.Result, ja, en string) credential.Check {
		return credential.Check{Name: CheckDocument, Result: r, Reason: ja, En: en}
	}
	if len(list) == 0 {
		return verdict(
			credential.NotChecked,
			"このPDFには署名がないため、書き換えの有無は確かめていません",
			"The PDF is not signed; whether it was altered was not checked.",
		)
	}
	whole := false
	for _, s := range list {
		if !s.Intact() {
			return verdict(
				credential.Failed,
				"このPDFは署名のあとで書き換えられています。受け付けず、患者さんの画面かカードで確認してください。",
				"The PDF was altered after it was signed. Do not accept it; use the patient's screen or the card.",
			)
		}
		whole = whole || s.Whole
	}
	if !whole {
		return verdict(
			credential.Failed,
			"このPDFには署名のあとで何かが付け加えられています。受け付けず、患者さんの画面かカードで確認してください。",
			"Something was added to the PDF after it was signed. Do not accept it; use the patient's screen or the card.",
		)
	}
	if roots == nil {
		return verdict(
			credential.NotChecked,
			"PDFは署名のあと書き換えられていませんが、署名した人は確かめていません（--roots に認証局の証明書を指定すると確かめます）",
			"The PDF was not altered after it was signed; who signed it was not checked (name the CA's certificate with --roots).",
		)
	}
	for _, s := range list {
		err := s.Trusted(roots, at)
		if errors.Is(err, sign.ErrExpired) {
			return verdict(credential.NotChecked, "PDFの署名者の証明書は、署名のあとで期限が切れています。署名した人は確かめていません",
				"The signer's certificate has expired since; who signed the PDF was not checked.")
		}
		if err != nil {
			return verdict(
				credential.Failed,
				"PDFの署名者を、渡された認証局（--roots）では確かめられません。認証局が正しければ受け付けず、別の方法で確認してください。",
				"The PDF's signer cannot be traced to the given CA (--roots). If that is the right CA, do not accept it; use another method.",
			)
		}
	}
	who := list[len(list)-1].Chain[0].Subject.CommonName
	return verdict(
		credential.Passed,
		"PDFの署名が正しく、書き換えられていません（署名者 "+who+"）",
		"The PDF's signature is right and nothing was altered (signed by "+who+").",
	)
}
