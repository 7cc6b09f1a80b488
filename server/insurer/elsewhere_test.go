package insurer

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/hub"
	"madoguchi/server/printing"
)

// neighbour is one of several instances that tell each other how far their runs are.
type neighbour struct {
	elsewhere[RunKey, printing.Progress]
	heard chan RunKey
}

// clock is what neighbours have in common; a test moves it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func neighboursOf(t *testing.T, c *clock, names ...string) (all []*neighbour) {
	t.Helper()
	var bus hub.Bus
	for _, name := range names {
		h, err := hub.New(hub.Config{
			Engine:   bus.Engine(),
			Instance: name,
			Key:      bytes.Repeat([]byte{7}, 32),
			Now:      c.now,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		n := &neighbour{heard: make(chan RunKey, 10*maxHeard)}
		if err := n.share(h, "test", c.now, func(key RunKey) { n.heard <- key }); err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

func TestWhatAnotherInstanceDoesIsKnownForAsLongAsItSaysSo(t *testing.T) {
	c := &clock{at: time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)}
	all := neighboursOf(t, c, "a", "b", "c")
	a, b := all[0], all[1]
	run := RunKey{"00138990", "ABC"}
	want := printing.Progress{Done: 7, Total: 1000, Rate: 3.5, Left: 4 * time.Minute}
	end := a.telling(run, func() printing.Progress { return want })
	for i, n := range all[1:] {
		<-n.heard
		if p, going := n.progress(run); !going || p != want {
			t.Errorf("instance %d knows %+v, %t", i, p, going)
		}
		if _, going := n.progress(RunKey{"06139992", "ABC"}); going {
			t.Error("another insurer's run is said to go on")
		}
	}
	if _, going := a.progress(run); going {
		t.Error("an instance hears of itself")
	}
	<-b.heard // it goes on telling
	end(nil)
	for p := true; p; _, p = b.progress(run) {
		<-b.heard
	}

	a.tell(run, word[printing.Progress]{Progress: want}) // and then it dies
	<-b.heard
	c.add(wordLife - time.Millisecond)
	if _, going := b.progress(run); !going {
		t.Error("its word counts no more")
	}
	c.add(time.Millisecond)
	if _, going := b.progress(run); going {
		t.Error("it is said to go on although nobody says so")
	}
}

// Why something came to nothing is told to its page, once, without the cause; the log of the instance has it.
func TestAFailureElsewhereIsToldOnce(t *testing.T) {
	c := &clock{at: time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)}
	all := neighboursOf(t, c, "a", "b")
	known := (&eligibility.Error{Code: eligibility.Conflict, Key: "import.store_stopped"}).
		With(message.Args{"n": message.Number(3)}).Because(errors.New("secret"))
	for _, f := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("storing: %w", known), "import.store_stopped"},
		{errors.New("a cable"), "import.store_failed"},
	} {
		run := RunKey{"00138990", f.want}
		all[0].telling(run, func() (p printing.Progress) { return p })(f.err)
		var got *eligibility.Error
		for got == nil {
			<-all[1].heard
			got = all[1].failure(run)
		}
		if _, going := all[1].progress(run); going {
			t.Error("what failed is said to go on")
		}
		if got.Key != f.want || got.Cause != nil {
			t.Errorf("%+v, want %s", got, f.want)
		}
		if again := all[1].failure(run); again != nil {
			t.Errorf("told twice: %v", again)
		}
	}
}

// Whatever other instances say, what is remembered of it has a bound.
func TestWhatIsRememberedOfOtherInstancesIsBounded(t *testing.T) {
	c := &clock{at: time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)}
	var e elsewhere[RunKey, printing.Progress]
	e.now, e.all = c.now, map[RunKey]heardOf[printing.Progress]{}
	for i := range 2 * maxHeard {
		e.put(RunKey{"00138990", fmt.Sprint(i)}, word[printing.Progress]{})
	}
	if len(e.all) != maxHeard {
		t.Errorf("%d are remembered", len(e.all))
	}
	c.add(wordLife)
	late := RunKey{"00138990", "late"}
	e.put(late, word[printing.Progress]{})
	if _, going := e.progress(late); !going || len(e.all) != 1 {
		t.Errorf("%t, %d are remembered after the others' words count no more", going, len(e.all))
	}
}
