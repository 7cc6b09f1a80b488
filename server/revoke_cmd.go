package main

import (
	"context"
	"errors"
	"madoguchi/server/output"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/settings"
)

// revokeCmd takes saved copies (PDF, file) back: one by its index, all of a person, or all made before a
// time. Screens need no revoking: they end by themselves.
type revokeCmd struct {
	Insurer string `required:"" help:"保険者番号"`
	insurer.CopyFlags
	Role string `enum:"all,insurer" default:"all" env:"MADOGUCHI_ROLE" help:"role of the data folder"`
}

var errRevokePerson = &eligibility.Error{Code: eligibility.NotFound, Key: "revoke.person", Field: "--person"}

// Run revokes and prints {"revoked": n}. Exit codes: 0 done (also when nothing was left to revoke), 2 bad
// input.
func (c *revokeCmd) Run(s *settings.Settings) error {
	return output.Answer(func() (any, error) {
		number, err := eligibility.ParseInsurerNumber(c.Insurer)
		if err != nil {
			return nil, eligibility.ErrInsurerNumber.In("--insurer")
		}
		which, err := c.Selection()
		if err != nil {
			return nil, err
		}
		return inFolder(s, openExisting, c.Role, func(ctx context.Context, a *app) (any, error) {
			n, err := c.revoke(ctx, a, number, which)
			return map[string]int{"revoked": n}, err
		})
	})
}

func (c *revokeCmd) revoke(
	ctx context.Context, a *app, number eligibility.InsurerNumber, which insurer.CopySelection,
) (int, error) {
	services, err := a.insurerServices(ctx, "")
	if err != nil {
		return 0, err
	}
	operator, err := services.Directory.Operator(ctx, insurer.RequestTarget{Insurer: number})
	if err != nil {
		return 0, err
	}
	if c.Person != "" {
		found, err := services.Register.FindOne(ctx, operator, c.Person)
		if errors.Is(err, insurer.ErrNoPerson) {
			return 0, errRevokePerson
		}
		if err != nil {
			return 0, err
		}
		which.Person = found.ID
	}
	return services.Issuer.Revoke(ctx, operator, which)
}
