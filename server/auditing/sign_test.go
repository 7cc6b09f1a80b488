package auditing

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
)

// apart is a data folder whose server holds the public half only: another user signs, to a place of its own.
func apart(t *testing.T) (w *world, signer Place) {
	t.Helper()
	w, place := newWorld(t), t.TempDir()
	signer = Place{
		Key:        filepath.Join(place, "signer.pem"),
		Checkpoint: filepath.Join(place, "checkpoints.jsonl"),
	}
	if _, err := (&Key{Out: signer.Key}).Do(); err != nil {
		t.Fatal(err)
	}
	w.settings.AuditKey, w.settings.AuditFile = signer.Key+".pub", signer.Checkpoint
	return w, signer
}

func (w *world) signsApart(signer Place) (string, error) {
	w.t.Helper()
	_, err := (&Sign{signer}).Do(w.t.Context(), w.settings, w.now)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(signer.Checkpoint)
	return string(data), err
}

// docs/audit.md, "A signer of its own": the server has nothing to sign with and watches what is signed;
// the signer signs nothing that does not follow what it signed before.
func TestASignerOfItsOwn(t *testing.T) {
	w, signer := apart(t)
	w.in(func(f *datafolder.DataFolder) {
		w.noted(f, 10)
		witness, err := f.Verify(t.Context())
		if err != nil || witness.Signer != nil {
			t.Fatalf("the server holds the private half: %v", err)
		}
	})
	text, err := w.signsApart(signer)
	if err != nil || strings.Count(text, "\n") != 1 {
		t.Fatalf("%q %v", text, err)
	}
	if again, err := w.signsApart(signer); err != nil || again != text {
		t.Errorf("signed once more although nothing came: %v", err)
	}
	w.in(func(f *datafolder.DataFolder) { w.noted(f, 10) })
	if text, err = w.signsApart(signer); err != nil || strings.Count(text, "\n") != 2 {
		t.Errorf("%q %v", text, err)
	}
	if err := w.started(); err != nil {
		t.Error(err)
	}
	if found := w.verified(""); !found.Whole || found.Checkpoints != 2 {
		t.Errorf("%+v", found)
	}
	if _, err := (&Sign{Place{Key: signer.Key + ".pub"}}).Do(t.Context(), w.settings, w.now); !errors.Is(err,
		errPublic) {
		t.Errorf("signed by the public half: %v", err)
	}
	w.attack(`UPDATE audit SET detail = 'x' WHERE seq > 15`)
	w.mend(15)
	w.in(func(f *datafolder.DataFolder) { w.noted(f, 10) })
	if _, err := w.signsApart(signer); !errors.Is(err, audit.ErrRewritten) {
		t.Errorf("a rewritten history: %v", err)
	}
	if err := w.started(); !errors.Is(err, audit.ErrRewritten) {
		t.Errorf("a start: %v", err)
	}
}

// A second signer beside the server that signs itself begins with the chain as it is, and an older copy of
// the checkpoints is none that is short.
func TestASecondSignerAndAnOlderCopy(t *testing.T) {
	w, place := kept(t), t.TempDir()
	second := Place{Key: filepath.Join(place, "key.pem"), Checkpoint: filepath.Join(place, "second.jsonl")}
	if _, err := (&Key{Out: second.Key}).Do(); err != nil {
		t.Fatal(err)
	}
	if text, err := w.signsApart(second); err != nil || strings.Count(text, "\n") != 1 {
		t.Fatalf("%q %v", text, err)
	}
	older := filepath.Join(place, "older.jsonl")
	copied(t, w.checkpoints(), older)
	w.in(func(f *datafolder.DataFolder) { w.noted(f, 5); w.signed(f) })
	for name, by := range map[string]Place{
		"the second signer": second,
		"the older copy":    {Checkpoint: older},
	} {
		found, err := (&Verify{Place: by}).Do(t.Context(), w.settings, w.now)
		if err != nil || !found.Whole || found.Entries != 65 {
			t.Errorf("%s: %+v %v", name, found, err)
		}
	}
}

// A checkpoint key in other hands' reach is none; a key file is never replaced, and what is no key is
// refused.
func TestKeysOfCheckpointsAreLookedAt(t *testing.T) {
	w, signer := apart(t)
	if _, err := (&Key{Out: signer.Key}).Do(); err == nil {
		t.Error("a key was replaced")
	}
	w.in(func(f *datafolder.DataFolder) { w.noted(f, 1) })
	if err := os.Chmod(signer.Key, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := w.signsApart(signer); err == nil {
		t.Error("signed with a key that others can read")
	}
	if err := errors.Join(os.WriteFile(signer.Key, []byte("no key"), 0o600),
		os.Chmod(signer.Key, 0o600)); err != nil {
		t.Fatal(err)
	}
	_, err := w.signsApart(signer)
	var said *eligibility.Error
	if !errors.As(err, &said) || said.Key != "audit.key" {
		t.Errorf("what is no key: %v", err)
	}
	testenv.Refused(t, testenv.Stored, 3)
}

// A lost key of the key folder is not made anew beside its checkpoints (docs/keys.md).
func TestALostCheckpointKeyIsNotMadeAnew(t *testing.T) {
	w := kept(t)
	remove(w, filepath.Join(w.settings.Folder(), datafolder.KeysDir, keys.Checkpoint))
	if err := w.started(); !errors.Is(err, keys.ErrGone) {
		t.Errorf("%v", err)
	}
}

// A server signs each minute, and earlier after 1,000 entries; at its end it signs once more. The database is
// told.
func TestAServerSignsEachMinuteAndAfterAThousandEntries(t *testing.T) {
	w := newWorld(t)
	w.in(func(f *datafolder.DataFolder) {
		witness, err := f.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		look := func() int64 {
			t.Helper()
			if err := witness.Look(t.Context(), false); err != nil {
				t.Fatal(err)
			}
			newest, err := witness.Newest()
			if err != nil {
				t.Fatal(err)
			}
			return newest.Sequence
		}
		add := func(n int) {
			at := w.at
			w.noted(f, n)
			w.at = at
		}
		steps := []struct {
			what string
			do   func()
			want int64
		}{
			{"the first entry", func() { add(1) }, 1},
			{"one more at once", func() { add(1) }, 1},
			{"59 s later", func() { w.at = w.at.Add(59 * time.Second) }, 1},
			{"a minute later", func() { w.at = w.at.Add(time.Second) }, 2},
			{"an hour later, nothing new", func() { w.at = w.at.Add(time.Hour) }, 2},
			{"one more", func() { add(1) }, 3},
			{"999 at once", func() { add(999) }, 3},
			{"the thousandth", func() { add(1) }, 1003},
			{"one more at its end", func() { add(1) }, 1003},
		}
		for _, step := range steps {
			step.do()
			if got := look(); got != step.want {
				t.Errorf("%s: signed up to %d, want %d", step.what, got, step.want)
			}
		}
		ctx, cancel := contextOf(t)
		cancel()
		witness.Keep(ctx, nil)
		if state := witness.State(); state.Checkpoint != 1004 || state.Head != 1004 || state.Err != nil {
			t.Errorf("%+v", state)
		}
		if noted, err := witness.Chain.Noted(t.Context()); err != nil || noted != 1004 {
			t.Errorf("the database was told of %d, %v", noted, err)
		}
	})
}

// While a server runs, what is done to its chain past it shows at the next look, and it signs no more.
func TestARunningServerSeesThatItsChainWentBack(t *testing.T) {
	w := kept(t)
	w.in(func(f *datafolder.DataFolder) {
		witness, err := f.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		before, err := witness.Newest()
		if err != nil {
			t.Fatal(err)
		}
		w.attack(`DELETE FROM audit WHERE seq > 50`)
		ctx, cancel := contextOf(t)
		cancel()
		witness.Keep(ctx, nil)
		if state := witness.State(); !errors.Is(state.Err, audit.ErrCut) {
			t.Errorf("%+v", state)
		}
		if after, err := witness.Newest(); err != nil || after != before {
			t.Errorf("it signed: %+v %v", after, err)
		}
	})
}

// After a backup was restored on purpose the operator says so, and everything begins anew: the file before
// stays, and the chain tells it.
func TestARestoredBackupIsAcceptedOnPurpose(t *testing.T) {
	w := keptWithOlder(t)
	rolledBack(w)
	if err := w.started(); !errors.Is(err, audit.ErrCut) {
		t.Fatalf("%v", err)
	}
	w.in(func(f *datafolder.DataFolder) {
		if _, err := (&Accept{}).Do(t.Context(), w.settings, f.Store, w.now); err != nil {
			t.Fatal(err)
		}
	})
	if files, err := filepath.Glob(w.checkpoints() + ".before-*"); err != nil || len(files) != 1 {
		t.Errorf("the file before: %v %v", files, err)
	}
	w.in(func(f *datafolder.DataFolder) { w.signed(f) })
	rows, err := chainOf(w.database())
	if err != nil || rows[len(rows)-1].Action != "audit.accept" {
		t.Errorf("%v", err)
	}
	if found := w.verified(""); !found.Whole || found.Checkpoints != 1 || found.Newest.Sequence != 41 {
		t.Errorf("%+v", found)
	}
}

// A file that was taken away or cut off under a running server is said for as long as it is so, also where
// nothing new is to be signed, and by a server that only watches; once it is back all is well.
func TestARunningServerSaysForAsLongAsCheckpointsAreMissing(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(w *world) error
		kind error
	}{
		{"taken away", func(w *world) error { return os.Remove(w.checkpoints()) }, audit.ErrFileGone},
		{"cut off", func(w *world) error {
			whole, err := os.ReadFile(w.checkpoints())
			w.lines(func(lines [][]byte) [][]byte { return lines[:1] })
			short, _ := os.ReadFile(w.checkpoints())
			if err == nil && len(short) >= len(whole) {
				err = errors.New("it is as long as it was")
			}
			return err
		}, audit.ErrFileShort},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := kept(t)
			w.in(func(f *datafolder.DataFolder) {
				witness, err := f.Verify(t.Context())
				if err == nil {
					err = witness.Look(t.Context(), true)
				}
				whole, _ := os.ReadFile(w.checkpoints())
				witness.Signer = nil
				if err = errors.Join(err, witness.Look(t.Context(), false), c.harm(w)); err != nil {
					t.Fatal(err)
				}
				signed := witness.State().Checkpoint
				for range 3 {
					if err := witness.Look(t.Context(), false); !errors.Is(err, c.kind) {
						t.Errorf("%v", err)
					}
				}
				if got := witness.State().Checkpoint; got != signed {
					t.Errorf("signed up to %d, before up to %d", got, signed)
				}
				if err := os.WriteFile(w.checkpoints(), whole, 0o644); err != nil {
					t.Fatal(err)
				}
				if err := witness.Look(t.Context(), false); err != nil {
					t.Errorf("with the file back: %v", err)
				}
			})
		})
	}
}
