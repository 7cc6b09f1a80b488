package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
)

// usageStore implements insurer.UsageStore.
type usageStore struct{ *core }

// AddCounts implements insurer.UsageStore.
func (s usageStore) AddCounts(ctx context.Context, counts map[insurer.DayCount]int) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for c, n := range counts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO daily_counts (insurer, day, kind, n)
				VALUES ($1, $2, $3, $4)
				ON CONFLICT (insurer, day, kind) DO UPDATE SET n = daily_counts.n + $4`, c.Insurer,
				c.Day.String(), c.Kind, n); err != nil {
				return fmt.Errorf("adding to a day's numbers: %w", err)
			}
		}
		return nil
	})
}

// anyTime takes the time that a query is given and does not need. Without its type PostgreSQL would read it
// as a number of 32 bits.
const anyTime = `CAST($2 AS bigint) > 0`

// Statistics implements insurer.UsageStore.
func (s usageStore) Statistics(
	ctx context.Context, number eligibility.InsurerNumber, at time.Time, since eligibility.Date,
) (insurer.Statistics, error) {
	var out insurer.Statistics
	for _, q := range []struct {
		to   []any
		text string
	}{
		{[]any{&out.NoticesOpen, &out.NoticesUsed, &out.NoticesVoid},
			`SELECT count(CASE WHEN void = 0 AND used_by IS NULL THEN 1 END),
			count(CASE WHEN used_by IS NOT NULL THEN 1 END),
			count(CASE WHEN void <> 0 AND used_by IS NULL THEN 1 END)
			FROM notices JOIN people ON people.id = notices.person_id
			WHERE people.insurer = $1 AND ` + anyTime},
		{[]any{&out.Logins}, `SELECT count(DISTINCT enrolments.subject_mac) FROM enrolments
			JOIN people ON people.id = enrolments.person_id WHERE people.insurer = $1 AND ` + anyTime},
		{[]any{&out.Enrolled}, `SELECT count(DISTINCT enrolments.person_id) FROM enrolments
			JOIN people ON people.id = enrolments.person_id WHERE people.insurer = $1 AND ` + anyTime},
		{[]any{&out.Copies}, `SELECT count(*) FROM papers WHERE insurer = $1 AND expires_at > $2`},
		{[]any{&out.CopiesRevoked}, `SELECT count(*) FROM revocations WHERE insurer = $1
			AND expires_at > $2`},
		{[]any{&out.Receipts}, `SELECT count(*) FROM receipts JOIN people ON people.id = receipts.person_id
			WHERE people.insurer = $1 AND ` + anyTime},
	} {
		if err := s.read.QueryRowContext(ctx, q.text, number, toMillis(at)).Scan(q.to...); err != nil {
			return out, storageError(err)
		}
	}
	var err error
	out.Days, err = s.days(ctx, number, eligibility.DateOf(at), since)
	return out, storageError(err)
}

// days counts what happened on each day, the newest first. Times are cut into Japan's days: milliseconds from
// 09:00 UTC.
func (s usageStore) days(
	ctx context.Context, number eligibility.InsurerNumber, today, since eligibility.Date,
) ([]insurer.Day, error) {
	var all []insurer.Day
	place := map[eligibility.Date]int{}
	for day := today; !day.Before(since); day = day.AddDays(-1) {
		place[day] = len(all)
		all = append(all, insurer.Day{Day: day})
	}
	err := s.each(ctx, func(scan func(...any) error) error {
		var text, kind string
		var n int
		if err := scan(&text, &kind, &n); err != nil {
			return err
		}
		day, err := eligibility.ParseDate(text)
		i, ok := place[day]
		switch {
		case !ok || err != nil:
		case kind == insurer.CountScreens:
			all[i].Screens = n
		case kind == insurer.CountPeople:
			all[i].People = n
		}
		return err
	}, `SELECT day, kind, n FROM daily_counts WHERE insurer = $1 AND day >= $2`, number, since.String())
	if err != nil {
		return nil, err
	}
	for _, q := range []struct {
		to   func(*insurer.Day) *int
		text string
	}{
		{func(d *insurer.Day) *int { return &d.Copies }, `SELECT (issued_at + 32400000) / 86400000, count(*)
			FROM papers WHERE insurer = $1 AND issued_at >= $2 GROUP BY 1`},
		{func(d *insurer.Day) *int { return &d.Logins }, `SELECT (created_at + 32400000) / 86400000, count(*)
			FROM enrolments JOIN people ON people.id = enrolments.person_id
			WHERE people.insurer = $1 AND created_at >= $2 GROUP BY 1`},
		{func(d *insurer.Day) *int { return &d.Receipts }, `SELECT (at + 32400000) / 86400000, count(*)
			FROM receipts JOIN people ON people.id = receipts.person_id
			WHERE people.insurer = $1 AND at >= $2 GROUP BY 1`},
	} {
		err := s.each(ctx, func(scan func(...any) error) error {
			var number int64
			var n int
			if err := scan(&number, &n); err != nil {
				return err
			}
			if i, ok := place[eligibility.DateOf(time.UnixMilli(number*86400000))]; ok {
				*q.to(&all[i]) = n
			}
			return nil
		}, q.text, number, toMillis(since.Time()))
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// EachDay implements insurer.UsageStore.
func (s usageStore) EachDay(
	ctx context.Context, number eligibility.InsurerNumber, since eligibility.Date, take func(insurer.Day),
) error {
	err := s.each(ctx, func(scan func(...any) error) error {
		var text string
		var n int
		if err := scan(&text, &n); err != nil {
			return err
		}
		day, err := eligibility.ParseDate(text)
		if err == nil {
			take(insurer.Day{Day: day, People: n})
		}
		return err
	}, `SELECT day, n FROM daily_counts WHERE insurer = $1 AND kind = $2 AND day >= $3`, number,
		insurer.CountPeople, since.String())
	if err != nil {
		return storageError(err)
	}
	return storageError(s.each(ctx, func(scan func(...any) error) error {
		var day int64
		var n int
		if err := scan(&day, &n); err != nil {
			return err
		}
		take(insurer.Day{Day: eligibility.DateOf(time.UnixMilli(day * 86400000)), Logins: n})
		return nil
	}, `SELECT (created_at + 32400000) / 86400000, count(*) FROM enrolments
		JOIN people ON people.id = enrolments.person_id
		WHERE people.insurer = $1 AND created_at >= $2 GROUP BY 1`, number, toMillis(since.Time())))
}

// EachPerson implements insurer.UsageStore.
func (s usageStore) EachPerson(
	ctx context.Context, insurer eligibility.InsurerNumber, take func(eligibility.Person),
) error {
	return storageError(s.each(ctx, func(scan func(...any) error) error {
		var p personRow
		var keyMAC, sealed sql.RawBytes // used before the next row
		if err := scan(&p.ref, &p.insurer, &keyMAC, &p.version, &p.at, &sealed); err != nil {
			return err
		}
		p.keyMAC = keyMAC
		r, err := s.people().open(ctx, s.read, p, sealed)
		if err == nil {
			take(r.Person)
		}
		return err
	}, `SELECT `+personColumns+` FROM registered AS people WHERE insurer = $1`, insurer))
}

// LastChange implements insurer.UsageStore.
func (s usageStore) LastChange(
	ctx context.Context, insurer eligibility.InsurerNumber,
) (n int, at time.Time, err error) {
	var last int64
	err = s.read.QueryRowContext(ctx, `SELECT count(*), coalesce(max(registered_at), 0) FROM registered
		WHERE insurer = $1`, insurer).Scan(&n, &last)
	return n, fromMillis(last), storageError(err)
}
