package audit

import (
	"context"
)

// Verification is what a whole look at a chain found.
type Verification struct {
	Entries     int64      // rows that were read, in archives and database
	Unread      int64      // rows in archives that were not at hand
	Checkpoints int        // that were verified
	Newest      Checkpoint // the last of them
	Faults      []*Fault   // none: all is as it was signed
}

// Verify reads the whole chain and every checkpoint. folder is where the archives lie; empty: they are not
// read, and their signed manifests stand for them. An error says that it could not look.
func (w *Witness) Verify(ctx context.Context, folder string) (v Verification, err error) {
	marks, err := w.File.all()
	if fault, is := asFault(err); is {
		v.Faults = append(v.Faults, fault)
	} else if err != nil {
		return v, err
	}
	v.Checkpoints, v.Newest = len(marks.points), marks.last.Checkpoint
	noted, err := w.Chain.Noted(ctx)
	if err != nil {
		return v, err
	}
	if len(v.Faults) == 0 && noted > v.Newest.Sequence {
		short := &Fault{Kind: ErrFileShort, Row: v.Newest.Sequence, Last: noted, File: w.File.Path}
		if len(marks.points) == 0 {
			short.Kind = ErrFileGone
		}
		v.Faults = append(v.Faults, short)
	}
	err = w.walkAll(ctx, folder, marks.points, &v)
	if fault, is := asFault(err); is {
		v.Faults = append(v.Faults, fault)
		err = nil
	}
	return v, err
}

// Archived hands over the rows that have left the database, from the folder of their archives.
func (w *Witness) Archived(ctx context.Context, folder string, take func(Row) error) error {
	left, err := readArchives(ctx, w.Chain, w.File.Key)
	if err != nil {
		return err
	}
	for _, a := range left {
		if err := a.walk(folder, take); err != nil {
			return err
		}
	}
	return nil
}

// walkAll walks archives and database.
func (w *Witness) walkAll(ctx context.Context, folder string, marks []Point, v *Verification) error {
	left, err := readArchives(ctx, w.Chain, w.File.Key)
	if err != nil {
		return err
	}
	walked := walkFrom(Point{}, marks)
	for _, a := range left {
		if folder == "" {
			v.Unread += a.Last - a.First + 1
			continue
		}
		if err := a.walk(folder, walked.Next); err != nil {
			return err
		}
	}
	v.Entries = walked.Rows
	var end Point
	if len(left) > 0 {
		end = left[len(left)-1].end()
		if folder != "" && walked.last != end {
			return &Fault{Kind: ErrArchive, Row: walked.last.Sequence + 1, Last: end.Sequence}
		}
		walked = walkFrom(end, marks)
	}
	defer func() { v.Entries += walked.Rows }()
	if err := w.Chain.Rows(ctx, 1, func(r Row) error {
		if r.Sequence <= end.Sequence {
			return nil // on its way out; the manifest vouches for it
		}
		return walked.Next(r)
	}); err != nil {
		return err
	}
	return walked.End()
}
