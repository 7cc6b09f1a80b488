package copying

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/postgrestest"
	"madoguchi/server/audit"
	"madoguchi/server/store"
)

// people are how many are copied: more than two slices of a copy.
const people = 4100

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)

func open(t *testing.T, database string) *store.Store {
	t.Helper()
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	s, err := store.Open(t.Context(), database, store.Options{Mode: "demo", Role: "all", Index: key(1),
		Masters: map[string][]byte{"people": key(2), "cases": key(3), "session": key(4)}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// filled makes a database with people and closes it.
func filled(t *testing.T, database string) string {
	t.Helper()
	s := open(t, database)
	defer s.Close()
	all := func(yield func(string, eligibility.Person) bool) {
		for i := range people {
			p := eligibility.Person{Insurer: "06139992", Symbol: "１", Number: fmt.Sprint(i), Name: "試験 花子",
				Kana: "ｼｹﾝ ﾊﾅｺ", BirthDate: eligibility.MustDate("1988-11-30")}
			if !yield(fmt.Sprint(i), p) {
				return
			}
		}
	}
	if _, err := s.ForInsurer().Importer.ImportPeople(t.Context(), "06139992", all,
		audit.Entry{At: noon, Actor: "test", Action: "people.import"}); err != nil {
		t.Fatal(err)
	}
	return database
}

// whole opens a copy as a server does.
func whole(t *testing.T, database string) {
	t.Helper()
	s := open(t, database)
	defer s.Close()
	if n, err := s.ForInsurer().Register.CountPeople(t.Context(), "06139992"); err != nil || n != people {
		t.Errorf("%d people, %v", n, err)
	}
	if n, err := s.VerifyAudit(t.Context()); err != nil || n != 1 {
		t.Errorf("%d entries, %v", n, err)
	}
}

func TestTheCommandCopiesThereAndBack(t *testing.T) {
	file, server := filled(t, filepath.Join(t.TempDir(), "db")), postgrestest.Database(t)
	back := filepath.Join(t.TempDir(), "back")
	for _, way := range []Command{{From: file, To: server}, {From: server, To: back}} {
		var out, told bytes.Buffer
		if err := way.copy(t.Context(), &out, &told); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(told.String(), "people: 4,100 ") || !strings.Contains(out.String(), "4,1") {
			t.Errorf("said %s\n%s", &told, &out)
		}
	}
	whole(t, server)
	whole(t, back)
}

// child is the copy that another process makes, and that is killed.
const child = "COPYING_TEST_CHILD"

func TestMain(m *testing.M) {
	if from, to, ok := strings.Cut(os.Getenv(child), "|"); ok {
		c := Command{From: from, To: to}
		if err := c.copy(context.Background(), os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// kill -9 at each place where the copy says something: the next one goes on, and the last is whole.
func TestACopyThatIsKilledGoesOn(t *testing.T) {
	from, to := filled(t, filepath.Join(t.TempDir(), "db")), postgrestest.Database(t)
	for lines := 1; ; lines++ {
		run := exec.Command(os.Args[0])
		run.Env = append(os.Environ(), child+"="+from+"|"+to)
		told, err := run.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(told)
		for n := 0; n < lines && said.Scan(); n++ {
		}
		if err := run.Process.Kill(); err != nil && !strings.Contains(err.Error(), "finished") {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, told)
		if run.Wait() == nil || lines > 200 {
			break
		}
	}
	var out, told bytes.Buffer
	err := (&Command{From: from, To: to}).copy(t.Context(), &out, &told)
	if err != nil && !strings.Contains(err.Error(), "copy.target") && !strings.Contains(err.Error(), "空では") {
		t.Errorf("after it was whole: %v", err)
	}
	whole(t, to)
}
