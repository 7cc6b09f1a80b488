package auditing

import (
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
)

// filled adds rows to the chain as fast as SQL can, up to a number; their hashes are right.
func (w *world) filled(to int64) {
	w.t.Helper()
	w.onDatabase(func(db *sql.DB) error {
		last := audit.Row{Hash: make([]byte, 32)}
		err := db.QueryRow(`SELECT seq, at, hash FROM audit ORDER BY seq DESC LIMIT 1`).
			Scan(&last.Sequence, &last.At, &last.Hash)
		if err != nil {
			return err
		}
		if _, err := db.Exec(`PRAGMA synchronous = OFF`); err != nil {
			return err
		}
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback()
		const atOnce = 500
		row := "(?, ?, ?, ?, NULL, ?, ?, ?)"
		text := `INSERT INTO audit (seq, at, actor, action, person, detail, previous, hash) VALUES ` +
			row + strings.Repeat(", "+row, atOnce-1)
		many, err := tx.Prepare(text)
		if err != nil {
			return err
		}
		defer many.Close()
		for last.Sequence < to {
			values := make([]any, 0, 7*atOnce)
			for range atOnce {
				last = audit.Row{
					Sequence: last.Sequence + 1,
					At:       last.At + 10,
					Actor:    "clerk:鈴木",
					Action:   "people.search",
					Detail:   fmt.Sprint("found=", last.Sequence),
					Previous: last.Hash,
				}
				sum := last.Sum()
				last.Hash = sum[:]
				values = append(values, last.Sequence, last.At, last.Actor, last.Action, last.Detail,
					last.Previous, last.Hash)
			}
			if _, err := many.Exec(values...); err != nil {
				return err
			}
		}
		w.at = time.UnixMilli(last.At)
		return tx.Commit()
	})
}

// starts returns how long the quickest of some starts took: opening the data folder and verifying it.
func (w *world) starts() time.Duration {
	w.t.Helper()
	took := make([]time.Duration, 7)
	for i := range took {
		began := time.Now()
		if err := w.started(); err != nil {
			w.t.Fatal(err)
		}
		took[i] = time.Since(began)
	}
	return slices.Min(took)
}

// A start reads what came after the newest checkpoint: with 1,000,000 entries it takes as long as with 1,000,
// where the chain that is read whole takes a thousand times as long.
func TestAStartTakesNoLongerInLaterYears(t *testing.T) {
	many := int64(1_000_000)
	if os.Getenv("MADOGUCHI_TEST") == "quick" {
		many = 50_000
	}
	w := newWorld(t)
	w.in(func(f *datafolder.DataFolder) { w.noted(f, 1) })
	w.filled(1_000)
	w.in(func(f *datafolder.DataFolder) { w.signed(f) })
	few := w.starts()
	w.filled(many)
	w.in(func(f *datafolder.DataFolder) { w.signed(f) })
	later := w.starts()
	began := time.Now()
	found, err := (&Verify{}).Do(t.Context(), w.settings, w.now)
	whole := time.Since(began)
	if err != nil || !found.Whole || found.Entries < many {
		t.Errorf("%+v %v", found, err)
	}
	t.Logf("start with 1,000 entries %v, with %d %v (%.2f times); read whole in %v (%.0f entries/s)", few,
		many, later, float64(later)/float64(few), whole, float64(found.Entries)/whole.Seconds())
	if later > 2*few && later > few+whole/10 {
		t.Errorf("a start takes %v with %d entries, %v with 1,000", later, many, few)
	}
}
