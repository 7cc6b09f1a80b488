//go:build !nodemo

package load

import (
	"math"
	"time"
)

// What comes with one check in the busiest hour of the whole country (docs/scale.md#the-design-load).
const (
	// live screens made anew: 970 a second beside 1,180 checks
	renewalsPerCheck = 970.0 / 1180
	// phones opened: 110 a second
	openingsPerCheck = 110.0 / 1180
	// card readers connected: 280,000
	socketsPerCheck = 280_000.0 / 1180
	// renewEvery is how often a phone that is looked at makes its screen anew.
	renewEvery = 30 * time.Second
	// opensEvery is how often the server lets one phone open: two signatures, one in three seconds each.
	opensEvery = 7 * time.Second
	// askEvery is how often the page of a reception asks for the state of things.
	askEvery = 5 * time.Second
)

// Bounds of one load.
const (
	maxChecks  = 500 // a second
	maxPhones  = 2_000
	maxReaders = 2_000
	// MaxFaster keeps phones below the server's limit of screens by person: one in two seconds.
	MaxFaster = 15
	// MaxLength bounds a load.
	MaxLength = 24 * time.Hour
)

// Plan is how many of each kind come.
type Plan struct {
	Checks   float64 `json:"checksPerSecond"`
	Openings float64 `json:"openingsPerSecond"`
	Renewals float64 `json:"renewalsPerSecond"`
	Polls    float64 `json:"pollsPerSecond"`
	Phones   int     `json:"phones"`
	Readers  int     `json:"readers"` // each beside a reception with a page open
	// InProportion is how many readers the whole country has for so many checks.
	InProportion int     `json:"readersInProportion"`
	Faster       float64 `json:"faster"` // than a phone renews its screen
}

// Mix is what comes with each check.
type Mix struct{ Renewals, Openings float64 }

// Country is the mix of the whole country's busiest hour.
func Country() Mix { return Mix{renewalsPerCheck, openingsPerCheck} }

// newPlan scales the country's busiest hour down to some checks a second.
func newPlan(c Config) Plan {
	checks, faster, mix := c.Checks, c.Faster, c.Mix
	p := Plan{
		Checks:       checks,
		Openings:     checks * mix.Openings,
		Renewals:     checks * mix.Renewals,
		Faster:       faster,
		InProportion: int(math.Ceil(checks * socketsPerCheck)),
	}
	each := faster / renewEvery.Seconds() // screens a second and phone
	most := max(p.Renewals/each, p.Openings*opensEvery.Seconds())
	p.Phones = min(max(2, int(math.Ceil(most))), maxPhones)
	p.Readers = min(max(1, p.InProportion, c.Least), c.Readers, maxReaders)
	p.Polls = float64(p.Readers) / askEvery.Seconds()
	return p
}

// renewal is how long a phone waits between two screens: in all they make as many as planned.
func (p Plan) renewal() time.Duration {
	return time.Duration(float64(p.Phones) / p.Renewals * float64(time.Second))
}
