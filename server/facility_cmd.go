package main

import (
	"context"
	"net"

	"madoguchi/server/datafolder"
	"madoguchi/server/output"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
)

// facilityCmd looks after the facilities (保険医療機関, 薬局) of a server with the role counter. Exit codes: 0 done,
// 2 refused with the reason on standard error and nothing changed.
type facilityCmd struct {
	Add  facilityAddCmd  `cmd:"" help:"make a facility known to this server"`
	List facilityListCmd `cmd:"" help:"the facilities of this server"`
	Set  facilitySetCmd  `cmd:"" help:"change what is given of a facility"`
}

// forFacilities is what the sub-commands have in common.
type forFacilities struct {
	JSON bool   `name:"json" help:"the result as one JSON object"`
	Role string `enum:"all,counter" default:"all" env:"MADOGUCHI_ROLE" help:"role of the data folder"`
}

// run does something with the facilities and prints what it returns.
func (c *forFacilities) run(
	s *settings.Settings, open opener, do func(context.Context, *staff.Facilities) (output.Told, error),
) error {
	role := c.Role
	if s.Mode() == settings.Live {
		role = datafolder.RoleCounter
	}
	told, err := inFolder(s, open, role, func(ctx context.Context, a *app) (output.Told, error) {
		services, err := a.staffServices(ctx, "")
		if err != nil {
			return output.Told{}, err
		}
		return do(ctx, services.Facilities)
	})
	return output.Tell(c.JSON, told, err)
}

// report is a facility as the commands print it.
func (c *forFacilities) report(s *settings.Settings, f staff.Facility) staff.FacilityReport {
	_, port, _ := net.SplitHostPort(s.Addr) // the demo's
	return staff.NewFacilityReport(f, s.FacilityURL(f.Code, "http://localhost:"+port))
}

type facilityAddCmd struct {
	Code string `arg:"" help:"医療機関コード, 10 digits: prefecture 2, fee table 1, facility 7"`
	staff.GivenFacility
	forFacilities
}

// Run adds a facility; on a new server it makes the data folder.
func (c *facilityAddCmd) Run(s *settings.Settings) error {
	return c.run(s, openApp, func(ctx context.Context, all *staff.Facilities) (output.Told, error) {
		if err := all.Add(ctx, staff.Operator{}, c.On(staff.Facility{Code: c.Code})); err != nil {
			return output.Told{}, err
		}
		f, err := all.Facility(ctx, staff.Operator{}, c.Code)
		return output.One("facility.added", c.report(s, f)), err
	})
}

type facilitySetCmd struct {
	Code string `arg:"" help:"医療機関コード, 10 digits"`
	staff.GivenFacility
	forFacilities
}

// Run changes a facility.
func (c *facilitySetCmd) Run(s *settings.Settings) error {
	return c.run(s, openExisting, func(ctx context.Context, all *staff.Facilities) (output.Told, error) {
		f, err := all.Change(ctx, staff.Operator{}, c.Code, c.GivenFacility)
		return output.One("facility.changed", c.report(s, f)), err
	})
}

type facilityListCmd struct{ forFacilities }

// Run lists the facilities in the order of their codes.
func (c *facilityListCmd) Run(s *settings.Settings) error {
	return c.run(s, openExisting, func(ctx context.Context, all *staff.Facilities) (output.Told, error) {
		known, err := all.List(ctx, staff.Operator{})
		reports := []staff.FacilityReport{}
		for _, f := range known {
			reports = append(reports, c.report(s, f))
		}
		return output.List("facilities", reports, "facility.line", "facility.empty"), err
	})
}
