// Package postgrestest runs PostgreSQL for tests, from the programs that Debian's package brings.
//
// One server serves all tests of a test binary; each test gets an empty database of its own:
//
//	address := postgrestest.Database(t)          // postgres://…
//
// A test of faults takes a server that it may stop:
//
//	server := postgrestest.New(t)
//	address := server.Database(t)
//	server.Stop(t)
//	server.Start(t)
//
// One whose disk a test may fill holds its databases on a small disk in memory:
//
//	server := postgrestest.NewSmall(t)
//	address := server.Database(t)
//	server.Fill(t)
//	server.Free(t)
//
// The server listens on a socket in a temporary folder only. It runs as an ordinary user: PostgreSQL refuses
// root. A shell stands between it and the test: when the test binary ends, however it does, the shell stops
// the server and removes the folder.
package postgrestest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"madoguchi/internal/testenv"
)

// startTime is how long a server may need until it answers. It is no measurement.
const startTime = time.Minute

// superuser is the only role of the servers.
const superuser = "madoguchi"

// Server is a PostgreSQL server.
type Server struct {
	programs string // folder of postgres and initdb
	folder   string // temporary: data and the socket
	durable  bool   // flushes to the disk
	small    bool   // databases are on a disk of smallDisk
	running  *process
	log      lastLines
}

// process is one run of a server.
type process struct {
	cmd   *exec.Cmd
	input io.WriteCloser // its end is the server's end
	ended chan struct{}
	said  chan string // by the guard
}

var (
	shared     *Server
	sharedErr  error
	sharedOnce sync.Once
	databases  atomic.Int64
)

// Database returns the address of an empty database on the server that this test binary shares. It is dropped
// when t ends. The server does not flush to the disk.
func Database(t testing.TB) string {
	t.Helper()
	return theShared(t).Database(t)
}

// Lasting is Database, of one that stays until the test binary ends: for whoever gives it to one test after
// the other.
func Lasting(t testing.TB) string {
	t.Helper()
	return theShared(t).create(t)
}

func theShared(t testing.TB) *Server {
	t.Helper()
	programs := find(t)
	sharedOnce.Do(func() { shared, sharedErr = newServer(&Server{programs: programs}) })
	if sharedErr != nil {
		t.Fatal(sharedErr)
	}
	return shared
}

// New starts a server for t alone, which t may stop and start. It flushes to the disk as one in production
// does.
func New(t testing.TB) *Server {
	t.Helper()
	return begin(t, &Server{programs: find(t), durable: true})
}

func begin(t testing.TB, s *Server) *Server {
	t.Helper()
	if _, err := newServer(s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.end)
	return s
}

// find returns the folder of the newest version's programs, or ends t as testenv does without a program.
func find(t testing.TB) string {
	t.Helper()
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		t.Fatal(err)
	}
	newest, found := 0, "/usr/lib/postgresql/15/bin"
	for _, folder := range folders {
		version, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
		if version > newest {
			newest, found = version, folder
		}
	}
	testenv.NeedFile(t, filepath.Join(found, "postgres"), "PostgreSQL: scripts/setup.sh")
	return found
}

func newServer(s *Server) (*Server, error) {
	folder, err := os.MkdirTemp("", "madoguchi-postgres-")
	if err != nil {
		return nil, err
	}
	s.folder = folder
	if err := giveToUser(folder); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	initdb := exec.Command(filepath.Join(s.programs, "initdb"), "--pgdata", filepath.Join(folder, "data"),
		"--username", superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync",
		"--no-instructions")
	initdb.Dir, initdb.Env = folder, []string{"PATH=" + os.Getenv("PATH")}
	if err := asUser(initdb); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if said, err := initdb.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, said), os.RemoveAll(folder))
	}
	if err := s.start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

// guard runs the server until it is told to stop it; where its input ends without a word, the test has ended,
// and the folder goes too. It fills and empties the small disk, which nobody else sees.
const guard = `"$@" </dev/null & server=$!
while read -r line; do
  case $line in
  fill) dd if=/dev/zero of="$FOLDER/small/filler" bs=64k 2>/dev/null; echo done ;;
  free) rm "$FOLDER/small/filler"; echo done ;;
  quit) kill -QUIT $server; wait $server; exit ;;
  stop) kill -INT $server; wait $server; exit ;;
  esac
done
kill -QUIT $server; wait $server; cd /; rm -rf "$FOLDER"`

// command is the guard with the server.
func (s *Server) command(server ...string) *exec.Cmd {
	if !s.small {
		return exec.Command("/bin/sh", append([]string{"-c", guard, "guard"}, server...)...)
	}
	args := []string{"--user", "--map-root-user", "--mount", "/bin/sh", "-c", guardOfSmall, "guard", guard,
		"guard", "unshare", "--user", "--map-user=1000", "--map-group=1000"}
	return exec.Command("unshare", append(args, server...)...)
}

func (s *Server) start() error {
	flush := "off"
	if s.durable {
		flush = "on"
	}
	cmd := s.command(filepath.Join(s.programs, "postgres"),
		"-D", filepath.Join(s.folder, "data"), "-k", s.folder, "-c", "listen_addresses=",
		"-c", "fsync="+flush, "-c", "full_page_writes="+flush, "-c", "synchronous_commit="+flush,
		"-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "log_checkpoints=off")
	cmd.Dir, cmd.Env = s.folder, []string{"PATH=" + os.Getenv("PATH"), "FOLDER=" + s.folder}
	if err := asUser(cmd); err != nil {
		return err
	}
	input, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	said, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	p := &process{cmd: cmd, input: input, ended: make(chan struct{}), said: make(chan string)}
	ready, answered := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(answered)
		defer close(p.said)
		for lines := bufio.NewScanner(answers); lines.Scan(); {
			p.said <- lines.Text()
		}
	}()
	go func() {
		defer close(p.ended)
		var once sync.Once
		lines := bufio.NewScanner(said)
		for lines.Scan() {
			s.log.add(lines.Text())
			if strings.Contains(lines.Text(), "database system is ready to accept connections") {
				once.Do(func() { close(ready) })
			}
		}
		<-answered
		_ = cmd.Wait()
	}()
	late := time.NewTimer(startTime)
	defer late.Stop()
	select {
	case <-ready:
		s.running = p
		return nil
	case <-p.ended:
		return fmt.Errorf("PostgreSQL ended:\n%s", s.log.text())
	case <-late.C:
		_ = input.Close()
		<-p.ended
		return fmt.Errorf("PostgreSQL is not ready after %v:\n%s", startTime, s.log.text())
	}
}

// Start starts a stopped server again. What it serves has the same address.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if s.running != nil {
		t.Fatal("PostgreSQL runs already")
	}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// Stop stops the server as an operator does: open transactions are rolled back, its files are whole.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.tell(t, "stop\n")
}

// Kill stops the server without an end to anything: at the next start it recovers from its log, as after a
// power cut.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.tell(t, "quit\n")
}

func (s *Server) tell(t testing.TB, word string) {
	t.Helper()
	s.write(t, word)
	<-s.running.ended
	s.running = nil
}

func (s *Server) write(t testing.TB, word string) {
	t.Helper()
	if s.running == nil {
		t.Fatal("PostgreSQL does not run")
	}
	if _, err := io.WriteString(s.running.input, word); err != nil {
		t.Fatal(err)
	}
}

// end stops the server if it runs, and removes everything.
func (s *Server) end() {
	if s.running != nil {
		_ = s.running.input.Close()
		<-s.running.ended
		s.running = nil
	}
	_ = os.RemoveAll(s.folder)
}

// Address is the address of a database of this name.
func (s *Server) Address(database string) string {
	return "postgres://" + superuser + "@/" + database + "?" + url.Values{"host": {s.folder}}.Encode()
}

// Database makes an empty database and returns its address. It is dropped when t ends and the server runs.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	address := s.create(t)
	t.Cleanup(func() {
		if s.running == nil {
			return
		}
		config, err := pgx.ParseConfig(address)
		if err == nil {
			err = s.execute("DROP DATABASE " + config.Database + " WITH (FORCE)")
		}
		if err != nil {
			t.Error(err)
		}
	})
	return address
}

func (s *Server) create(t testing.TB) (address string) {
	t.Helper()
	name := fmt.Sprintf("test%d", databases.Add(1))
	statement := "CREATE DATABASE " + name
	if s.small {
		statement += " TABLESPACE small"
	}
	if err := s.execute(statement); err != nil {
		t.Fatal(err)
	}
	return s.Address(name)
}

func (s *Server) execute(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	db, err := pgx.Connect(ctx, s.Address("postgres"))
	if err != nil {
		return fmt.Errorf("reaching the tests' PostgreSQL: %w\n%s", err, s.log.text())
	}
	if _, err = db.Exec(ctx, statement); err != nil {
		err = fmt.Errorf("%s: %w", statement, err)
	}
	return errors.Join(err, db.Close(ctx))
}

// Log is the end of what the server wrote to its log.
func (s *Server) Log() string { return s.log.text() }

// lastLines are the newest lines of a log.
type lastLines struct {
	mu    sync.Mutex
	lines []string
}

func (l *lastLines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lines = append(l.lines, line); len(l.lines) > 100 {
		l.lines = l.lines[1:]
	}
}

func (l *lastLines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}
