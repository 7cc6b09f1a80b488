package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// make bridge, run twice into two folders from two places in the file system, gives the same bytes, and its
// list of sums is right. One target here: the others differ in GOOS and GOARCH alone.
func TestTheReleaseIsTheSameBytesWheneverAndWhereverItIsBuilt(t *testing.T) {
	moved := filepath.Join(t.TempDir(), "somewhere else")
	if err := os.MkdirAll(moved, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"go.mod", "go.sum", "Makefile", "LICENSE", "licences", "card",
		"eligibility", "message"} {
		if err := copyTo(filepath.Join("..", "..", part), filepath.Join(moved, part)); err != nil {
			t.Fatal(err)
		}
	}
	var sums []string
	for _, place := range []string{filepath.Join("..", ".."), moved} {
		out := t.TempDir()
		cmd := exec.Command("make", "--no-print-directory", "bridge", "BRIDGES=linux-amd64", "BIN="+out)
		cmd.Dir = place
		cmd.Env = append(os.Environ(), "MAKEFLAGS=")
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		data, err := os.ReadFile(filepath.Join(out, "madoguchi-bridge-linux-amd64"))
		if err != nil {
			t.Fatal(err)
		}
		list, err := os.ReadFile(filepath.Join(out, "SHA256SUMS"))
		want := fmt.Sprintf("%x  madoguchi-bridge-linux-amd64\n", sha256.Sum256(data))
		if err != nil || string(list) != want {
			t.Errorf("SHA256SUMS is %q, expected %q (%v)", list, want, err)
		}
		here, err := os.Getwd()
		if err != nil || strings.Contains(string(data), here) || strings.Contains(string(data), moved) {
			t.Errorf("a path of this machine is in the program (%v)", err)
		}
		sums = append(sums, string(list))
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds differ:\n%s%s", sums[0], sums[1])
	}
}

func copyTo(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}
