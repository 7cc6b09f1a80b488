package web

import (
	"context"
	"errors"

	"madoguchi/eligibility"
	"madoguchi/server/doctor"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
	"madoguchi/server/web/operator"
)

// Overseen is what the operator's pages tell of the server besides its organisations.
type Overseen struct {
	// States examines the server, without asking others; nil: nobody does.
	States func(context.Context) []doctor.Finding
	Host   string // by which trust lists name this server's insurers
}

// operatorOffice makes the room of whoever runs the server.
func operatorOffice(c Config, shared *kit.Kit) *operator.Office {
	office := &operator.Office{
		Kit:         shared,
		Staff:       c.Members,
		Counter:     c.Counter != nil,
		Readers:     c.connectedReaders,
		Host:        c.Overseen.Host,
		FacilityURL: c.facilityURL,
		Address:     c.FrontDoor.Address,
	}
	if c.Insurer != nil {
		office.Insurers = c.Insurer.Directory
		office.Numbers = func(ctx context.Context, by staff.Member) ([]insurer.Overview, error) {
			known, err := c.Insurer.Directory.All(ctx)
			if err != nil {
				return nil, err
			}
			return c.Insurer.Usage.Overviews(ctx, staff.Operator{Staff: by.Staff()}, known)
		}
	}
	if c.Overseen.States != nil {
		office.States = func(ctx context.Context) (states []operator.State) {
			for _, f := range c.Overseen.States(ctx) {
				states = append(states, operator.State{
					Level: string(f.Level),
					Name:  f.Name(),
					Says:  f.Message,
				})
			}
			return states
		}
	}
	return office
}

// facilityURL is by which trust lists name a facility of this server; empty where its counter is not here.
func (c Config) facilityURL(ctx context.Context, code string) (string, error) {
	f, err := c.Counter.Facilities.Facility(ctx, code)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return "", nil
	}
	return f.URL, err
}

// connectedReaders counts a facility's readers that are connected.
func (c Config) connectedReaders(facility string) (n int) {
	if c.Readers == nil {
		return 0
	}
	for _, r := range c.Readers.Status(facility) {
		if r.Connected {
			n++
		}
	}
	return n
}
