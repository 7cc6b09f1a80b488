// Command mutate proves that tests notice when a guard is taken away. It makes each edit of edits.txt alone
// (a check left out, a limit raised, a signature not looked at), runs the tests named there, and fails where
// they pass: where an edit that opens a hole survives. It also fails where an edit cannot be made any more or
// does not compile, since that would prove nothing.
//
//	go run ./scripts/mutate             all edits (make assure)
//	go run ./scripts/mutate -gravest    those that every make test makes
//	go run ./scripts/mutate -only NAME  those whose name or file holds a text
//	go run ./scripts/mutate -list       no tests: the list, stale edits last
//	go run ./scripts/mutate -build      no tests: whether each edit still compiles
//
// After a change of the code, -list says which edits to write anew, and -build, in minutes, which lean on a
// name that is gone. To add one: find a line whose loss somebody could use, add it to edits.txt, and where it
// survives write the test.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

//go:embed edits.txt
var list []byte

func main() {
	gravest := flag.Bool("gravest", false, "make the gravest edits only")
	only := flag.String("only", "", "make the edits whose name or file holds this text")
	build := flag.Bool("build", false, "compile the edits only; run no test")
	show := flag.Bool("list", false, "list the edits and say which are stale; run no test")
	jobs := flag.Int("j", max(1, runtime.NumCPU()), "how many edits are tried at once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	good, err := run(ctx, os.Stdout, options{
		gravest: *gravest,
		only:    *only,
		list:    *show,
		build:   *build,
		jobs:    *jobs,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
	}
	if err != nil || !good {
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	gravest, list, build bool
	only                 string
	jobs                 int
}

func run(ctx context.Context, w io.Writer, o options) (good bool, err error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return false, err
	}
	all, err := readList(list)
	if err != nil {
		return false, err
	}
	chosen := all[:0:0]
	for _, e := range all {
		if (e.Gravest || !o.gravest) &&
			(strings.Contains(e.Name, o.only) || strings.Contains(e.File, o.only)) {
			chosen = append(chosen, e)
		}
	}
	if len(chosen) == 0 {
		return false, fmt.Errorf("no edit is named so")
	}
	if o.list {
		return lists(w, root, chosen), nil
	}
	folder, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(folder)
	return tries(ctx, w, &bench{root: root, folder: folder, build: o.build}, chosen, o.jobs), ctx.Err()
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("asking for the module: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// lists prints the edits, the stale ones last.
func lists(w io.Writer, root string, edits []Edit) (good bool) {
	var stale []string
	for _, e := range edits {
		if _, err := e.changed(root); err != nil {
			stale = append(stale, fmt.Sprintf("%-8s  %s  %s: %v", Stale, e.Place(), e.Name, err))
			continue
		}
		grave := " "
		if e.Gravest {
			grave = "!"
		}
		fmt.Fprintf(w, "%s %s  %s  (%s)\n", grave, e.Place(), e.Name, e.File)
	}
	for _, line := range stale {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintf(w, "%d edits, %d stale\n", len(edits), len(stale))
	return len(stale) == 0
}

// tries makes the edits, some at once, prints a line each as it is known and the counts at the end.
func tries(ctx context.Context, w io.Writer, b *bench, edits []Edit, jobs int) (good bool) {
	began := time.Now()
	outcomes := make(chan Outcome)
	todo := make(chan int)
	var workers sync.WaitGroup
	for range max(jobs, 1) {
		workers.Go(func() {
			for i := range todo {
				outcomes <- b.try(ctx, i, edits[i])
			}
		})
	}
	go func() {
		for i := range edits {
			todo <- i
		}
		close(todo)
		workers.Wait()
		close(outcomes)
	}()
	count := map[Result]int{}
	for o := range outcomes {
		count[o.Result]++
		fmt.Fprintf(w, "%-8s %6.1fs  %s\n", o.Result, o.Took.Seconds(), o.Name)
		if o.Result != Killed && o.Result != Built {
			fmt.Fprintf(w, "          %s, an edit of %s; its tests: go test %s -run '%s'\n", o.Place(),
				o.File, strings.Join(o.Packages, " "), o.Run)
		}
		if o.Why != "" {
			fmt.Fprintf(w, "          %s\n", strings.ReplaceAll(strings.TrimSpace(o.Why), "\n",
				"\n          "))
		}
	}
	fmt.Fprintf(
		w,
		"%d edits: %d %s, %d survived, %d stale, %d prove nothing; %.0f s, %.0f s of processor time\n",
		len(edits),
		count[b.good()],
		b.good(),
		count[Survived],
		count[Stale],
		count[Broken],
		time.Since(began).Seconds(),
		b.cpu.Seconds(),
	)
	return count[b.good()] == len(edits)
}
