package audit

import (
	"errors"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Fault is what a look at the chain finds wrong. The kinds are the errors below.
type Fault struct {
	Kind *eligibility.Error
	Row  int64 // the first row that is not as it was, 0: none is known
	Last int64 // the last of those that are concerned
	Line int   // of the checkpoint file, from 1
	File string
}

// Kinds of faults, all of them refusals of a start too.
var (
	// ErrChanged is of a row whose own hash does not fit what stands in it.
	ErrChanged = internal("audit.changed")
	// ErrMoved is of a row that had another number.
	ErrMoved = internal("audit.moved")
	// ErrRemoved is of rows that are missing before others.
	ErrRemoved = internal("audit.removed")
	// ErrUnlinked is of a row that does not follow the one before: one of them was put there.
	ErrUnlinked = internal("audit.unlinked")
	// ErrRewritten is of rows that fit each other, but not what was signed of them.
	ErrRewritten = internal("audit.rewritten")
	// ErrCut is of rows missing at the end although a checkpoint was signed of them.
	ErrCut = internal("audit.cut")
	// ErrEmptied is ErrCut of all rows.
	ErrEmptied = internal("audit.emptied")
	// ErrForged is of a checkpoint that the key did not sign.
	ErrForged = internal("audit.checkpoint_forged")
	// ErrForeign is of a checkpoint of another key or another chain.
	ErrForeign = internal("audit.checkpoint_foreign")
	// ErrLineMissing is of checkpoints that do not follow each other.
	ErrLineMissing = internal("audit.checkpoint_missing")
	// ErrLineDamaged is of a line that is no checkpoint.
	ErrLineDamaged = internal("audit.checkpoint_damaged")
	// ErrFileGone is of a checkpoint file that is not there although the database knows of one.
	ErrFileGone = internal("audit.checkpoints_gone")
	// ErrFileShort is of a checkpoint file that ends before what the database knows of it.
	ErrFileShort = internal("audit.checkpoints_short")
	// ErrArchive is of an archive that is missing, changed, or not signed.
	ErrArchive = internal("audit.archive_changed")
)

func internal(key string) *eligibility.Error {
	return &eligibility.Error{Code: eligibility.Internal, Key: key}
}

// Refusal is the fault with its place in the sentence.
func (f *Fault) Refusal() *eligibility.Error {
	return f.Kind.With(message.Args{
		"row":  message.Ordinal(int(f.Row)),
		"last": message.Ordinal(int(max(f.Row, f.Last))),
		"line": message.Ordinal(f.Line),
		"file": message.Text(f.File),
	})
}

func (f *Fault) Error() string { return f.Refusal().En() }

// Unwrap lets errors.As find the refusal and errors.Is its kind.
func (f *Fault) Unwrap() error { return f.Refusal() }

// Name is the kind as programs know it: "changed", "cut" …
func (f *Fault) Name() string { return strings.TrimPrefix(f.Kind.Key, "audit.") }

// asFault returns the fault that an error is.
func asFault(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}
