package main

import (
	"context"
	"errors"
	"fmt"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
)

// keysAcceptCmd is the way on where a signing key was lost for good: the database forgets it, and the next
// start takes another.
type keysAcceptCmd struct {
	File string `arg:"" help:"name of the key file, as the refused start names it"`
}

// Run forgets the key.
func (c *keysAcceptCmd) Run(s *settings.Settings) error {
	if _, err := openKeys(s); err != nil {
		return err
	}
	entry := audit.Entry{At: clock(), Actor: staff.Operator{}.Actor()}
	err := datafolder.AcceptKey(context.Background(), database(s), c.File, entry)
	if errors.Is(err, datafolder.ErrNotReplaceable) || errors.Is(err, datafolder.ErrNotRemembered) {
		return printUsage(err)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s  %s\n", c.File, message.New("keys.said.accepted", nil).Bilingual())
	return nil
}
