package scale

import "math"

// Queue is the closed form of a queue with several servers, one line and no order but first come, first
// served (M/M/c: A. K. Erlang, Solution of some problems in the theory of probabilities, 1917).
type Queue struct {
	Servers int
	Arrive  float64 // a second
	Serve   float64 // a second, by one server
}

// Load is how many servers are busy at the mean (in erlangs).
func (q Queue) Load() float64 { return q.Arrive / q.Serve }

// Waits is the probability that somebody has to wait: Erlang's C. It is 1 where more comes than can be
// served.
func (q Queue) Waits() float64 {
	a, c := q.Load(), float64(q.Servers)
	if a >= c {
		return 1
	}
	b := 1.0 // Erlang's B by recursion, which does not overflow
	for k := 1; k <= q.Servers; k++ {
		b = a * b / (float64(k) + a*b)
	}
	return b / (1 - a/c*(1-b))
}

// MeanWait is how long one waits at the mean, in seconds; infinite where more comes than can be served.
func (q Queue) MeanWait() float64 {
	free := float64(q.Servers)*q.Serve - q.Arrive
	if free <= 0 {
		return math.Inf(1)
	}
	return q.Waits() / free
}

// WaitWithin is the wait, in seconds, that the share p of all do not exceed.
func (q Queue) WaitWithin(p float64) float64 {
	free := float64(q.Servers)*q.Serve - q.Arrive
	c := q.Waits()
	switch {
	case free <= 0:
		return math.Inf(1)
	case c <= 1-p:
		return 0
	}
	return math.Log(c/(1-p)) / free
}
