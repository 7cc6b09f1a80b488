package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"madoguchi/eligibility"
)

// On PostgreSQL the audit chain and the counters' cases are partitioned by month of Japan's calendar, so that
// a month can be put away whole. Partitions are made ahead; what finds none goes to the default one.

// partitionsAhead is for how many months after this one partitions are made: a server that is not started
// anew for as long, and whose sweep fails, still finds them.
const partitionsAhead = 3

// partitioned are the tables with partitions: bounds of a month as SQL.
var partitioned = []struct {
	table  string
	bounds func(from, to time.Time) string
	more   string // what each partition gets
}{
	{"audit", func(from, to time.Time) string {
		return fmt.Sprintf("FROM (%d) TO (%d)", toMillis(from), toMillis(to))
	}, `CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON %s
		FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()`},
	{"cases", func(from, to time.Time) string {
		return fmt.Sprintf("FROM ('%s') TO ('%s')", eligibility.DateOf(from), eligibility.DateOf(to))
	}, ""},
}

// overlaps is SQLSTATE check_violation: the default partition has rows of that month. They are not lost: they
// stay where they are, and so does the month.
const overlaps = "23514"

// makePartitions makes those of this month and the next ones, by the database's clock.
func makePartitions(ctx context.Context, write *sql.DB) error {
	var now time.Time
	if err := write.QueryRowContext(ctx, `SELECT now()`).Scan(&now); err != nil {
		return fmt.Errorf("asking the database for the time: %w", err)
	}
	return makeMonths(ctx, write, now, now.AddDate(0, partitionsAhead, 0))
}

// mostMonths bounds how many partitions a table is given: a time that is none must not make thousands.
const mostMonths = 240

// makeMonths makes the partitions of the months from one time until another.
func makeMonths(ctx context.Context, write *sql.DB, since, until time.Time) error {
	day := eligibility.DateOf(since)
	month := time.Date(day.Year(), time.Month(day.Month()), 1, 0, 0, 0, 0, eligibility.Japan)
	for range mostMonths {
		if month.After(until) {
			break
		}
		next := month.AddDate(0, 1, 0)
		for _, p := range partitioned {
			name := fmt.Sprintf("%s_%s", p.table, month.Format("2006_01"))
			err := makePartition(ctx, write, name, p.more,
				fmt.Sprintf("CREATE TABLE %s PARTITION OF %s FOR VALUES %s", name, p.table,
					p.bounds(month, next)))
			if err != nil {
				return fmt.Errorf("making the partition %s: %w", name, err)
			}
		}
		month = next
	}
	return nil
}

func makePartition(ctx context.Context, write *sql.DB, name, more, create string) error {
	tx, err := write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := (postgres{}).lockWrites(ctx, tx); err != nil {
		return err
	}
	var there bool
	if err := tx.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, name).Scan(&there); err != nil ||
		there {
		return err
	}
	_, err = tx.ExecContext(ctx, create)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == overlaps {
		return nil
	}
	if err == nil && more != "" {
		_, err = tx.ExecContext(ctx, fmt.Sprintf(more, name))
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}
