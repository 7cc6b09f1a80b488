package credential

import (
	"time"

	"madoguchi/eligibility"
)

// Tier says how long a credential lives and what stands behind it (docs/facts/smart-health-card.md#tiers).
type Tier string

const (
	TierLive    Tier = "live"   // made anew every 30 s while the phone is online
	TierOffline Tier = "screen" // kept by the phone for a day without network; needs the phone's proof
	TierSaved   Tier = "pdf"    // the saved or printed copy, for months; can be revoked
)

const (
	// backdate is how far nbf lies before the issue time, so that a clock slightly behind does not refuse a
	// new screen.
	backdate = 30 * time.Second

	liveSpan   = 120 * time.Second    // exp − nbf
	screenSpan = 86430 * time.Second  // exp − nbf: a day and the backdate
	longestPDF = 124 * 24 * time.Hour // above any LatestEnd: four months of 31 days
)

// OfflineLife is how long an offline screen lives from its issue.
const OfflineLife = screenSpan - backdate

// LatestEnd returns the latest end of a pdf issued at a time: the beginning, in Japan, of the first day
// of the fourth month after (issued 2026-11-22: 2027-03-01; docs/facts/smart-health-card.md#tiers).
func LatestEnd(issued time.Time) time.Time {
	day := eligibility.DateOf(issued)
	first, err := eligibility.NewDate(day.Year(), day.Month(), 1)
	if err != nil { // a time before year 1 or after 9999
		return issued
	}
	return first.AddMonths(4).Time()
}

// validLifetime reports whether a time of issue and an end, in seconds, are a time that a clock can show and
// lie at most longest apart. It compares seconds: as a time.Duration, an end 584 years ahead wraps around to
// a short life.
func validLifetime(from, until int64, longest time.Duration) bool {
	return from > 0 && from < until && until < 1<<40 && until-from <= int64(longest/time.Second)
}

// leeway is how much a verifier forgives after the measured clock offset.
func (t Tier) leeway() time.Duration {
	if t == TierLive {
		return 15 * time.Second
	}
	return 60 * time.Second
}
