package e2e

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// built returns a program of this module, compiled once a run.
var built = func() func(t testing.TB, pkg, name string) string {
	var mu sync.Mutex
	done := map[string]string{}
	return func(t testing.TB, pkg, name string) string {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if path, ok := done[pkg]; ok {
			return path
		}
		dir, err := os.MkdirTemp("", "madoguchi-e2e-")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		cmd := exec.Command("go", "build", "-o", path, pkg)
		cmd.Dir = ".."
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v\n%s", pkg, err, out)
		}
		done[pkg] = path
		return path
	}
}()

// process is a program that a test started; it ends with the test.
type process struct {
	cmd    *exec.Cmd
	out    *watched
	exited chan struct{} // closed when it is gone
}

// watched keeps what a process or a console says, and lets a test wait for a line.
type watched struct {
	mu    sync.Mutex
	lines []string
	grown chan struct{}
}

func newWatched() *watched { return &watched{grown: make(chan struct{})} }

func (w *watched) add(line string) {
	w.mu.Lock()
	w.lines = append(w.lines, line)
	close(w.grown)
	w.grown = make(chan struct{})
	w.mu.Unlock()
}

// await returns the first match of pattern in the output, old or new, or fails after 20 s.
func (w *watched) await(t testing.TB, pattern string) []string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(20 * time.Second)
	for {
		w.mu.Lock()
		text, grown := strings.Join(w.lines, "\n"), w.grown
		w.mu.Unlock()
		if m := re.FindStringSubmatch(text); m != nil {
			return m
		}
		select {
		case <-grown:
		case <-deadline:
			t.Fatalf("no %q in the output:\n%s", pattern, text)
		}
	}
}

// start runs a built program in dir until the test ends.
func start(t testing.TB, dir, path string, env []string, args ...string) *process {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	p := &process{cmd: cmd, out: newWatched(), exited: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.out.add(lines.Text())
		}
	}()
	go func() { _ = cmd.Wait(); w.Close(); close(p.exited) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-p.exited:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-p.exited
			t.Errorf("%s did not end within 10 s of an interrupt", filepath.Base(path))
		}
		<-read
		if t.Failed() {
			t.Logf("%s:\n%s", filepath.Base(path), strings.Join(p.out.lines, "\n"))
		}
	})
	return p
}

// startServer runs the demo server on a free port with an empty data folder and returns its address for
// browsers.
func startServer(t testing.TB, args ...string) (base string, p *process, data string) {
	t.Helper()
	data = t.TempDir()
	p = start(t, data, built(t, "./server", "madoguchi"),
		[]string{"MADOGUCHI_ADDR=127.0.0.1:0", "MADOGUCHI_DATA=" + data}, args...)
	base = p.out.await(t, `(http://localhost:\d+)/`)[1]
	ready, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ready, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("readyz: %s", res.Status)
	}
	return base, p, data
}

// run runs a built program to its end and returns what it printed and its exit code. One that hangs is killed
// in the end; how long a command may take is the benchmarks' matter.
func run(t *testing.T, dir, path string, stdin []byte, env []string, args ...string) (stdout, stderr string,
	code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatalf("%s %v: %v", path, args, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// stopServer ends the server and waits until its process is gone, and with it whoever listened.
func stopServer(t *testing.T, p *process) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.exited:
	case <-time.After(20 * time.Second):
		t.Fatal("the server did not end")
	}
}

// startAgain starts a server on the address and the data of one that ended.
func startAgain(t *testing.T, base, data string, env ...string) *process {
	t.Helper()
	port := base[strings.LastIndex(base, ":")+1:]
	p := start(t, data, built(t, "./server", "madoguchi"),
		append([]string{"MADOGUCHI_ADDR=127.0.0.1:" + port, "MADOGUCHI_DATA=" + data}, env...))
	p.out.await(t, `(http://localhost:\d+)/`)
	return p
}
