package audit

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"madoguchi/credential"
)

// Chain is the chain as a database keeps it.
type Chain interface {
	// Head is the newest row; the zero point of an empty chain.
	Head(ctx context.Context) (Point, error)
	// Rows hands over the rows from a number on, in order, until take returns an error, which it returns.
	Rows(ctx context.Context, from int64, take func(Row) error) error
	// Archives are the signed manifests of what left the database, in order.
	Archives(ctx context.Context) ([]string, error)
	// Noted is the number of the newest checkpoint that the database was told of; 0: of none.
	Noted(ctx context.Context) (int64, error)
	// Note tells the database of a checkpoint that is in its second place.
	Note(ctx context.Context, sequence int64, at time.Time) error
}

// Witness compares the chain with the checkpoints in their second place, and signs new ones where it holds
// the key.
type Witness struct {
	Chain  Chain
	File   File
	Signer *credential.Key // nil: somebody else signs
	Now    func() time.Time

	mu    sync.Mutex
	state State
}

// State is how the witness stands.
type State struct {
	Head       int64     // the newest row that was seen
	Checkpoint int64     // the newest checkpoint
	Signed     time.Time // when that was signed; zero: there is none
	Err        error     // why the last look failed, or nil
}

// State returns how the witness stands.
func (w *Witness) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// Newest is the newest checkpoint; the zero one where there is none.
func (w *Witness) Newest() (Checkpoint, error) {
	last, _, err := w.File.newest()
	return last.Checkpoint, err
}

// Check is a start's look: the chain must reach the newest checkpoint and have its hash there, and what came
// after it must fit. Only that is read, so that a start takes no longer in later years; a chain that no
// checkpoint was signed of yet is read whole. It returns how many rows it read; an error that is a *Fault
// refuses the start.
func (w *Witness) Check(ctx context.Context) (int64, error) {
	_, walked, err := w.check(ctx)
	return walked.Rows, err
}

// Examine is Check for whoever wants to know how the chain stands: beside a running server too, of which it
// changes nothing.
func (w *Witness) Examine(ctx context.Context) (State, error) {
	newest, walked, err := w.check(ctx)
	s := State{Head: walked.last.Sequence, Checkpoint: newest.Sequence}
	if newest.Sequence > 0 {
		s.Signed = newest.Time()
	}
	return s, err
}

// check is Check; it returns the newest checkpoint and the walk to the head.
func (w *Witness) check(ctx context.Context) (newest signed, walked *Walk, err error) {
	walked = walkFrom(Point{}, nil)
	noted, err := w.Chain.Noted(ctx) // before the file: another signer may add to that meanwhile
	if err != nil {
		return newest, walked, err
	}
	newest, there, err := w.File.newest()
	switch {
	case err != nil:
		return newest, walked, err
	case noted > 0 && !there:
		return newest, walked, &Fault{Kind: ErrFileGone, File: w.File.Path}
	case noted > newest.Sequence:
		return newest, walked, &Fault{
			Kind: ErrFileShort,
			Row:  newest.Sequence,
			Last: noted,
			File: w.File.Path,
		}
	}
	from := int64(1)
	if there {
		walked = &Walk{anchors: []Point{newest.point()}}
		from = newest.Sequence
	} else if err := w.beginBehindArchives(ctx, walked, &from); err != nil {
		return newest, walked, err
	}
	return newest, walked, walked.over(ctx, w.Chain, from)
}

// beginBehindArchives lets a walk begin where the archives end.
func (w *Witness) beginBehindArchives(ctx context.Context, walked *Walk, from *int64) error {
	left, err := readArchives(ctx, w.Chain, w.File.Key)
	if err != nil || len(left) == 0 {
		return err
	}
	*walked = *walkFrom(left[len(left)-1].end(), nil)
	*from = walked.last.Sequence + 1
	return nil
}

// over walks a chain's rows from a number on to the head.
func (w *Walk) over(ctx context.Context, chain Chain, from int64) error {
	first := true
	err := chain.Rows(ctx, from, func(r Row) error {
		if first && !w.known && r.Sequence != from {
			return &Fault{Kind: ErrRemoved, Row: from, Last: r.Sequence - 1}
		}
		first = false
		return w.Next(r)
	})
	if err != nil {
		return err
	}
	if first && !w.known {
		head, err := chain.Head(ctx)
		if err != nil {
			return err
		}
		w.last = head
	}
	return w.End()
}

// Sign signs the head where it has moved since the newest checkpoint, after Check's look at what lies
// between; it reports whether it signed. Several processes may do so with one file.
func (w *Witness) Sign(ctx context.Context) (bool, error) {
	release, err := w.File.lock()
	if err != nil {
		return false, fmt.Errorf("holding the checkpoints' file: %w", err)
	}
	defer release()
	newest, walked, err := w.check(ctx)
	if err != nil {
		return false, err
	}
	head := walked.last
	if head.Sequence == newest.Sequence {
		return false, nil
	}
	next := Checkpoint{
		Chain:    newest.Chain,
		Sequence: head.Sequence,
		Hash:     head.Hash.Text(),
		At:       w.Now().Unix(),
	}
	if newest.text != "" {
		next.Previous = digest(newest.text)
	} else if next.Chain, err = firstOf(ctx, w.Chain, w.File.Key); err != nil {
		return false, err
	}
	text, err := signCheckpoint(*w.Signer, next)
	if err != nil {
		return false, fmt.Errorf("signing a checkpoint: %w", err)
	}
	if err := w.File.add(next, text); err != nil {
		return false, err
	}
	return true, nil
}

// firstOf is what names a chain: the hash of its first row, also where that has left the database.
func firstOf(ctx context.Context, chain Chain, key credential.PublicKey) (string, error) {
	left, err := readArchives(ctx, chain, key)
	if err != nil {
		return "", err
	}
	if len(left) > 0 {
		return left[0].Chain, nil
	}
	var first Hash
	err = chain.Rows(ctx, 1, func(r Row) error {
		first = r.Sum()
		return errEnough
	})
	if err != errEnough {
		return "", err
	}
	return first.Text(), nil
}

// How often checkpoints are signed: what an attacker can take away unseen is what came after the newest.
const (
	signEvery = time.Minute
	signAfter = 1_000 // rows
)

// Look signs when it is time, or whenever something is new if always says so, or watches what another signs;
// it tells the database.
func (w *Witness) Look(ctx context.Context, always bool) error {
	newest, there, err := w.File.newest()
	if err != nil {
		return err
	}
	head, err := w.Chain.Head(ctx)
	if err != nil {
		return err
	}
	if head.Sequence < newest.Sequence {
		return &Fault{Kind: ErrCut, Row: head.Sequence + 1, Last: newest.Sequence}
	}
	since, more := w.Now().Sub(newest.Time()).Abs(), head.Sequence-newest.Sequence
	due := more != 0 && (always || since >= signEvery || more >= signAfter)
	if due && w.Signer != nil {
		if _, err := w.Sign(ctx); err != nil {
			return err
		}
		if newest, there, err = w.File.newest(); err != nil {
			return err
		}
	}
	w.mu.Lock()
	told := w.state.Checkpoint
	if newest.Sequence >= told { // else the state stays, and with it the fault for as long as the file is so
		w.state = State{Head: head.Sequence, Checkpoint: newest.Sequence}
		if there {
			w.state.Signed = newest.Time()
		}
	}
	w.mu.Unlock()
	switch {
	case newest.Sequence == told:
		return nil
	case !there:
		return &Fault{Kind: ErrFileGone, File: w.File.Path}
	case newest.Sequence < told:
		return &Fault{Kind: ErrFileShort, Row: newest.Sequence, Last: told, File: w.File.Path}
	}
	return w.Chain.Note(ctx, newest.Sequence, newest.Time())
}

// Keep looks at each tick, and once more when the context ends, until then. What is wrong is said in the log
// once a minute at most, and stands in State.
func (w *Witness) Keep(ctx context.Context, ticks <-chan time.Time) {
	var said time.Time
	at := func(ctx context.Context, always bool) {
		err := w.Look(ctx, always)
		if err == nil || ctx.Err() != nil { // at the end it looks once more
			return
		}
		w.mu.Lock()
		w.state.Err = err
		w.mu.Unlock()
		if now := w.Now(); now.Sub(said).Abs() >= signEvery {
			said = now
			slog.Error("the audit chain and its checkpoints", "error", err)
		}
	}
	at(ctx, true)
	for {
		select {
		case <-ctx.Done():
			at(context.WithoutCancel(ctx), true)
			return
		case <-ticks:
			at(ctx, false)
		}
	}
}
