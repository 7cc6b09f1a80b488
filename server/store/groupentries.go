package store

import (
	"context"
	"database/sql"
)

// Most changes are nothing but an entry of the audit chain: a page was opened, a register searched. Those
// that wait are not called in one by one: their leader appends all of them by one statement. Only reading
// whom an entry is about can fail for one of them alone.

// appendTogether appends the entries of changes that wait, except of those that cannot be made (own). An
// error is of the transaction.
func appendTogether(tx *sql.Tx, all []*changing) error {
	entries := make([]chainedEntry, 0, len(all))
	for _, c := range all {
		var e chainedEntry
		if c.own = c.ctx.Err(); c.own == nil {
			e, c.own = c.entry(tx)
		}
		if c.own == nil {
			entries = append(entries, e)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return appendEntries(context.Background(), tx, entries)
}
