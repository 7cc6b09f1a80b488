package insurer

import (
	"context"
	"maps"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Usage counts what an insurer has and what happened on its days, without anything about anybody.
type Usage struct {
	store UsageStore
	now   func() time.Time

	registers memo[eligibility.InsurerNumber, madeRegister]
	tally     usageTally
	shown     shownToday
}

// UsageStore is what Usage keeps. Each method is one transaction: it happens whole, audit entry included, or
// not at all. A missing thing is an *eligibility.Error with code NotFound.
type UsageStore interface {
	// AddCounts adds to what happened on days.
	AddCounts(ctx context.Context, counts map[DayCount]int) error
	// Statistics counts what is kept of an insurer; days before since are left out.
	Statistics(
		ctx context.Context,
		insurer eligibility.InsurerNumber,
		at time.Time,
		since eligibility.Date,
	) (Statistics, error)
	// EachDay hands on the days since one on which screens were shown (People) or logins came (Logins), in
	// any order, and each of both by itself.
	EachDay(
		ctx context.Context, insurer eligibility.InsurerNumber, since eligibility.Date, take func(Day),
	) error
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

// CountScreens is the kind of a screen or its online code being issued, CountPeople that of somebody whose
// screen is issued for the first time on a day.
const (
	CountScreens = "screen"
	CountPeople  = "person"
)

// Statistics are an insurer's numbers, without anything about anybody.
type Statistics struct {
	RegisterCounts
	NoticesOpen, NoticesUsed, NoticesVoid int
	Logins                                int
	Copies, CopiesRevoked                 int     // that have not ended
	Receipts                              int     // that are kept
	Enrolled                              int     // people whom a login shows
	Days                                  []Day   // newest first
	Months                                []Month // newest first
}

// RegisterCounts is what the people of an insurer are.
type RegisterCounts struct {
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
	People                            int // whose screen was shown
}

// Month is what happened in one month.
type Month struct {
	First  eligibility.Date // its first day
	People []int            // of its days, without those of nobody: somebody on two days counts twice
	Logins []int            // of its days, without those of none
}

func (m *Month) add(d Day) {
	if d.People > 0 {
		m.People = append(m.People, d.People)
	}
	if d.Logins > 0 {
		m.Logins = append(m.Logins, d.Logins)
	}
}

// statisticsMonths is how many months are listed.
const statisticsMonths = 12

// statisticsDays is how many days are listed.
const statisticsDays = 31

// Statistics counts the people, papers and days of the clerk's insurer.
func (u *Usage) Statistics(ctx context.Context, clerk staff.Clerk) (Statistics, error) {
	insurer := clerk.Insurer
	if err := u.flushTally(ctx); err != nil {
		return Statistics{}, err
	}
	now := u.now()
	s, err := u.store.Statistics(ctx, insurer, now, eligibility.DateOf(now).AddDays(1-statisticsDays))
	if err != nil {
		return Statistics{}, err
	}
	if s.Months, err = u.months(ctx, insurer, eligibility.DateOf(now)); err != nil {
		return s, err
	}
	s.RegisterCounts, err = u.register(ctx, insurer)
	return s, err
}

// months adds up the days of the last months.
func (u *Usage) months(
	ctx context.Context, insurer eligibility.InsurerNumber, today eligibility.Date,
) ([]Month, error) {
	first := today.AddDays(1 - today.Day())
	months := make([]Month, statisticsMonths)
	place := map[[2]int]int{}
	for i := range months {
		months[i].First = first.AddMonths(-i)
		place[[2]int{months[i].First.Year(), months[i].First.Month()}] = i
	}
	err := u.store.EachDay(ctx, insurer, months[len(months)-1].First, func(d Day) {
		if i, ok := place[[2]int{d.Day.Year(), d.Day.Month()}]; ok {
			months[i].add(d)
		}
	})
	return months, err
}

// madeRegister is what was counted last, and what it depends on: a hundred thousand records are opened for
// it.
type madeRegister struct {
	RegisterCounts
	day eligibility.Date
	n   int
	at  time.Time
}

// register counts the people anew when one of them has changed or the day has.
func (u *Usage) register(ctx context.Context, insurer eligibility.InsurerNumber) (RegisterCounts, error) {
	n, at, err := u.store.LastChange(ctx, insurer)
	if err != nil {
		return RegisterCounts{}, err
	}
	today := eligibility.DateOf(u.now())
	made, err := u.registers.get(insurer, func(m madeRegister) bool {
		return m.day == today && m.n == n && m.at.Equal(at)
	}, func() (madeRegister, error) {
		r := RegisterCounts{Shares: map[int]int{}, Counted: u.now()}
		err := u.store.EachPerson(ctx, insurer, func(p eligibility.Person) { r.count(p, today) })
		return madeRegister{r, today, n, at}, err
	})
	return made.RegisterCounts, err
}

func (r *RegisterCounts) count(p eligibility.Person, today eligibility.Date) {
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

// usageTally gathers what happens too often to be stored each time. What a crash takes is at most a minute's
// numbers.
type usageTally struct {
	mu     sync.Mutex
	counts map[DayCount]int
	since  time.Time
}

// tallyEvery is how long numbers are gathered.
const tallyEvery = time.Minute

// screenShown notes that a person's screen was issued, and stores what was gathered once a minute.
func (u *Usage) screenShown(
	ctx context.Context, insurer eligibility.InsurerNumber, person audit.PersonID,
) error {
	now := u.now()
	day := eligibility.DateOf(now)
	first := u.shown.first(day, person)
	u.tally.mu.Lock()
	if u.tally.counts == nil {
		u.tally.counts, u.tally.since = map[DayCount]int{}, now
	}
	u.tally.counts[DayCount{insurer, day, CountScreens}]++
	if first {
		u.tally.counts[DayCount{insurer, day, CountPeople}]++
	}
	due := now.Sub(u.tally.since) >= tallyEvery
	u.tally.mu.Unlock()
	if !due {
		return nil
	}
	return u.flushTally(ctx)
}

func (u *Usage) flushTally(ctx context.Context) error {
	if audit.ChangesNothing(ctx) {
		return nil // they stay gathered
	}
	u.tally.mu.Lock()
	counts := u.tally.counts
	u.tally.counts = nil
	u.tally.mu.Unlock()
	if len(counts) == 0 {
		return nil
	}
	err := u.store.AddCounts(ctx, counts)
	if err != nil { // they are added to the next ones
		u.tally.mu.Lock()
		defer u.tally.mu.Unlock()
		if u.tally.counts == nil {
			u.tally.counts, u.tally.since = map[DayCount]int{}, u.now()
		}
		for k, n := range maps.All(counts) {
			u.tally.counts[k] += n
		}
	}
	return err
}
