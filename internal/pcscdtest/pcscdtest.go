// Package pcscdtest gives a test a PC/SC service of its own: pcscd with vpcd's virtual readers, in network,
// mount and process namespaces that nobody else sees.
//
// Start runs the calling test a second time inside new namespaces. There everything is plain: pcscd listens
// at its usual socket, vpcd at the usual ports of 127.0.0.1, and a command started by the test meets both. So
// a test needs no nsenter, a client library in this process needs no setting, the developer's own pcscd is
// not touched, and vpcd, which listens on all addresses, is open to nobody. When the test ends, however it
// ends, the namespaces end with every process in them.
//
//	func TestSomethingWithAReader(t *testing.T) {
//		b := pcscdtest.Start(t)
//		if b == nil {
//			return // this was the outer run; the inner one has passed
//		}
//		… plug a card into b.Address(0), use PC/SC …
//	}
package pcscdtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

const (
	insideMark = "MADOGUCHI_BENCH_INSIDE"
	innerTime  = 6 * time.Minute
	startTime  = 15 * time.Second
	socket     = "/run/pcscd/pcscd.comm"
	vpcdConf   = "/etc/reader.conf.d/vpcd"
	firstPort  = 0x8C7B // vpcd's slot 0, as its reader.conf names it
)

// Slots is the number of readers that vpcd always makes, with or without cards.
const Slots = 2

// Bench is a running pcscd.
type Bench struct {
	t     testing.TB
	pcscd *exec.Cmd
	ended chan struct{}
	log   safeBuffer
}

// Start returns a Bench with both readers empty when it runs inside the namespaces. In the outer run it waits
// for the inner one, hands on its output and its failure, and returns nil. It must be called first in a
// top-level test; tests that use it must not be parallel. Without root it uses a user namespace.
func Start(t *testing.T) *Bench {
	t.Helper()
	testenv.Need(t, "unshare", "mount", "ip", pcscdPath())
	testenv.NeedFile(t, vpcdConf, "the package vsmartcard-vpcd brings it")
	if os.Getenv(insideMark) == "" {
		runInside(t)
		return nil
	}
	b := &Bench{t: t}
	b.start()
	t.Cleanup(func() {
		b.Kill()
		if t.Failed() {
			t.Logf("pcscd said:\n%s", b.Log())
		}
	})
	return b
}

func pcscdPath() string {
	if _, err := exec.LookPath("pcscd"); err != nil {
		return "/usr/sbin/pcscd" // not on an ordinary user's PATH
	}
	return "pcscd"
}

// runInside runs the one test again in new namespaces. /run is fresh there, so that no stale socket is met.
func runInside(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), innerTime)
	defer cancel()
	args := []string{"--net", "--mount", "--pid", "--fork", "--kill-child"}
	if os.Getuid() != 0 {
		args = append(args, "--map-root-user")
	}
	args = append(args, "sh", "-c",
		`mount -t tmpfs tmpfs /run && mkdir /run/pcscd && ip link set lo up && exec "$@"`, "sh",
		os.Args[0], "-test.run=^"+regexp.QuoteMeta(t.Name())+"$", "-test.count=1", "-test.v",
		"-test.timeout="+(innerTime-10*time.Second).String())
	cmd := exec.CommandContext(ctx, "unshare", args...)
	cmd.Env = append(os.Environ(), insideMark+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("inside the namespaces: %v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Fatalf("the test did not run inside the namespaces:\n%s", out)
	}
	if testing.Verbose() {
		t.Logf("inside the namespaces:\n%s", out)
	}
}

// start starts pcscd and returns when it accepts clients and cards.
func (b *Bench) start() {
	b.t.Helper()
	b.pcscd = exec.Command(pcscdPath(), "--foreground", "--info")
	b.pcscd.Stdout, b.pcscd.Stderr = &b.log, &b.log
	if err := b.pcscd.Start(); err != nil {
		b.t.Fatalf("starting pcscd: %v", err)
	}
	ended := make(chan struct{})
	b.ended = ended
	go func(cmd *exec.Cmd) {
		_ = cmd.Wait() // it is killed, so its exit code says nothing
		close(ended)
	}(b.pcscd)
	limit := time.After(startTime)
	for !isListening("unix", socket) || !b.listens() {
		select {
		case <-ended:
			b.t.Fatalf("pcscd ended at once:\n%s", b.Log())
		case <-limit:
			b.t.Fatalf("pcscd did not come up in %v:\n%s", startTime, b.Log())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// listens looks for vpcd's last port without connecting: a connection would be a card.
func (b *Bench) listens() bool {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		b.t.Fatalf("looking for vpcd's ports: %v", err)
	}
	return bytes.Contains(table, fmt.Appendf(nil, ":%04X 00000000:0000 0A", firstPort+Slots-1))
}

func isListening(network, address string) bool {
	conn, err := net.DialTimeout(network, address, time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// Address is where a card dials in to lie in reader slot (0 or 1): host:port.
func (b *Bench) Address(slot int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(firstPort+slot))
}

// PID is pcscd's process id.
func (b *Bench) PID() int { return b.pcscd.Process.Pid }

// Log returns what pcscd has said so far.
func (b *Bench) Log() string { return b.log.String() }

// Kill ends pcscd as a crash does: its socket and pid file stay behind, its cards are cut off. Twice does no
// harm.
func (b *Bench) Kill() {
	_ = b.pcscd.Process.Kill() // it may have ended already
	<-b.ended
}

// Restart starts pcscd again after Kill. Cards must be plugged in again.
func (b *Bench) Restart() {
	b.t.Helper()
	b.Kill()
	for _, stale := range []string{socket, "/run/pcscd/pcscd.pid"} {
		if err := os.Remove(stale); err != nil && !errors.Is(err, os.ErrNotExist) {
			b.t.Fatalf("removing what the dead pcscd left: %v", err)
		}
	}
	b.start()
}

// Run runs a command to its end, at most limit, and returns its output (stdout and stderr apart) and exit
// code. A command that cannot be started or does not end fails the test.
func (b *Bench) Run(limit time.Duration, name string, args ...string) (stdout, stderr string, code int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if ctx.Err() != nil || err != nil && !errors.As(err, &exit) {
		b.t.Fatalf("%s %v: %v %v\n%s%s", name, args, err, ctx.Err(), out.String(), errs.String())
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// safeBuffer collects a running process's output.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
