package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
	"madoguchi/server/store"
)

// keysAcceptCmd is the way on where a signing key was lost for good: the database forgets it, and the next
// start takes another.
type keysAcceptCmd struct {
	File string `arg:"" help:"name of the key file, as the refused start names it"`
}

var (
	errNotReplaceable = &eligibility.Error{Code: eligibility.Denied, Key: "keys.not_replaceable",
		Field: "file"}
	errNotRemembered = &eligibility.Error{Code: eligibility.NotFound, Key: "keys.not_remembered",
		Field: "file"}
)

// Run forgets the key.
func (c *keysAcceptCmd) Run(s *settings.Settings) error {
	if _, err := openKeys(s); err != nil {
		return err
	}
	if !keys.Replaceable(c.File) {
		return printUsage(errNotReplaceable)
	}
	entry := audit.Entry{At: clock(), Actor: staff.Operator{}.Actor(), Action: "key.accept", Detail: c.File}
	err := store.AcceptKey(
		context.Background(),
		filepath.Join(s.Folder(), datafolder.DatabaseFile),
		c.File,
		entry,
	)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return printUsage(errNotRemembered)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s  %s\n", c.File, message.New("keys.said.accepted", nil).Bilingual())
	return nil
}
