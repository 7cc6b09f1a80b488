package scale

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"slices"
)

// Line is what a simulated queue came to. Times are seconds.
type Line struct {
	Arrived  int     `json:"arrived"`
	Busy     float64 `json:"busy"` // share of the servers' time
	MeanWait float64 `json:"meanWait"`
	WaitP50  float64 `json:"waitP50"`
	WaitP99  float64 `json:"waitP99"`
	Longest  float64 `json:"longestWait"`
	MeanIn   float64 `json:"meanInside"` // waiting and being served
	Deepest  int     `json:"deepest"`    // the most that waited at once
	meanTime float64 // inside: waiting and being served
}

// kind is one kind of what comes: how often a second, and how long it takes.
type kind struct{ rate, seconds float64 }

// kinds are the rates with their costs.
func kinds(r Rates, c Costs) []kind {
	return []kind{
		{r.Checks, c.Check / 1000},
		{r.Renewals, c.Renewal / 1000},
		{r.Openings, c.Opening / 1000},
		{r.Polls, c.Poll / 1000},
		{r.Beats, c.Beat / 1000},
	}
}

// freeAt is when each server is free, the next one first.
type freeAt []float64

func (f freeAt) Len() int           { return len(f) }
func (f freeAt) Less(i, j int) bool { return f[i] < f[j] }
func (f freeAt) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *freeAt) Push(x any)        { *f = append(*f, x.(float64)) }
func (f *freeAt) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

// simulate lets what comes queue for the servers during some seconds: first come, first served, arrivals by
// chance, and how long each takes by chance around its kind's mean (exponential).
func simulate(rng *rand.Rand, servers int, of []kind, seconds float64) Line {
	var l Line
	whole := 0.0
	for _, k := range of {
		whole += k.rate
	}
	if whole <= 0 || servers < 1 {
		return l
	}
	free := make(freeAt, servers)
	heap.Init(&free)
	waits := make([]float64, 0, int(whole*seconds*1.1)+16)
	var begins []float64 // of those that wait, in the order in which they came
	var work, inside, waited float64
	for now := rng.ExpFloat64() / whole; now < seconds; now += rng.ExpFloat64() / whole {
		at := rng.Float64() * whole
		takes := 0.0
		for _, k := range of {
			if at -= k.rate; at < 0 {
				takes = rng.ExpFloat64() * k.seconds
				break
			}
		}
		begin := math.Max(now, free[0])
		free[0] = begin + takes
		heap.Fix(&free, 0)
		for len(begins) > 0 && begins[0] <= now {
			begins = begins[1:]
		}
		if begin > now {
			begins = append(begins, begin)
			l.Deepest = max(l.Deepest, len(begins))
		}
		waits = append(waits, begin-now)
		waited += begin - now
		work += takes
		inside += begin - now + takes
		l.Longest = math.Max(l.Longest, begin-now)
	}
	l.Arrived = len(waits)
	if l.Arrived == 0 {
		return l
	}
	n := float64(l.Arrived)
	slices.Sort(waits)
	l.MeanWait, l.meanTime = waited/n, inside/n
	l.WaitP50, l.WaitP99 = waits[l.Arrived/2], waits[min(l.Arrived-1, l.Arrived*99/100)]
	l.Busy = work / (seconds * float64(servers))
	l.MeanIn = inside / seconds
	return l
}
