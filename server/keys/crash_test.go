package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/server/durable"
)

// exitCut is the exit code of a process that ended itself before a change to the disk.
const exitCut = 77

// TestMain lets this program play the process that crashes: MADOGUCHI_KEYS_CRASH names the folder, the deed,
// and before which change to the disk it ends, as a killed process does, with no deferred call and with the
// lock held.
func TestMain(m *testing.M) {
	dir, rest, ok := strings.Cut(os.Getenv("MADOGUCHI_KEYS_CRASH"), "|")
	if !ok {
		os.Exit(m.Run())
	}
	name, number, _ := strings.Cut(rest, "|")
	left, err := strconv.Atoi(number)
	if err != nil {
		panic(err)
	}
	f, err := Open(dir)
	if err != nil {
		panic(err)
	}
	f.Rotation.Host = testHost
	f.files.step = func(step string) {
		if left--; left == 0 {
			os.Exit(exitCut)
		}
	}
	for _, d := range deeds {
		if d.name == name {
			err = d.do(f)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

var tomorrow = noon.Add(24 * time.Hour)

// deeds are all changes of a folder, each with what was there before and what must be there once it is done.
var deeds = []struct {
	name  string
	setUp func(f *Folder) error
	do    func(f *Folder) error
	want  []State // of the keys with a private half or in the JWKS
}{
	{
		"the first key",
		func(*Folder) error { return nil },
		func(f *Folder) error { _, err := f.Rings.Issuer(city, noon); return err },
		[]State{Current},
	},
	{
		"taking over a key of an older version",
		func(f *Folder) error { _, err := f.Signing(keyFile(city, 1)); return err },
		func(f *Folder) error { _, err := f.Rings.Issuer(city, noon); return err },
		[]State{Current},
	},
	{
		"preparing",
		setUpCurrent,
		func(f *Folder) error { _, err := f.Rotation.Prepare(city, noon); return err },
		[]State{Current, Next},
	},
	{
		"rotating",
		setUpNext,
		func(f *Folder) error { _, err := f.Rotation.Rotate(city, tomorrow); return err },
		[]State{Current, Retired},
	},
	{"replacing a lost key", func(f *Folder) error {
		return errors.Join(setUpCurrent(f), os.Remove(filepath.Join(f.files.dir, keyFile(city, 1))))
	},
		func(f *Folder) error { _, err := f.Rotation.Replace(city, Lost, tomorrow); return err },
		[]State{Current, Retired}},
	{"replacing a lost key by the next one", func(f *Folder) error {
		return errors.Join(setUpNext(f), os.Remove(filepath.Join(f.files.dir, keyFile(city, 1))))
	},
		func(f *Folder) error { _, err := f.Rotation.Replace(city, Lost, tomorrow); return err },
		[]State{Current, Retired}},
	{
		"replacing a leaked key",
		setUpNext,
		func(f *Folder) error { _, err := f.Rotation.Replace(city, Leaked, tomorrow); return err },
		[]State{Current},
	},
}

func setUpCurrent(f *Folder) error {
	_, err := f.Rings.Issuer(city, noon)
	return err
}

func setUpNext(f *Folder) error {
	_, err := f.Rotation.Prepare(city, noon)
	return err
}

// A process is ended before each single change that a deed makes to the disk. Whatever is left, the insurer
// signs or is told how to go on, nothing that was published for a good reason is gone, and the deed can be
// done again to its end.
func TestACrashAtAnyStepLeavesAUsableFolder(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range deeds {
		t.Run(d.name, func(t *testing.T) {
			cuts := 0
			for {
				f, dir := newFolder(t)
				if err := d.setUp(f); err != nil {
					t.Fatal(err)
				}
				before, _ := f.Rings.readRing(city) // none before the first key
				crash := exec.Command(self)
				crash.Env = append(
					os.Environ(),
					fmt.Sprintf("MADOGUCHI_KEYS_CRASH=%s|%s|%d", dir, d.name, cuts+1),
				)
				out, err := crash.CombinedOutput()
				if crash.ProcessState.ExitCode() != exitCut {
					if err != nil {
						t.Fatalf("%v: %s", err, out)
					}
					break
				}
				cuts++
				checkCrash(t, dir, before, d.name, cuts)
				after := open(t, dir)
				// done before the crash
				if err := d.do(after); err != nil && !errors.Is(err, ErrNoNext) &&
					!errors.Is(err, ErrNotLost) {
					t.Fatalf("step %d: again: %v", cuts, err)
				}
				checkDone(t, after, d.want, cuts)
			}
			if cuts < 5 { // create, write, flush, name, flush the folder
				t.Errorf("only %d steps", cuts)
			}
		})
	}
}

// checkCrash looks at what a crash left, as a server that starts next would.
func checkCrash(t *testing.T, dir string, before ring, deed string, cut int) {
	t.Helper()
	k, err := open(t, dir).Rings.Issuer(city, tomorrow)
	if err != nil {
		if !(strings.HasPrefix(deed, "replacing a lost") && errors.Is(err, ErrLost)) {
			t.Errorf("step %d: %v", cut, err)
		}
		return
	}
	if deed == "replacing a leaked key" {
		if k.Current.ID != before.at(Current).JWK.ID &&
			slices.ContainsFunc(
				before.Keys,
				func(e Entry) bool { _, ok := k.Set.Find(e.JWK.ID); return ok },
			) {
			t.Errorf("step %d: half of the leaked keys is still published", cut)
		}
		return
	}
	for _, e := range before.Keys {
		if _, ok := k.Set.Find(e.JWK.ID); !ok {
			t.Errorf("step %d: the %s key is not published any more", cut, e.State)
		}
	}
}

// checkDone looks at the folder once the deed was done again.
func checkDone(t *testing.T, f *Folder, want []State, cut int) {
	t.Helper()
	r, err := f.Rings.readRing(city)
	if err != nil {
		t.Fatalf("step %d: %v", cut, err)
	}
	var states []State
	var files []string
	for _, e := range r.Keys {
		if e.State != Dropped {
			states = append(states, e.State)
		}
		if e.State == Current || e.State == Next {
			files = append(files, e.File)
			if _, err := f.Rings.private(city, e); err != nil {
				t.Errorf("step %d: %v", cut, err)
			}
		}
	}
	kept, err := f.Rings.keyFiles(city)
	slices.Sort(kept)
	slices.Sort(files)
	if !slices.Equal(states, want) || err != nil || !slices.Equal(kept, files) {
		t.Errorf("step %d: states %v, want %v; files %v, want %v; %v", cut, states, want, kept, files, err)
	}
	err = filepath.WalkDir(f.files.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(e.Name(), durable.DraftPrefix) {
			t.Errorf("step %d: half of a key was left in %s", cut, e.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a power cut keeps is what was flushed: a file before it gets its name, its name before anything that
// relies on it.
func TestEveryFileIsFlushedBeforeItsNameAndEveryNameBeforeTheNextChange(t *testing.T) {
	for _, d := range deeds {
		f, _ := newFolder(t)
		if err := d.setUp(f); err != nil {
			t.Fatal(err)
		}
		var steps []string
		f.files.step = func(step string) { steps = append(steps, step) }
		if err := d.do(f); err != nil {
			t.Fatal(err)
		}
		for i, step := range steps {
			what, name, _ := strings.Cut(step, " ")
			if what == "name" && steps[i-1] != "flush "+name ||
				(what == "name" || what == "remove") && steps[i+1] != "flush folder" {
				t.Errorf("%s: %v", d.name, steps)
			}
		}
	}
}

func TestTwoProcessesNeverPublishTwoNextKeys(t *testing.T) {
	f, dir := newFolder(t)
	issuer(t, f, noon)
	made := make(chan string)
	for range 8 {
		go func() {
			other, err := Open(dir)
			var next Entry
			if err == nil {
				next, err = other.Rotation.Prepare(city, noon)
			}
			if err != nil {
				next.JWK.ID = err.Error()
			}
			made <- next.JWK.ID
		}()
	}
	first := <-made
	for range 7 {
		if id := <-made; id != first {
			t.Errorf("%s and %s", id, first)
		}
	}
	if k := issuer(t, f, noon); len(k.Set) != 2 {
		t.Errorf("published %v", ids(k.Set))
	}
}
