package recall_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"madoguchi/server/recall"
)

// shelf is a cache of numbers with a clock that the test sets, and how often it was read behind it.
type shelf struct {
	*recall.Cache[int, int]
	at    time.Time
	reads int
	value int
}

func newShelf(most int) *shelf {
	s := &shelf{at: time.Date(2026, 11, 22, 10, 42, 0, 0, time.UTC)}
	s.Cache = recall.New[int, int](recall.Config{
		Most: most, Life: time.Second, Now: func() time.Time { return s.at },
	})
	return s
}

func (s *shelf) get(t *testing.T, key int) int {
	t.Helper()
	v, err := s.Get(key, func() (int, error) { s.reads++; return s.value, nil })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAValueIsReadOnceWhileItLives(t *testing.T) {
	s := newShelf(10)
	s.value = 7
	s.get(t, 1)
	s.value = 8
	s.at = s.at.Add(time.Second - 1)
	if v := s.get(t, 1); v != 7 || s.reads != 1 {
		t.Errorf("%d after %d reads", v, s.reads)
	}
	s.at = s.at.Add(1)
	if v := s.get(t, 1); v != 8 || s.reads != 2 {
		t.Errorf("%d after %d reads", v, s.reads)
	}
	s.value, s.at = 9, s.at.Add(-time.Hour) // a clock that was put right
	if v := s.get(t, 1); v != 9 {
		t.Errorf("%d", v)
	}
}

func TestWhatIsForgottenIsReadAnew(t *testing.T) {
	for name, forget := range map[string]func(*shelf){
		"one key": func(s *shelf) { s.Forget(1) },
		"all":     func(s *shelf) { s.ForgetAll() },
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(2) // the key has moved to the older half
			s.get(t, 1)
			s.get(t, 2)
			s.value = 8
			forget(s)
			if v := s.get(t, 1); v != 8 {
				t.Errorf("%d", v)
			}
		})
	}
}

// A change that is stored while the value before it is being read: whoever asks next must get the new one.
func TestWhatIsReadDuringAChangeIsNotRemembered(t *testing.T) {
	s := newShelf(10)
	old, err := s.Get(1, func() (int, error) {
		s.Forget(1)
		return 7, nil
	})
	if err != nil || old != 7 {
		t.Fatal(old, err)
	}
	s.value = 8
	if v := s.get(t, 1); v != 8 {
		t.Errorf("%d", v)
	}
}

func TestAFaultIsNotRemembered(t *testing.T) {
	s := newShelf(10)
	if _, err := s.Get(1, func() (int, error) { return 0, errors.New("disk") }); err == nil {
		t.Fatal("no error")
	}
	s.value = 8
	if v := s.get(t, 1); v != 8 {
		t.Errorf("%d", v)
	}
}

func TestNoMoreIsHeldThanTheBound(t *testing.T) {
	s := newShelf(100)
	for key := range 10_000 {
		s.get(t, key)
		if s.Len() > 100 {
			t.Fatalf("%d are held", s.Len())
		}
	}
	if s.get(t, 9_999); s.reads != 10_000 {
		t.Errorf("the last one was not held")
	}
}

func TestNothingIsRememberedWithoutALife(t *testing.T) {
	s := newShelf(10)
	s.Cache = recall.New[int, int](recall.Config{Most: 10})
	s.get(t, 1)
	if s.get(t, 1); s.reads != 2 || s.Len() != 0 {
		t.Errorf("%d reads, %d held", s.reads, s.Len())
	}
}

func TestManyMayAskAndForgetAtOnce(t *testing.T) {
	stopped := func() time.Time { return time.Time{} }
	c := recall.New[int, int](recall.Config{Most: 8, Life: time.Minute, Now: stopped})
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			for i := range 2000 {
				v, err := c.Get(i%16, func() (int, error) { return i % 16, nil })
				if err != nil || v != i%16 {
					t.Errorf("%d: %d %v", i, v, err)
				}
				if i%50 == who {
					c.Forget(i % 16)
				}
				if i%500 == who {
					c.ForgetAll()
				}
			}
		})
	}
	all.Wait()
}
