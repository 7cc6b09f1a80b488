package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// conditions is the WHERE of a search, with what stands in its places.
type conditions struct {
	texts []string
	args  []any
}

// and adds a condition in which each ? is a value.
func (c *conditions) and(text string, values ...any) {
	for _, v := range values {
		c.args = append(c.args, v)
		text = strings.Replace(text, "?", fmt.Sprintf("$%d", len(c.args)), 1)
	}
	c.texts = append(c.texts, text)
}

func (c *conditions) String() string { return strings.Join(c.texts, " AND ") }

// likeText escapes what LIKE reads as a sign.
var likeText = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (s caseStore) conditionsOf(q counter.CaseQuery) *conditions {
	c := &conditions{}
	c.and(`facility = ?`, q.Facility)
	if !q.From.IsZero() {
		c.and(`day >= ?`, q.From.String())
	}
	if !q.To.IsZero() {
		c.and(`day <= ?`, q.To.String())
	}
	if len(q.Outcomes) > 0 {
		values := make([]any, len(q.Outcomes))
		for i, outcome := range q.Outcomes {
			values[i] = string(outcome)
		}
		c.and(`outcome IN (?`+strings.Repeat(`, ?`, len(values)-1)+`)`, values...)
	}
	if q.Staff != "" {
		c.and(`staff LIKE ? ESCAPE '\'`, "%|"+likeText.Replace(q.Staff)+"|%")
	}
	if q.Number != "" {
		c.and(`number_mac = ?`, s.numberMAC(q.Facility, q.Number))
	}
	return c
}

// FindCases implements counter.RecordStore.
func (s caseStore) FindCases(ctx context.Context, q counter.CaseQuery) ([]counter.Case, error) {
	c := s.conditionsOf(q)
	c.args = append(c.args, q.Limit, q.Offset)
	n := len(c.args)
	return s.listCases(ctx, fmt.Sprintf(`%s ORDER BY at DESC, id DESC LIMIT $%d OFFSET $%d`, c, n-1, n),
		c.args...)
}

// CountCases implements counter.RecordStore.
func (s caseStore) CountCases(
	ctx context.Context, q counter.CaseQuery,
) (map[hostapi.Outcome]int, error) {
	c, counted := s.conditionsOf(q), map[hostapi.Outcome]int{}
	err := s.each(ctx, func(scan func(...any) error) error {
		var outcome hostapi.Outcome
		var n int
		err := scan(&outcome, &n)
		counted[outcome] = n
		return err
	}, `SELECT outcome, count(*) FROM cases WHERE `+c.String()+` GROUP BY outcome`, c.args...)
	return counted, storageError(err)
}

// ExpireCases removes the records of counters whose retention is over at a time, each facility's by its own
// setting, and the audit chain says of how many. It returns how many that were.
func (s *Store) ExpireCases(ctx context.Context, now time.Time) (all int, err error) {
	type kept struct {
		facility string
		before   string
	}
	var over []kept
	err = s.each(ctx, func(scan func(...any) error) error {
		var facility string
		var years int
		if err := scan(&facility, &years); err != nil {
			return err
		}
		before := staff.RetainedFrom(eligibility.DateOf(now), years)
		over = append(over, kept{facility, before.String()})
		return nil
	}, `SELECT cases.facility, coalesce(max(facilities.retention), $1) FROM cases
		LEFT JOIN facilities ON facilities.code = cases.facility GROUP BY cases.facility`,
		staff.DefaultRetention)
	if err != nil {
		return 0, storageError(err)
	}
	for _, k := range over {
		err := s.change(ctx, func(tx *sql.Tx) error {
			n, err := removed(tx.ExecContext(ctx, `DELETE FROM cases WHERE facility = $1 AND ended < $2`,
				k.facility, k.before))
			if err != nil || n == 0 {
				return err
			}
			all += n
			return appendAudit(ctx, tx, audit.Entry{
				At:     now,
				Actor:  audit.ActorSystem,
				Action: "case.expire",
				Detail: fmt.Sprintf("%s, %d", k.facility, n),
			}, nil)
		})
		if err != nil {
			return all, err
		}
	}
	return all, nil
}
