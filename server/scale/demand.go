package scale

import (
	"math"
	"slices"
)

// Hours are which share of a day's checks come in each hour, in thousandths: most in the morning, the
// busiest hour with 180 (docs/scale.md#the-design-load).
type Hours [24]int

// ClinicDay is a day at the counters of the country.
var ClinicDay = Hours{0, 0, 0, 0, 0, 0, 2, 18, 110, 180, 150, 110, 40, 40, 70, 80, 80, 60, 40, 15, 5, 0, 0, 0}

// Demand is what a month asks for, before it is cut down to a part of the country.
type Demand struct {
	People         int     `json:"people"`
	ChecksPerMonth int     `json:"checksPerMonth"`
	WorkingDays    int     `json:"workingDays"`
	FirstDay       float64 `json:"firstDay"` // the first working day of a month, of a usual one
	Burst          float64 `json:"burst"`    // the busiest minute, of the busiest hour's mean
	Hours          Hours   `json:"-"`
	Sockets        int     `json:"sockets"` // card readers connected
	Pages          int     `json:"pages"`   // receptions' pages open
	// what comes with each check
	Renewals float64 `json:"renewalsPerCheck"` // live screens made anew
	Openings float64 `json:"openingsPerCheck"` // phones opened
	Messages float64 `json:"messagesPerCheck"` // between instances
	// how often, in seconds
	PollEvery float64 `json:"pollEvery"` // a page asks
	BeatEvery float64 `json:"beatEvery"` // a reader shows that it is there
}

// Country is the design load of the whole country.
func Country() Demand {
	return Demand{
		People:         124_000_000,
		ChecksPerMonth: 260_000_000,
		WorkingDays:    22,
		FirstDay:       2,
		Burst:          2,
		Hours:          ClinicDay,
		Sockets:        280_000,
		Pages:          230_000,
		Renewals:       970.0 / 1180,
		Openings:       110.0 / 1180,
		Messages:       4,
		PollEvery:      5,
		BeatEvery:      15,
	}
}

// Part is a share of the demand, at least one of each.
func (d Demand) Part(share float64) Demand {
	of := func(n int) int { return max(1, int(math.Round(float64(n)*share))) }
	d.People, d.ChecksPerMonth = of(d.People), of(d.ChecksPerMonth)
	d.Sockets, d.Pages = of(d.Sockets), of(d.Pages)
	return d
}

// Day is how many checks come on the first working day of a month.
func (d Demand) Day() int {
	return int(math.Round(float64(d.ChecksPerMonth) / float64(d.WorkingDays) * d.FirstDay))
}

// ByHour cuts a day's checks into its hours: whole numbers that add up to the day, the rest going to the
// hours with the largest remainders.
func (d Demand) ByHour() [24]int {
	var out [24]int
	whole := 0
	for _, n := range d.Hours {
		whole += n
	}
	day, given := d.Day(), 0
	order := make([]int, 24)
	rest := make([]int, 24)
	for h, n := range d.Hours {
		order[h] = h
		if whole > 0 {
			out[h], rest[h] = day*n/whole, day*n%whole
		}
		given += out[h]
	}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b] - rest[a] })
	for i := 0; given < day; i++ {
		out[order[i%24]]++
		given++
	}
	return out
}

// Rates are how much comes in a second.
type Rates struct {
	Checks   float64 `json:"checks"`
	Renewals float64 `json:"renewals"`
	Openings float64 `json:"openings"`
	Polls    float64 `json:"polls"`
	Beats    float64 `json:"beats"`
	Messages float64 `json:"messages"`
}

// Mean are the rates of the busiest hour; Peak are those of its busiest minute, in which checks and phones
// come in a burst, and pages and readers ask as always.
func (d Demand) Mean() Rates { return d.rates(1) }

// Peak are the rates of the busiest minute.
func (d Demand) Peak() Rates { return d.rates(d.Burst) }

func (d Demand) rates(burst float64) Rates {
	hours := d.ByHour()
	checks := float64(slices.Max(hours[:])) / 3600 * burst
	return Rates{
		Checks:   checks,
		Renewals: checks * d.Renewals,
		Openings: checks * d.Openings,
		Polls:    float64(d.Pages) / d.PollEvery,
		Beats:    float64(d.Sockets) / d.BeatEvery,
		Messages: checks * d.Messages,
	}
}
