package counter

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// Counts are the facilities' own numbers: which way how often, why readers did not answer, how long a case
// took. Nobody is named in them, so a facility sees its own as they are; another one's it never sees.
type Counts struct {
	Store CountStore
	Now   func() time.Time
}

// CountStore keeps what was counted of recorded cases (Case.Counted).
type CountStore interface {
	// Counts returns a facility's from one day to another, days or whole months (as their first day) one by
	// one, in their order.
	Counts(ctx context.Context, facility string, span Span) ([]Counted, error)
}

// CountsOf returns the numbers of the facilities whose counters run here.
func CountsOf(c *Service) Counts { return Counts{c.Store, c.Now} }

// Span is a time of which numbers are asked.
type Span struct {
	From, Until eligibility.Date // both count
	ByMonth     bool             // told month by month, else day by day
}

// Counted is how many cases are counted alike.
type Counted struct {
	Tally
	N int
}

// Numbers are what was counted in a time. The zero value is of a time without cases.
type Numbers struct {
	Day      eligibility.Date // the day, or the first of the month; zero for the whole time
	Outcomes map[hostapi.Outcome]int
	Methods  []NumberOf[eligibility.MethodCode] // of accepted cases, the most frequent first
	Troubles []NumberOf[string]                 // keys, the most frequent first

	methods  map[eligibility.MethodCode]int
	troubles map[string]int
	within   map[int]int // cases by the bound of their seconds
}

// NumberOf is how often something was.
type NumberOf[T cmp.Ordered] struct {
	What T
	N    int
}

// Recorded is how many cases were recorded.
func (n Numbers) Recorded() (sum int) {
	for _, one := range n.Outcomes {
		sum += one
	}
	return sum
}

// Troubled is in how many of the cases a reader did not answer.
func (n Numbers) Troubled() (sum int) {
	for _, one := range n.Troubles {
		sum += one.N
	}
	return sum
}

// Within returns the seconds within which a share of the cases (percent, from 1) were recorded: 50 for the
// median, 90 for the 90th percentile, by the nearest rank. It is 0 where there are none.
func (n Numbers) Within(percent int) int {
	total := 0
	for _, one := range n.within {
		total += one
	}
	rank := (total*percent + 99) / 100
	for _, bound := range slices.Sorted(maps.Keys(n.within)) {
		if rank -= n.within[bound]; rank <= 0 {
			return bound
		}
	}
	return 0
}

func (n *Numbers) add(c Counted) {
	if n.Outcomes == nil {
		n.Outcomes, n.methods = map[hostapi.Outcome]int{}, map[eligibility.MethodCode]int{}
		n.troubles, n.within = map[string]int{}, map[int]int{}
	}
	n.Outcomes[c.Outcome] += c.N
	n.within[c.Tally.Within] += c.N
	if c.Method != "" {
		n.methods[c.Method] += c.N
	}
	if c.Trouble != "" {
		n.troubles[c.Trouble] += c.N
	}
}

func (n *Numbers) sort() { n.Methods, n.Troubles = sorted(n.methods), sorted(n.troubles) }

// sorted are numbers, the greatest first.
func sorted[T cmp.Ordered](numbers map[T]int) (all []NumberOf[T]) {
	for what, n := range numbers {
		all = append(all, NumberOf[T]{what, n})
	}
	slices.SortFunc(all, func(a, b NumberOf[T]) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.What, b.What))
	})
	return all
}

// Of returns the numbers of the reception's facility in a time: of the whole, and of each day or month in
// which it recorded a case, in their order.
func (c Counts) Of(ctx context.Context, reception staff.Reception, span Span) (
	whole Numbers, parts []Numbers, err error,
) {
	counted, err := c.Store.Counts(ctx, reception.Facility, span)
	if err != nil {
		return Numbers{}, nil, err
	}
	for _, one := range counted {
		if len(parts) == 0 || parts[len(parts)-1].Day != one.Day {
			parts = append(parts, Numbers{Day: one.Day})
		}
		parts[len(parts)-1].add(one)
		whole.add(one)
	}
	whole.sort()
	for i := range parts {
		parts[i].sort()
	}
	return whole, parts, nil
}
