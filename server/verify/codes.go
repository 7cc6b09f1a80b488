package verify

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/input"
	"madoguchi/server/pdfcode"
	"madoguchi/server/qrscan"
)

// reading is what a file to verify holds.
type reading struct {
	codes    []string         // texts that may be codes, the one that people see first
	document *pdfcode.Reading // of a PDF
}

// readCodes reads the file of an argument: the codes of a picture or PDF, else of a text. What is no file's
// name but looks like a code is taken as the code itself.
func readCodes(name, argument string) (reading, error) {
	if _, err := os.Stat(name); err != nil && isCode(name) {
		return reading{codes: []string{name}}, nil
	}
	read, err := codesOf(name)
	var e *eligibility.Error
	if errors.As(err, &e) {
		return read, e.In(argument)
	}
	return read, err
}

// isCode reports whether an argument looks like a code itself.
func isCode(text string) bool {
	return strings.HasPrefix(strings.ToLower(text), "shc:/") ||
		strings.Count(text, ".") == 2 && len(text) > 200
}

func codesOf(name string) (reading, error) {
	data, err := input.ReadArgument(name, "FILE")
	if err != nil {
		return reading{}, err
	}
	if pdfcode.IsPDF(data) {
		read, err := pdfcode.Read(data)
		return reading{read.Texts, &read}, err
	}
	if hasUTF16Mark(data) { // a text that a Windows program saved as "Unicode"
		windows := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
		if data, err = windows.NewDecoder().Bytes(data); err != nil {
			return reading{}, errText.Because(err)
		}
	}
	if !utf8.Valid(data) {
		codes, err := qrscan.Codes(data)
		return reading{codes: codes}, err
	}
	var file struct {
		Cards []string `json:"verifiableCredential"`
	}
	if _, err := credential.Read(string(data)); err != nil && json.Unmarshal(data, &file) == nil &&
		len(file.Cards) > 1 {
		return reading{}, errSeveral
	}
	return reading{codes: []string{string(data)}}, nil
}

// hasUTF16Mark reports whether data begins with the byte order mark of UTF-16.
func hasUTF16Mark(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff})
}

// isIncomplete reports whether a text is a code of which a part is missing.
func isIncomplete(text string) bool {
	_, err := credential.Read(text)
	return errors.Is(err, credential.ErrIncomplete)
}

var errRoots = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.roots", Field: "--roots"}

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
