package main

import (
	"context"
	"errors"

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
	return printAnswer(func() (any, error) {
		number, err := eligibility.ParseInsurerNumber(c.Insurer)
		if err != nil {
			return nil, eligibility.ErrInsurerNumber.In("--insurer")
		}
		which, err := c.Selection()
		if err != nil {
			return nil, err
		}
		if err := s.Check(); err != nil {
			return nil, err
		}
		ctx := context.Background()
		h, err := openExisting(ctx, s, c.Role)
		if err != nil {
			return nil, err
		}
		defer h.Store.Close()
		services, err := h.insurerServices(ctx, "")
		if err != nil {
			return nil, err
		}
		operator, err := services.Directory.Operator(ctx, insurer.RequestTarget{Insurer: number})
		if err != nil {
			return nil, err
		}
		if c.Person != "" {
			found, err := services.Register.FindOne(ctx, operator, c.Person)
			if errors.Is(err, insurer.ErrNoPerson) {
				return nil, errRevokePerson
			}
			if err != nil {
				return nil, err
			}
			which.Person = found.ID
		}
		n, err := services.Issuer.Revoke(ctx, operator, which)
		return map[string]int{"revoked": n}, err
	})
}
