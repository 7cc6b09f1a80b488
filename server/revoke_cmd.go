package main

import (
	"context"
	"errors"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/settings"
)

// revokeCmd takes saved copies (PDF, file) back: one by its index, all of a person, or all made before a
// time. Screens need no revoking: they end by themselves.
type revokeCmd struct {
	Insurer string `required:"" help:"保険者番号"`
	RID     string `name:"rid" help:"one copy: the five characters of its code (verify shows them)"`
	Person  string `help:"all copies of the person with this 番号 or whole name"`
	Before  string `help:"all copies made before this time, RFC 3339"`
	Role    string `enum:"all,insurer" default:"all" env:"MADOGUCHI_ROLE" help:"role of the data folder"`
}

var (
	errRevokeWhich = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "revoke.which_option",
		Field: "--rid, --person, --before",
	}
	errRevokeRID    = &eligibility.Error{Code: eligibility.Invalid, Key: "revoke.rid", Field: "--rid"}
	errRevokeBefore = &eligibility.Error{Code: eligibility.Invalid, Key: "revoke.before", Field: "--before"}
	errRevokePerson = &eligibility.Error{Code: eligibility.NotFound, Key: "revoke.person", Field: "--person"}
)

// Run revokes and prints {"revoked": n}. Exit codes: 0 done (also when nothing was left to revoke), 2 bad
// input.
func (c *revokeCmd) Run(s *settings.Settings) error {
	return printAnswer(func() (any, error) {
		number, err := eligibility.ParseInsurerNumber(c.Insurer)
		if err != nil {
			return nil, eligibility.ErrInsurerNumber.In("--insurer")
		}
		which, err := c.which()
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

func (c *revokeCmd) which() (insurer.CopySelection, error) {
	given := 0
	for _, text := range []string{c.RID, c.Person, c.Before} {
		if text != "" {
			given++
		}
	}
	if given != 1 {
		return insurer.CopySelection{}, errRevokeWhich
	}
	var which insurer.CopySelection
	var err error
	if c.RID != "" {
		if which.RID, err = credential.DecodeRID(c.RID); err != nil {
			return which, errRevokeRID.Because(err)
		}
	}
	if c.Before != "" {
		if which.Before, err = time.Parse(time.RFC3339, c.Before); err != nil {
			return which, errRevokeBefore.Because(err)
		}
	}
	return which, nil
}
