package insurer

import (
	"iter"

	"madoguchi/eligibility"
	"madoguchi/server/printing"
)

// Watch is told of what happens, for the metrics: numbers alone, of nobody. Each may be nil.
type Watch struct {
	Issued    func(tier string) // a credential was signed
	ImportRow func()            // a row of a file was handed to the store
	Importing func(change int)  // 1 as the storing of a file begins, -1 as it ends
}

// complete returns a Watch whose functions can all be called.
func (w Watch) complete() Watch {
	if w.Issued == nil {
		w.Issued = func(string) {}
	}
	if w.ImportRow == nil {
		w.ImportRow = func() {}
	}
	if w.Importing == nil {
		w.Importing = func(int) {}
	}
	return w
}

// importing tells of the rows of a file as the store takes them.
func (w Watch) importing(people iter.Seq2[string, eligibility.Person]) iter.Seq2[string, eligibility.Person] {
	return func(yield func(string, eligibility.Person) bool) {
		w.Importing(1)
		defer w.Importing(-1)
		for key, person := range people {
			w.ImportRow()
			if !yield(key, person) {
				return
			}
		}
	}
}

// InPrint says how many runs of this process are being printed or wait, and how far they are: people whose
// pages are printed, of people that they have.
func (j *PrintJobs) InPrint() (runs, printed, people int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var all printing.Progress
	for _, p := range j.live {
		all.Done += p.Done
		all.Total += p.Total
	}
	return len(j.live), all.Done, all.Total
}
