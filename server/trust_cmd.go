package main

import (
	"madoguchi/server/input"
	"madoguchi/server/output"
	"madoguchi/server/trust"
)

// The commands of whoever operates the counters (an association, a vendor, the clinic): they say which
// insurer may speak for which 保険者番号. The root key stays with the operator; consoles get its public half once
// and the signed list again and again.
type trustCmd struct {
	Make    trustMakeCmd    `cmd:"" help:"draft a list from insurers' key sets, to be read and then signed"`
	Sign    trustSignCmd    `cmd:"" help:"sign a draft: the next version, for 30 days"`
	Inspect trustInspectCmd `cmd:"" help:"verify a signed list and say what it allows"`
}

// trustMakeCmd writes a draft: JSON that people can read, correct and sign.
type trustMakeCmd struct {
	Issuer  []string `sep:"none" placeholder:"ISS=NAME=NUMBERS=JWKS" help:"${trust_issuer}"`
	Counter []string `sep:"none" placeholder:"URL=NAME=CODE=JWKS" help:"${trust_counter}"`
}

// Run prints the draft.
func (c *trustMakeCmd) Run() error {
	return output.Answer(func() (any, error) {
		draft, err := trust.NewDraft(c.Issuer, c.Counter)
		return draft, err
	})
}

// trustSignCmd signs a draft with the operator's root key, made on the first use.
type trustSignCmd struct {
	Draft   string `arg:"" placeholder:"FILE|-" help:"the draft"`
	Keys    string `required:"" type:"path" placeholder:"FOLDER" help:"${trust_keys}"`
	Out     string `required:"" type:"path" placeholder:"FOLDER" help:"${trust_out}"`
	Version int    `help:"the version; left out, one more than the list that lies in --out"`
	Days    int    `default:"30" help:"days until it must be renewed, 30 at most"`
}

// Run writes both files and says what was signed.
func (c *trustSignCmd) Run() error {
	return output.Answer(func() (any, error) {
		draft, err := input.ReadArgument(c.Draft, "FILE")
		if err != nil {
			return nil, err
		}
		now := clock()
		list, err := trust.SignDraft(draft, c.Keys, trust.Publication{
			Folder:  c.Out,
			Version: c.Version,
			Days:    c.Days,
			Now:     now,
		})
		if err != nil {
			return nil, err
		}
		return trust.Inspect(list, now), nil
	})
}

// trustInspectCmd verifies a list and prints what it allows.
type trustInspectCmd struct {
	File string `arg:"" help:"trust.jwt, or the folder that holds it"`
	Root string `type:"path" help:"the root key; left out, trust-root.json beside the list"`
}

// Run prints the list as JSON with its state today.
func (c *trustInspectCmd) Run() error {
	return output.Answer(func() (any, error) {
		list, err := trust.Open(c.File, c.Root)
		if err != nil {
			return nil, err
		}
		return trust.Inspect(list, clock()), nil
	})
}
