package insurer

import (
	"context"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// paperStore says what an insurer's papers depend on.
type paperStore struct {
	UsageStore
	TaskStore
	people, printed int
	changed, last   time.Time
}

func (s *paperStore) LastChange(context.Context, eligibility.InsurerNumber) (int, time.Time, error) {
	return s.people, s.changed, nil
}

func (s *paperStore) LastPrint(context.Context, eligibility.InsurerNumber) (int, time.Time, error) {
	return s.printed, s.last, nil
}

// What was counted while a file was stored is remembered if nothing but that file changed anything meanwhile,
// and counts until something does.
func TestWhatWasCountedOfAFileCountsUntilSomethingChanges(t *testing.T) {
	began := time.Date(2026, 11, 30, 23, 50, 0, 0, eligibility.Japan)
	before, later := began.Add(-time.Hour), began.Add(time.Hour)
	clock := began
	for _, c := range []struct {
		name            string
		meanwhile, then func(s *paperStore)
		counts          bool
	}{
		{"nothing else", nil, nil, true},
		{"somebody else came meanwhile", func(s *paperStore) { s.people++ }, nil, false},
		{"somebody was erased meanwhile", func(s *paperStore) { s.people-- }, nil, false},
		{"somebody was changed meanwhile", func(s *paperStore) { s.changed = began.Add(time.Second) }, nil,
			false},
		{"something was printed meanwhile", func(s *paperStore) { s.printed++ }, nil, false},
		{"somebody came later", nil, func(s *paperStore) { s.people++ }, false},
		{"somebody was changed later", nil, func(s *paperStore) { s.changed = later }, false},
		{"something was printed later", nil, func(s *paperStore) { s.printed, s.last = 7, later }, false},
		{"as much was printed again", nil, func(s *paperStore) { s.last = later }, false},
		{"another day", nil, func(*paperStore) { clock = later }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock = began
			s := &paperStore{people: 5, printed: 3, changed: before, last: before}
			now := func() time.Time { return clock }
			f := &filePapers{paperStates: paperStates{usage: s, store: s, now: now}}
			papers, err := f.counting(t.Context(), "06139992")
			if err != nil {
				t.Fatal(err)
			}
			for _, due := range []byte{noticeDue, certificateDue, certificateDue, 0} {
				papers.made.add(due)
			}
			s.people, s.changed = s.people+4, began
			if c.meanwhile != nil {
				c.meanwhile(s)
			}
			papers.stored(t.Context(), StoredPreview{ID: "F", Insurer: "06139992",
				Seen: ImportCount{New: 4, Changed: 1}}, began)
			if c.then != nil {
				c.then(s)
			}
			state, err := f.stateNow(t.Context(), "06139992")
			if err != nil {
				t.Fatal(err)
			}
			made, ok := f.of("F", state)
			want := NewPapers{Day: eligibility.DateOf(began), Notices: 1, Certificates: 2}
			if ok != c.counts || ok && made != want {
				t.Errorf("%+v %v", made, ok)
			}
			state.insurer = "06139997"
			if made, ok := f.of("F", state); ok {
				t.Errorf("another insurer is told %+v", made)
			}
		})
	}
}

// A server takes files without end, and remembers the last few.
func TestTheLastFilesPapersAreRemembered(t *testing.T) {
	f := &filePapers{}
	for i := range 3 * storedKept {
		for range 2 {
			f.put(string(rune('A'+i)), countedPapers{NewPapers: NewPapers{Notices: i}})
		}
	}
	if len(f.made) != storedKept || len(f.last) != storedKept {
		t.Errorf("%d, %d are remembered", len(f.made), len(f.last))
	}
	const last = 3*storedKept - 1
	if made, ok := f.of(string(rune('A'+last)), paperState{}); !ok || made.Notices != last {
		t.Errorf("the last: %+v %v", made, ok)
	}
}
