package credential

import "time"

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
	pdfSpan    = 124 * 24 * time.Hour
)

// span is the longest exp − nbf of a tier. A pdf lives to the first day of the fourth month after issue: at most 31 + 31 +
// 30 + 31 days and the backdate.
func (t Tier) span() time.Duration {
	switch t {
	case Live:
		return liveSpan
	case Screen:
		return screenSpan
	}
	return pdfSpan
}

// leeway is how much a verifier forgives after the measured clock offset.
func (t Tier) leeway() time.Duration {
	if t == Live {
		return 15 * time.Second
	}
	return 60 * time.Second
}
