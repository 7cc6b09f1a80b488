package store

import (
	"context"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// Whose a record is, by its plain column. What a request then opens is asked for with the insurer, and the
// seal vouches for that.

// InsurerOfPerson implements insurer.DirectoryStore.
func (s directoryStore) InsurerOfPerson(
	ctx context.Context, id audit.PersonID,
) (eligibility.InsurerNumber, error) {
	return s.insurerOf(ctx, `SELECT insurer FROM people WHERE ref = $1`, id)
}

// InsurerOfRun implements insurer.DirectoryStore.
func (s directoryStore) InsurerOfRun(ctx context.Context, id string) (eligibility.InsurerNumber, error) {
	return s.insurerOf(ctx, `SELECT insurer FROM runs WHERE ref = $1`, id)
}

// InsurerOfPreview implements insurer.DirectoryStore.
func (s directoryStore) InsurerOfPreview(
	ctx context.Context, id, clerk string, at time.Time,
) (eligibility.InsurerNumber, error) {
	return s.insurerOf(ctx, `SELECT insurer FROM previews WHERE ref = $1 AND clerk = $2 AND expires_at > $3`,
		id, clerk, toMillis(at))
}

func (s directoryStore) insurerOf(
	ctx context.Context, query string, args ...any,
) (number eligibility.InsurerNumber, err error) {
	err = s.read.QueryRowContext(ctx, query, args...).Scan(&number)
	return number, storageError(err)
}
