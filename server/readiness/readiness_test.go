package readiness

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"madoguchi/message"
)

// world is a database that a test breaks.
type world struct {
	path        string
	free        uint64
	read, write error
	busy        bool // a long transaction has the writer
	asked       int
	now         time.Time
}

func open(t *testing.T) (*world, *Readiness) {
	t.Helper()
	w := &world{path: filepath.Join(t.TempDir(), "db"), free: 1 << 30, now: time.Unix(1_796_000_000, 0)}
	if err := os.WriteFile(w.path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := New(Config{
		Path: w.path,
		Free: func(string) (uint64, error) { return w.free, nil },
		Read: func(context.Context) error { w.asked++; return w.read },
		Write: func(ctx context.Context) error {
			if w.busy {
				<-ctx.Done()
				return ctx.Err()
			}
			return w.write
		},
		Now: func() time.Time { return w.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return w, r
}

func TestEachReasonIsFoundAndPasses(t *testing.T) {
	for _, c := range []struct {
		name        string
		spoil, mend func(t *testing.T, w *world)
		want        []Reason
	}{
		{"all is well", nil, nil, nil},
		{
			"the database does not answer",
			func(_ *testing.T, w *world) { w.read = errors.New("closed") },
			func(_ *testing.T, w *world) { w.read = nil },
			[]Reason{Database},
		},
		{
			"it cannot be written",
			func(_ *testing.T, w *world) { w.write = errors.New("read-only file system") },
			func(_ *testing.T, w *world) { w.write = nil },
			[]Reason{Database},
		},
		{
			"it has no room to grow",
			func(_ *testing.T, w *world) { w.write = errors.Join(ErrFull, errors.New("13")) },
			func(_ *testing.T, w *world) { w.write = nil },
			[]Reason{Disk},
		},
		{
			"the disk is nearly full",
			func(_ *testing.T, w *world) { w.free = LeastFree - 1 },
			func(_ *testing.T, w *world) { w.free = LeastFree },
			[]Reason{Disk},
		},
		{
			"both say that it is full",
			func(_ *testing.T, w *world) { w.free, w.write = 0, ErrFull },
			func(_ *testing.T, w *world) { w.free, w.write = 1<<30, nil },
			[]Reason{Disk},
		},
		{
			"a long transaction goes on",
			func(_ *testing.T, w *world) { w.busy = true },
			func(_ *testing.T, w *world) { w.busy = false },
			nil,
		},
		{
			"the data folder is gone",
			func(t *testing.T, w *world) { rename(t, w.path, w.path+"-away") },
			func(t *testing.T, w *world) { rename(t, w.path+"-away", w.path) },
			[]Reason{Folder},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, r := open(t)
			if why := r.Look(t.Context()); why != nil {
				t.Fatalf("at the start: %v", why)
			}
			if c.spoil == nil {
				return
			}
			c.spoil(t, w)
			w.now = w.now.Add(every)
			if why := r.Look(t.Context()); !slices.Equal(why, c.want) {
				t.Errorf("%v, want %v", why, c.want)
			}
			var not NotReady
			if err := r.Check(t.Context()); errors.As(err, &not) != (c.want != nil) {
				t.Errorf("%v", err)
			}
			c.mend(t, w)
			w.now = w.now.Add(every)
			if why := r.Look(t.Context()); why != nil {
				t.Errorf("mended: %v", why)
			}
		})
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// A folder that was restored under a running server has a file of the name, and not the one that is open.
func TestAnotherFileOfTheNameIsNotTheDatabase(t *testing.T) {
	w, r := open(t)
	rename(t, w.path, w.path+"-away")
	if err := os.WriteFile(w.path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if why := r.Look(t.Context()); !slices.Equal(why, []Reason{Folder}) {
		t.Errorf("%v", why)
	}
}

// Strangers may ask as often as they like: the database is asked once in a while. A clock that was set back
// does not stop that.
func TestTheDatabaseIsAskedOnceInAWhile(t *testing.T) {
	w, r := open(t)
	for range 1000 {
		r.Look(t.Context())
	}
	if w.asked != 1 {
		t.Errorf("asked %d times", w.asked)
	}
	w.now = w.now.Add(-time.Hour)
	r.Look(t.Context())
	if w.asked != 2 {
		t.Errorf("asked %d times, the clock set back", w.asked)
	}
}

// The end is said at once, whatever was found a moment before, and first.
func TestAServerThatEndsIsNotReady(t *testing.T) {
	w, r := open(t)
	w.free = 0
	r.Look(t.Context())
	r.Drain()
	if why := r.Look(t.Context()); !slices.Equal(why, []Reason{Draining, Disk}) {
		t.Errorf("%v", why)
	}
}

// Whoever gives up asking leaves no wrong answer behind for the next.
func TestAnAskerWhoIsGoneSpoilsNothing(t *testing.T) {
	_, r := open(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if why := r.Look(gone); why != nil {
		t.Errorf("%v", why)
	}
}

func TestEachReasonHasItsSentenceAndWhatToDo(t *testing.T) {
	for i, reason := range Reasons {
		m := reason.Message()
		if m.Sentence("ja") == "" || m.NextStep("ja") == "" || m.Sentence("en") == m.Sentence("ja") ||
			m.NextStep("en") == "" {
			t.Errorf("%s: %+v", reason, m)
		}
		if _, ok := message.FindEntry(m.Key); !ok || Names()[i] != string(reason) {
			t.Errorf("%s: %s", reason, m.Key)
		}
	}
}
