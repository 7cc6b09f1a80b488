package store

import (
	"context"
	"database/sql"
	"errors"

	"madoguchi/server/audit"
	"madoguchi/server/instances"
	"madoguchi/server/insurer"
)

// ClaimRun implements insurer.RunStore. One statement decides between two that come at once.
func (s runStore) ClaimRun(
	ctx context.Context, run insurer.RunKey, c insurer.RunClaim,
) (insurer.RunClaim, bool, error) {
	if audit.ChangesNothing(ctx) {
		return c, false, nil
	}
	anyway := 0
	if c.Anyway {
		anyway = 1
	}
	err := s.write.QueryRowContext(ctx, `UPDATE runs SET owner = $3, lease_until = $4, attempt = attempt + 1
		WHERE ref = $1 AND insurer = $2 AND state = $5
			AND (owner = $3 OR lease_until <= $6 OR lease_until > $8 OR $7 = 1)
		RETURNING attempt`,
		run.ID, run.Insurer, c.Owner, toMillis(c.Until), insurer.RunGoing, toMillis(c.At), anyway,
		toMillis(c.At.Add(instances.LongestLease))).
		Scan(&c.Attempt)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, storageError(err)
}

// RenewRun implements insurer.RunStore.
func (s runStore) RenewRun(ctx context.Context, run insurer.RunKey, c insurer.RunClaim) (bool, error) {
	n, err := removed(s.write.ExecContext(ctx, `UPDATE runs SET lease_until = $5
		WHERE ref = $1 AND insurer = $2 AND owner = $3 AND attempt = $4`,
		run.ID, run.Insurer, c.Owner, c.Attempt, toMillis(c.Until)))
	return n > 0, err
}
