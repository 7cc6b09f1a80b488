package durable_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/server/durable"
)

// cutCode is the exit code of a process that ended itself before a change to the disk.
const cutCode = 77

// TestMain lets this program play the process that is killed: MADOGUCHI_DURABLE_CRASH names the file and the
// step before which it ends, with no deferred call.
func TestMain(m *testing.M) {
	path, cut, ok := strings.Cut(os.Getenv("MADOGUCHI_DURABLE_CRASH"), "|")
	if !ok {
		os.Exit(m.Run())
	}
	switch cut {
	case "hold": // the lock, until killed
		release, err := durable.Lock(path)
		if err != nil {
			panic(err)
		}
		fmt.Println("held")
		time.Sleep(time.Hour) // an empty select would end a program that has nothing else to do
		release()
		os.Exit(0)
	}
	err := durable.WriteFile(path, []byte("new"), durable.Options{Step: func(step string) {
		if strings.HasPrefix(step, cut) {
			os.Exit(cutCode)
		}
	}})
	if err != nil {
		panic(err)
	}
	os.Exit(0)
}

func crash(t *testing.T, path, cut string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "MADOGUCHI_DURABLE_CRASH="+path+"|"+cut)
	return cmd
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestAFileIsFlushedBeforeItsNameAndItsNameAfterwards(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	var steps []string
	o := durable.Options{Step: func(step string) {
		if step == "name list" {
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the name stands before its step: %v", err)
			}
		}
		steps = append(steps, step)
	}}
	if err := durable.WriteFile(path, []byte("new"), o); err != nil {
		t.Fatal(err)
	}
	want := []string{"create list", "write list", "flush list", "name list", "flush folder"}
	if !slices.Equal(steps, want) || content(t, path) != "new" {
		t.Errorf("%v, %q", steps, content(t, path))
	}
	if got := names(t, filepath.Dir(path)); !slices.Equal(got, []string{"list"}) {
		t.Errorf("left %v", got)
	}
}

func TestAKilledWriterLeavesTheOldFileOrTheNewOne(t *testing.T) {
	for _, c := range []struct{ cut, want string }{
		{"create", "old"},
		{"write", "old"},
		{"flush list", "old"},
		{"name", "old"},
		{"flush folder", "new"},
	} {
		t.Run(c.cut, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "list")
			if err := durable.WriteFile(path, []byte("old"), durable.Options{}); err != nil {
				t.Fatal(err)
			}
			cmd := crash(t, path, c.cut)
			if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != cutCode {
				t.Fatalf("%s", out)
			}
			if got := content(t, path); got != c.want {
				t.Errorf("%q", got)
			}
			for _, name := range names(t, filepath.Dir(path)) {
				if name != "list" && !strings.HasPrefix(name, durable.DraftPrefix) {
					t.Errorf("left %s", name)
				}
			}
		})
	}
}

func TestANewFileNeverReplacesAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	o := durable.Options{New: true}
	if err := durable.WriteFile(path, []byte("first"), o); err != nil {
		t.Fatal(err)
	}
	if err := durable.WriteFile(path, []byte("second"), o); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	if got := names(t, filepath.Dir(path)); content(t, path) != "first" ||
		!slices.Equal(got, []string{"key"}) {
		t.Errorf("%q, %v", content(t, path), got)
	}
}

func TestADiscardedDraftLeavesTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	if err := durable.WriteFile(path, []byte("old"), durable.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, flushed := range []bool{false, true} {
		d, err := durable.Create(path, durable.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Write([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if flushed {
			if err := d.Flush(); err != nil || content(t, d.Name()) != "new" {
				t.Errorf("%v, %q", err, content(t, d.Name()))
			}
		}
		d.Discard()
		if got := names(t, filepath.Dir(path)); content(t, path) != "old" ||
			!slices.Equal(got, []string{"list"}) {
			t.Errorf("%q, %v", content(t, path), got)
		}
	}
}

func TestWhatACrashLeftUnderAGivenNameIsWrittenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.pdf")
	if err := os.WriteFile(path+".part", []byte("half of a longer file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := durable.WriteFile(path, []byte("whole"), durable.Options{Draft: path + ".part"}); err != nil {
		t.Fatal(err)
	}
	if got := names(t, filepath.Dir(path)); content(t, path) != "whole" ||
		!slices.Equal(got, []string{"run.pdf"}) {
		t.Errorf("%q, %v", content(t, path), got)
	}
}

func TestADeviceIsWrittenToAsItIs(t *testing.T) {
	testenv.NeedFile(t, "/dev/full", "Linux has it")
	if err := durable.WriteFile(os.DevNull, []byte("x"), durable.Options{Device: true}); err != nil {
		t.Error(err)
	}
	if err := durable.WriteFile("/dev/full", []byte("x"), durable.Options{Device: true}); err == nil {
		t.Error("a full device took a byte")
	}
	for _, device := range []string{os.DevNull, "/dev/full"} {
		if info, err := os.Stat(device); err != nil || info.Mode()&fs.ModeDevice == 0 {
			t.Errorf("%s is no device any more: %v", device, err)
		}
	}
}

func TestALockHasOneHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	release, err := durable.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := durable.TryLock(path); !errors.Is(err, durable.ErrHeld) {
		t.Errorf("a second holder: %v", err)
	}
	var released atomic.Bool
	got := make(chan error)
	go func() {
		again, err := durable.Lock(path)
		if err == nil && !released.Load() {
			err = errors.New("the lock was given while it was held")
		}
		if err == nil {
			again()
		}
		got <- err
	}()
	released.Store(true)
	release()
	if err := <-got; err != nil {
		t.Error(err)
	}
	last, err := durable.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	last()
}

// killHolder starts a process that takes the lock at path, sees that it is held, and kills it.
func killHolder(t *testing.T, holder *exec.Cmd, path string) {
	t.Helper()
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 5)); err != nil { // it says that it holds
		t.Fatal(err)
	}
	if _, err := durable.TryLock(path); !errors.Is(err, durable.ErrHeld) {
		t.Errorf("held by another process: %v", err)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // it was killed
}

func TestAKilledHolderLeavesNoLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	holder := crash(t, path, "hold")
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	killHolder(t, holder, path)
	got := make(chan error)
	go func() {
		release, err := durable.Lock(path)
		if err == nil {
			release()
		}
		got <- err
	}()
	select {
	case err := <-got:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the lock outlived its holder")
	}
}
