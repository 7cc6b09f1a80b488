package credential

import (
	"time"

	"madoguchi/eligibility"
)

// Tier says how long a credential lives and what stands behind it (DESIGN.md section 4).
type Tier string

const (
	Live   Tier = "live"
	Screen Tier = "screen"
	PDF    Tier = "pdf"
)

const (
	// backdate is how far nbf lies before the issue time, so that a clock slightly behind does not refuse a new screen.
	backdate = 30 * time.Second

	liveSpan   = 120 * time.Second   // exp − nbf
	screenSpan = 86430 * time.Second // exp − nbf: a day and the backdate
)

// LatestEnd returns the latest end of a pdf issued at a time: the beginning, in Japan, of the first day of the fourth month
// after (issued 2026-11-22: 2027-03-01, DESIGN.md section 4).
func LatestEnd(issued time.Time) time.Time {
	day := eligibility.DateOf(issued)
	first, err := eligibility.NewDate(day.Year(), day.Month(), 1)
	if err != nil { // a time before year 1 or after 9999
		return issued
	}
	return first.AddMonths(4).Time()
}

// leeway is how much a verifier forgives after the measured clock offset.
func (t Tier) leeway() time.Duration {
	if t == Live {
		return 15 * time.Second
	}
	return 60 * time.Second
}
