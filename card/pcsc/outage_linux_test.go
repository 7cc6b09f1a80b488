package pcsc_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/pcsc"
	"madoguchi/card/virtual"
	"madoguchi/internal/pcscdtest"
	"madoguchi/internal/testenv"
)

func TestThroughPcscdAKilledServiceIsNoticedAndFoundAgain(t *testing.T) {
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	r := pcsc.New("")
	var mu sync.Mutex
	var told []string
	ctx, cancel := context.WithCancel(t.Context())
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		r.Watch(ctx, func(s pcsc.Seen) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case s.Fault != nil:
				told = append(told, s.Fault.Key)
			case lies(slot0, true)(s.Slots):
				told = append(told, "card")
			default:
				told = append(told, "empty")
			}
		})
	}()
	plug(t, b.Address(0), chip(t, virtual.Description{BirthDate: hanako}))
	until(t, r, "the card", lies(slot0, true))
	c, disconnect, err := r.Connect(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	b.Kill()
	_, err = c.Transmit(bounded(t), []byte{0x00, 0xA4, 0x04, 0x0C, 0x00})
	if !errors.Is(err, card.ErrReaderService) {
		t.Errorf("in mid-flow: %v", err)
	}
	start := time.Now()
	disconnect()
	testenv.Within(t, "disconnecting from a dead service", time.Since(start), 3*time.Second)
	if got := check(bounded(t), r, hanako); got.Key != card.ErrReaderService.Key {
		t.Errorf("while the service is dead: %s", got.Key)
	}
	b.Restart()
	defer plug(t, b.Address(0), chip(t, virtual.Description{BirthDate: hanako}))()
	until(t, r, "the card after the restart", lies(slot0, true))
	if got := check(bounded(t), r, hanako); got.Outcome != card.Confirmed {
		t.Errorf("after the restart: %+v", got)
	}
	deadline := time.After(10 * time.Second)
	for {
		mu.Lock()
		got := slices.Clone(told)
		mu.Unlock()
		i := slices.Index(got, card.ErrReaderService.Key)
		if i >= 0 && got[len(got)-1] == "card" && len(got) > i+1 {
			break
		}
		select {
		case <-deadline:
			t.Fatalf("the watch told %q", got)
		case <-time.After(20 * time.Millisecond):
		}
	}
	start = time.Now()
	cancel()
	<-watched
	testenv.Within(t, "the end of the watch", time.Since(start), time.Second)
}

func TestThroughPcscdAServiceThatHangsHoldsNobody(t *testing.T) {
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	r := pcsc.New("")
	defer plug(t, b.Address(0), chip(t, virtual.Description{BirthDate: hanako}))()
	until(t, r, "the card", lies(slot0, true))
	c, disconnect, err := r.Connect(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(b.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	// One thread passes the signal on to the others when it has its turn: each stands still by then.
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(b.PID(), &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatal(status, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	start := time.Now()
	if _, err := c.Transmit(ctx, []byte{0x00, 0xA4, 0x04, 0x0C, 0x00}); !errors.Is(err, card.ErrTimeout) {
		t.Errorf("a command: %v", err)
	}
	disconnect()
	if _, _, err := r.Connect(t.Context()); !errors.Is(err, card.ErrReaderHung) {
		t.Errorf("connecting: %v", err)
	}
	testenv.Within(t, "all that", time.Since(start), 12*time.Second)
	if err := syscall.Kill(b.PID(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	// What was left behind gives the card back on its own.
	deadline := time.After(10 * time.Second)
	for {
		got := check(bounded(t), r, hanako)
		if got.Outcome == card.Confirmed {
			break
		}
		select {
		case <-deadline:
			t.Fatalf("after the hang: %+v", got)
		default:
		}
	}
}

const holdMark = "MADOGUCHI_PCSC_HOLD"

// TestMain makes this program, started a second time, the other program of the next test.
func TestMain(m *testing.M) {
	if os.Getenv(holdMark) != "" {
		hold()
		return
	}
	os.Exit(m.Run())
}

// hold holds the card until standard input ends.
func hold() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, disconnect, err := pcsc.New(slot0).Connect(ctx)
	if err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		return
	}
	os.Stdout.WriteString("held\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
	disconnect()
}

func TestThroughPcscdAnotherProgramThatHoldsTheCardIsNamed(t *testing.T) {
	testenv.Need(t, "opensc-tool")
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	r := pcsc.New("")
	defer plug(t, b.Address(0), chip(t, virtual.Description{BirthDate: hanako}))()
	until(t, r, "the card", lies(slot0, true))

	other := exec.CommandContext(bounded(t), os.Args[0])
	other.Env = append(os.Environ(), holdMark+"=1")
	release, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the other program said %q, %v", line, err)
	}
	start := time.Now()
	if got := check(bounded(t), r, hanako); got.Key != card.ErrReaderShared.Key {
		t.Errorf("while the other program holds the card: %s", got.Key)
	}
	testenv.Within(t, "the person's wait", time.Since(start), 2*time.Second)
	time.AfterFunc(300*time.Millisecond, func() { release.Close() })
	if got := check(bounded(t), r, hanako); got.Outcome != card.Confirmed {
		t.Errorf("while the other program lets go: %+v", got)
	}
	if err := other.Wait(); err != nil {
		t.Errorf("the other program: %v", err)
	}

	c, disconnect, err := r.Connect(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Transmit(bounded(t), []byte{0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01,
		0x00, 0x00, 0x00, 0x01})
	if err != nil {
		t.Error(err)
	}
	if out, errs, code := b.Run(20*time.Second, "opensc-tool", "-r", "0", "-n"); code == 0 {
		t.Errorf("another program gets at the card while we hold it: %s%s", out, errs)
	}
	disconnect()
	if out, errs, code := b.Run(20*time.Second, "opensc-tool", "-r", "0", "-a"); code != 0 {
		t.Errorf("another program does not get the card back: %s%s", out, errs)
	}
}

func TestThroughPcscdACardPulledInMidFlowIsSaidSo(t *testing.T) {
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	r := pcsc.New("")
	for _, at := range []int{1, 4, 9, 13} {
		c := chip(t, virtual.Description{BirthDate: hanako, Faults: virtual.Faults{PulledAt: at}})
		pull := plug(t, b.Address(0), c)
		until(t, r, "the card", lies(slot0, true))
		if got := check(bounded(t), r, hanako); got.Key != card.ErrRemoved.Key || got.Outcome != card.Failed {
			t.Errorf("pulled at command %d: %+v", at, got)
		}
		pull()
		until(t, r, "the empty reader", lies(slot0, false))
	}
	defer plug(t, b.Address(0), chip(t, virtual.Description{BirthDate: hanako}))()
	until(t, r, "the card", lies(slot0, true))
	if got := check(bounded(t), r, hanako); got.Outcome != card.Confirmed {
		t.Errorf("put back: %+v", got)
	}
}
