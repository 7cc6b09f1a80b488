package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
)

// keysCmd looks after the insurers' keys (docs/keys.md). None of its commands needs the server to stop, or to
// start again. Exit codes: 0 done, 1 some refused, 2 wrong usage.
type keysCmd struct {
	List    keysListCmd    `cmd:"" help:"the keys of each insurer, and their certificates for PDFs"`
	Rotate  keysRotateCmd  `cmd:"" help:"${keys_rotate}"`
	CSR     keysCSRCmd     `cmd:"" name:"csr" help:"write a certificate request (PKCS #10) for signing PDFs"`
	Import  keysImportCmd  `cmd:"" help:"import the certificate for signing PDFs"`
	Client  keysClientCmd  `cmd:"" help:"print the public key set to register at the sign-in service"`
	Counter keysCounterCmd `cmd:"" help:"print this counter server's public key set, for the trust list"`
	Accept  keysAcceptCmd  `cmd:"" help:"let the next start take another key in the place of a lost one"`
}

var (
	errNoInsurerKeys = &eligibility.Error{
		Code:  eligibility.NotFound,
		Key:   "keys.no_insurer",
		Field: "insurer",
	}
	errLeakedWhose = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "keys.leaked_whose",
		Field: "insurer",
	}
	errOlderThan = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "keys.older_than",
		Field: "older-than",
	}
	errKIDAlone = &eligibility.Error{Code: eligibility.Invalid, Key: "keys.kid_alone", Field: "kid"}
)

// openKeys opens the data folder's keys, and makes none.
func openKeys(s *settings.Settings) (*keys.Folder, error) {
	if err := s.Check(); err != nil {
		return nil, printUsage(err)
	}
	ring, err := datafolder.ExistingKeys(s.Folder(), s.Host())
	if errors.Is(err, datafolder.ErrNoKeys) {
		return nil, printUsage(err)
	}
	return ring, err
}

// printUsage prints what was wrong with the call.
func printUsage(err error) error {
	printError(err)
	return exit(exitRefused)
}

// chosenKeys opens the folder and returns the insurers that a command is about.
func chosenKeys(s *settings.Settings, number string) (*keys.Folder, []eligibility.InsurerNumber, error) {
	f, err := openKeys(s)
	if err != nil {
		return nil, nil, err
	}
	insurers, err := chosen(f, number)
	return f, insurers, err
}

// chosen returns the insurers that are meant: one by its number, all of the folder for "" and "all".
func chosen(f *keys.Folder, number string) ([]eligibility.InsurerNumber, error) {
	all, err := f.Rings.Insurers()
	if err != nil || number == "" || number == "all" {
		return all, err
	}
	insurer, err := eligibility.ParseInsurerNumber(number)
	if err != nil {
		return nil, printUsage(err)
	}
	if !slices.Contains(all, insurer) {
		return nil, printUsage(errNoInsurerKeys)
	}
	return []eligibility.InsurerNumber{insurer}, nil
}

// keysListCmd lists keys.
type keysListCmd struct {
	Insurer string `help:"保険者番号; all of the folder by default"`
	JSON    bool   `name:"json" help:"one JSON array on standard output"`
}

// Run lists.
func (c *keysListCmd) Run(s *settings.Settings) error {
	f, insurers, err := chosenKeys(s, c.Insurer)
	if err != nil {
		return err
	}
	list, refused := make([]keys.Report, 0, len(insurers)), false
	for _, insurer := range insurers {
		of, err := f.Report(insurer, clock())
		if err != nil {
			refused = true
			fmt.Fprintf(os.Stderr, "%s:\n", insurer)
			printError(err)
		}
		list = append(list, of)
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		if err := out.Encode(list); err != nil {
			return err
		}
	} else {
		for _, of := range list {
			fmt.Print(of.Text())
		}
		if len(list) == 0 {
			fmt.Fprintln(os.Stderr, message.New("keys.report.empty", nil).Bilingual())
		}
	}
	if refused {
		return exit(exitSome)
	}
	return nil
}
