package scale

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// near reports whether two numbers differ by at most a share of the wanted one.
func near(got, want, by float64) bool { return math.Abs(got-want) <= by*math.Abs(want) }

// Erlang's C where it is known: M/M/1 waits as often as the server is busy; M/M/2 at half load a third
// (2ρ²/(1+ρ), L. Kleinrock, Queueing Systems I, 1975, 3.5); ten erlangs on fourteen servers 17.4 %, the usual
// example of call centres.
func TestErlangsFormula(t *testing.T) {
	for _, c := range []struct {
		name          string
		servers       int
		arrive, serve float64
		want          float64
	}{
		{"one server, half busy", 1, 0.5, 1, 0.5},
		{"one server, 0.9 busy", 1, 9, 10, 0.9},
		{"two servers, half busy", 2, 1, 1, 1.0 / 3},
		{"ten erlangs on fourteen servers", 14, 10, 1, 0.174132},
		{"more than can be served", 3, 4, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := Queue{c.servers, c.arrive, c.serve}
			if got := q.Waits(); !near(got, c.want, 1e-5) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	if got := (Queue{1, 0.5, 1}).MeanWait(); !near(got, 1, 1e-9) { // ρ/(μ−λ)
		t.Errorf("the mean wait of M/M/1 is %v", got)
	}
	// P(wait > t) = ρ·e^(−(μ−λ)t) of M/M/1
	q := Queue{1, 9, 10}
	if got := 0.9 * math.Exp(-(10-9)*q.WaitWithin(0.99)); !near(got, 0.01, 1e-9) {
		t.Errorf("%v wait longer than that", got)
	}
	if !math.IsInf(Queue{1, 2, 1}.MeanWait(), 1) || !math.IsInf(Queue{1, 2, 1}.WaitWithin(0.5), 1) {
		t.Error("more than can be served ends")
	}
}

// The simulated queue is the one of the formula, and keeps Little's law: L = λW (J. D. C. Little, 1961).
func TestTheSimulatedQueueIsTheFormulas(t *testing.T) {
	for _, q := range []Queue{{1, 50, 100}, {2, 120, 100}, {8, 700, 100}} {
		const seconds = 4000
		l := simulate(rand.New(rand.NewPCG(1, 1)), q.Servers, []kind{{q.Arrive, 1 / q.Serve}}, seconds)
		if !near(float64(l.Arrived), q.Arrive*seconds, 0.01) {
			t.Errorf("%+v: %d came", q, l.Arrived)
		}
		if !near(l.Busy, q.Load()/float64(q.Servers), 0.01) {
			t.Errorf("%+v: busy %v", q, l.Busy)
		}
		if !near(l.MeanWait, q.MeanWait(), 0.05) || !near(l.WaitP99, q.WaitWithin(0.99), 0.05) {
			t.Errorf("%+v: waits %v and %v, want %v and %v", q, l.MeanWait, l.WaitP99, q.MeanWait(),
				q.WaitWithin(0.99))
		}
		if rate := float64(l.Arrived) / seconds; !near(l.MeanIn, rate*l.meanTime, 1e-6) ||
			!near(l.meanTime, q.MeanWait()+1/q.Serve, 0.05) {
			t.Errorf("%+v: %v inside, each %v", q, l.MeanIn, l.meanTime)
		}
	}
	if l := simulate(rand.New(rand.NewPCG(1, 1)), 1, nil, 10); l.Arrived != 0 {
		t.Errorf("of nothing comes %+v", l)
	}
}

// The day of the design load (docs/scale.md#the-design-load): 260 million checks a month, 24 million on the
// first working day, 18 % in the busiest hour, 2,400 a second in its burst.
func TestTheDesignLoad(t *testing.T) {
	d := Country()
	hours, all, thousandths := d.ByHour(), 0, 0
	for h, n := range hours {
		all += n
		thousandths += d.Hours[h]
	}
	if all != d.Day() || thousandths != 1000 || !near(float64(d.Day()), 24e6, 0.02) {
		t.Errorf("%d checks in the hours of a day of %d, %d thousandths", all, d.Day(), thousandths)
	}
	if busiest := slices.Max(hours[:]); !near(float64(busiest), 0.18*float64(d.Day()), 1e-6) {
		t.Errorf("the busiest hour has %d", busiest)
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"checks of the busiest hour", d.Mean().Checks, 1180},
		{"checks in its burst", d.Peak().Checks, 2400},
		{"live screens of the busiest hour", d.Mean().Renewals, 970},
		{"phones opened in it", d.Mean().Openings, 110},
		{"messages between instances in the burst", d.Peak().Messages, 9600},
		{"pages that ask", d.Peak().Polls, 46000},
	} {
		if !near(c.got, c.want, 0.03) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// No check is lost when a day is cut into hours, however small the part.
func TestTheHoursAddUpToTheDay(t *testing.T) {
	for _, share := range []float64{1, 0.5, 1.0 / 47, 0.001, 0.00001, 1e-9} {
		d := Country().Part(share)
		all := 0
		for _, n := range d.ByHour() {
			all += n
		}
		if all != d.Day() {
			t.Errorf("%v of the country: %d in the hours, %d in the day", share, all, d.Day())
		}
	}
}

func TestReadersComeBack(t *testing.T) {
	rng := func() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }
	t.Run("after a restart, spread over 55 seconds", func(t *testing.T) {
		s := storm(rng(), 55_000, 1e6, 0, true)
		// 1,000 a second by chance: five standard deviations are 160
		if s.Back != 55 || s.Most < 1000 || s.Most > 1160 || s.Refused != 0 || !s.Ends {
			t.Errorf("%+v", s)
		}
	})
	t.Run("after a sudden end, within a second and a half", func(t *testing.T) {
		if s := storm(rng(), 1000, 1e6, 0, false); s.Back != 2 || s.Refused != 0 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("no faster than they are taken", func(t *testing.T) {
		s := storm(rng(), 10_000, 100, 0, false)
		if s.Back < 100 || s.Refused == 0 || !s.Ends || s.Back99 > s.Back {
			t.Errorf("%+v", s)
		}
	})
	t.Run("not before anything answers", func(t *testing.T) {
		s := storm(rng(), 1000, 1e6, 120, false)
		// the longest pause that is under way then is 60 seconds
		if s.Back < 120 || s.Back > 181 || s.Refused != 0 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("never, where too few are taken", func(t *testing.T) {
		if s := storm(rng(), 10_000, 1, 0, false); s.Ends {
			t.Errorf("%+v", s)
		}
	})
}

// What is lost where fewer arrive is less: the sizes follow the demand.
func TestWhatCarriesWhom(t *testing.T) {
	i, e := DefaultInstance(), DefaultEngines()
	size := func(share float64) Need { return Size(Country().Part(share), i, e) }
	if n := size(0.0008); n.Instances != 1 || n.Database != SQLite || n.Hub != Memory {
		t.Errorf("a society of 100,000: %+v", n)
	}
	whole := size(1)
	if whole.Database != PostgreSQL || whole.Hub != NATS || whole.Instances < 8 {
		t.Errorf("the country: %+v", whole)
	}
	if whole.BySockets != 6 { // 280,000 in fifties of thousands
		t.Errorf("sockets want %d instances", whole.BySockets)
	}
	before := 0
	for _, share := range []float64{1e-6, 0.001, 0.01, 0.05, 0.2, 1} {
		n := size(share)
		if n.Instances < before {
			t.Errorf("%v of the country needs %d instances, less than a smaller part", share, n.Instances)
		}
		before = n.Instances
	}
	costly := i
	costly.Costs.Check *= 10
	if n := Size(Country(), costly, e); n.Instances <= whole.Instances || n.First != "work" {
		t.Errorf("with checks ten times as costly: %+v", n)
	}
	few := i
	few.Sockets = 1000
	if n := Size(Country(), few, e); n.First != "sockets" || n.BySockets != 280 {
		t.Errorf("with few connections: %+v", n)
	}
}

// The same seed gives the same answer, and another one another.
func TestASimulationCanBeRepeated(t *testing.T) {
	d, i, e := Country(), DefaultInstance(), DefaultEngines()
	one, two, other := Simulate(d, i, e, 7, 2), Simulate(d, i, e, 7, 2), Simulate(d, i, e, 8, 2)
	if !reflect.DeepEqual(one, two) {
		t.Error("the same seed gave two answers")
	}
	if reflect.DeepEqual(one.Usual, other.Usual) || reflect.DeepEqual(one.Sudden, other.Sudden) {
		t.Error("another seed gave the same answer")
	}
	text, err := json.Marshal(one)
	var read Answer
	if err != nil || json.Unmarshal(text, &read) != nil || read.Need != one.Need {
		t.Errorf("%v %s", err, text)
	}
	var said bytes.Buffer
	if err := one.Write(&said); err != nil || !strings.Contains(said.String(), "PostgreSQL") {
		t.Errorf("%v %s", err, &said)
	}
	if one.Usual.WaitP99*1000 > i.WaitP99 {
		t.Errorf("the slowest hundredth waits %v s", one.Usual.WaitP99)
	}
}

func TestNumbersThatMeanNothingAreRefused(t *testing.T) {
	good := Command{Share: 1, Seconds: 1, Cores: 1, Sockets: 1, Check: 1, Renewal: 1, Opening: 1, Poll: 1,
		Connect: 1, PollFrom: 5}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Command){
		"share":   func(c *Command) { c.Share = 0 },
		"seconds": func(c *Command) { c.Seconds = maxSeconds + 1 },
		"cores":   func(c *Command) { c.Cores = 0 },
		"sockets": func(c *Command) { c.Sockets = -1 },
		"spare":   func(c *Command) { c.Spare = -1 },
		"check":   func(c *Command) { c.Check = math.NaN() },
		"poll":    func(c *Command) { c.PollFrom = 0 },
	} {
		c := good
		spoil(&c)
		if c.check() == nil {
			t.Errorf("%s is let through", name)
		}
	}
}
