// Package counter serves the reception of a clinic or pharmacy: the console with its cases and card checks,
// the methods page, and the page for staff beside a patient's screen.
package counter

import (
	"context"

	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Console is the console's pages and the interface that they call.
type Console struct {
	*kit.Kit
	Counter *counter.Service
	Readers *agents.AgentHub
	Own     OwnFacility // nil where nobody signs in by passkey
}

// OwnFacility is what a member of a facility may read of it.
type OwnFacility interface {
	Facility(ctx context.Context, by staff.Principal, code string) (staff.Facility, error)
}

// Reception is the page for the staff beside a patient's screen, which every server offers.
type Reception struct{ *kit.Kit }
