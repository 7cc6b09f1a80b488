package winetest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// mostStarts is how often a program is started that never began.
const mostStarts = 3

// start is one start of a program of ours. Once in some thousand, Wine 8 ends with the code 1 and without a
// word before the program has run a single instruction: that says nothing about the program, so it is started
// again. One that began is never started again, whatever it does: shim/bcryptprimitives.c, which Go's runtime
// loads first of all, makes the file.
type start struct {
	w    *Windows
	file string // on Linux; there as soon as the program has begun
}

var starts atomic.Int64

func (w *Windows) newStart() start {
	return start{w, filepath.Join(w.folder, "began-"+strconv.FormatInt(starts.Add(1), 10))}
}

// command returns the program's command, not started.
func (s start) command(ctx context.Context, c Command) *exec.Cmd {
	cmd := s.w.Cmd(ctx, c)
	cmd.Env = append(cmd.Env, "SHIM_BEGAN="+WindowsPath(s.file))
	return cmd
}

func (s start) run(t testing.TB, c Command) (stdout, stderr string, state *os.ProcessState) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), runTime)
	defer cancel()
	cmd := s.command(ctx, c)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if ctx.Err() != nil || err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s %v: %v %v\n%s%s", c.Program, c.Args, err, ctx.Err(), out.String(), errs.String())
	}
	return out.String(), errs.String(), cmd.ProcessState
}

func (s start) begun() bool {
	_, err := os.Stat(s.file)
	return err == nil
}

// await waits until the program has begun, or ended; it reports whether it began.
func (s start) await(exited <-chan struct{}) bool {
	for !s.begun() {
		select {
		case <-exited:
			return s.begun()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return true
}

// failed tells of a start that came to nothing. The last one fails the test.
func (s start) failed(t testing.TB, tries int, state *os.ProcessState, said string) {
	t.Helper()
	if tries >= mostStarts {
		t.Fatalf("Wine began no program in %d starts: %v\n%s", tries, state, said)
	}
	t.Logf("Wine ended before the program began: %v\n%s", state, said)
}
