package web

import (
	"context"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
	staffpages "madoguchi/server/web/staff"
)

// membersOf is what all rooms ask of the staff's services.
func membersOf(s *staff.Services) kit.Members {
	return struct {
		*staff.SignIn
		*staff.Members
	}{s.SignIn, s.Members}
}

// staffOffice makes the room in which staff sign in.
func staffOffice(c Config, shared *kit.Kit) *staffpages.Office {
	office := &staffpages.Office{
		Kit:              shared,
		Staff:            c.Members,
		OrganisationName: c.organisationName,
		Address:          c.FrontDoor.Address,
		Counter:          c.Counter != nil,
	}
	if c.Demo && c.Insurer != nil {
		office.TryInsurer = demoInsurer
	}
	return office
}

// demoInsurer is the insurer whose staff the demo invites: 架空市 (docs/facts/test-people.md#insurers).
const demoInsurer = "00138990"

// organisationName is what people call an organisation of this server: an insurer, a facility, or whoever
// runs it.
func (c Config) organisationName(ctx context.Context, of staff.Organisation) (string, error) {
	switch {
	case of.Kind == staff.KindInsurer && c.Insurer != nil:
		in, err := c.Insurer.Directory.Insurer(ctx, eligibility.InsurerNumber(of.Number))
		return in.Name, err
	case of.Kind == staff.KindFacility:
		f, err := c.Members.Facilities.Facility(ctx, staff.Operator{}, of.Number)
		return f.Name, err
	case of.Kind == staff.KindOperator:
		return message.New("staff.operator", nil).Text("ja"), nil
	}
	return "", staff.ErrNoOrganisation
}
