package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Result is what became of an edit.
type Result string

const (
	Killed   Result = "killed"   // a test failed, as it must
	Built    Result = "built"    // it compiles, and no more was asked
	Survived Result = "SURVIVED" // no test noticed
	Stale    Result = "STALE"    // its old text does not stand in the file exactly once
	Broken   Result = "BROKEN"   // it does not compile, or the tests fail without it: that proves nothing
)

// Outcome is an edit with its result.
type Outcome struct {
	Edit
	Result Result
	Why    string // of stale and broken ones
	Took   time.Duration
}

// testTime bounds the tests of one edit.
const testTime = 3 * time.Minute

// bench runs tests of a module under edits. No file of the module is touched: the Go command is told of the
// changed file by its -overlay, so that any number of edits is tried at once.
type bench struct {
	root   string // of the module
	folder string // for changed files
	build  bool   // compile only

	mu     sync.Mutex
	proper map[string]*sync.Once // tests without an edit, by what is run
	faults map[string]string
	cpu    time.Duration // of all processors, for the Go command and what it ran
}

// good is the result that all edits should have.
func (b *bench) good() Result {
	if b.build {
		return Built
	}
	return Killed
}

// try makes an edit and runs its tests.
func (b *bench) try(ctx context.Context, number int, e Edit) Outcome {
	began := time.Now()
	out := Outcome{Edit: e}
	out.Result, out.Why = b.judge(ctx, number, e)
	out.Took = time.Since(began)
	return out
}

func (b *bench) judge(ctx context.Context, number int, e Edit) (Result, string) {
	data, err := e.changed(b.root)
	if err != nil {
		return Stale, err.Error()
	}
	if !b.build {
		if fault := b.unedited(ctx, e); fault != "" {
			return Broken, "its tests fail without it:\n" + fault
		}
	}
	file := filepath.Join(b.folder, fmt.Sprintf("%d-%s", number, filepath.Base(e.File)))
	overlay := filepath.Join(b.folder, fmt.Sprintf("%d.json", number))
	original := filepath.Join(b.root, filepath.FromSlash(e.File))
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{original: file}})
	if err != nil {
		return Broken, err.Error()
	}
	for name, content := range map[string][]byte{file: data, overlay: replace} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return Broken, err.Error()
		}
	}
	if b.build {
		folder := "./" + path.Dir(e.File)
		if ok, said := b.command(ctx, "build", "-overlay", overlay, "-o", os.DevNull, folder); !ok {
			return Broken, said
		}
		return Built, ""
	}
	passed, said := b.test(ctx, e, "-overlay", overlay, "-failfast")
	switch {
	case ctx.Err() != nil:
		return Broken, "interrupted"
	case passed:
		return Survived, ""
	case strings.Contains(said, "panic: test timed out"):
		return Broken, "its tests took too long: a busy machine, or a program that waits for ever"
	case strings.Contains(said, "[build failed]"), strings.Contains(said, "[setup failed]"),
		!strings.Contains(said, "FAIL"):
		return Broken, said
	}
	return Killed, ""
}

// unedited runs an edit's tests without it, once for all edits that run the same; it returns what is wrong. A
// test that fails anyway kills nothing.
func (b *bench) unedited(ctx context.Context, e Edit) string {
	what := strings.Join(e.Packages, " ") + " " + e.Run
	b.mu.Lock()
	if b.proper == nil {
		b.proper, b.faults = map[string]*sync.Once{}, map[string]string{}
	}
	once := b.proper[what]
	if once == nil {
		once = new(sync.Once)
		b.proper[what] = once
	}
	b.mu.Unlock()
	once.Do(func() {
		if passed, said := b.test(ctx, e); !passed {
			b.mu.Lock()
			b.faults[what] = said
			b.mu.Unlock()
		}
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.faults[what]
}

// test runs an edit's tests without what needs an outside program.
func (b *bench) test(ctx context.Context, e Edit, flags ...string) (passed bool, said string) {
	args := append([]string{"test", "-vet=off", "-timeout", testTime.String()}, flags...)
	if e.Run != "" {
		args = append(args, "-run", e.Run)
	}
	return b.command(ctx, append(args, e.Packages...)...)
}

// command runs the Go command.
func (b *bench) command(ctx context.Context, args ...string) (passed bool, said string) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = b.root
	// also MADOGUCHI_REFUSED: a mutant's tally counts nothing
	env := slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "MADOGUCHI_") })
	cmd.Env = append(env, "MADOGUCHI_TEST=quick")
	output, err := cmd.CombinedOutput()
	if done := cmd.ProcessState; done != nil {
		b.mu.Lock()
		b.cpu += done.UserTime() + done.SystemTime()
		b.mu.Unlock()
	}
	return err == nil, string(output)
}
