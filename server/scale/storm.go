package scale

import (
	"math"
	"math/rand/v2"
)

// Storm is how card readers come back after their connections were cut. Times are seconds.
type Storm struct {
	Cut      int     `json:"cut"`
	Instance int     `json:"instances"`  // that take them
	Most     int     `json:"mostAtOnce"` // tries in one second, once something answers
	Refused  int     `json:"refused"`    // tries that no instance had room for
	Back99   float64 `json:"back99"`     // until 99 of 100 are back
	Back     float64 `json:"back"`       // until all are
	Ends     bool    `json:"ends"`       // within an hour
}

// How an agent comes back (card/agent, Pace): after a pause that doubles from one second to sixty, each by
// chance between a half and one and a half of it; after the server's word that it restarts, spread over 55
// seconds.
const (
	firstPause   = 1.0
	longestPause = 60.0
	restartOver  = 55.0
	// stormEnds is when a storm counts as one that never ends
	stormEnds = 3600
)

// storm lets cut connections come back to servers that take so many a second, for as long as nothing answers
// (away), after which they do. Orderly are those that were told of a restart.
func storm(rng *rand.Rand, cut int, perSecond, away float64, orderly bool) Storm {
	s := Storm{Cut: cut}
	if cut == 0 || perSecond <= 0 {
		return s
	}
	// by second: the pause before, of each that tries
	due := make([][]float64, stormEnds+int(2*longestPause)+2)
	add := func(at, pause float64) {
		if i := int(at); i < len(due) {
			due[i] = append(due[i], pause)
		}
	}
	for range cut {
		if orderly {
			add(rng.Float64()*restartOver, firstPause)
		} else {
			add(firstPause/2+rng.Float64()*firstPause, firstPause)
		}
	}
	back, room := 0, 0.0
	for second := 0; second < stormEnds && back < cut; second++ {
		tries := due[second]
		if float64(second) >= away {
			s.Most = max(s.Most, len(tries))
		}
		room = math.Min(room+perSecond, perSecond) // nothing is saved up
		for _, pause := range tries {
			if float64(second) >= away && room >= 1 {
				room--
				back++
			} else {
				if float64(second) >= away {
					s.Refused++
				}
				pause = math.Min(2*pause, longestPause)
				add(float64(second)+1+math.Min(pause/2+rng.Float64()*pause, longestPause), pause)
			}
			if s.Back99 == 0 && back >= (cut*99+99)/100 {
				s.Back99 = float64(second) + 1
			}
		}
		due[second] = nil
		s.Back = float64(second) + 1
	}
	s.Ends = back == cut
	return s
}
