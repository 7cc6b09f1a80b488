package auth_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

var tenOClock = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func TestTooManyTriesAreHeldBack(t *testing.T) {
	l := auth.Limit{Burst: 3, Every: time.Minute}
	now := tenOClock
	for range 3 {
		if err := l.Allow("a", now); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Allow("a", now); !errors.Is(err, auth.ErrTooMany) {
		t.Errorf("the fourth: %v", err)
	}
	if err := l.Allow("b", now); err != nil {
		t.Errorf("another key: %v", err)
	}
	if err := l.Allow("a", now.Add(time.Minute)); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

// Who waits as long as was said has a try, and a moment before has none.
func TestTheWaitThatIsSaidIsTrue(t *testing.T) {
	for _, c := range []struct {
		burst        int
		every, after time.Duration // since the burst was used up
		want         time.Duration
	}{
		{20, 3 * time.Second, 0, 3 * time.Second},
		{20, 3 * time.Second, time.Second, 2 * time.Second},
		{20, 3 * time.Second, 2999 * time.Millisecond, time.Millisecond},
		{1, time.Hour, 0, time.Hour},
		{1, time.Hour, 59 * time.Minute, time.Minute},
		{200, 50 * time.Millisecond, 0, 50 * time.Millisecond},
		{200, 50 * time.Millisecond, 20 * time.Millisecond, 30 * time.Millisecond},
		{10, time.Minute, 10 * time.Second, 50 * time.Second},
		{10, time.Minute, -time.Hour, time.Minute}, // the clock was set back
	} {
		t.Run(fmt.Sprint(c.burst, c.every, c.after), func(t *testing.T) {
			l := auth.Limit{Burst: c.burst, Every: c.every}
			for range c.burst {
				if err := l.Allow("a", tenOClock); err != nil {
					t.Fatal(err)
				}
			}
			now := tenOClock.Add(c.after)
			var e *eligibility.Error
			err := l.Allow("a", now)
			if !errors.As(err, &e) || !errors.Is(err, auth.ErrTooMany) || e.Wait != c.want {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if err := l.Allow("a", now.Add(e.Wait-1)); err == nil {
				t.Error("a moment earlier there was a try")
			}
			if err := l.Allow("a", now.Add(e.Wait)); err != nil {
				t.Errorf("after the wait: %v", err)
			}
		})
	}
	testenv.Refused(t, testenv.Limits, 9)
}

// Whatever the order of keys and times, one key never passes more than Burst + elapsed/Every times, and
// never fewer than a bucket of its own alone would let pass.
func TestAKeyPassesAsOftenAsItsOwnBucketAllows(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 14))
			burst, every := 1+r.IntN(30), time.Duration(1+r.IntN(5000))*time.Millisecond
			l := auth.Limit{Burst: burst, Every: every}
			tokens, at, passed := map[string]float64{}, map[string]time.Time{}, map[string]int{}
			now := tenOClock
			for range 5000 {
				now = now.Add(time.Duration(r.ExpFloat64() * float64(every) / 3))
				key := fmt.Sprint(r.IntN(5))
				if _, known := at[key]; !known {
					tokens[key], at[key] = float64(burst), now
				}
				tokens[key] = min(float64(burst), tokens[key]+float64(now.Sub(at[key]))/float64(every))
				at[key] = now
				err := l.Allow(key, now)
				near := tokens[key] - float64(int(tokens[key]))
				if (near > 1e-6 && near < 1-1e-6) && (err == nil) != (tokens[key] >= 1) {
					t.Fatalf("%d at once, one in %v: %v tokens, %v", burst, every, tokens[key], err)
				}
				if err == nil {
					tokens[key]--
					passed[key]++
				}
				most := float64(burst) + float64(now.Sub(tenOClock))/float64(every)
				if float64(passed[key]) > most {
					t.Fatalf("%d passes, at most %v", passed[key], most)
				}
			}
		})
	}
}

// A crowd of keys closes the set to nobody, gives nobody a try more, and takes none from those whom it knew;
// unless it spends all tries of more keys than a set knows, more than a million requests within a minute:
// then each still has one.
func TestACrowdChangesNothingForAnybodyElse(t *testing.T) {
	for _, c := range []struct {
		name   string
		crowd  int // keys
		each   int // requests of each
		within time.Duration
		tries  int // that the patient has at least
	}{
		{"twenty thousand requests of ten thousand networks", 10_000, 2, 0, 3},
		{"one request of each", 100_000, 1, 0, 3},
		{"two requests of each", 100_000, 2, 0, 3},
		{"all tries of each", 66_000, 20, 0, 1},
		{"more than all tries of few", 1000, 40, 0, 3},
		{"spread over ten seconds", 100_000, 2, 10 * time.Second, 3},
		{"spread over a minute", 100_000, 2, time.Minute, 3},
		{"spread over an hour", 100_000, 2, time.Hour, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := auth.Limit{Burst: 20, Every: 3 * time.Second}
			keys := make([]string, c.crowd)
			for i := range keys {
				keys[i] = fmt.Sprint("stranger", i)
			}
			passed := 0
			ask := func(now time.Time) {
				if l.Allow("guesser", now) == nil {
					passed++
				}
			}
			for range 20 {
				ask(tenOClock)
			}
			for range 5 {
				if err := l.Allow("patient", tenOClock); err != nil {
					t.Fatal(err)
				}
			}
			now, n := tenOClock, 0
			for range c.each {
				for _, key := range keys {
					n++
					now = tenOClock.Add(time.Duration(
						float64(c.within) * float64(n) / float64(c.crowd*c.each)))
					_ = l.Allow(key, now) // a crowd's own refusals are not looked at
					if n%5000 == 0 {
						ask(now)
						if err := l.Allow(fmt.Sprint("newcomer", n), now); err != nil {
							t.Fatalf("after %d requests a newcomer: %v", n, err)
						}
					}
				}
			}
			for range 30 {
				ask(now)
			}
			if most := 20 + int(now.Sub(tenOClock)/(3*time.Second)); passed > most {
				t.Errorf("the guesser passed %d times, at most %d", passed, most)
			}
			for i := range c.tries {
				if err := l.Allow("patient", now); err != nil {
					t.Errorf("try %d of the patient's 15: %v", i, err)
				}
			}
		})
	}
	testenv.Refused(t, testenv.Limits, 8)
}

// Who has no try left, goes away and comes back once a crowd has spent all tries of more keys than a set
// knows is given one try, as limit.go says, and not all of them anew.
func TestWhoIsCrowdedOutHasNotAllTriesAgain(t *testing.T) {
	l := auth.Limit{Burst: 20, Every: time.Minute}
	passes := func() (n int) {
		for range 40 {
			if l.Allow("guesser", tenOClock) == nil {
				n++
			}
		}
		return n
	}
	if n := passes(); n != 20 {
		t.Fatalf("at first %d tries", n)
	}
	for i := range 70_000 {
		key := fmt.Sprint("stranger", i)
		for range 20 {
			_ = l.Allow(key, tenOClock) // a crowd's own refusals are not looked at
		}
	}
	if n := passes(); n > 1 {
		t.Errorf("afterwards %d tries", n)
	}
}

func TestNetworksOfOneSubscriberAreOne(t *testing.T) {
	for _, c := range [][2]string{
		{"203.0.113.7:50000", "203.0.113.7"},
		{"203.0.113.7", "203.0.113.7"},
		{"[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"},
		{"2001:db8:1:2::1", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.7]:1", "203.0.113.7"},
		{"[fe80::1%eth0]:80", "fe80::/64"},
		{"::1", "::/64"},
		{"@", "@"},
		{"", ""},
	} {
		if got := auth.RateLimitKey(c[0]); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
}

// What a call costs while a crowd fills the set: each key is a new one.
func BenchmarkLimitFull(b *testing.B) {
	l := auth.Limit{Burst: 20, Every: 3 * time.Second}
	keys := make([]string, 1<<18)
	for i := range keys {
		keys[i] = fmt.Sprintf("2001:db8:%x:%x::/64", i>>16, i&0xffff)
		_ = l.Allow(keys[i], tenOClock)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		_ = l.Allow(keys[i%len(keys)], tenOClock)
	}
}
