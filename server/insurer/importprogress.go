package insurer

import (
	"iter"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/printing"
)

// tellEvery is how many people go by between two tellings.
const tellEvery = 500

// telling tells how many of about total people have gone by to be stored, at which rate, and how long the rest
// takes; tell may be nil.
func (m *Importer) telling(
	people iter.Seq2[string, eligibility.Person], total int, tell func(printing.Progress),
) iter.Seq2[string, eligibility.Person] {
	if tell == nil {
		return people
	}
	return func(yield func(string, eligibility.Person) bool) {
		began, done := m.now(), 0
		for key, person := range people {
			if !yield(key, person) {
				return
			}
			if done++; done%tellEvery == 0 {
				tell(progressOf(done, max(done, total), m.now().Sub(began)))
			}
		}
	}
}

func progressOf(done, total int, took time.Duration) printing.Progress {
	p := printing.Progress{Done: done, Total: total}
	if took > 0 {
		p.Rate = float64(done) / took.Seconds()
		p.Left = time.Duration(float64(total-done) / p.Rate * float64(time.Second))
	}
	return p
}
