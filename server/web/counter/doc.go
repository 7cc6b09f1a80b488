// Package counter serves the reception of a clinic or pharmacy: the console with its cases and card checks,
// the methods page, and the page for staff beside a patient's screen.
package counter

import (
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/web/kit"
)

// Console is the console's pages and the interface that they call.
type Console struct {
	*kit.Kit
	Counter *counter.Service
	Readers *agents.AgentHub
}

// Reception is the page for the staff beside a patient's screen, which every server offers.
type Reception struct{ *kit.Kit }
