package main

import (
	"fmt"
	"os"

	"madoguchi/server/keys"
	"madoguchi/server/settings"
)

// keysRotateCmd takes each insurer one step further: it publishes a next key when there is none, and lets it
// sign once it has been published for 24 hours. Too early it changes nothing and says when to come back, so
// it may run at any time.
type keysRotateCmd struct {
	Insurer   string `help:"保険者番号; all of the folder by default, with --leaked compulsory (or the word all)"`
	OlderThan int    `name:"older-than" placeholder:"DAYS" help:"${rotate_older_than}"`
	Lost      bool   `xor:"why" help:"${rotate_lost}"`
	Leaked    bool   `xor:"why" help:"${rotate_leaked}"`
	KID       string `name:"kid" help:"with --leaked: withdraw only this next or retired key"`
}

// Run rotates.
func (c *keysRotateCmd) Run(s *settings.Settings) error {
	if c.Leaked && c.Insurer == "" {
		return printUsage(errLeakedWhose)
	}
	if c.OlderThan < 0 {
		return printUsage(errOlderThan)
	}
	if c.KID != "" && (!c.Leaked || c.Insurer == "all") {
		return printUsage(errKIDAlone)
	}
	f, insurers, err := chosenKeys(s, c.Insurer)
	if err != nil {
		return err
	}
	refused := false
	for _, insurer := range insurers {
		did, err := f.Rotation.Step(insurer, c.cause(), clock())
		if err != nil {
			refused = true
			fmt.Fprintf(os.Stderr, "%s:\n", insurer)
			printError(err)
			continue
		}
		fmt.Printf("%s  %s\n", insurer, did)
	}
	if refused {
		return exit(exitSome)
	}
	return nil
}

func (c *keysRotateCmd) cause() keys.StepCause {
	return keys.StepCause{Lost: c.Lost, Leaked: c.Leaked, KID: c.KID, OlderThan: c.OlderThan}
}
