package main

import (
	"context"

	"madoguchi/server/asking"
	"madoguchi/server/insurer"
	"madoguchi/server/output"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
)

// insurerCmd looks after the insurers of a server with the role insurer. Without a sub-command it tells what
// an insurer number says, without a data folder. Exit codes: 0 done, 2 refused with the reason on standard
// error and nothing changed.
type insurerCmd struct {
	Number asking.InsurerNumber `cmd:"" default:"withargs" hidden:"" help:"what an insurer number says"`
	Add    insurerAddCmd        `cmd:"" help:"make an insurer known to this server"`
	List   insurerListCmd       `cmd:"" help:"the insurers of this server"`
	Set    insurerSetCmd        `cmd:"" help:"change what is given of an insurer"`
}

// Help tells of what stands here without a sub-command.
func (*insurerCmd) Help() string {
	return "madoguchi insurer NUMBER: what an insurer number says, as JSON"
}

// forInsurers is what the sub-commands have in common.
type forInsurers struct {
	JSON bool   `name:"json" help:"the result as one JSON object"`
	Role string `enum:"all,insurer" default:"all" env:"MADOGUCHI_ROLE" help:"role of the data folder"`
}

// run does something with the insurers and prints what it returns.
func (c *forInsurers) run(
	s *settings.Settings, open opener, do func(context.Context, *insurer.Directory) (output.Told, error),
) error {
	told, err := inFolder(s, open, c.Role, func(ctx context.Context, a *app) (output.Told, error) {
		services, err := a.insurerServices(ctx, s.Host())
		if err != nil {
			return output.Told{}, err
		}
		return do(ctx, services.Directory)
	})
	return output.Tell(c.JSON, told, err)
}

type insurerAddCmd struct {
	Number string `arg:"" help:"保険者番号, 6 or 8 digits"`
	insurer.Given
	forInsurers
}

// Run adds an insurer; on a new server it makes the data folder.
func (c *insurerAddCmd) Run(s *settings.Settings) error {
	return c.run(s, openApp, func(ctx context.Context, d *insurer.Directory) (output.Told, error) {
		number, err := insurer.ReadNumber(c.Number)
		if err != nil {
			return output.Told{}, err
		}
		in, err := d.AddInsurer(ctx, staff.Operator{}, number, c.Given)
		return output.One("insurer.added", insurer.NewReport(in, s.Host())), err
	})
}

type insurerSetCmd struct {
	Number string `arg:"" help:"保険者番号, 6 or 8 digits"`
	insurer.Given
	forInsurers
}

// Run changes an insurer.
func (c *insurerSetCmd) Run(s *settings.Settings) error {
	return c.run(s, openExisting, func(ctx context.Context, d *insurer.Directory) (output.Told, error) {
		number, err := insurer.ReadNumber(c.Number)
		if err != nil {
			return output.Told{}, err
		}
		in, err := d.SetInsurer(ctx, staff.Operator{}, number, c.Given)
		return output.One("insurer.changed", insurer.NewReport(in, s.Host())), err
	})
}

type insurerListCmd struct{ forInsurers }

// Run lists the insurers in the order of their numbers.
func (c *insurerListCmd) Run(s *settings.Settings) error {
	return c.run(s, openExisting, func(ctx context.Context, d *insurer.Directory) (output.Told, error) {
		all, err := d.All(ctx)
		reports := []insurer.Report{}
		for _, in := range all {
			reports = append(reports, insurer.NewReport(in, s.Host()))
		}
		return output.List("insurers", reports, "insurer.line", "insurer.empty"), err
	})
}
