package winetest

import (
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	lineTime = 30 * time.Second // until a line must have come
	endTime  = 20 * time.Second // from an interrupt to the end
)

// Process is a running program, of Windows or of Linux.
type Process struct {
	cmd    *exec.Cmd
	exited chan struct{}

	mu    sync.Mutex
	text  strings.Builder
	grown chan struct{}
}

// escapes are what a terminal is told besides text (ECMA-48 control sequences).
var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\r`)

// Shown is a console's text as a person sees it.
func Shown(text string) string { return escapes.ReplaceAllString(text, "") }

// Begin starts a program, which ends with the test.
func (w *Windows) Begin(t testing.TB, c Command) *Process {
	t.Helper()
	for tries := 1; ; tries++ {
		start := w.newStart()
		p := Begin(t, start.command(context.Background(), c))
		if start.await(p.exited) {
			return p
		}
		start.failed(t, tries, p.cmd.ProcessState, p.said())
	}
}

// Begin starts a command, which ends with the test. It must not have been given an output.
func Begin(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := newProcess(cmd)
	read, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, write
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.follow(t, read, func() error {
		err := cmd.Wait()
		write.Close()
		return err
	})
	return p
}

func newProcess(cmd *exec.Cmd) *Process {
	return &Process{cmd: cmd, exited: make(chan struct{}), grown: make(chan struct{})}
}

// follow reads what a started command says, and ends it with the test.
func (p *Process) follow(t testing.TB, output io.Reader, wait func() error) {
	var reading sync.WaitGroup
	reading.Go(func() {
		chunk := make([]byte, 4096)
		for {
			n, err := output.Read(chunk)
			p.add(string(chunk[:n]))
			if err != nil { // its end; of a pseudo-terminal EIO
				return
			}
		}
	})
	go func() {
		_ = wait() // its exit code is asked for below
		reading.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() {
		p.Interrupt(t)
		if t.Failed() {
			t.Logf("%s said:\n%s", strings.Join(p.cmd.Args, " "), p.said())
		}
	})
}

func (p *Process) add(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.WriteString(text)
	close(p.grown)
	p.grown = make(chan struct{})
}

// said is what it said, as a person sees it.
func (p *Process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Shown(p.text.String())
}

// Forget forgets what was said so far, so that Await waits for what comes.
func (p *Process) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Reset()
}

// Await returns the first match of a pattern in what the program has said since it began, or since Forget.
func (p *Process) Await(t testing.TB, pattern string) []string {
	t.Helper()
	sought := regexp.MustCompile(pattern)
	limit := time.After(lineTime)
	for {
		p.mu.Lock()
		text, grown := Shown(p.text.String()), p.grown
		p.mu.Unlock()
		if found := sought.FindStringSubmatch(text); found != nil {
			return found
		}
		select {
		case <-grown:
		case <-p.exited:
			t.Fatalf("it ended without %q:\n%s", pattern, p.said())
		case <-limit:
			t.Fatalf("no %q in:\n%s", pattern, p.said())
		}
	}
}

// Interrupt ends the program as Ctrl+C does (Wine makes CTRL_C_EVENT of SIGINT) and returns its exit code.
// Twice does no harm.
func (p *Process) Interrupt(t testing.TB) int {
	t.Helper()
	_ = p.cmd.Process.Signal(os.Interrupt) // it may have ended already
	select {
	case <-p.exited:
	case <-time.After(endTime):
		_ = p.cmd.Process.Kill()
		<-p.exited
		t.Errorf("%s did not end within %v of an interrupt", strings.Join(p.cmd.Args, " "), endTime)
	}
	return p.cmd.ProcessState.ExitCode()
}

// Kill ends the program without a word, as a power cut does.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.exited
}
