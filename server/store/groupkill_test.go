package store

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"madoguchi/server/audit"
)

// groupKilledAt names the database to the process that is killed.
const groupKilledAt = "MADOGUCHI_TEST_KILLED_AT"

// addsUntilKilled is that process: it adds entries by 16 callers and tells each when it was acknowledged.
func addsUntilKilled(path string) {
	s, err := openAt(path, options())
	if err != nil {
		panic(err)
	}
	var all, one sync.WaitGroup
	acknowledged := make(chan string, 64)
	one.Go(func() {
		for id := range acknowledged {
			fmt.Println(id)
		}
	})
	for caller := range auditCallers {
		all.Go(func() {
			for i := 0; ; i++ {
				e := entry("people.search")
				e.Detail = fmt.Sprintf("%d-%d-%d", os.Getpid(), caller, i)
				if err := s.Register.Note(ctx, e); err != nil {
					panic(err)
				}
				acknowledged <- e.Detail
			}
		})
	}
	all.Wait()
}

// Whoever was told that an entry is stored finds it after kill -9 at any moment, and the chain is whole.
func TestNoAcknowledgedEntryIsLostWhenTheProcessIsKilled(t *testing.T) {
	if path := os.Getenv(groupKilledAt); path != "" {
		addsUntilKilled(path)
	}
	path := filepath.Join(t.TempDir(), "db")
	told := map[string]bool{}
	for round := range 5 {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), groupKilledAt+"="+path)
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			told[lines.Text()] = true
			if n == 200+50*round {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = child.Wait() // killed
		s, err := openAt(path, options())
		if err != nil {
			t.Fatal(err)
		}
		stored := map[string]bool{}
		if err := s.AuditChain().Rows(ctx, 1, func(r audit.Row) error {
			stored[r.Detail] = true
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for id := range told {
			if !stored[id] {
				t.Errorf("round %d: %q was acknowledged and is lost", round, id)
			}
		}
		if n, err := s.VerifyAudit(ctx); err != nil {
			t.Errorf("round %d: the chain of %d entries: %v", round, n, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(told) < 1_000 {
		t.Errorf("only %d entries were acknowledged", len(told))
	}
}
