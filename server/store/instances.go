package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"madoguchi/server/instances"
)

// instanceStore implements instances.Store. Nothing in it names a person, and no row is vouched for: who can
// write to the database can have a job done twice or late, which is harmless.
type instanceStore struct{ *core }

// Instances returns which instances live on a database, and what they have claimed.
func Instances(s *Store) instances.Store { return instanceStore{s.core} }

// Clock implements instances.Store.
func (s instanceStore) Clock(ctx context.Context) (time.Time, error) {
	if _, server := s.engine.(postgres); !server {
		return time.Time{}, nil
	}
	var now int64
	err := s.read.QueryRowContext(ctx,
		`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint`).Scan(&now)
	return timeOrNone(now), storageError(err)
}

// PutInstance implements instances.Store.
func (s instanceStore) PutInstance(ctx context.Context, name string, until time.Time) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO instances (name, until) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET until = excluded.until`, name, toMillis(until))
	return storageError(err)
}

// DropInstance implements instances.Store.
func (s instanceStore) DropInstance(ctx context.Context, name string) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, text := range []string{
			`DELETE FROM agent_places WHERE instance = $1`,
			`UPDATE runs SET lease_until = 0 WHERE owner = $1`,
			`DELETE FROM instances WHERE name = $1`,
		} {
			if _, err := tx.ExecContext(ctx, text, name); err != nil {
				return fmt.Errorf("removing an instance: %w", err)
			}
		}
		return nil
	})
}

// Living implements instances.Store.
func (s instanceStore) Living(ctx context.Context, at time.Time) (names []string, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	}, `SELECT name FROM instances WHERE until > $1 AND until <= $2 ORDER BY name`, toMillis(at),
		toMillis(at.Add(instances.LongestLease)))
	return names, storageError(err)
}

// Claim implements instances.Store.
func (s instanceStore) Claim(ctx context.Context, c instances.Claim) (bool, error) {
	n, err := removed(s.write.ExecContext(ctx, `INSERT INTO chores (name, owner, until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
		WHERE chores.until <= $4 OR chores.until > $5`,
		c.Chore, c.Owner, toMillis(c.Until), toMillis(c.At), toMillis(c.Latest)))
	return n > 0, err
}

// EndChore implements instances.Store.
func (s instanceStore) EndChore(ctx context.Context, name, owner string, due time.Time) error {
	_, err := s.write.ExecContext(ctx, `UPDATE chores SET until = $3 WHERE name = $1 AND owner = $2`,
		name, owner, toMillis(due))
	return storageError(err)
}

// ExpireInstances removes instances that ended without a word a day ago, and where agents were connected to
// such.
func ExpireInstances(ctx context.Context, s *Store, now time.Time) error {
	dead := toMillis(now.Add(-24 * time.Hour))
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, text := range []string{
			`DELETE FROM agent_places WHERE at < $1
				AND instance NOT IN (SELECT name FROM instances WHERE until >= $1)`,
			`DELETE FROM instances WHERE until < $1`,
		} {
			if _, err := tx.ExecContext(ctx, text, dead); err != nil {
				return fmt.Errorf("removing instances that ended: %w", err)
			}
		}
		return nil
	})
}
