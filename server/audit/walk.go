package audit

import (
	"bytes"
)

// Walk judges rows one after the other, by themselves and by what was signed of them. The zero walk takes the
// first row's word for what came before.
type Walk struct {
	last    Point   // of the row before
	known   bool    // last is known; else the first row is taken at its word, until an anchor
	anchors []Point // what must stand where, in order
	sure    int64   // up to here rows are what was signed
	Rows    int64   // how many were judged
}

// NewWalk begins at the first row.
func NewWalk() *Walk { return walkFrom(Point{}, nil) }

// walkFrom begins behind a point.
func walkFrom(after Point, anchors []Point) *Walk {
	for len(anchors) > 0 && anchors[0].Sequence <= after.Sequence {
		anchors = anchors[1:]
	}
	return &Walk{last: after, known: true, anchors: anchors, sure: after.Sequence}
}

// Next judges a row; an error is a *Fault.
func (w *Walk) Next(r Row) error {
	if !w.known {
		w.known, w.last = true, Point{Sequence: r.Sequence - 1, Hash: Hash(r.Previous)}
		w.sure = w.last.Sequence
	}
	want := w.last.Sequence + 1
	sum := r.Sum()
	switch {
	case r.Sequence > want:
		return &Fault{Kind: ErrRemoved, Row: want, Last: r.Sequence - 1}
	case !bytes.Equal(r.Hash, sum[:]):
		if hadAnother(r) {
			return &Fault{Kind: ErrMoved, Row: r.Sequence}
		}
		return &Fault{Kind: ErrChanged, Row: r.Sequence}
	case !bytes.Equal(r.Previous, w.last.Hash[:]):
		return &Fault{Kind: ErrUnlinked, Row: r.Sequence}
	}
	w.last = Point{r.Sequence, sum}
	w.Rows++
	for len(w.anchors) > 0 && w.anchors[0].Sequence == r.Sequence {
		if w.anchors[0].Hash != sum {
			return &Fault{Kind: ErrRewritten, Row: w.sure + 1, Last: r.Sequence}
		}
		w.sure, w.anchors = r.Sequence, w.anchors[1:]
	}
	return nil
}

// End judges that no more rows come.
func (w *Walk) End() error {
	if len(w.anchors) == 0 {
		return nil
	}
	f := &Fault{Kind: ErrCut, Row: w.last.Sequence + 1, Last: w.anchors[len(w.anchors)-1].Sequence}
	if w.last.Sequence == 0 {
		f.Kind = ErrEmptied
	}
	return f
}

// movedWithin is how far a row is looked for from its place.
const movedWithin = 10_000

// hadAnother reports whether a row's hash is that of the same row under another number.
func hadAnother(r Row) bool {
	of := r
	for of.Sequence = max(1, r.Sequence-movedWithin); of.Sequence <= r.Sequence+movedWithin; of.Sequence++ {
		if sum := of.Sum(); bytes.Equal(r.Hash, sum[:]) {
			return true
		}
	}
	return false
}
