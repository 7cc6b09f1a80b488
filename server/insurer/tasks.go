package insurer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Tasks counts what waits for an insurer's clerks: what their first page shows. Nothing of it says anything
// about anybody, but the people of many phones.
type Tasks struct {
	Register *Register

	store  TaskStore
	states paperStates
	people PrintSource
	runs   RunStore
	now    func() time.Time

	made memo[eligibility.InsurerNumber, madePaperTasks]
}

// TaskStore is what Tasks asks of the store. A missing thing is an *eligibility.Error with code NotFound.
type TaskStore interface {
	// EachPrinted hands every person of an insurer to see, in no order, with what a run ever printed for
	// them.
	EachPrinted(
		ctx context.Context,
		insurer eligibility.InsurerNumber,
		see func(eligibility.Person, Printed),
	) error
	// LastPrint returns for how many people of an insurer papers were printed, counted by kind of paper, and
	// when the last was.
	LastPrint(ctx context.Context, insurer eligibility.InsurerNumber) (n int, at time.Time, err error)
	// RefusedRows returns what the last stored file of an insurer left; zero before the first.
	RefusedRows(ctx context.Context, insurer eligibility.InsurerNumber) (RefusedRows, error)
	// ManyPhones returns the people of an insurer whom at least so many phones show by logins after since,
	// and one of them at least that AskedPhones did not note.
	ManyPhones(
		ctx context.Context, insurer eligibility.InsurerNumber, since time.Time, least int,
	) ([]audit.PersonID, error)
	// AskedPhones notes the phones that show a person now as ones that the person was asked about.
	AskedPhones(ctx context.Context, which PersonKey, e audit.Entry) error
}

// Printed says which papers a run ever printed for a person.
type Printed struct{ Notice, Certificate bool }

// RefusedRows is how many rows of the last stored file were refused.
type RefusedRows struct {
	N       int
	At      time.Time
	Preview string // id of the file, which its own clerk finds until it ends
}

// Waiting is what waits for an insurer's clerks.
type Waiting struct {
	PaperTasks
	Refused RefusedRows
	Stopped []PrintRun  // runs that were paused or failed, newest first
	Checks  []CheckTask // of the runs of the last days that nobody has looked at, newest first
	Phones  int         // people whom ManyPhones phones or more show, one of them not asked about
}

// PaperTasks is who has no paper yet. All count people.
type PaperTasks struct {
	People       int // in the register
	Notices      int // get the notice by the rules and never had one printed
	Certificates int // get the certificate by the rules and never had one printed
	Shares       ShareTask
}

// ShareTask is the next day on which somebody's share of the costs may change, and how many people get which
// paper then. Zero where none comes within shareAhead, or where a run for that day was begun.
type ShareTask struct {
	Day                   eligibility.Date
	Notices, Certificates int
}

// CheckTask is a run with people whose papers somebody has to look at by hand.
type CheckTask struct {
	Run    PrintRun
	People int
}

const (
	// ManyPhones is from how many phones on a person's screen is worth a look.
	ManyPhones = 3
	// shareAhead is how many days before a change its papers are due: they are printed and posted by then.
	shareAhead = 60
	// ChecksFor is for how many days the names of a run that are to be looked at stay among the tasks.
	ChecksFor = 7
	// taskRuns is how many of the latest runs are looked through.
	taskRuns = 30
)

// madePaperTasks is what was counted last, and what it depends on.
type madePaperTasks struct {
	PaperTasks
	state paperState
}

// Waiting counts what waits for the clerks of the clerk's insurer.
func (k *Tasks) Waiting(ctx context.Context, clerk staff.Clerk) (Waiting, error) {
	var w Waiting
	var err error
	number := clerk.Insurer
	if w.PaperTasks, err = k.paperTasks(ctx, number); err != nil {
		return w, err
	}
	if w.Refused, err = k.store.RefusedRows(ctx, number); err != nil {
		return w, err
	}
	phones, err := k.manyPhones(ctx, clerk)
	if err != nil {
		return w, err
	}
	w.Phones = len(phones)
	runs, err := k.runs.Runs(ctx, number, taskRuns)
	if err != nil {
		return w, err
	}
	for _, run := range runs {
		switch run.State {
		case RunPaused, RunFailed:
			w.Stopped = append(w.Stopped, run)
		case RunDone:
			if err := k.addChecks(ctx, &w, run); err != nil {
				return w, err
			}
		}
		if run.Options.ShareOn == w.Shares.Day && run.State != RunCancelled {
			w.Shares.clear(run.Kind)
		}
	}
	return w, nil
}

func (t *ShareTask) clear(kind PaperKind) {
	switch kind {
	case NoticeRun:
		t.Notices = 0
	case CertificateRun:
		t.Certificates = 0
	}
}

// addChecks adds a run of the last days whose files hold papers to be looked at by hand.
func (k *Tasks) addChecks(ctx context.Context, w *Waiting, run PrintRun) error {
	if !run.CheckedAt.IsZero() || run.EndedAt.Before(k.now().AddDate(0, 0, -ChecksFor)) {
		return nil
	}
	files, err := k.runs.RunFiles(ctx, run.Key())
	n := 0
	for _, f := range files {
		n += f.Check
	}
	if n > 0 {
		w.Checks = append(w.Checks, CheckTask{run, n})
	}
	return err
}

func (k *Tasks) manyPhones(ctx context.Context, clerk staff.Clerk) ([]audit.PersonID, error) {
	return k.store.ManyPhones(ctx, clerk.Insurer, k.now().Add(-DeviceGrantLife), ManyPhones)
}

// PeopleOfManyPhones shows whom ManyPhones phones or more show, at most limit of them, which is audited as a
// search.
func (k *Tasks) PeopleOfManyPhones(
	ctx context.Context, clerk staff.Clerk, limit int,
) (people []PersonRecord, found int, err error) {
	ids, err := k.manyPhones(ctx, clerk)
	if err != nil {
		return nil, 0, err
	}
	found = len(ids)
	ids = ids[:min(found, limit)]
	records, err := k.people.People(ctx, clerk.Insurer, ids)
	if err != nil {
		return nil, 0, err
	}
	for _, id := range ids {
		if r, ok := records[id]; ok { // not erased a moment ago
			people = append(people, r)
		}
	}
	detail := fmt.Sprintf("%s phones found=%d shown=%d", clerk.Insurer, found, len(people))
	return people, found, k.Register.Note(ctx, clerk, "people.search", detail)
}

// paperTasks counts the papers anew when a person or a print has changed, or the day has: a hundred thousand
// records are opened for it.
func (k *Tasks) paperTasks(ctx context.Context, number eligibility.InsurerNumber) (PaperTasks, error) {
	now, err := k.states.stateNow(ctx, number)
	if err != nil {
		return PaperTasks{}, err
	}
	made, err := k.made.get(number, func(m madePaperTasks) bool {
		return m.state == now
	}, func() (madePaperTasks, error) {
		counter := paperCounter{day: now.day}
		err := k.store.EachPrinted(ctx, number, counter.count)
		return madePaperTasks{counter.tasks(), now}, err
	})
	return made.PaperTasks, err
}

// paperCounter counts papers as people go by.
type paperCounter struct {
	day    eligibility.Date
	made   PaperTasks
	shares map[eligibility.Date]ShareTask
}

func (c *paperCounter) count(p eligibility.Person, printed Printed) {
	c.made.People++
	papers := eligibility.PapersFor(p, c.day)
	if papers.Notice && !printed.Notice {
		c.made.Notices++
	}
	if papers.Certificate && !printed.Certificate {
		c.made.Certificates++
	}
	change := eligibility.NextShareChange(p, c.day)
	if change.IsZero() || change.After(c.day.AddDays(shareAhead)) || !papers.Notice && !papers.Certificate {
		return
	}
	if c.shares == nil {
		c.shares = map[eligibility.Date]ShareTask{}
	}
	task := c.shares[change]
	task.Day = change
	if papers.Notice {
		task.Notices++
	}
	if papers.Certificate {
		task.Certificates++
	}
	c.shares[change] = task
}

func (c *paperCounter) tasks() PaperTasks {
	var days []eligibility.Date
	for day := range c.shares {
		days = append(days, day)
	}
	if len(days) > 0 {
		c.made.Shares = c.shares[slices.MinFunc(days, eligibility.Date.Compare)]
	}
	return c.made
}
