package store

import (
	"context"
	"database/sql"
	"fmt"

	"madoguchi/eligibility"
	"madoguchi/server/counter"
)

// recount takes a case out of its facility's numbers as it was and puts it in as it is now.
func recount(ctx context.Context, tx *sql.Tx, c counter.Case) error {
	before, now := c.Before, c.Counted
	if before != nil && now != nil && *before == *now {
		return nil
	}
	for _, t := range []struct {
		tally *counter.Tally
		n     int
	}{{before, -1}, {now, 1}} {
		if t.tally == nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO facility_day_counts
			(facility, day, outcome, method, trouble, within, n) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (facility, day, outcome, method, trouble, within)
			DO UPDATE SET n = facility_day_counts.n + $7`,
			c.Facility, t.tally.Day.String(), string(t.tally.Outcome), string(t.tally.Method),
			t.tally.Trouble, t.tally.Within, t.n); err != nil {
			return fmt.Errorf("counting a case: %w", err)
		}
	}
	return nil
}

// Counts implements counter.CountStore.
func (s caseStore) Counts(
	ctx context.Context, facility string, span counter.Span,
) (all []counter.Counted, err error) {
	part := `day`
	if span.ByMonth {
		part = `substr(day, 1, 7) || '-01'`
	}
	err = s.each(ctx, func(scan func(...any) error) error {
		var one counter.Counted
		var day string
		if err := scan(&day, &one.Outcome, &one.Method, &one.Trouble, &one.Within, &one.N); err != nil {
			return err
		}
		var err error
		one.Day, err = eligibility.ParseDate(day)
		all = append(all, one)
		return err
	}, `SELECT `+part+` AS part, outcome, method, trouble, within, sum(n) FROM facility_day_counts
		WHERE facility = $1 AND day >= $2 AND day <= $3
		GROUP BY part, outcome, method, trouble, within HAVING sum(n) > 0 ORDER BY part`,
		facility, span.From.String(), span.Until.String())
	return all, storageError(err)
}
