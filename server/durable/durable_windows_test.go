package durable_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"madoguchi/server/durable"
)

// folder is a folder of the test's own. It is emptied file by file: t.TempDir needs a way of removing that
// Wine 8 does not have (e2e/windows runs these tests there).
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "durable")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, name := range names(t, dir) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// opened opens a file as a virus scanner does, who lets others read and write it and no more.
func opened(t *testing.T, path string, sharing uint32) windows.Handle {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := windows.CreateFile(name, windows.GENERIC_READ, sharing, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

const readAndWrite = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE

func TestOnWindowsAFileThatSomebodyHasOpenIsReplacedOnceTheyLetGo(t *testing.T) {
	path := filepath.Join(folder(t), "鍵の台帳.json")
	if err := durable.WriteFile(path, []byte("old"), durable.Options{}); err != nil {
		t.Fatal(err)
	}
	scanner := opened(t, path, readAndWrite)
	if err := os.Rename(path, path+"x"); !errors.Is(err, windows.ERROR_SHARING_VIOLATION) {
		t.Errorf("the scanner is in nobody's way: %v", err)
	}
	time.AfterFunc(300*time.Millisecond, func() { _ = windows.CloseHandle(scanner) })
	if err := durable.WriteFile(path, []byte("new"), durable.Options{}); err != nil {
		t.Error(err)
	}
	if got := content(t, path); got != "new" {
		t.Errorf("%q", got)
	}
	if got := names(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("left %v", got)
	}
}

func TestOnWindowsAFileThatSomebodyHasOpenIsRemovedAndReadOnceTheyLetGo(t *testing.T) {
	path := filepath.Join(folder(t), "key")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	alone := opened(t, path, 0)
	time.AfterFunc(300*time.Millisecond, func() { _ = windows.CloseHandle(alone) })
	if data, err := durable.ReadFile(path); err != nil || string(data) != "old" {
		t.Errorf("%q, %v", data, err)
	}
	scanner := opened(t, path, readAndWrite)
	time.AfterFunc(300*time.Millisecond, func() { _ = windows.CloseHandle(scanner) })
	if err := durable.Remove(path); err != nil {
		t.Error(err)
	}
}

// A server reads a file while a command replaces it: neither sees the other's half.
func TestOnWindowsAReaderAndAWriterDoNotHinderEachOther(t *testing.T) {
	path := filepath.Join(folder(t), "trust.jwt")
	texts := [][]byte{bytes.Repeat([]byte("a"), 20_000), bytes.Repeat([]byte("b"), 30_000)}
	if err := durable.WriteFile(path, texts[0], durable.Options{}); err != nil {
		t.Fatal(err)
	}
	var over atomic.Bool
	var reads atomic.Int64
	var reader sync.WaitGroup
	reader.Go(func() {
		for !over.Load() {
			data, err := durable.ReadFile(path)
			if err != nil || !bytes.Equal(data, texts[0]) && !bytes.Equal(data, texts[1]) {
				t.Errorf("%d bytes, %v", len(data), err)
				return
			}
			reads.Add(1)
			time.Sleep(5 * time.Millisecond) // one that never let go would starve any writer
		}
	})
	for i := range 50 {
		if err := durable.WriteFile(path, texts[(i+1)%2], durable.Options{}); err != nil {
			t.Errorf("the %dth replacement: %v", i, err)
			break
		}
	}
	over.Store(true)
	reader.Wait()
	if reads.Load() < 10 {
		t.Errorf("%d reads: nobody was in the way", reads.Load())
	}
}

func TestOnWindowsALockHasOneHolderAndAReaderIsNone(t *testing.T) {
	path := filepath.Join(folder(t), "lock")
	release, err := durable.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := durable.TryLock(path); !errors.Is(err, durable.ErrHeld) {
		t.Errorf("a second holder: %v", err)
	}
	release()
	scanner := opened(t, path, readAndWrite)
	release, err = durable.TryLock(path)
	if err != nil {
		t.Fatalf("a scanner counts as a holder: %v", err)
	}
	release()
	_ = windows.CloseHandle(scanner)
	earlier := opened(t, path, 0) // a holder as earlier versions were
	if _, err := durable.TryLock(path); !errors.Is(err, durable.ErrHeld) {
		t.Errorf("beside an earlier version's holder: %v", err)
	}
	time.AfterFunc(100*time.Millisecond, func() { _ = windows.CloseHandle(earlier) })
	if release, err = durable.Lock(path); err != nil {
		t.Fatal(err)
	}
	release()
}

func TestOnWindowsAKilledHolderLeavesNoLock(t *testing.T) {
	path := filepath.Join(folder(t), "lock")
	holder := crash(t, path, "hold")
	killHolder(t, holder, path)
	release, err := durable.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	release()
}
