package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	sqlitedriver "modernc.org/sqlite"

	"madoguchi/server/audit"
)

// together runs changes so that they share one transaction: the first holds the writing connection until the
// others wait in order.
type together struct {
	t    *testing.T
	s    *opened
	all  sync.WaitGroup
	held chan struct{}
}

func gathered(t *testing.T, first func(tx *sql.Tx) error) (*together, <-chan error) {
	t.Helper()
	s, _ := open(t)
	g := &together{t: t, s: s, held: make(chan struct{})}
	begun, ended := make(chan struct{}), make(chan error, 1)
	g.all.Go(func() {
		ended <- s.change(ctx, func(tx *sql.Tx) error {
			close(begun)
			<-g.held
			return first(tx)
		})
	})
	<-begun
	return g, ended
}

// join adds a change behind those that wait.
func (g *together) join(change func() error) <-chan error {
	g.t.Helper()
	queue := g.s.write.group
	length := func() int {
		queue.mu.Lock()
		defer queue.mu.Unlock()
		return len(queue.waiting)
	}
	before, ended := length(), make(chan error, 1)
	g.all.Go(func() {
		err := errLeft
		defer func() { recover(); ended <- err }()
		err = change()
	})
	for length() == before {
		runtime.Gosched()
	}
	return ended
}

// end lets them go and returns the entries that are stored.
func (g *together) end() (actions []string) {
	g.t.Helper()
	close(g.held)
	g.all.Wait()
	if n, err := g.s.VerifyAudit(ctx); err != nil {
		g.t.Errorf("the chain of %d entries: %v", n, err)
	}
	if err := g.s.each(ctx, func(scan func(...any) error) error {
		var action string
		defer func() { actions = append(actions, action) }()
		return scan(&action)
	}, `SELECT action FROM audit ORDER BY seq`); err != nil {
		g.t.Fatal(err)
	}
	return actions
}

func noted(action string) func(tx *sql.Tx) error {
	return func(tx *sql.Tx) error { return appendAudit(ctx, tx, entry(action), nil) }
}

// What shares a transaction fails alone: an error, a panic, a context that is over, and what is done without
// change take back themselves and nobody else, whoever leads.
func TestAChangeThatFailsTakesBackItselfAlone(t *testing.T) {
	over, cancel := context.WithCancel(ctx)
	refused := errors.New("refused")
	first := noted("first")
	fails := map[string]func(s *opened) error{
		"an error": func(s *opened) error {
			return s.change(ctx, func(tx *sql.Tx) error { return errors.Join(first(tx), refused) })
		},
		"a panic": func(s *opened) error {
			return s.change(ctx, func(tx *sql.Tx) error {
				_ = first(tx)
				panic("left")
			})
		},
		"its goroutine ends": func(s *opened) error {
			return s.change(ctx, func(tx *sql.Tx) error {
				_ = first(tx)
				runtime.Goexit()
				return nil
			})
		},
		"its caller has gone meanwhile": func(s *opened) error {
			return s.change(over, func(tx *sql.Tx) error {
				err := first(tx)
				cancel()
				return err
			})
		},
		"without change": func(s *opened) error {
			if err := s.change(audit.WithoutChange(ctx), first); err != nil {
				return err
			}
			return refused
		},
		"an entry about nobody": func(s *opened) error {
			e := entry("first")
			e.Person = "NOBODY"
			return s.Register.Note(ctx, e)
		},
	}
	others := map[string]func(s *opened, action string) error{
		"changes": func(s *opened, action string) error { return s.change(ctx, noted(action)) },
		"entries": func(s *opened, action string) error { return s.Register.Note(ctx, entry(action)) },
	}
	for name, fail := range fails {
		for among, other := range others {
			t.Run(name+" among "+among, func(t *testing.T) {
				over, cancel = context.WithCancel(ctx)
				g, led := gathered(t, noted("leader"))
				ends := []<-chan error{led}
				join := func(action string) {
					ends = append(ends, g.join(func() error { return other(g.s, action) }))
				}
				join("before")
				join("between")
				failed := g.join(func() error { return fail(g.s) })
				join("after")
				join("at last")
				got := g.end()
				want := []string{"leader", "before", "between", "after", "at last"}
				if !slices.Equal(got, want) {
					t.Errorf("stored %v, want %v", got, want)
				}
				for _, ended := range ends {
					if err := <-ended; err != nil {
						t.Errorf("another: %v", err)
					}
				}
				if err := <-failed; err == nil {
					t.Error("it was told of success")
				}
			})
		}
	}
}

// Entries and other changes that come at any moment all end, and each stands in the chain once.
func TestEntriesAndOtherChangesMeetAtAnyMoment(t *testing.T) {
	s, _ := open(t)
	const callers, each = 16, 150
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for k := range each {
				do := func() error { return s.Register.Note(ctx, entry("entry")) }
				if (i+k)%3 == 0 {
					do = func() error { return s.change(ctx, noted("change")) }
				}
				if err := do(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n, err := s.VerifyAudit(ctx); err != nil || n != callers*each {
		t.Errorf("%d entries of %d: %v", n, callers*each, err)
	}
}

// A leader whose change fails takes nobody along, and the queue goes on.
func TestALeaderThatFailsLeavesTheOthers(t *testing.T) {
	for name, do := range map[string]func(tx *sql.Tx) error{
		"an error": func(tx *sql.Tx) error { return errors.Join(noted("leader")(tx), errLeft) },
		"a panic":  func(tx *sql.Tx) error { _ = noted("leader")(tx); panic("left") },
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			func() {
				defer func() { recover() }()
				if err := s.change(ctx, do); err == nil {
					t.Error("it was told of success")
				}
			}()
			g := &together{t: t, s: s, held: make(chan struct{})}
			var all sync.WaitGroup
			for i := range 20 {
				all.Go(func() {
					if err := s.change(ctx, noted(fmt.Sprint(i))); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if got := g.end(); len(got) != 20 {
				t.Errorf("stored %v", got)
			}
		})
	}
}

// What is refused because of another's change finds that change when it looks again.
func TestARefusalIsToldOnceWhatItRestsOnIsSeen(t *testing.T) {
	g, led := gathered(t, noted("spent"))
	look := func(tx *sql.Tx) (n int, err error) {
		err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit WHERE action = 'spent'`).Scan(&n)
		return n, err
	}
	refused := errors.New("refused")
	seen := make(chan int, 1)
	second := g.join(func() error {
		err := g.s.change(ctx, func(tx *sql.Tx) error {
			if n, err := look(tx); n != 1 || err != nil {
				return err
			}
			return refused
		})
		n := 0
		if err := g.s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit`).Scan(&n); err != nil {
			return err
		}
		seen <- n
		return err
	})
	third := g.join(func() error {
		return g.s.change(ctx, func(*sql.Tx) error {
			for range 100_000 { // time enough to be told and to look again
				runtime.Gosched()
			}
			return nil
		})
	})
	g.end()
	if err := <-second; !errors.Is(err, refused) {
		t.Error(err)
	}
	if n := <-seen; n != 1 {
		t.Errorf("%d entries are seen by who was refused because of one", n)
	}
	if err := errors.Join(<-led, <-third); err != nil {
		t.Error(err)
	}
}

// Nobody is told of success by a commit that failed.
func TestACommitThatFailsIsEverybodysFailure(t *testing.T) {
	g, led := gathered(t, noted("leader"))
	second := g.join(func() error { return g.s.change(ctx, noted("second")) })
	third := g.join(func() error { return g.s.Register.Note(ctx, entry("third")) })
	// its refusal rests on the second, which is not there in the end
	spent := errors.New("spent")
	fourth := g.join(func() error { return g.s.change(ctx, func(*sql.Tx) error { return spent }) })
	// a constraint that is judged at the commit: SQLite's deferred foreign keys
	broken := g.join(func() error {
		return g.s.change(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `PRAGMA defer_foreign_keys = 1`)
			if err == nil {
				_, err = tx.ExecContext(ctx, `INSERT INTO person_versions
					(person_id, version, registered_at, body) VALUES (77, 1, 0, x'00')`)
			}
			return err
		})
	})
	if got := g.end(); len(got) != 0 {
		t.Errorf("stored %v", got)
	}
	for name, ended := range map[string]<-chan error{
		"leader": led, "second": second, "third": third, "fourth": fourth, "broken": broken,
	} {
		if err := <-ended; err == nil || errors.Is(err, spent) {
			t.Errorf("%s was told %v", name, err)
		}
	}
	if err := g.s.Register.Note(ctx, entry("next")); err != nil {
		t.Errorf("the next change: %v", err)
	}
}

// Who goes while waiting leaves the queue, and who came before a long change does not wait for its end.
func TestTheQueueKeepsItsOrder(t *testing.T) {
	g, led := gathered(t, noted("leader"))
	over, cancel := context.WithCancel(ctx)
	gone := g.join(func() error { return g.s.change(over, noted("gone")) })
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("who went: %v", err)
	}
	overToo, cancelToo := context.WithCancel(ctx)
	goneToo := g.join(func() error { return g.s.Register.Note(overToo, entry("gone too")) })
	cancelToo()
	if err := <-goneToo; !errors.Is(err, context.Canceled) {
		t.Errorf("whose entry went: %v", err)
	}
	before := g.join(func() error { return g.s.change(ctx, noted("before")) })
	long := g.join(func() error {
		return g.s.changeAlone(ctx, func(tx *sql.Tx) error {
			if err := errors.Join(<-led, <-before); err != nil { // told, while this one runs
				return err
			}
			return noted("long")(tx)
		})
	})
	after := g.join(func() error { return g.s.change(ctx, noted("after")) })
	if got, want := g.end(), []string{"leader", "before", "long", "after"}; !slices.Equal(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
	if err := errors.Join(<-long, <-after); err != nil {
		t.Error(err)
	}
}

// whileRunning is called by the SQL function while_running(): in the middle of a statement.
var whileRunning func()

var registerWhileRunning = sync.OnceFunc(func() {
	sqlitedriver.MustRegisterScalarFunction("while_running", 0,
		func(*sqlitedriver.FunctionContext, []driver.Value) (driver.Value, error) {
			whileRunning()
			return nil, nil
		})
})

// A statement that is running when its caller goes is not interrupted: SQLite would take back the whole
// transaction (sqlite3_interrupt), with the changes of others in it.
func TestARunningStatementIsNotInterrupted(t *testing.T) {
	registerWhileRunning()
	g, led := gathered(t, noted("leader"))
	over, cancel := context.WithCancel(ctx)
	whileRunning = cancel
	long := g.join(func() error {
		return g.s.change(over, func(tx *sql.Tx) error {
			if err := noted("long")(tx); err != nil {
				return err
			}
			_, err := tx.ExecContext(over, `INSERT INTO used_nonces (nonce, expires_at)
				WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
				SELECT CAST('n' || i AS BLOB), CASE WHEN i = 9 THEN coalesce(while_running(), 1) ELSE 1 END
				FROM n`)
			return err
		})
	})
	if got, want := g.end(), []string{"leader"}; !slices.Equal(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
	if err := <-led; err != nil {
		t.Errorf("the leader: %v", err)
	}
	if err := <-long; !errors.Is(err, context.Canceled) {
		t.Errorf("who went: %v", err)
	}
	if over.Err() == nil {
		t.Error("nobody went")
	}
}
