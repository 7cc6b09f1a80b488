package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/qrscan"
)

// verifyCmd checks an eligibility code without any network. Exit codes: 0 valid, 1 not valid, 2 unreadable or wrong usage with
// nothing on standard output.
type verifyCmd struct {
	File   string `arg:"" placeholder:"FILE|-" help:"picture of a code, PDF, shc:/ text, JWS or .smart-health-card file; - for standard input"`
	Root   string `type:"path" help:"root key of --trust; left out, trust-root.json beside it"`
	JWKS   string `name:"jwks" type:"path" help:"key set that you vouch for as the issuer's"`
	Status string `type:"path" help:"the issuer's list of revoked copies: status.jwt, or the JSON list of SMART Health Cards"`
	Roots  string `type:"path" help:"PEM certificates of the CA that signers of PDFs are judged by; without it the signer is not checked"`
	Proof  string `type:"path" help:"the second code of a phone without network, as text or picture"`
	At     string `help:"another time than now, RFC 3339: 2026-11-22T10:00:00+09:00"`
	JSON   bool   `name:"json" help:"answer as one JSON object"`
}

var (
	errVerifyText       = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.text", Field: "FILE"}
	errVerifyIncomplete = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.incomplete", Field: "FILE"}
	errVerifySeveral    = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.several", Field: "FILE"}
	errVerifyProof      = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.proof", Field: "--proof"}
	errVerifyAt         = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.at", Field: "--at"}
	errVerifyKeys       = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.jwks", Field: "--jwks"}
	errVerifyStatus     = &eligibility.Error{Code: eligibility.Invalid, Key: "verify.status", Field: "--status"}
)

// Run verifies.
func (c *verifyCmd) Run(s *Settings) error {
	v, err := c.verify(s)
	if err != nil {
		return refuse(err)
	}
	if c.JSON {
		err = printJSON(verified(v))
	} else {
		err = explain(v)
	}
	if err == nil && !v.Valid {
		return exit(exitSome)
	}
	return told(err)
}

func (c *verifyCmd) verify(s *Settings) (credential.Verdict, error) {
	var none credential.Verdict
	b := credential.Verifier{Now: clock()}
	var err error
	if c.At != "" {
		if b.Now, err = time.Parse(time.RFC3339, c.At); err != nil {
			return none, errVerifyAt.Because(err)
		}
	}
	roots, err := readRoots(c.Roots)
	if err != nil {
		return none, err
	}
	in, err := readCodes(c.File, "FILE")
	if err != nil {
		return none, err
	}
	jws, proof, others := pickCodes(in.codes)
	switch {
	case jws == "" && slices.ContainsFunc(in.codes, incomplete):
		return none, errVerifyIncomplete
	case jws == "":
		return none, errVerifyText
	case len(others) > 0 && in.document == nil:
		return none, errVerifySeveral
	}
	if c.Proof != "" {
		second, err := readCodes(c.Proof, "--proof")
		if err != nil {
			return none, err
		}
		screen, live, _ := pickCodes(second.codes)
		if proof = live; proof == "" {
			proof = screen // the Verdict says that it is no second code
		}
		if proof == "" {
			return none, errVerifyProof
		}
	}
	if b.Trust, err = c.trust(s); err != nil {
		return none, err
	}
	if c.JWKS != "" {
		if err := readKeySet(c.JWKS, &b.Keys); err != nil || len(b.Keys) == 0 {
			return none, errVerifyKeys.Because(err)
		}
	}
	if c.Status != "" {
		if b.Status, err = c.status(b, b.Verify(jws)); err != nil {
			return none, err
		}
	}
	v := b.Verify(jws)
	if proof != "" {
		v = v.Prove(proof, jws, b, "")
	}
	return judgeDocument(v, in, jws, others, roots, b.Now), nil
}

// trust returns the list to judge by: the one given, else the data folder's if there is one and no keys are given.
func (c *verifyCmd) trust(s *Settings) (*credential.TrustList, error) {
	if s.Trust != "" {
		list, err := openTrustFile(s.Trust, c.Root)
		var e *eligibility.Error
		if errors.As(err, &e) && e.Field == errTrustList.Field {
			err = e.In("--trust")
		}
		return list, err
	}
	if c.JWKS != "" {
		return nil, nil
	}
	own := filepath.Join(s.Data, "demo")
	if _, err := os.Stat(filepath.Join(own, trustFile)); err != nil {
		return nil, nil
	}
	return openTrustFile(own, c.Root)
}

// status reads the list for the issuer of a code that was verified as far as possible without it. A code whose issuer is not
// verified has none: what is wrong with it stands in the Verdict.
func (c *verifyCmd) status(b credential.Verifier, v credential.Verdict) (func(string) *credential.StatusList, error) {
	data, err := readBounded(c.Status)
	if err != nil {
		return nil, errVerifyStatus.Because(err)
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
		return nil, errVerifyStatus.Because(err)
	}
	return func(iss string) *credential.StatusList {
		if iss != v.Issuer {
			return nil
		}
		return list
	}, nil
}

// readCodes reads the file of an argument: the codes of a picture or PDF, else of a text. What is no file's name but looks
// like a code is taken as the code itself.
func readCodes(name, argument string) (reading, error) {
	if _, err := os.Stat(name); err != nil && (strings.HasPrefix(strings.ToLower(name), "shc:/") || strings.Count(name, ".") == 2 && len(name) > 200) {
		return reading{codes: []string{name}}, nil
	}
	read, err := codesOf(name)
	var e *eligibility.Error
	if errors.As(err, &e) {
		return read, e.In(argument)
	}
	return read, err
}

func codesOf(name string) (reading, error) {
	data, err := readInput(name, "FILE")
	if err != nil {
		return reading{}, err
	}
	if bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) {
		return readPDF(data)
	}
	if marked(data) { // a text that a Windows program saved as "Unicode"
		if data, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data); err != nil {
			return reading{}, errVerifyText.Because(err)
		}
	}
	if !utf8.Valid(data) {
		codes, err := qrscan.Codes(data)
		return reading{codes: codes}, err
	}
	var file struct {
		Cards []string `json:"verifiableCredential"`
	}
	if _, err := credential.Read(string(data)); err != nil && json.Unmarshal(data, &file) == nil && len(file.Cards) > 1 {
		return reading{}, errVerifySeveral
	}
	return reading{codes: []string{string(data)}}, nil
}

// marked reports whether data begins with the byte order mark of UTF-16.
func marked(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff})
}

// incomplete reports whether a text is a code of which a part is missing.
func incomplete(text string) bool {
	_, err := credential.Read(text)
	return errors.Is(err, credential.ErrIncomplete)
}

// pickCodes tells the screen from the phone's proof. Others are further, different screens.
func pickCodes(texts []string) (jws, proof string, others []string) {
	for _, text := range texts {
		read, err := credential.Read(text)
		switch {
		case err != nil:
		case credential.LooksLikeProof(read):
			proof = read
		case jws == "":
			jws = read
		case read != jws:
			others = append(others, read)
		}
	}
	return jws, proof, others
}

// verdictOut is the written contract of --json: fields may be added, none renamed.
type verdictOut struct {
	Valid           bool            `json:"valid"`
	Tier            *string         `json:"tier"` // null for what is none of our three
	Issuer          *string         `json:"issuer"`
	IssuerName      *string         `json:"issuerName"`
	IssuedAt        *time.Time      `json:"issuedAt"`
	ExpiresAt       *time.Time      `json:"expiresAt"`
	RID             *string         `json:"rid"`
	Headline        string          `json:"headline"`
	HeadlineEn      string          `json:"headlineEn"`
	Checks          []checkOut      `json:"checks"`
	Eligibility     *eligibilityOut `json:"eligibility"` // only what a verified signature covers
	message.Message                 // of the headline
}

type checkOut struct {
	Name   string            `json:"name"`
	Result credential.Result `json:"result"`
	Reason string            `json:"reason"`
	En     string            `json:"en"`
	message.Message
}

type eligibilityOut struct {
	InsurerNumber string           `json:"insurerNumber"`
	InsurerName   string           `json:"insurerName"`
	Symbol        string           `json:"symbol"`
	Number        string           `json:"number"`
	BranchNumber  string           `json:"branchNumber"`
	Name          string           `json:"name"`
	Kana          string           `json:"kana"`
	BirthDate     eligibility.Date `json:"birthDate"`
	Sex           string           `json:"sex"`
	Share         *int             `json:"share"`
	ValidFrom     *string          `json:"validFrom"`
	ValidUntil    *string          `json:"validUntil"`
}

func verified(v credential.Verdict) verdictOut {
	headline := v.Headline()
	out := verdictOut{
		Valid:      v.Valid,
		Tier:       known(string(v.Tier)),
		Issuer:     known(v.Issuer),
		IssuerName: known(v.IssuerName),
		RID:        known(v.RID),
		Headline:   headline.Text("ja"),
		HeadlineEn: headline.Text("en"),
		Message:    headline,
		Checks:     []checkOut{},
	}
	for _, c := range v.Checks {
		out.Checks = append(out.Checks, checkOut{c.Name, c.Result, c.Text("ja"), c.Text("en"), c.Message})
	}
	if !v.IssuedAt.IsZero() {
		from, to := v.IssuedAt.In(eligibility.Japan), v.ExpiresAt.In(eligibility.Japan)
		out.IssuedAt, out.ExpiresAt = &from, &to
	}
	if e := v.Eligibility; e != nil {
		out.Eligibility = &eligibilityOut{InsurerNumber: string(e.Insurer), InsurerName: e.InsurerName, Symbol: e.Symbol, Number: e.Number, BranchNumber: e.BranchNumber,
			Name: e.Name, Kana: e.Kana, BirthDate: e.BirthDate, Sex: string(e.Sex), ValidFrom: known(e.ValidFrom.String()), ValidUntil: known(e.ValidUntil.String())}
		if e.Share > 0 {
			out.Eligibility.Share = &e.Share
		}
	}
	return out
}

// explain prints a Verdict for the person at the keyboard.
func explain(v credential.Verdict) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s（%s）\n", v.Headline().Text("ja"), v.Headline().Text("en"))
	for _, c := range v.Checks {
		mark := map[credential.Result]string{credential.Passed: "✓", credential.Failed: "×", credential.NotChecked: "―"}[c.Result]
		fmt.Fprintf(&b, "%s %s\n", mark, c.Text("ja"))
	}
	if v.Issuer != "" {
		fmt.Fprintf(&b, "発行者 %s %s\n", v.Issuer, v.IssuerName)
	}
	if !v.IssuedAt.IsZero() {
		fmt.Fprintf(&b, "作成 %s、期限 %s\n", v.IssuedAt.In(eligibility.Japan).Format("2006-01-02 15:04:05"), v.ExpiresAt.In(eligibility.Japan).Format("2006-01-02 15:04:05"))
	}
	if e := v.Eligibility; e != nil {
		fmt.Fprintf(&b, "%s %s\n%s\n保険者番号 %s %s\n記号 %s 番号 %s 枝番 %s\n", e.Name, e.Kana, e.BirthDate.Japanese(), e.Insurer.Paper(), e.InsurerName, e.Symbol, e.Number, e.BranchNumber)
		if e.Share > 0 {
			fmt.Fprintf(&b, "負担割合 %d割\n", e.Share/10)
		}
	}
	_, err := os.Stdout.WriteString(b.String())
	return err
}
