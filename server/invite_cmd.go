package main

import (
	"context"

	"madoguchi/server/inviting"
	"madoguchi/server/output"
	"madoguchi/server/settings"
)

// inviteCmd makes an invitation's link: the first administrator's, or that of somebody who lost the passkey.
// Exit codes: 0 made, 2 bad input.
type inviteCmd struct {
	inviting.Command
	ServerRole string `enum:"all,insurer,counter" default:"all" env:"MADOGUCHI_ROLE" help:"${of_role}"`
}

// Run makes the link and prints it with its end.
func (c *inviteCmd) Run(s *settings.Settings) error {
	made, err := c.run(s)
	if err != nil {
		return output.Refuse(err)
	}
	if c.JSON {
		return output.Done(output.JSON(made))
	}
	return output.Done(made.Print())
}

func (c *inviteCmd) run(s *settings.Settings) (inviting.Made, error) {
	of, err := c.Organisation()
	if err != nil {
		return inviting.Made{}, err
	}
	role := inviting.DataRole(s.Mode(), of, c.ServerRole)
	return inFolder(s, openExisting, role, func(ctx context.Context, a *app) (inviting.Made, error) {
		services, err := a.staffServices(ctx, "")
		if err != nil {
			return inviting.Made{}, err
		}
		return c.Make(ctx, services.Members, of, inviting.Address(s))
	})
}
