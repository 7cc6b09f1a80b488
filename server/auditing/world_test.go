package auditing

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/settings"
	"madoguchi/server/store"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)

// world is a data folder of a demo whose clock the test holds.
type world struct {
	t        *testing.T
	settings *settings.Settings
	at       time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	data := t.TempDir()
	return &world{t: t, settings: &settings.Settings{Data: data}, at: noon}
}

func (w *world) now() time.Time { return w.at }

func (w *world) path(name string) string { return filepath.Join(w.settings.Folder(), name) }

func (w *world) database() string { return w.path(datafolder.DatabaseFile) }

func (w *world) checkpoints() string {
	file, _ := Place{}.files(w.settings)
	return file
}

// in opens the data folder as a command does.
func (w *world) in(do func(f *datafolder.DataFolder)) {
	w.t.Helper()
	f, err := datafolder.Open(w.t.Context(), datafolder.Options{
		Path: w.settings.Folder(),
		Mode: w.settings.Mode(),
		Role: datafolder.RoleAll,
		Host: w.settings.Host(),
		Now:  w.now,

		Audit: datafolder.AuditPlace{File: w.settings.AuditFile, Key: w.settings.AuditKey},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() {
		if err := f.Store.Close(); err != nil {
			w.t.Error(err)
		}
	}()
	do(f)
}

// started starts as serve does, up to where it would answer.
func (w *world) started() (err error) {
	w.t.Helper()
	w.in(func(f *datafolder.DataFolder) { _, err = f.Verify(w.t.Context()) })
	return err
}

// noted adds entries to the chain, a minute apart.
func (w *world) noted(f *datafolder.DataFolder, n int) {
	w.t.Helper()
	notes := f.Store.ForInsurer().Register
	for i := range n {
		w.at = w.at.Add(time.Minute)
		if err := notes.Note(w.t.Context(), audit.Entry{
			At:     w.at,
			Actor:  audit.ClerkActor("鈴木"),
			Action: "people.search",
			Detail: fmt.Sprint("found=", i),
		}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// signed signs a checkpoint.
func (w *world) signed(f *datafolder.DataFolder) {
	w.t.Helper()
	witness, err := f.Verify(w.t.Context())
	if err == nil {
		_, err = witness.Sign(w.t.Context())
	}
	var head audit.Checkpoint
	if err == nil {
		head, err = witness.Newest()
	}
	if err == nil {
		err = witness.Chain.Note(w.t.Context(), head.Sequence, w.at)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// kept is a data folder with 60 entries and checkpoints at 20, 40 and 55, closed.
func kept(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.in(func(f *datafolder.DataFolder) {
		for _, n := range []int{20, 20, 15} {
			w.noted(f, n)
			w.signed(f)
		}
		w.noted(f, 5)
	})
	return w
}

// attack changes the database as whoever may write to its file can: the triggers do not hold him.
func (w *world) attack(statements ...string) {
	w.t.Helper()
	w.onDatabase(func(db *sql.DB) error {
		for _, text := range append([]string{
			`DROP TRIGGER audit_is_never_changed`, `DROP TRIGGER audit_is_never_shortened`,
		}, statements...) {
			if _, err := db.Exec(text); err != nil {
				return fmt.Errorf("%s: %w", text, err)
			}
		}
		return nil
	})
}

func (w *world) onDatabase(do func(db *sql.DB) error) {
	w.t.Helper()
	db := openDatabase(w.t, w)
	defer db.Close()
	if err := do(db); err != nil {
		w.t.Fatal(err)
	}
}

// openDatabase opens the database's file past the program.
func openDatabase(t *testing.T, w *world) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: w.database()}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

// mend recomputes every hash from a row on, as an attacker does who has the whole database.
func (w *world) mend(from int64) {
	w.t.Helper()
	w.onDatabase(func(db *sql.DB) error {
		rows, err := chainOf(w.database())
		if err != nil {
			return err
		}
		previous := make([]byte, 32)
		for _, r := range rows {
			if r.Sequence >= from {
				r.Previous = previous
				sum := r.Sum()
				r.Hash = sum[:]
				if _, err := db.Exec(`UPDATE audit SET previous = $2, hash = $3 WHERE seq = $1`,
					r.Sequence, r.Previous, r.Hash); err != nil {
					return err
				}
			}
			previous = r.Hash
		}
		return nil
	})
}

func chainOf(path string) (rows []audit.Row, err error) {
	chain, err := store.ReadAuditChain(context.Background(), path)
	if err != nil {
		return nil, err
	}
	defer chain.Close()
	err = chain.Rows(context.Background(), 1, func(r audit.Row) error {
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

// lines changes the checkpoint file, line by line.
func (w *world) lines(change func(lines [][]byte) [][]byte) {
	w.t.Helper()
	data, err := os.ReadFile(w.checkpoints())
	if err == nil {
		lines := bytes.SplitAfter(data, []byte("\n"))
		err = os.WriteFile(w.checkpoints(), bytes.Join(change(lines[:len(lines)-1]), nil), 0o644)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// copied copies a file.
func copied(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// contextOf is a context that the test ends.
func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}
