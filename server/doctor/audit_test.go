package doctor

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
)

// opened opens the world's data folder as a server does, at a time, and closes it again.
func (w *world) opened(at time.Time, do func(*datafolder.DataFolder) error) error {
	w.t.Helper()
	f, err := datafolder.Open(w.t.Context(), datafolder.Options{
		Path:  w.path(),
		Mode:  settings.Live,
		Role:  w.role,
		Host:  w.s.Host(),
		Now:   func() time.Time { return at },
		Audit: datafolder.AuditPlace{File: w.s.AuditFile, Key: w.s.AuditKey},
	})
	w.must(err)
	return errors.Join(do(f), f.Store.Close())
}

// notes adds an entry to the audit chain, which nobody signs.
func (w *world) notes(at time.Time) {
	w.t.Helper()
	w.must(w.opened(at, func(f *datafolder.DataFolder) error {
		return f.Store.ForStaff().Facilities.AddFacility(w.t.Context(),
			facilityOf("1319999992"), audit.Entry{At: at, Actor: "test", Action: "facility.add"})
	}))
}

// signs starts as a server does, which signs what is there.
func (w *world) signs(at time.Time) {
	w.t.Helper()
	w.must(w.opened(at, func(f *datafolder.DataFolder) error {
		witness, err := f.Verify(w.t.Context())
		if err == nil {
			err = witness.Look(w.t.Context(), true)
		}
		return err
	}))
}

// refusesTheStart is the key with which a server's own look refuses to start; empty: it starts.
func (w *world) refusesTheStart() (key string) {
	w.t.Helper()
	err := w.opened(noon, func(f *datafolder.DataFolder) error {
		_, err := f.Verify(w.t.Context())
		return err
	})
	var e *eligibility.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

func (w *world) checkpoints() string { return w.path(datafolder.CheckpointFile) }

// lines changes the file of the checkpoints.
func (w *world) lines(change func(lines [][]byte) [][]byte) {
	w.t.Helper()
	text, err := os.ReadFile(w.checkpoints())
	w.must(err)
	lines := change(bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")))
	w.must(os.WriteFile(w.checkpoints(), append(bytes.Join(lines, []byte("\n")), '\n'), 0o600))
}

// doctor finds what a start refuses, in the same words, and what a start lets pass although somebody should
// look. docs/audit.md, "What is found".
func TestTheAuditCheckpointsAreLookedAt(t *testing.T) {
	later := noon.Add(time.Minute)
	for _, c := range []struct {
		name  string
		harm  func(*world)
		level Level
		key   string
	}{
		{"all is well", func(*world) {}, Good, "doctor.audit"},
		{"an entry of just now waits for its minute", func(w *world) { w.notes(noon) }, Good, "doctor.audit"},
		{"nobody has signed for 16 minutes", func(w *world) {
			w.notes(noon)
			w.at = noon.Add(16 * time.Minute)
		}, Warning, "doctor.audit_old"},
		{"an old checkpoint with nothing after it",
			func(w *world) { w.at = noon.AddDate(0, 0, 100) }, Good, "doctor.audit"},
		{"the file is gone", func(w *world) { w.must(os.Remove(w.checkpoints())) },
			Refusal, "audit.checkpoints_gone"},
		{"a file that cannot be read", func(w *world) {
			w.must(os.Remove(w.checkpoints()))
			w.must(os.Mkdir(w.checkpoints(), 0o700))
		}, Refusal, "doctor.audit_unreadable"},
		{"an older file", func(w *world) {
			w.notes(later)
			w.signs(later.Add(time.Minute))
			w.lines(func(lines [][]byte) [][]byte { return lines[:1] })
		}, Refusal, "audit.checkpoints_short"},
		{"a signature of another line", func(w *world) {
			w.notes(later)
			w.signs(later.Add(time.Minute))
			w.lines(func(lines [][]byte) [][]byte {
				last := lines[len(lines)-1]
				at := len(last) - 10 // in the signature
				last[at] ^= 3        // another letter of base64
				return lines
			})
		}, Refusal, "audit.checkpoint_forged"},
		{"a line that is none", func(w *world) {
			w.lines(func(lines [][]byte) [][]byte { return append(lines, []byte("x")) })
		}, Refusal, "audit.checkpoint_damaged"},
		{"the end of the chain is gone", func(w *world) {
			w.notes(later)
			w.signs(later.Add(time.Minute))
			w.execute(`DROP TRIGGER audit_is_never_shortened; DELETE FROM audit
				WHERE seq = (SELECT max(seq) FROM audit)`)
		}, Refusal, "audit.cut"},
		{"an entry after the checkpoint was changed", func(w *world) {
			w.notes(later)
			w.execute(`DROP TRIGGER audit_is_never_changed; UPDATE audit SET actor = 'x'
				WHERE seq = (SELECT max(seq) FROM audit)`)
		}, Refusal, "audit.changed"},
		{"a file of another place, where nobody signs", func(w *world) {
			w.s.AuditFile = filepath.Join(w.t.TempDir(), "elsewhere.jsonl")
		}, Refusal, "audit.checkpoints_gone"},
		{"a key that is none", func(w *world) {
			w.s.AuditKey = filepath.Join(w.t.TempDir(), "signer.pem.pub")
			w.must(os.WriteFile(w.s.AuditKey, []byte("no key"), 0o600))
		}, Refusal, "audit.key"},
		{"another signer's key", func(w *world) {
			path := filepath.Join(w.t.TempDir(), "signer.pem")
			w.must(keys.MakeCheckpointKey(path))
			w.s.AuditKey = path + ".pub"
		}, Refusal, "audit.checkpoint_foreign"},
		{"a signer that has not begun", func(w *world) {
			w.must(os.Remove(w.checkpoints()))
			w.execute(`DELETE FROM audit_checkpoints`)
		}, Warning, "doctor.audit_none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, datafolder.RoleCounter)
			c.harm(w)
			var found []Finding
			for _, f := range w.doctor().Local(t.Context()) {
				if f.Check == "audit" {
					found = append(found, f)
				}
			}
			if len(found) != 1 || found[0].Key != c.key || found[0].Level != c.level {
				t.Fatalf("%+v, want %s %s", found, c.level, c.key)
			}
			if f := found[0]; (f.Level != Good) != (f.NextStep("ja") != "" && f.NextStep("en") != "") {
				t.Errorf("the next step is %q, %q", f.NextStep("ja"), f.NextStep("en"))
			}
			refusal := w.refusesTheStart()
			if want := c.level == Refusal; want && refusal != c.key && c.key != "doctor.audit_unreadable" ||
				!want && refusal != "" {
				t.Errorf("a start is refused with %q", refusal)
			}
		})
	}
}

// Where no server has run there is nothing to be signed yet; a first start is told so, and nothing is made.
func TestAFolderThatNoServerHasSignedIsNoFault(t *testing.T) {
	w := newWorld(t, datafolder.RoleCounter)
	w.must(errors.Join(os.Remove(w.checkpoints()), os.Remove(w.path(datafolder.KeysDir, keys.Checkpoint))))
	w.execute(`DELETE FROM audit_checkpoints`)
	w.execute(`DELETE FROM key_checks WHERE file = 'checkpoint.pem'`)
	all := w.doctor().Local(t.Context())
	at := slices.IndexFunc(all, func(f Finding) bool { return f.Check == "audit" })
	if at < 0 || all[at].Key != "doctor.audit_new" || all[at].Level != Good {
		t.Errorf("%+v", all)
	}
}
