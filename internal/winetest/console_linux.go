package winetest

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Console is a console window of Windows, in which a command line runs: Wine draws it on a pseudo-terminal of
// Linux.
type Console struct {
	*Process
	keyboard *os.File
}

// InCodePage is a command line for cmd.exe that runs in a console after its code page was set (932 is that of
// a Japanese Windows).
func InCodePage(page int, line string) []string {
	return []string{"cmd", "/c", "chcp " + strconv.Itoa(page) + " > nul & " + line}
}

// OpenConsole runs a program of Windows in a console. The console ends with the test.
func (w *Windows) OpenConsole(t testing.TB, env []string, args ...string) *Console {
	t.Helper()
	keyboard, screen, err := terminal()
	if err != nil {
		t.Fatalf("opening a pseudo-terminal: %v", err)
	}
	t.Cleanup(func() { keyboard.Close() })
	cmd := w.command(context.Background(), "wine", args...)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	p := newProcess(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	screen.Close()
	p.follow(t, keyboard, func() error { return cmd.Wait() })
	return &Console{p, keyboard}
}

// Type presses keys; \x03 is Ctrl+C.
func (c *Console) Type(t testing.TB, keys string) {
	t.Helper()
	if _, err := io.WriteString(c.keyboard, keys); err != nil {
		t.Fatal(err)
	}
}

// terminal opens a pseudo-terminal, wide enough for every line of the programs (pty(7), ioctl_tty(2)).
func terminal() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 100, Col: 400})
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		master.Close()
		return nil, nil, err
	}
	return master, slave, nil
}

// End waits for the program's end and returns what the console showed, and its exit code.
func (c *Console) End(t testing.TB) (text string, code int) {
	t.Helper()
	select {
	case <-c.exited:
	case <-time.After(runTime):
		t.Fatalf("it did not end:\n%s", c.said())
	}
	return c.said(), c.cmd.ProcessState.ExitCode()
}
