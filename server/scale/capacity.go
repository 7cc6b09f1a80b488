package scale

// Costs are what one of each takes of a core, in milliseconds. The defaults are measured
// (docs/scale.md#what-one-costs).
type Costs struct {
	Check   float64 `json:"check"` // scan, card, record, receipt
	Renewal float64 `json:"renewal"`
	Opening float64 `json:"opening"` // a phone back by its key, with both its screens
	Poll    float64 `json:"poll"`
	Beat    float64 `json:"beat"`
	Connect float64 `json:"connect"` // a reader's connection, TLS and proof of its key included
}

// Instance is what one instance of the server has.
type Instance struct {
	Costs   Costs   `json:"costs"`
	Cores   int     `json:"cores"`
	Sockets int     `json:"sockets"`  // that it holds; 24.5 KB each
	Busy    float64 `json:"busy"`     // how much of its cores is used at the peak, at most
	WaitP99 float64 `json:"waitP99"`  // ms that the slowest hundredth may wait for a core, at most
	Spare   int     `json:"spare"`    // instances more than needed: one that fails, one that is replaced
	Back    float64 `json:"backIn"`   // seconds within which all readers must be back after an outage
	BytesOf float64 `json:"socketKB"` // memory of a connection
}

// Engines are what the engines behind the instances carry.
type Engines struct {
	SQLitePeople int     `json:"sqlitePeople"`
	SQLiteWrites float64 `json:"sqliteWrites"` // transactions a second
	Writes       float64 `json:"writesPerCheck"`
	Notify       float64 `json:"notify"` // messages a second from which NATS is better
	NotifyMost   int     `json:"notifyInstances"`
}

// DefaultInstance is an instance of two cores, as everything here was measured on.
func DefaultInstance() Instance {
	return Instance{
		Costs: Costs{
			Check:   5.3,
			Renewal: 1.1,
			Opening: 5.1,
			Poll:    1.4, // with the heartbeats of its reader
			Beat:    0,
			Connect: 1,
		},
		Cores:   2,
		Sockets: 50_000,
		Busy:    0.6,
		WaitP99: 50,
		Spare:   2,
		Back:    60,
		BytesOf: 24.5,
	}
}

// DefaultEngines are the engines as they were measured (docs/scale.md#engines).
func DefaultEngines() Engines {
	return Engines{
		SQLitePeople: 5_000_000,
		SQLiteWrites: 2_000,
		Writes:       4,
		Notify:       3_000,
		NotifyMost:   8,
	}
}

// Work is how many seconds of cores the rates take a second.
func (c Costs) Work(r Rates) float64 {
	ms := r.Checks*c.Check + r.Renewals*c.Renewal + r.Openings*c.Opening + r.Polls*c.Poll + r.Beats*c.Beat
	return ms / 1000
}

// requests is how many things are asked for a second: each waits for a core once.
func (r Rates) requests() float64 { return r.Checks + r.Renewals + r.Openings + r.Polls + r.Beats }

// divided is one of n instances' part.
func (r Rates) divided(n int) Rates {
	part := 1 / float64(n)
	r.Checks, r.Renewals, r.Openings = r.Checks*part, r.Renewals*part, r.Openings*part
	r.Polls, r.Beats, r.Messages = r.Polls*part, r.Beats*part, r.Messages*part
	return r
}
