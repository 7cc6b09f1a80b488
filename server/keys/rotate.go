package keys

import (
	"fmt"
	"slices"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

const (
	// PublishedBefore is how long a key stands in the JWKS before it may sign
	// (docs/facts/server-libraries.md#signing-keys): every counter has fetched it.
	PublishedBefore = 24 * time.Hour

	// KeptAfter is how long a retired key stays published. A copy (PDF) ends on the first day of the
	// fourth month after issue (docs/facts/smart-health-card.md#tiers), which is at most 31 + 31 + 30 +
	// 31 = 123 days; a verifier forgives a minute. Two days more cover the day of issue and a server
	// that was late to notice.
	KeptAfter = 125 * 24 * time.Hour
)

// Why a current key is replaced at once.
type Why string

const (
	Lost   Why = "lost"   // nobody has its private half any more: its public half stays published
	Leaked Why = "leaked" // somebody else may have its private half: nothing that it signed counts any more
)

// Refusals of a change.
var (
	ErrNoNext    = &eligibility.Error{Code: eligibility.Conflict, Key: "keys.no_next"}
	ErrTooSoon   = &eligibility.Error{Code: eligibility.Conflict, Key: "keys.too_soon"}
	ErrNotLost   = &eligibility.Error{Code: eligibility.Conflict, Key: "keys.not_lost"}
	ErrNoSuchKey = &eligibility.Error{Code: eligibility.NotFound, Key: "keys.no_such_key"}
)

// Rotation changes the rings: which key signs, and what is published beside it.
type Rotation struct {
	// Host is the https address in front of the insurers' iss (HOST/i/NNNNNNNN). It is set before the first
	// use; without it no key vouches for the next one.
	Host string

	rings *Rings
}

// Prepare publishes a next key, for which the current one vouches (Endorsement), and returns it; when there
// is one already, that one. A next key whose private half was lost before it ever signed is dropped for
// another one.
func (o *Rotation) Prepare(insurer eligibility.InsurerNumber, now time.Time) (Entry, error) {
	var next Entry
	err := o.change(insurer, now, func(r *ring) error {
		if e := r.at(Next); e != nil {
			if _, err := o.rings.private(insurer, *e); err == nil {
				if next = *e; r.endorsed(next) {
					return nil
				}
				return o.endorse(r, next, now) // a version of this program without endorsements prepared it
			}
			e.drop("lost before it signed", now)
		}
		var err error
		if next, err = o.add(r, Next, now); err != nil {
			return err
		}
		return o.endorse(r, next, now)
	})
	return next, err
}

// Rotate makes the next key the current one and returns it; the key that was current is retired. It returns
// ErrNoNext when none was prepared, and ErrTooSoon, with the time from which it is possible, before
// PublishedBefore has passed.
func (o *Rotation) Rotate(insurer eligibility.InsurerNumber, now time.Time) (Entry, error) {
	var current Entry
	err := o.change(insurer, now, func(r *ring) error {
		next := r.at(Next)
		if next == nil {
			return ErrNoNext
		}
		if due := next.Published.Add(PublishedBefore); now.Before(due) {
			return about(ErrTooSoon, "at", minute(due))
		}
		if _, err := o.rings.private(insurer, *next); err != nil {
			return ErrNoNext.Because(err)
		}
		if err := o.endorse(r, *next, now); err != nil { // anew: a trust list may be newer than what it said
			return err
		}
		r.at(Current).retire("", now)
		next.sign(now)
		current = *next
		return nil
	})
	return current, err
}

// Replace makes another key current at once and returns it.
//
// Lost: the public half stays published, so that what the lost key signed still verifies; the next key takes
// over when there is one, since counters know it already. Replace returns ErrNotLost when the current key is
// whole.
//
// Leaked: the current key leaves the JWKS at once, and so does the next one, which lay in the same folder.
// What they signed does not verify any more. Retired keys stay: their private halves were removed when they
// retired.
func (o *Rotation) Replace(insurer eligibility.InsurerNumber, why Why, now time.Time) (Entry, error) {
	var current Entry
	err := o.change(insurer, now, func(r *ring) error {
		old, next := r.at(Current), r.at(Next)
		switch why {
		case Lost:
			if _, err := o.rings.private(insurer, *old); err == nil {
				return about(ErrNotLost, "file", old.File)
			}
			old.retire("lost", now)
			if next != nil {
				if _, err := o.rings.private(insurer, *next); err == nil {
					next.sign(now)
					current = *next
					return nil
				}
				next.drop("lost before it signed", now)
			}
		case Leaked:
			old.drop("leaked", now)
			if next != nil {
				next.drop("leaked", now)
			}
		default:
			return fmt.Errorf("keys: no reason to replace a key: %q", why)
		}
		var err error
		current, err = o.add(r, Current, now)
		return err
	})
	return current, err
}

// Withdraw takes one next or retired key out of the JWKS at once, by its id: a key that leaked from an old
// backup. It returns ErrNoSuchKey for any other id. A leaked current key is replaced (Replace).
func (o *Rotation) Withdraw(insurer eligibility.InsurerNumber, kid string, now time.Time) error {
	return o.change(insurer, now, func(r *ring) error {
		i := slices.IndexFunc(
			r.Keys,
			func(e Entry) bool { return e.JWK.ID == kid && (e.State == Next || e.State == Retired) },
		)
		if i < 0 {
			return ErrNoSuchKey
		}
		r.Keys[i].drop("leaked", now)
		return nil
	})
}

// change changes a ring: keys first get their file, then the register tells of them, and only then files that
// the register needs no more are removed. So a crash leaves the ring as it was or as it will be, never
// without the key that signs.
func (o *Rotation) change(insurer eligibility.InsurerNumber, now time.Time, how func(*ring) error) error {
	return o.rings.files.locked(func() error {
		r, err := o.rings.ringOf(insurer, now)
		if err != nil {
			return err
		}
		if err := o.sweep(r); err != nil { // what a crash left
			return err
		}
		before, said := slices.Clone(r.Keys), slices.Clone(r.Endorsements)
		if err := how(&r); err != nil {
			return err
		}
		if slices.Equal(before, r.Keys) && slices.Equal(said, r.Endorsements) {
			return nil
		}
		if err := o.rings.writeRing(r, now); err != nil {
			return err
		}
		return o.sweep(r)
	})
}

// sweep removes the private halves of retired and dropped keys: what no longer exists cannot leak. A file
// that holds another key than the register says is left alone.
func (o *Rotation) sweep(r ring) error {
	for _, e := range r.Keys {
		if e.State != Retired && e.State != Dropped {
			continue
		}
		if _, err := o.rings.private(r.Insurer, e); err != nil {
			continue
		}
		if err := o.rings.files.remove(e.File); err != nil {
			return err
		}
	}
	return nil
}

// add makes a key and puts it into the ring.
func (o *Rotation) add(r *ring, state State, now time.Time) (Entry, error) {
	name := r.free()
	data, err := o.rings.files.loadLocked(name, newPEM)
	if err != nil {
		return Entry{}, err
	}
	private, err := readPEM(name, data)
	if err != nil {
		return Entry{}, err
	}
	key, err := credential.NewKey(private)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{State: state, File: name, Published: whole(now), JWK: key.Public()}
	if state == Current {
		e.Signs = e.Published
	}
	r.Keys = append(r.Keys, e)
	return e, nil
}

func (e *Entry) sign(now time.Time) { e.State, e.Signs = Current, whole(now) }

func (e *Entry) retire(note string, now time.Time) {
	e.State, e.Note, e.Retired, e.Until = Retired, note, whole(now), whole(now).Add(KeptAfter)
}

func (e *Entry) drop(note string, now time.Time) {
	e.retire(note, now)
	e.State = Dropped
}
