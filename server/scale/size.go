package scale

import (
	"math"
	"math/rand/v2"
)

// Engines by name.
const (
	SQLite     = "SQLite"
	PostgreSQL = "PostgreSQL"
	Memory     = "memory"
	Notify     = "NOTIFY"
	NATS       = "NATS"
)

// Need is how many instances each of the reasons asks for, and the sum of it.
type Need struct {
	ByWork    int    `json:"byWork"`    // cores
	BySockets int    `json:"bySockets"` // connections held
	ByReturn  int    `json:"byReturn"`  // readers back in time
	Instances int    `json:"instances"` // the most of these, and the spare ones where one is not enough
	Database  string `json:"database"`
	Hub       string `json:"hub"`
	// transactions and messages a second at the peak
	Writes   float64 `json:"writes"`
	Messages float64 `json:"messages"`
	// memory of an instance's connections
	SocketsMB float64 `json:"socketsMB"`
	// First is which reason asks for most: work, sockets or return.
	First string `json:"first"`
	// Headroom is by how much the peak may grow before the instances are too busy.
	Headroom float64 `json:"headroom"`
}

// Size says what carries a demand: cores that are at most so busy and let nobody wait too long (Erlang's
// formula, with the mean cost of all), connections that fit, and readers that are back in time.
func Size(d Demand, i Instance, e Engines) Need {
	peak := d.Peak()
	n := Need{
		Writes:   peak.Checks * e.Writes,
		Messages: peak.Messages,
	}
	n.ByWork = byWork(peak, i)
	n.BySockets = int(math.Ceil(float64(d.Sockets) / float64(i.Sockets)))
	perSecond := float64(i.Cores) * 1000 / i.Costs.Connect
	n.ByReturn = int(math.Ceil(float64(d.Sockets) / (i.Back * perSecond)))
	n.Instances, n.First = n.ByWork, "work"
	if n.BySockets > n.Instances {
		n.Instances, n.First = n.BySockets, "sockets"
	}
	if n.ByReturn > n.Instances {
		n.Instances, n.First = n.ByReturn, "return"
	}
	if n.Instances > 1 {
		n.Instances += i.Spare
	}
	n.SocketsMB = float64(d.Sockets) / float64(n.Instances) * i.BytesOf / 1024
	n.Headroom = float64(n.Instances) * float64(i.Cores) * i.Busy / i.Costs.Work(peak)
	n.Database, n.Hub = SQLite, Memory
	if n.Instances > 1 || d.People > e.SQLitePeople || n.Writes > e.SQLiteWrites {
		n.Database = PostgreSQL
	}
	switch {
	case n.Instances == 1:
	case n.Messages >= e.Notify || n.Instances > e.NotifyMost:
		n.Hub = NATS
	default:
		n.Hub = Notify
	}
	return n
}

// byWork is the least number of instances whose cores are busy enough and let few wait too long.
func byWork(peak Rates, i Instance) int {
	work := i.Costs.Work(peak)
	n := max(1, int(math.Ceil(work/(float64(i.Cores)*i.Busy))))
	mean := work / peak.requests() // seconds of one request
	for ; n < 100_000; n++ {
		q := Queue{Servers: i.Cores, Arrive: peak.requests() / float64(n), Serve: 1 / mean}
		if q.WaitWithin(0.99)*1000 <= i.WaitP99 {
			break
		}
	}
	return n
}

// Answer is what a simulation says: the written contract of `simulate --json`, to which fields may be added.
type Answer struct {
	Seed   uint64  `json:"seed"`
	Demand Demand  `json:"demand"`
	Day    int     `json:"checksOfTheDay"`
	ByHour [24]int `json:"checksByHour"`
	Peak   Rates   `json:"peak"`
	Need   Need    `json:"need"`
	// one of the instances in the busiest minute: as all are there, and with one of them lost
	Usual Line `json:"usual"`
	Lost  Line `json:"oneLost"`
	// readers after the restart of one instance, its sudden end, and an outage of everything
	Restart Storm `json:"restart"`
	Sudden  Storm `json:"sudden"`
	All     Storm `json:"all"`
}

// outage is how long everything is away, in seconds.
const outage = 120

// Simulate sizes a demand and plays its busiest minutes and its outages.
func Simulate(d Demand, i Instance, e Engines, seed uint64, seconds float64) Answer {
	a := Answer{
		Seed:   seed,
		Demand: d,
		Day:    d.Day(),
		ByHour: d.ByHour(),
		Peak:   d.Peak(),
		Need:   Size(d, i, e),
	}
	rng := func(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }
	n := a.Need.Instances
	a.Usual = simulate(rng(1), i.Cores, kinds(a.Peak.divided(n), i.Costs), seconds)
	left := max(1, n-1)
	a.Lost = simulate(rng(2), i.Cores, kinds(a.Peak.divided(left), i.Costs), seconds)
	perSecond := float64(i.Cores) * 1000 / i.Costs.Connect
	of := func(s Storm, instances int) Storm { s.Instance = instances; return s }
	share := (d.Sockets + n - 1) / n
	a.Restart = of(storm(rng(3), share, perSecond*float64(left), 0, true), left)
	a.Sudden = of(storm(rng(4), share, perSecond*float64(left), 0, false), left)
	a.All = of(storm(rng(5), d.Sockets, perSecond*float64(n), outage, false), n)
	return a
}
