package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"madoguchi/server/listen"
)

// process is the server that is watched.
type process struct {
	cmd     *exec.Cmd
	folder  string
	address string // of its pages
	debug   string // of what it says of its memory
	began   time.Time
}

// start builds the server and starts a demo in a folder of its own.
func start(ctx context.Context) (*process, error) {
	folder, err := os.MkdirTemp("", "madoguchi-soak-")
	if err != nil {
		return nil, err
	}
	p := &process{folder: folder, began: time.Now()}
	program := filepath.Join(folder, "madoguchi")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./server")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		p.stop()
		return nil, fmt.Errorf("building the server: %w", err)
	}
	p.cmd = exec.Command(program)
	p.cmd.Env = append(os.Environ(), "MADOGUCHI_ADDR=127.0.0.1:0", "MADOGUCHI_DEBUG=127.0.0.1:0",
		"MADOGUCHI_DATA="+filepath.Join(folder, "data"))
	said, w := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = w, w
	if err := p.cmd.Start(); err != nil {
		p.stop()
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	if err := p.listen(said); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

var (
	pagesAt = regexp.MustCompile(`(http://localhost:\d+)/`)
	debugAt = regexp.MustCompile(`debug answers.*(http://127\.0\.0\.1:\d+)`)
)

// listen reads where the server answers, and lets it talk on unheard.
func (p *process) listen(said *io.PipeReader) error {
	lines := bufio.NewScanner(said)
	for (p.address == "" || p.debug == "") && lines.Scan() {
		if m := debugAt.FindStringSubmatch(lines.Text()); m != nil {
			p.debug = m[1]
		} else if m := pagesAt.FindStringSubmatch(lines.Text()); m != nil {
			p.address = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	if p.address == "" || p.debug == "" {
		return errors.New("the server did not start")
	}
	return nil
}

// stop ends the server and removes its folder.
func (p *process) stop() {
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Signal(os.Interrupt)
		late := time.AfterFunc(20*time.Second, func() { _ = p.cmd.Process.Kill() })
		_ = p.cmd.Wait()
		late.Stop()
	}
	_ = os.RemoveAll(p.folder)
}

// sample is what the process held at a time.
type sample struct {
	at  time.Duration // since the first one
	rss int           // resident bytes of the process, whoever asked for them
	listen.Memory
}

// samples are how many are taken in all.
const samples = 40

// watch takes a sample every so often, until ctx ends.
func (p *process) watch(ctx context.Context, every time.Duration) (seen []sample, err error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	began := time.Now()
	for {
		select {
		case <-ctx.Done():
			return seen, nil
		case <-tick.C:
		}
		one, err := p.sample()
		if err != nil {
			return seen, err
		}
		one.at = time.Since(began)
		seen = append(seen, one)
	}
}

func (p *process) sample() (s sample, err error) {
	res, err := http.Get(p.debug + "/memory")
	if err != nil {
		return s, err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&s.Memory); err != nil {
		return s, err
	}
	s.rss, err = resident(p.cmd.Process.Pid)
	return s, err
}

// resident reads what of a process lies in memory; where the system does not say, Go's own part must do.
func resident(pid int) (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("this system does not say what a process holds: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			return kb << 10, err
		}
	}
	return 0, err
}

// keepProfile writes the heap's profile, for `go tool pprof`.
func (p *process) keepProfile(path string) error {
	res, err := http.Get(p.debug + "/profile/heap")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}
