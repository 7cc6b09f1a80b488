package auditing

import (
	"context"
	"time"

	"madoguchi/server/insurer"
	"madoguchi/server/output"
	"madoguchi/server/settings"
	"madoguchi/server/store"
)

// Command is `madoguchi audit`. Exit codes: 0 done or whole, 1 the chain is not what was signed, 2 refused or
// wrong usage.
type Command struct {
	Verify  verifyCmd  `cmd:"" help:"${audit_verify}"`
	Sign    signCmd    `cmd:"" help:"${audit_sign}"`
	Key     keyCmd     `cmd:"" help:"make a key for a signer of its own"`
	Archive archiveCmd `cmd:"" help:"write months that are over to compressed, signed files"`
	Accept  acceptCmd  `cmd:"" help:"${audit_accept}"`
	Export  exportCmd  `cmd:"" help:"${audit_export}"`
}

// Host is what the commands have of the program that they are part of.
type Host struct {
	Now func() time.Time
	// In opens the data folder of a role for do and closes it again.
	In func(s *settings.Settings, role string, do InFolder) (output.Told, error)
}

// InFolder does something with a database, and with the insurer's services if it asks for them.
type InFolder func(
	ctx context.Context, all *store.Store, services func() (*insurer.Services, error),
) (output.Told, error)

// Exit codes.
const (
	exitBroken  output.Exit = 1
	exitRefused output.Exit = 2
)

// print says what was done, or why not.
func print(asJSON bool, told output.Told, err error) error {
	if err == nil {
		err = told.Print(asJSON)
	}
	if err != nil {
		output.Refusal(output.OfFlags(err))
		return exitRefused
	}
	return nil
}

type verifyCmd struct{ Verify }

// Run verifies.
func (c *verifyCmd) Run(s *settings.Settings, h Host) error {
	found, err := c.Do(context.Background(), s, h.Now)
	if err := print(c.JSON, found.Told(), err); err != nil {
		return err
	}
	if !found.Whole {
		return exitBroken
	}
	return nil
}

type signCmd struct{ Sign }

// Run signs.
func (c *signCmd) Run(s *settings.Settings, h Host) error {
	told, err := c.Do(context.Background(), s, h.Now)
	return print(c.JSON, told, err)
}

type keyCmd struct{ Key }

// Run makes a key.
func (c *keyCmd) Run() error {
	told, err := c.Do()
	return print(c.JSON, told, err)
}

// ofServer is the role of the data folder.
type ofServer struct {
	Role string `enum:"all,insurer,counter" default:"all" env:"MADOGUCHI_ROLE" help:"${audit_role}"`
}

type archiveCmd struct {
	Archive
	ofServer
}

// Run archives.
func (c *archiveCmd) Run(s *settings.Settings, h Host) error {
	told, err := h.In(s, c.Role, func(
		ctx context.Context, all *store.Store, _ func() (*insurer.Services, error),
	) (output.Told, error) {
		return c.Do(ctx, s, all, h.Now)
	})
	return print(c.JSON, told, err)
}

type acceptCmd struct {
	Accept
	ofServer
}

// Run takes the chain as it is.
func (c *acceptCmd) Run(s *settings.Settings, h Host) error {
	told, err := h.In(s, c.Role, func(
		ctx context.Context, all *store.Store, _ func() (*insurer.Services, error),
	) (output.Told, error) {
		return c.Do(ctx, s, all, h.Now)
	})
	return print(c.JSON, told, err)
}

type exportCmd struct {
	Export
	ofServer
}

// Run lists.
func (c *exportCmd) Run(s *settings.Settings, h Host) error {
	told, err := h.In(s, c.Role, func(
		ctx context.Context, all *store.Store, services func() (*insurer.Services, error),
	) (output.Told, error) {
		half, err := services()
		if err != nil {
			return output.Told{}, err
		}
		return c.Do(ctx, s, all, half)
	})
	return print(c.JSON, told, err)
}
