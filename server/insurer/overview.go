package insurer

import (
	"context"

	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// Overview is how much an insurer is used, as whoever runs the server sees it: without anything about
// anybody, and without what the insurer's people are.
type Overview struct {
	Insurer  Insurer
	People   int // in the register, with eligibility or without
	Enrolled int
	Days     []Day   // of the last 31, newest first
	Months   []Month // of the last twelve, newest first
}

// Overviews are those of all insurers of this server.
func (u *Usage) Overviews(ctx context.Context, _ staff.Operator, of []Insurer) ([]Overview, error) {
	if err := u.flushTally(ctx); err != nil {
		return nil, err
	}
	now := u.now()
	today := eligibility.DateOf(now)
	var all []Overview
	for _, in := range of {
		numbers, err := u.store.Statistics(ctx, in.Number, now, today.AddDays(1-statisticsDays))
		if err != nil {
			return nil, err
		}
		one := Overview{Insurer: in, Enrolled: numbers.Enrolled, Days: numbers.Days}
		if one.People, _, err = u.store.LastChange(ctx, in.Number); err != nil {
			return nil, err
		}
		if one.Months, err = u.months(ctx, in.Number, today); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
