package main

import (
	"os"

	"madoguchi/server/output"
	"madoguchi/server/settings"
	"madoguchi/server/verify"
)

// verifyCmd checks an eligibility code without any network. Exit codes: 0 valid, 1 not valid, 2 unreadable or
// wrong usage with nothing on standard output.
type verifyCmd struct {
	File   string `arg:"" placeholder:"FILE|-" help:"${verify_file}"`
	Root   string `type:"path" help:"root key of --trust; left out, trust-root.json beside it"`
	JWKS   string `name:"jwks" type:"path" help:"key set that you vouch for as the issuer's"`
	Status string `type:"path" help:"${verify_status}"`
	Roots  string `type:"path" help:"${verify_roots}"`
	Proof  string `type:"path" help:"the second code of a phone without network, as text or picture"`
	At     string `help:"another time than now, RFC 3339: 2026-11-22T10:00:00+09:00"`
	JSON   bool   `name:"json" help:"answer as one JSON object"`
}

// Run verifies.
func (c *verifyCmd) Run(s *settings.Settings) error {
	v, err := c.question(s).Verdict()
	if err != nil {
		return output.Refuse(err)
	}
	if c.JSON {
		err = output.JSON(verify.AnswerOf(v))
	} else {
		_, err = os.Stdout.WriteString(verify.Explain(v))
	}
	if err == nil && !v.Valid {
		return exit(exitSome)
	}
	return output.Done(err)
}

func (c *verifyCmd) question(s *settings.Settings) verify.Question {
	return verify.Question{
		File:   c.File,
		Proof:  c.Proof,
		Trust:  s.Trust,
		Own:    s.Folder(),
		Root:   c.Root,
		JWKS:   c.JWKS,
		Status: c.Status,
		Roots:  c.Roots,
		At:     c.At,
		Now:    clock(),
	}
}
