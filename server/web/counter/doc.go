// Package counter serves the reception of a clinic or pharmacy: the console with its cases and card checks,
// the methods page, and the page for staff beside a patient's screen.
package counter

import (
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Config is what the counter's pages are made of.
type Config struct {
	Kit        *kit.Kit
	Counter    *counter.Service
	Readers    *agents.AgentHub
	Facilities *staff.Facilities // nil where nobody signs in by passkey
}

// Console is the console's pages and the interface that they call.
type Console struct {
	*kit.Kit
	receptions
	Counter    *counter.Service
	facilities *staff.Facilities
	bridges    bridges
	offline    offlinePages
}

// New returns the counter's pages.
func New(c Config) *Console {
	at := receptions{demo: c.Kit.Demo, facility: c.Kit.Facility}
	return &Console{
		Kit:        c.Kit,
		receptions: at,
		Counter:    c.Counter,
		facilities: c.Facilities,
		bridges:    bridges{receptions: at, readers: c.Readers},
		offline:    offlinePages{receptions: at, kit: c.Kit, day: c.Counter.Offline},
	}
}

// Reception is the page for the staff beside a patient's screen, which every server offers.
type Reception struct{ *kit.Kit }
