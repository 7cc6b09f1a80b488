package insurer

import (
	"context"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// NewPapers counts the people who came with a file, by the paper that the rules give them and that no run
// has printed for them yet.
type NewPapers struct {
	Day                   eligibility.Date
	Notices, Certificates int
}

// NewPapers counts whom runs of OnlyNew with this file would take today. They are counted as they are stored;
// where anything has changed since, everybody who came with the file is looked at again.
func (j *PrintJobs) NewPapers(ctx context.Context, clerk staff.Clerk, file string) (NewPapers, error) {
	now, err := j.papers.stateNow(ctx, clerk.Insurer)
	if err != nil {
		return NewPapers{}, err
	}
	if made, ok := j.papers.of(file, now); ok {
		return made, nil
	}
	out, dueOf := NewPapers{Day: now.day}, papersDue(now.day)
	err = j.people.EachOfFile(ctx, clerk.Insurer, file, func(p eligibility.Person, printed Printed) {
		due := dueOf(p)
		if printed.Notice {
			due &^= noticeDue
		}
		if printed.Certificate {
			due &^= certificateDue
		}
		out.add(due)
	})
	if err == nil {
		j.papers.put(file, countedPapers{out, now})
	}
	return out, err
}

// The papers that the rules give a person, one bit each.
const (
	noticeDue byte = 1 << iota
	certificateDue
)

// papersDue returns what says which papers the rules of a day give a person.
func papersDue(day eligibility.Date) func(eligibility.Person) byte {
	notice, _ := FindRun(NoticeRun)
	certificate, _ := FindRun(CertificateRun)
	return func(p eligibility.Person) (due byte) {
		papers := eligibility.PapersFor(p, day)
		if notice.Run.Due(papers) {
			due |= noticeDue
		}
		if certificate.Run.Due(papers) {
			due |= certificateDue
		}
		return due
	}
}

// add counts a person's papers.
func (n *NewPapers) add(due byte) {
	if due&noticeDue != 0 {
		n.Notices++
	}
	if due&certificateDue != 0 {
		n.Certificates++
	}
}

// paperState is what an insurer's papers depend on: whoever is stored, changed or erased, whatever is printed
// and each day make another.
type paperState struct {
	insurer         eligibility.InsurerNumber
	day             eligibility.Date
	people, printed int
	changed, last   time.Time // of one of the people, and of a print
}

// paperStates finds it out.
type paperStates struct {
	usage UsageStore
	store TaskStore
	now   func() time.Time
}

func (s paperStates) stateNow(ctx context.Context, number eligibility.InsurerNumber) (paperState, error) {
	is := paperState{insurer: number, day: eligibility.DateOf(s.now())}
	var err error
	if is.people, is.changed, err = s.usage.LastChange(ctx, number); err != nil {
		return is, err
	}
	is.printed, is.last, err = s.store.LastPrint(ctx, number)
	return is, err
}

// countedPapers is what was counted of a file's people, and when that holds.
type countedPapers struct {
	NewPapers
	state paperState
}

// filePapers remembers it of the last few files.
type filePapers struct {
	paperStates

	mu   sync.Mutex
	made map[string]countedPapers // by KeptFile.ID
	last []string
}

// of returns what was counted of a file if it still holds.
func (f *filePapers) of(file string, now paperState) (NewPapers, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	made, ok := f.made[file]
	return made.NewPapers, ok && made.state == now
}

func (f *filePapers) put(file string, made countedPapers) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.made[file]; !known {
		if len(f.last) == storedKept {
			delete(f.made, f.last[0])
			f.last = f.last[1:]
		}
		f.last = append(f.last, file)
	}
	if f.made == nil {
		f.made = map[string]countedPapers{}
	}
	f.made[file] = made
}

// storingPapers counts the papers of a file's new people while they are stored.
type storingPapers struct {
	to     *filePapers
	before paperState
	made   NewPapers
}

// counting begins, before anybody is stored: what is printed meanwhile must show.
func (f *filePapers) counting(ctx context.Context, number eligibility.InsurerNumber) (*storingPapers, error) {
	before, err := f.stateNow(ctx, number)
	return &storingPapers{f, before, NewPapers{Day: before.day}}, err
}

// stored remembers what was counted, unless anything but this file's people came or changed meanwhile: at is
// when they did.
func (s *storingPapers) stored(ctx context.Context, p StoredPreview, at time.Time) {
	now, err := s.to.stateNow(ctx, p.Insurer)
	expected := s.before
	expected.people += p.Seen.New
	if p.Seen.New+p.Seen.Changed > 0 && now.changed.UnixMilli() == at.UnixMilli() {
		expected.changed = now.changed
	}
	if err == nil && now == expected {
		s.to.put(p.ID, countedPapers{s.made, now})
	}
}
