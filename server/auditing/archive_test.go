package auditing

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
)

// months is a data folder with 10 entries in each month from August to November 2026, signed.
func months(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.in(func(f *datafolder.DataFolder) {
		for month := time.August; month <= time.November; month++ {
			w.at = time.Date(2026, month, 3, 9, 0, 0, 0, eligibility.Japan)
			w.noted(f, 10)
		}
		w.signed(f)
	})
	return w
}

// archived archives what is before October.
func archived(t *testing.T, w *world, to string, remove bool) (Archived, error) {
	t.Helper()
	var out Archived
	var err error
	w.in(func(f *datafolder.DataFolder) {
		c := Archive{Before: "2026-10", To: to, Remove: remove}
		out, err = c.write(t.Context(), w.settings, f.Store, w.now)
	})
	return out, err
}

func (w *world) verified(archive string) Found {
	w.t.Helper()
	found, err := (&Verify{Archive: archive}).Do(w.t.Context(), w.settings, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// Months that are over leave the database as signed files, and the chain is verified over files and rest.
func TestMonthsLeaveTheDatabaseAndTheChainStaysWhole(t *testing.T) {
	w, folder := months(t), filepath.Join(t.TempDir(), "archive")
	for range 2 { // a run that was broken off before the rows left is done again
		out, err := archived(t, w, folder, false)
		if err != nil || len(out.Months) != 2 {
			t.Fatalf("%+v %v", out, err)
		}
		for i, want := range []audit.Archived{
			{Month: "2026-08", First: 1, Last: 10, File: "audit-2026-08-1.jsonl.gz"},
			{Month: "2026-09", First: 11, Last: 20, File: "audit-2026-09-11.jsonl.gz"},
		} {
			got := out.Months[i]
			if got.Month != want.Month || got.First != want.First || got.Last != want.Last ||
				got.File != want.File {
				t.Errorf("%+v", got)
			}
		}
	}
	if found := w.verified(folder); !found.Whole || found.Entries != 40 {
		t.Errorf("written, not removed: %+v", found)
	}
	if _, err := archived(t, w, folder, true); err != nil {
		t.Fatal(err)
	}
	rows, err := chainOf(w.database())
	if err != nil || len(rows) != 21 || rows[0].Sequence != 21 || rows[20].Action != "audit.archive" {
		t.Fatalf("%d rows are left, %v", len(rows), err)
	}
	if found := w.verified(""); !found.Whole || found.Entries != 21 || found.Unread != 20 {
		t.Errorf("without the files: %+v", found)
	}
	if found := w.verified(folder); !found.Whole || found.Entries != 41 || found.Unread != 0 {
		t.Errorf("over files and rest: %+v", found)
	}
	if err := w.started(); err != nil {
		t.Error(err)
	}
	w.in(func(f *datafolder.DataFolder) {
		w.noted(f, 5)
		w.signed(f)
	})
	if found := w.verified(folder); !found.Whole || found.Entries != 46 || found.Checkpoints != 2 {
		t.Errorf("later: %+v", found)
	}
	if _, err := archived(t, w, folder, true); !errors.Is(err, audit.ErrNothingToArchive) {
		t.Errorf("a month that is not over, or is in an archive: %v", err)
	}
}

// Rows that are in no signed archive do not leave, whoever asks the database.
func TestOnlyArchivedRowsMayLeave(t *testing.T) {
	w, folder := months(t), t.TempDir()
	if _, err := archived(t, w, folder, true); err != nil {
		t.Fatal(err)
	}
	db := openDatabase(t, w)
	if _, err := db.Exec(`DELETE FROM audit WHERE seq = 21`); err == nil {
		t.Error("a row of no archive was deleted")
	}
	if _, err := db.Exec(`DELETE FROM audit WHERE seq <= 20`); err != nil {
		t.Errorf("rows of an archive: %v", err)
	}
}

// What no checkpoint vouches for is not archived, and the newest entry never.
func TestWhatNoCheckpointVouchesForIsNotArchived(t *testing.T) {
	w := newWorld(t)
	w.in(func(f *datafolder.DataFolder) {
		w.at = time.Date(2026, time.August, 3, 9, 0, 0, 0, eligibility.Japan)
		w.noted(f, 10)
		w.signed(f)
		w.noted(f, 10)
	})
	w.at = time.Date(2026, time.October, 1, 9, 0, 0, 0, eligibility.Japan)
	out, err := archived(t, w, t.TempDir(), true)
	if err != nil || len(out.Months) != 1 || out.Months[0].Last != 9 {
		t.Errorf("%+v %v", out, err)
	}
}

// A chain that is not what was signed is not archived: the archive's signature would whitewash it.
func TestAChangedChainIsNotArchived(t *testing.T) {
	w := months(t)
	w.attack(`UPDATE audit SET detail = 'x' WHERE seq = 5`)
	if _, err := archived(t, w, t.TempDir(), true); !errors.Is(err, audit.ErrChanged) {
		t.Errorf("%v", err)
	}
}

// Each attack on the archives is found.
func TestEachAttackOnAnArchiveIsFound(t *testing.T) {
	first, second := "audit-2026-08-1.jsonl.gz", "audit-2026-09-11.jsonl.gz"
	repacked := func(path string, change func(text string) string) error {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		packed, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return err
		}
		text, err := io.ReadAll(packed)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		pack := gzip.NewWriter(&out)
		if _, err := io.WriteString(pack, change(string(text))); err != nil {
			return err
		}
		return errors.Join(pack.Close(), os.WriteFile(path, out.Bytes(), 0o600))
	}
	for name, attack := range map[string]func(w *world, folder string) error{
		"a file gone": func(_ *world, folder string) error { return os.Remove(filepath.Join(folder, first)) },
		"a row changed": func(_ *world, folder string) error {
			return repacked(filepath.Join(folder, first), func(text string) string {
				return strings.Replace(text, "found=3", "found=4", 1)
			})
		},
		"cut short": func(_ *world, folder string) error {
			return os.Truncate(filepath.Join(folder, second), 50)
		},
		"another month's file": func(_ *world, folder string) error {
			return os.Rename(filepath.Join(folder, first), filepath.Join(folder, second))
		},
		"a manifest changed": func(w *world, _ string) error {
			w.attack(`UPDATE audit_archives SET manifest = replace(manifest, '.', '.A') WHERE first = 1`)
			return nil
		},
		"a manifest gone": func(w *world, _ string) error {
			w.attack(`DELETE FROM audit_archives WHERE first = 1`)
			return nil
		},
		"the rest cut off": func(w *world, _ string) error {
			w.attack(`DELETE FROM audit WHERE seq > 30`)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, folder := months(t), t.TempDir()
			if _, err := archived(t, w, folder, true); err != nil {
				t.Fatal(err)
			}
			if err := attack(w, folder); err != nil {
				t.Fatal(err)
			}
			if found := w.verified(folder); found.Whole {
				t.Error("unseen")
			}
		})
	}
}
