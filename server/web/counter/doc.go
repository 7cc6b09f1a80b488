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
	Members    *staff.Members    // the same
	Address    string            // of this server, as patients reach it
	Patients   bool              // this server has the patients' pages too
}

// answers is what every handler answers about a case with.
type answers struct {
	*kit.Kit
	receptions
	Counter *counter.Service
}

// Console is the console's pages and the interface that they call.
type Console struct {
	answers
	facilities *staff.Facilities
	bridges    bridges
	pdfs       pdfPages
	records    records
	places     places
	offline    offlinePages
}

// New returns the counter's pages.
func New(c Config) *Console {
	at := receptions{demo: c.Kit.Demo, facility: c.Kit.Facility}
	all := answers{Kit: c.Kit, receptions: at, Counter: c.Counter}
	return &Console{
		answers:    all,
		pdfs:       newPDFPages(all),
		facilities: c.Facilities,
		bridges:    bridges{receptions: at, readers: c.Readers},
		records:    records{Kit: c.Kit, receptions: at, Records: counter.NewRecords(c.Counter)},
		places: places{
			Kit:        c.Kit,
			receptions: at,
			counter:    c.Counter,
			readers:    c.Readers,
			facilities: c.Facilities,
			members:    c.Members,
			address:    c.Address,
			patients:   c.Patients,
		},
		offline: offlinePages{receptions: at, kit: c.Kit, day: c.Counter.Offline},
	}
}

// Reception is the page for the staff beside a patient's screen, which every server offers.
type Reception struct{ *kit.Kit }
