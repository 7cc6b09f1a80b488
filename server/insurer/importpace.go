package insurer

import "time"

// ImportProgress is how far the reading or the storing of a file is.
type ImportProgress struct {
	Done, Total int           // parts of the file that are read, or people who are stored
	Rows        int           // rows that are read, or people who are stored
	Rate        float64       // rows a second; zero while unknown
	Left        time.Duration // zero while unknown
}

// importPace makes progress out of what was done so far, since its begin.
type importPace struct {
	began time.Time
	now   func() time.Time
}

// paceKnown is how long something must have gone on before its rate says anything.
const paceKnown = time.Second

func (p importPace) progress(done, total, rows int) ImportProgress {
	out := ImportProgress{Done: done, Total: total, Rows: rows}
	gone := p.now().Sub(p.began)
	if gone < paceKnown || rows == 0 || done == 0 {
		return out
	}
	out.Rate = float64(rows) / gone.Seconds()
	out.Left = time.Duration(float64(gone) * float64(max(0, total-done)) / float64(done))
	return out
}
