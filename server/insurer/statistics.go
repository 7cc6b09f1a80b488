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
	// EachEnrolled is EachPerson of those whom a login shows.
	EachEnrolled(ctx context.Context, insurer eligibility.InsurerNumber, take func(eligibility.Person)) error
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
	Days                                  []Day   // of the last 31, newest first
	Weeks                                 []Week  // of the last twelve, newest first
	Months                                []Month // newest first
}

// RegisterCounts is what the people of an insurer are.
type RegisterCounts struct {
	People  int         // with eligibility today
	Lost    int         // without
	Shares  map[int]int // by percent; 0 where income decides and the file says nothing
	Ages    [AgeGroups]AgeGroup
	Counted time.Time
}

// AgeGroups is how many groups of ages there are: under 20, 20 to 39, 40 to 64, 65 to 69, 70 to 74 (高齢受給者),
// 75 and over, and who has no known birth date (生年月日不詳). Together they are everybody with eligibility: ages
// cut in a second way beside them would tell small groups by subtracting.
const AgeGroups = 7

// AgeGroup is how many people of some ages an insurer has, and how many of them a login shows.
type AgeGroup struct{ People, Enrolled int }

// ageGroup is the place of a person among the groups.
func ageGroup(p eligibility.Person, today eligibility.Date) int {
	if p.BirthDate.IsZero() {
		return AgeGroups - 1
	}
	age := eligibility.Age(p.BirthDate.Earliest(), today)
	for i, below := range [...]int{20, 40, 65, 70, 75} {
		if age < below {
			return i
		}
	}
	return AgeGroups - 2
}

// Day is what happened on one day.
type Day struct {
	Day                               eligibility.Date
	Screens, Copies, Logins, Receipts int
	Notices                           int // codes of notices that were made
	People                            int // whose screen was shown
}

// Week is what happened in one week, as far as it has come.
type Week struct {
	First eligibility.Date // its Monday
	Days  []Day            // newest first
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

// statisticsWeeks is how many weeks are drawn.
const statisticsWeeks = 12

// mondayOf is the Monday of a day's week.
func mondayOf(d eligibility.Date) eligibility.Date {
	since := (int(d.Time().Weekday()) + 6) % 7
	return d.AddDays(-since)
}

// weeks cuts days, newest first, into weeks that begin on a Monday.
func weeks(days []Day) (all []Week) {
	for _, d := range days {
		monday := mondayOf(d.Day)
		if n := len(all); n == 0 || all[n-1].First != monday {
			all = append(all, Week{First: monday})
		}
		last := &all[len(all)-1]
		last.Days = append(last.Days, d)
	}
	return all
}

// Statistics counts the people, papers and days of the clerk's insurer.
func (u *Usage) Statistics(ctx context.Context, clerk staff.Clerk) (Statistics, error) {
	insurer := clerk.Insurer
	if err := u.flushTally(ctx); err != nil {
		return Statistics{}, err
	}
	now := u.now()
	today := eligibility.DateOf(now)
	s, err := u.store.Statistics(ctx, insurer, now, mondayOf(today).AddDays(-7*(statisticsWeeks-1)))
	if err != nil {
		return Statistics{}, err
	}
	s.Weeks = weeks(s.Days)
	s.Days = s.Days[:min(len(s.Days), statisticsDays)]
	if s.Months, err = u.months(ctx, insurer, today); err != nil {
		return s, err
	}
	s.RegisterCounts, err = u.register(ctx, insurer, s.Enrolled)
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
	day      eligibility.Date
	n        int
	at       time.Time
	enrolled int
}

// register counts the people anew when one of them has changed, more or less are enrolled, or the day has
// changed.
func (u *Usage) register(
	ctx context.Context, insurer eligibility.InsurerNumber, enrolled int,
) (RegisterCounts, error) {
	n, at, err := u.store.LastChange(ctx, insurer)
	if err != nil {
		return RegisterCounts{}, err
	}
	today := eligibility.DateOf(u.now())
	made, err := u.registers.get(insurer, func(m madeRegister) bool {
		return m.day == today && m.n == n && m.at.Equal(at) && m.enrolled == enrolled
	}, func() (madeRegister, error) {
		r := RegisterCounts{Shares: map[int]int{}, Counted: u.now()}
		err := u.store.EachPerson(ctx, insurer, func(p eligibility.Person) { r.count(p, today) })
		if err == nil {
			err = u.store.EachEnrolled(ctx, insurer, func(p eligibility.Person) { r.countEnrolled(p, today) })
		}
		return madeRegister{r, today, n, at, enrolled}, err
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
	r.Ages[ageGroup(p, today)].People++
}

// countEnrolled counts somebody whom a login shows, with eligibility today.
func (r *RegisterCounts) countEnrolled(p eligibility.Person, today eligibility.Date) {
	if p.LostOn.IsZero() || p.LostOn.After(today) {
		r.Ages[ageGroup(p, today)].Enrolled++
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
	due := now.Sub(u.tally.since).Abs() >= tallyEvery // the clock may be set back
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
