package service

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A log that grows too large becomes the one before; no line is cut, and none of the newest is lost.
func TestALogGrowsOnlySoFar(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	log, err := OpenLog(folder)
	if err != nil {
		t.Fatal(err)
	}
	line := append(bytes.Repeat([]byte("x"), 1<<20-1), '\n')
	write := func(times int) {
		t.Helper()
		for range times {
			if n, err := log.Write(line); n != len(line) || err != nil {
				t.Fatal(n, err)
			}
		}
	}
	size := func(name string) int64 {
		t.Helper()
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	write(16)
	if got := size(LogFile); got != mostLog {
		t.Errorf("%d bytes", got)
	}
	write(1)
	if a, b := size(LogFile), size(LogFile+".1"); a != 1<<20 || b != mostLog {
		t.Errorf("%d and %d bytes", a, b)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if log, err = OpenLog(folder); err != nil { // a new start goes on with it
		t.Fatal(err)
	}
	defer log.Close()
	write(16)
	if a, b := size(LogFile), size(LogFile+".1"); a != 1<<20 || b != mostLog {
		t.Errorf("after a start: %d and %d bytes", a, b)
	}
	if info, err := os.Stat(filepath.Join(folder, LogFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestAServiceNeedsItsSettings(t *testing.T) {
	if _, err := (Install{}).arguments(); err == nil {
		t.Error("a service without settings")
	}
	args, err := Install{Config: "x.conf"}.arguments()
	if err != nil || len(args) != 4 || args[0] != "--config" || !filepath.IsAbs(args[1]) || args[3] != "run" {
		t.Errorf("%v %v", args, err)
	}
}
