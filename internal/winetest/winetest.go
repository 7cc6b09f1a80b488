// Package winetest runs the programs' Windows builds under Wine, for tests.
//
// A Wine prefix (a Windows of its own, in a temporary folder) is made once a test program and ends with it:
//
//	func TestMain(m *testing.M) { os.Exit(winetest.Main(m)) }
//
//	func TestSomethingOnWindows(t *testing.T) {
//		w := winetest.Start(t)
//		… w.Run(winetest.Command{Program: winetest.Bridge, Args: …}) …
//	}
//
// Two libraries that Debian's Wine 8 lacks are compiled from shim/: bcryptprimitives.dll, without which Go's
// runtime does not start, and winscard.dll, behind which SmartCards plays Windows' Smart Card service. What
// Wine is not stands in docs/readers.md.
package winetest

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

//go:embed shim
var shims embed.FS

// compiler is MinGW's, for 64-bit Windows.
const compiler = "x86_64-w64-mingw32-gcc"

// runTime is how long a command may take before it is killed. It is no measurement.
const runTime = 2 * time.Minute

// Program is a program of this module.
type Program string

// The programs that have a Windows build.
const (
	Bridge    Program = "bridge"
	Madoguchi Program = "madoguchi"
)

var packages = map[Program]string{Bridge: "madoguchi/card/bridge", Madoguchi: "madoguchi/server"}

// Windows is a Wine prefix with the programs in it.
type Windows struct {
	folder  string // temporary; everything lies in it
	prefix  string
	failure error

	// keeper is a Windows program that runs as long as the test does, so that Wine's own services stay: each
	// later command starts faster, and none of them inherits a command's output. It ends with its input.
	keeper *exec.Cmd
	leave  io.Closer

	server        sync.Once
	serverFailure error
}

// shared is the prefix of this test program, made by the first Start and removed by Main.
var shared struct {
	once sync.Once
	*Windows
}

// Main runs the tests and removes what Start made. It returns the exit code.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.Windows == nil || shared.folder == "" {
		return code
	}
	if err := shared.end(); err != nil {
		fmt.Fprintln(os.Stderr, "winetest:", err)
		return max(code, 1)
	}
	return code
}

// Start returns the Wine prefix, with the programs compiled; the first call takes some seconds. The test is
// skipped, or fails, where Wine or the compiler is missing (testenv.Need).
func Start(t testing.TB) *Windows {
	t.Helper()
	testenv.Need(t, "wine", "wineserver", compiler)
	shared.once.Do(func() {
		shared.Windows = &Windows{}
		shared.failure = shared.make()
	})
	if shared.failure != nil {
		t.Fatalf("preparing Wine: %v", shared.failure)
	}
	return shared.Windows
}

// make makes the prefix and compiles programs and libraries, side by side.
func (w *Windows) make() error {
	var err error
	if w.folder, err = os.MkdirTemp("", "madoguchi-wine-"); err != nil {
		return err
	}
	w.prefix = filepath.Join(w.folder, "prefix")
	for _, dir := range []string{w.prefix, w.home()} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	}
	var building sync.WaitGroup
	var buildError error
	building.Go(func() { buildError = w.build() })
	err = w.command(context.Background(), "wineboot", "--init").Run()
	building.Wait()
	if err = errors.Join(err, buildError); err != nil {
		return err
	}
	if err := w.compile(); err != nil {
		return err
	}
	// The session that made the prefix ends first: its service manager would take what is installed with it.
	if err := w.command(context.Background(), "wineserver", "--wait").Run(); err != nil {
		return err
	}
	w.keeper = w.command(context.Background(), "wine", "cmd")
	if w.leave, err = w.keeper.StdinPipe(); err != nil {
		return err
	}
	return w.keeper.Start()
}

func (w *Windows) home() string { return filepath.Join(w.folder, "home") }

// build makes the Windows builds, as make bridge does.
func (w *Windows) build() error {
	for program, pkg := range packages {
		cmd := exec.Command("go", "build", "-o", w.Path(program), pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=windows", "GOARCH=amd64")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w\n%s", pkg, err, out)
		}
	}
	return nil
}

// Server returns the server's build for this system, to which a program under Wine can speak.
func (w *Windows) Server(t testing.TB) string {
	t.Helper()
	w.server.Do(func() {
		cmd := exec.Command("go", "build", "-o", filepath.Join(w.folder, "madoguchi"), packages[Madoguchi])
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			w.serverFailure = fmt.Errorf("building the server: %w\n%s", err, out)
		}
	})
	if w.serverFailure != nil {
		t.Fatal(w.serverFailure)
	}
	return filepath.Join(w.folder, "madoguchi")
}

// Path is where the Windows build of a program lies, on Linux.
func (w *Windows) Path(p Program) string { return filepath.Join(w.folder, string(p)+".exe") }

// compile makes the libraries of shim/ and puts them where Windows has its own: the programs look nowhere
// else.
func (w *Windows) compile() error {
	for name, library := range map[string]string{"bcryptprimitives": "advapi32", "winscard": "ws2_32"} {
		text, err := shims.ReadFile("shim/" + name + ".c")
		if err != nil {
			return err
		}
		dll := filepath.Join(w.prefix, "drive_c", "windows", "system32", name+".dll")
		cmd := exec.Command(compiler, "-shared", "-O2", "-Wall", "-Wextra", "-Werror", "-o", dll, "-x", "c",
			"-", "-l"+library)
		cmd.Stdin = bytes.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("compiling %s.dll: %w\n%s", name, err, out)
		}
	}
	return nil
}

// end ends every program of the prefix, and of no other, and removes it.
func (w *Windows) end() error {
	if w.keeper != nil && w.keeper.Process != nil {
		w.leave.Close()
		_ = w.keeper.Wait() // its exit code says nothing
	}
	kill := w.command(context.Background(), "wineserver", "--kill")
	_ = kill.Run() // it fails where none runs
	wait := w.command(context.Background(), "wineserver", "--wait")
	return errors.Join(wait.Run(), os.RemoveAll(w.folder))
}

// AppData is the user's folder of settings, on Linux.
func (w *Windows) AppData(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(w.prefix, "drive_c", "users", "*", "AppData", "Roaming"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the users' folders: %v %v", found, err)
	}
	return found[0]
}

// isSetting reports whether no program of a test may inherit a variable: those of the developer's own server,
// Wine and desktop.
func isSetting(variable string) bool {
	for _, prefix := range []string{"MADOGUCHI_", "WINE", "HOME=", "XDG_", "LC_", "LANG", "DISPLAY=",
		"TERM="} {
		if strings.HasPrefix(variable, prefix) {
			return true
		}
	}
	return false
}

// command is a command of Linux in the prefix's surroundings. Its winscard.dll is that of shim/, not Wine's;
// Wine asks nobody to install anything and touches no home folder but its own.
func (w *Windows) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	for _, variable := range os.Environ() {
		if !isSetting(variable) {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "WINEPREFIX="+w.prefix, "WINEARCH=win64", "WINEDEBUG=-all", "HOME="+w.home(),
		"LC_ALL=C.UTF-8", "TERM=xterm", withLibraries("winscard=n"))
	return cmd
}

func withLibraries(winscard string) string {
	return "WINEDLLOVERRIDES=" + winscard + ";mscoree,mshtml,winemenubuilder.exe="
}

// WithoutWinscard is the variable of a Windows that has no winscard.dll.
func WithoutWinscard() string { return withLibraries("winscard=") }

// Command is a run of a program.
type Command struct {
	Program Program
	Args    []string
	Env     []string
	Dir     string // on Linux; that of the test by default
	Stdin   []byte
}

// Cmd returns the command, not started.
func (w *Windows) Cmd(ctx context.Context, c Command) *exec.Cmd {
	cmd := w.command(ctx, "wine", append([]string{w.Path(c.Program)}, c.Args...)...)
	cmd.Dir = c.Dir
	cmd.Env = append(cmd.Env, c.Env...)
	cmd.Stdin = bytes.NewReader(c.Stdin)
	cmd.WaitDelay = time.Second
	return cmd
}

// Run runs a program to its end and returns what it said, and its exit code. One that cannot be started or
// does not end fails the test.
func (w *Windows) Run(t testing.TB, c Command) (stdout, stderr string, code int) {
	t.Helper()
	for tries := 1; ; tries++ {
		start := w.newStart()
		stdout, stderr, state := start.run(t, c)
		if start.begun() {
			return stdout, stderr, state.ExitCode()
		}
		start.failed(t, tries, state, stdout+stderr)
	}
}

// System runs a program of Windows itself and returns what it said, whatever its exit code.
func (w *Windows) System(t testing.TB, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), runTime)
	defer cancel()
	cmd := w.command(ctx, "wine", append([]string{program}, args...)...)
	cmd.WaitDelay = time.Second
	said, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("%s %v: %v %v\n%s", program, args, err, ctx.Err(), said)
	}
	return string(said)
}

// WindowsPath is a path of Linux as programs under Wine know it: drive Z: is the whole of Linux.
func WindowsPath(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }
