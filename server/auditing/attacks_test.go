package auditing

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
)

// An attack, and what `audit verify` must say of it: the kind, and the first row or line that is not as it
// was. Rows 1 to 55 stand below the newest checkpoint, 56 to 60 behind it.
type attack struct {
	name string
	do   func(w *world)
	kind *eligibility.Error
	row  int64
	last int64
	line int
	// start says that a start refuses it too; it reads row 55 and what follows
	start bool
}

// renumber lets the rows behind one that went move up, as if it had never been.
func renumber(w *world, gone string) {
	w.attack(`DELETE FROM audit WHERE ` + gone)
	w.onDatabase(renumbered)
	w.mend(1)
}

var attacks = []attack{
	// single changes
	{name: "a row changed", kind: audit.ErrChanged, row: 30,
		do: func(w *world) { w.attack(`UPDATE audit SET detail = 'x' WHERE seq = 30`) }},
	{name: "a row changed and its own hash mended", kind: audit.ErrUnlinked, row: 31,
		do: func(w *world) {
			w.attack(`UPDATE audit SET detail = 'x' WHERE seq = 30`)
			w.onDatabase(mendedAlone(30))
		}},
	{name: "a row of the end changed", kind: audit.ErrChanged, row: 58, start: true,
		do: func(w *world) { w.attack(`UPDATE audit SET actor = 'x' WHERE seq = 58`) }},
	{name: "the row of the newest checkpoint changed", kind: audit.ErrChanged, row: 55, start: true,
		do: func(w *world) { w.attack(`UPDATE audit SET actor = 'x' WHERE seq = 55`) }},
	{name: "two rows turned", kind: audit.ErrMoved, row: 30,
		do: func(w *world) {
			w.attack(`UPDATE audit SET seq = 1000 WHERE seq = 30`, `UPDATE audit SET seq = 30 WHERE seq = 31`,
				`UPDATE audit SET seq = 31 WHERE seq = 1000`)
		}},
	// removals
	{name: "a row of the middle removed", kind: audit.ErrRemoved, row: 30, last: 30,
		do: func(w *world) { w.attack(`DELETE FROM audit WHERE seq = 30`) }},
	{name: "the first rows removed", kind: audit.ErrRemoved, row: 1, last: 9,
		do: func(w *world) { w.attack(`DELETE FROM audit WHERE seq < 10`) }},
	{name: "all before the newest checkpoint removed", kind: audit.ErrRemoved, row: 1, last: 54,
		do: func(w *world) { w.attack(`DELETE FROM audit WHERE seq < 55`) }},
	{name: "the row of the newest checkpoint removed", kind: audit.ErrRemoved, row: 55, last: 55, start: true,
		do: func(w *world) { w.attack(`DELETE FROM audit WHERE seq = 55`) }},
	{name: "the last ten removed", kind: audit.ErrCut, row: 51, last: 55, start: true,
		do: func(w *world) { w.attack(`DELETE FROM audit WHERE seq > 50`) }},
	{name: "all removed", kind: audit.ErrEmptied, row: 1, last: 55, start: true,
		do: func(w *world) { w.attack(`DELETE FROM audit`) }},
	{name: "all removed and another history written", kind: audit.ErrRewritten, row: 1, last: 20, start: true,
		do: func(w *world) {
			w.attack(`UPDATE audit SET actor = 'clerk:佐藤'`)
			w.mend(1)
		}},
	// a whole database in the attacker's hands, who recomputes all hashes but has no key
	{name: "a row changed and all recomputed", kind: audit.ErrRewritten, row: 21, last: 40, start: true,
		do: func(w *world) {
			w.attack(`UPDATE audit SET detail = 'x' WHERE seq = 30`)
			w.mend(30)
		}},
	{name: "a row removed and all recomputed", kind: audit.ErrRewritten, row: 21, last: 40, start: true,
		do: func(w *world) { renumber(w, `seq = 30`) }},
	{name: "a row inserted and all recomputed", kind: audit.ErrRewritten, row: 21, last: 40, start: true,
		do: func(w *world) {
			w.attack(`INSERT INTO audit (seq, at, actor, action, detail, previous, hash)
				SELECT 1000, at, actor, action, 'new', previous, hash FROM audit WHERE seq = 30`)
			w.onDatabase(inserted(30))
			w.mend(1)
		}},
	{name: "a row inserted", kind: audit.ErrMoved, row: 31, start: true,
		do: func(w *world) {
			w.attack(`INSERT INTO audit (seq, at, actor, action, detail, previous, hash)
				SELECT 1000, at, actor, action, detail, previous, hash FROM audit WHERE seq = 30`)
			w.onDatabase(inserted(30))
		}},
	// an older copy of the database
	{name: "a rollback", kind: audit.ErrCut, row: 41, last: 55, start: true, do: rolledBack},
	{name: "a rollback and a new end", kind: audit.ErrRewritten, row: 41, last: 55, start: true,
		do: func(w *world) {
			rolledBack(w)
			w.in(func(f *datafolder.DataFolder) { w.noted(f, 30) })
		}},
	// the second place
	{name: "the file gone", kind: audit.ErrFileGone, last: 55, start: true,
		do: func(w *world) { remove(w, w.checkpoints()) }},
	{name: "the file emptied", kind: audit.ErrFileGone, last: 55, start: true,
		do: func(w *world) { w.lines(func([][]byte) [][]byte { return nil }) }},
	{name: "the file's last line removed", kind: audit.ErrFileShort, row: 40, last: 55, start: true,
		do: func(w *world) { w.lines(func(l [][]byte) [][]byte { return l[:2] }) }},
	{name: "the file's middle line removed", kind: audit.ErrLineMissing, line: 2,
		do: func(w *world) { w.lines(func(l [][]byte) [][]byte { return slices.Delete(l, 1, 2) }) }},
	{name: "the file's first line removed", kind: audit.ErrLineMissing, line: 1,
		do: func(w *world) { w.lines(func(l [][]byte) [][]byte { return l[1:] }) }},
	{name: "the file's lines turned", kind: audit.ErrLineMissing, line: 1,
		do: func(w *world) {
			w.lines(func(l [][]byte) [][]byte { l[0], l[1] = l[1], l[0]; return l })
		}},
	{name: "a line cut short", kind: audit.ErrLineDamaged, line: 2,
		do: func(w *world) {
			w.lines(func(l [][]byte) [][]byte { l[1] = append(l[1][:100:100], '\n'); return l })
		}},
	{name: "a line forged by another key", kind: audit.ErrForeign, line: 4, start: true,
		do: func(w *world) { forged(w, true) }},
	{name: "a line forged under our key's name", kind: audit.ErrForged, line: 4, start: true,
		do: func(w *world) { forged(w, false) }},
	{name: "another data folder's file", kind: audit.ErrForeign, line: 1, start: true,
		do: func(w *world) {
			other := kept(w.t)
			copied(w.t, other.checkpoints(), w.checkpoints())
		}},
}

// docs/audit.md, "What is found": each attack on real database files is seen, by its kind and place.
func TestEachAttackOnTheChainIsFound(t *testing.T) {
	testenv.Refused(t, testenv.Stored, len(attacks))
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			w := kept(t)
			if a.name == "a rollback" || a.name == "a rollback and a new end" {
				w = keptWithOlder(t)
			}
			a.do(w)
			found, err := (&Verify{}).Do(t.Context(), w.settings, w.now)
			if err != nil {
				t.Fatal(err)
			}
			if found.Whole || len(found.Faults) == 0 {
				t.Fatal("unseen")
			}
			kind := (&audit.Fault{Kind: a.kind}).Name()
			want := FoundFault{Kind: kind, Row: a.row, Last: a.last, Line: a.line}
			got := found.Faults[0]
			if got.Ja == "" || got.En == "" {
				t.Errorf("no sentence: %+v", got)
			}
			got.Ja, got.En, got.File = "", "", ""
			if got.Last == 0 || a.last == 0 {
				got.Last, want.Last = 0, 0
			}
			if got != want {
				t.Errorf("found %+v, want %+v", got, want)
			}
			err = w.started()
			if refused := err != nil; refused != a.start {
				t.Errorf("a start: %v", err)
			}
			var said *eligibility.Error
			if a.start && !errors.As(err, &said) {
				t.Errorf("refused without a sentence: %v", err)
			}
		})
	}
}

// What is as it was signed is whole: also with half a line at the end of the checkpoints' file, where the
// power went while it was written, and after the next one was written there.
func TestWhatIsAsItWasIsWhole(t *testing.T) {
	for name, tail := range map[string]string{
		"nothing":       "",
		"half a line":   `{"seq":60,"at":"2026-11-22T`,
		"zeros":         string(make([]byte, 700)),
		"whole but \\n": "whole",
	} {
		t.Run(name, func(t *testing.T) {
			w := kept(t)
			if tail == "whole" {
				w.lines(func(l [][]byte) [][]byte {
					return append(l, l[2][:len(l[2])-1])
				})
			} else {
				w.lines(func(l [][]byte) [][]byte { return append(l, []byte(tail)) })
			}
			for _, checkpoints := range []int{3, 4} {
				found, err := (&Verify{}).Do(t.Context(), w.settings, w.now)
				if err != nil || !found.Whole || found.Entries != 60 || found.Checkpoints != checkpoints {
					t.Errorf("%+v %v", found, err)
				}
				if err := w.started(); err != nil {
					t.Error(err)
				}
				w.in(func(f *datafolder.DataFolder) { w.signed(f) })
			}
		})
	}
}

// A copy of the checkpoints elsewhere convicts who has database and file.
func TestACopyOfTheCheckpointsElsewhereConvicts(t *testing.T) {
	w := keptWithOlder(t)
	elsewhere := filepath.Join(t.TempDir(), "copy.jsonl")
	copied(t, w.checkpoints(), elsewhere)
	rolledBack(w)
	w.lines(func(l [][]byte) [][]byte { return l[:2] })
	w.attack(`DELETE FROM audit_checkpoints`)
	if found, err := (&Verify{}).Do(t.Context(), w.settings, w.now); err != nil || !found.Whole {
		t.Errorf("by what lies here: %+v %v", found, err)
	}
	found, err := (&Verify{Place: Place{Checkpoint: elsewhere}}).Do(t.Context(), w.settings, w.now)
	if err != nil || found.Whole || found.Faults[0].Kind != "cut" || found.Faults[0].Row != 41 {
		t.Errorf("by the copy: %+v %v", found, err)
	}
}

func remove(w *world, path string) {
	w.t.Helper()
	if err := os.Remove(path); err != nil {
		w.t.Fatal(err)
	}
}
