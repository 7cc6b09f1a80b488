package desk

import (
	"context"
	"maps"
	"sync"
	"time"

	"madoguchi/eligibility"
)

// StatisticsStore counts.
type StatisticsStore interface {
	// AddCounts adds to what happened on days.
	AddCounts(ctx context.Context, counts map[DayCount]int) error
	// Statistics counts what is kept of an insurer; days before since are left out.
	Statistics(ctx context.Context, insurer eligibility.InsurerNumber, at time.Time, since eligibility.Date) (Statistics, error)
	// EachPerson hands every person of an insurer to take.
	EachPerson(ctx context.Context, insurer eligibility.InsurerNumber, take func(eligibility.Person)) error
	// LastChange returns how many people an insurer has and when one of them last changed.
	LastChange(ctx context.Context, insurer eligibility.InsurerNumber) (n int, at time.Time, err error)
}

// DayCount names a number: one kind of event of an insurer on a day.
type DayCount struct {
	Insurer eligibility.InsurerNumber
	Day     eligibility.Date
	Kind    string
}

// CountScreens is the kind of a screen or its online code being issued.
const CountScreens = "screen"

// Statistics are an insurer's numbers, without anything about anybody.
type Statistics struct {
	Register
	NoticesOpen, NoticesUsed, NoticesVoid int
	Logins                                int
	Copies, CopiesRevoked                 int   // that have not ended
	Receipts                              int   // that are kept
	Days                                  []Day // newest first
}

// Register is what the people of an insurer are.
type Register struct {
	People  int         // with eligibility today
	Lost    int         // without
	Shares  map[int]int // by percent; 0 where income decides and the file says nothing
	From70  int         // 70 to 74
	From75  int
	Counted time.Time
}

// Day is what happened on one day.
type Day struct {
	Day                               eligibility.Date
	Screens, Copies, Logins, Receipts int
}

// statisticsDays is how many days are listed.
const statisticsDays = 31

// Statistics counts an insurer's people, papers and days.
func (o *Office) Statistics(ctx context.Context, insurer eligibility.InsurerNumber) (Statistics, error) {
	if err := o.flushTally(ctx); err != nil {
		return Statistics{}, err
	}
	now := o.Now()
	s, err := o.Store.Statistics(ctx, insurer, now, eligibility.DateOf(now).AddDays(1-statisticsDays))
	if err != nil {
		return Statistics{}, err
	}
	s.Register, err = o.register(ctx, insurer)
	return s, err
}

// registers remembers what was counted last: a hundred thousand records are opened for it.
type registers struct {
	mu   sync.Mutex
	made map[eligibility.InsurerNumber]madeRegister
}

type madeRegister struct {
	Register
	day eligibility.Date
	n   int
	at  time.Time
}

// register counts the people anew when one of them has changed or the day has.
func (o *Office) register(ctx context.Context, insurer eligibility.InsurerNumber) (Register, error) {
	n, at, err := o.Store.LastChange(ctx, insurer)
	if err != nil {
		return Register{}, err
	}
	o.registers.mu.Lock() // one at a time: a second clerk waits for the first one's count
	defer o.registers.mu.Unlock()
	today := eligibility.DateOf(o.Now())
	if m, ok := o.registers.made[insurer]; ok && m.day == today && m.n == n && m.at.Equal(at) {
		return m.Register, nil
	}
	r := Register{Shares: map[int]int{}, Counted: o.Now()}
	if err := o.Store.EachPerson(ctx, insurer, func(p eligibility.Person) { r.count(p, today) }); err != nil {
		return Register{}, err
	}
	if o.registers.made == nil {
		o.registers.made = map[eligibility.InsurerNumber]madeRegister{}
	}
	o.registers.made[insurer] = madeRegister{r, today, n, at}
	return r, nil
}

func (r *Register) count(p eligibility.Person, today eligibility.Date) {
	if !p.LostOn.IsZero() && !p.LostOn.After(today) {
		r.Lost++
		return
	}
	r.People++
	share := 0
	if shares, err := eligibility.SharesOn(p, today); err == nil && len(shares) == 1 {
		share = shares[0]
	}
	r.Shares[share]++
	switch age := eligibility.Age(p.BirthDate.Earliest(), today); {
	case p.BirthDate.IsZero(): // 生年月日不詳
	case age >= 75:
		r.From75++
	case age >= 70:
		r.From70++
	}
}

// tally gathers what happens too often to be stored each time. What a crash takes is at most a minute's numbers.
type tally struct {
	mu     sync.Mutex
	counts map[DayCount]int
	since  time.Time
}

// tallyEvery is how long numbers are gathered.
const tallyEvery = time.Minute

// counted notes one event, and stores what was gathered once a minute.
func (o *Office) counted(ctx context.Context, insurer eligibility.InsurerNumber, kind string) error {
	now := o.Now()
	o.tally.mu.Lock()
	if o.tally.counts == nil {
		o.tally.counts, o.tally.since = map[DayCount]int{}, now
	}
	o.tally.counts[DayCount{insurer, eligibility.DateOf(now), kind}]++
	due := now.Sub(o.tally.since) >= tallyEvery
	o.tally.mu.Unlock()
	if !due {
		return nil
	}
	return o.flushTally(ctx)
}

func (o *Office) flushTally(ctx context.Context) error {
	if ChangesNothing(ctx) {
		return nil // they stay gathered
	}
	o.tally.mu.Lock()
	counts := o.tally.counts
	o.tally.counts = nil
	o.tally.mu.Unlock()
	if len(counts) == 0 {
		return nil
	}
	err := o.Store.AddCounts(ctx, counts)
	if err != nil { // they are added to the next ones
		o.tally.mu.Lock()
		defer o.tally.mu.Unlock()
		if o.tally.counts == nil {
			o.tally.counts, o.tally.since = map[DayCount]int{}, o.Now()
		}
		for k, n := range maps.All(counts) {
			o.tally.counts[k] += n
		}
	}
	return err
}
