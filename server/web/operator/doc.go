// Package operator serves the staff of whoever runs the server: its states, and the organisations that it
// works for. They see no person, of the insured or of an organisation's staff: no service that knows one is
// within reach here but staff.Members, which answers an operator with numbers.
package operator

import (
	"context"

	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Office is the operator's pages.
type Office struct {
	*kit.Kit
	Staff *staff.Services
	// Insurers knows the insurers of this server; nil where it runs no insurer's half.
	Insurers *insurer.Directory
	// Numbers says how much the insurers of this server are used; nil where it runs no insurer's half.
	Numbers func(ctx context.Context, by staff.Member) ([]insurer.Overview, error)
	// Counter says that this server runs a counter's half.
	Counter bool
	// States examines the server; nil: nobody does.
	States func(context.Context) []State
	// Readers says how many readers of a facility are connected now.
	Readers func(facility string) int
	Host    string // by which trust lists name this server's insurers
	// FacilityURL is by which trust lists name a facility.
	FacilityURL func(ctx context.Context, code string) (string, error)
	Address     string // of this server, for the links of invitations
}

// State is one thing that was examined of the server.
type State struct {
	Level string // good, warning or refusal
	Name  message.Message
	Says  message.Message
}

// Routes adds the pages.
func (s *Office) Routes(r *kit.Router) {
	r.Member("GET /operator", s.guard, s.homePage)
	s.statisticsRoutes(r)
	for _, of := range s.all() {
		s.routesOf(r, of)
	}
}
