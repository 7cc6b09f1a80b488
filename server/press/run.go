package press

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"madoguchi/eligibility"
)

// Paper makes the pages of a run.
type Paper interface {
	// Load prepares the people behind refs, who stand from place at (from 0) on in the run, in that order; somebody who is gone
	// comes back with a reason to skip.
	Load(ctx context.Context, at int, refs []string) ([]Sheet, error)
	// Open begins a file.
	Open(w io.Writer) (File, error)
}

// File is one file under the press.
type File interface {
	// Count writes a count sheet before a group.
	Count(ctx context.Context, g Group) error
	// Add writes one person's paper, and says where it stands and what should be looked at by hand.
	Add(s Sheet) (Printed, error)
	// Close ends the file and returns how many pages it has.
	Close() (pages int, err error)
}

// Sheet is one person's paper before it is printed.
type Sheet struct {
	Ref                          string // the person's record
	Skip                         string // why nothing is printed, or empty
	Symbol, Number, BranchNumber string // for the index
	Codes                        map[string]string
	Texts                        []string // what its page must say: the number and the name, as printed
	Look                         string   // what the rules leave open about this person
	Content                      any      // the Paper's own
}

// Printed is where a paper stands.
type Printed struct {
	Page, Place int // from 1; Place tells the cards of one page apart
	Check       []string
}

// Group is people whose papers go into one parcel: an employer's.
type Group struct {
	Key    string
	First  string // ref of its first person, who knows the employer's name
	People int
}

// Item is one person's place in a run.
type Item struct {
	Ref   string
	Group string // empty: in no parcel
}

// Journal remembers what a run has done.
type Journal interface {
	// Files returns the finished files in order.
	Files(ctx context.Context) ([]FileRecord, error)
	// Wish is what people want of the run now.
	Wish(ctx context.Context) (Wish, error)
	// Finish notes a file and that its people were printed, together.
	Finish(ctx context.Context, f FileRecord, printed []string) error
}

// Wish is what people want of a run.
type Wish uint8

const (
	GoOn Wish = iota
	Pause
	Cancel
)

// FileRecord is a finished file.
type FileRecord struct {
	Number  int    `json:"number"` // from 1
	Name    string `json:"name"`   // empty when everybody in it was skipped
	First   int    `json:"first"`  // of the run's items, from 0
	Last    int    `json:"last"`   // one behind the last
	People  int    `json:"people"`
	Pages   int    `json:"pages"`
	Skipped int    `json:"skipped"`
	Check   int    `json:"check"` // people on the hand-check list
	Codes   int    `json:"codes"` // read back
	Texts   int    `json:"texts"` // people whose number and name were read back
	Sampled int    `json:"sampled"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
}

// Sum counts what files came to in all; it is no file itself.
func Sum(files []FileRecord) FileRecord {
	var sum FileRecord
	for _, f := range files {
		sum.People += f.People
		sum.Pages += f.Pages
		sum.Skipped += f.Skipped
		sum.Check += f.Check
		sum.Codes += f.Codes
		sum.Sampled += f.Sampled
		sum.Texts += f.Texts
	}
	return sum
}

// Progress is how far a run has come.
type Progress struct {
	Done, Total int
	File        int
	Rate        float64       // people a second, in this start
	Left        time.Duration // zero while unknown
	Reading     bool          // a file is being read back
}

// Run is a run and where it goes.
type Run struct {
	Folder  string // where the files go; made when missing
	Base    string // how files begin, e.g. oshirase-138990-ABCDEF
	Items   []Item
	PerFile int // people a file
	Paper   Paper
	Journal Journal
	Reader  *Reader // nil: no page is rendered, no text read
	Every   int     // one page in Every is rendered, with each file's first and last
	Now     func() time.Time
	Tell    func(Progress) // may be nil
}

// Errors that end a run early; all but these are faults.
var (
	ErrPaused    = errors.New("press: paused")
	ErrCancelled = errors.New("press: cancelled")
	ErrBusy      = &eligibility.Error{Code: eligibility.Conflict, Key: "run.busy"}
	ErrFileGone  = &eligibility.Error{Code: eligibility.Conflict, Key: "run.file_gone"}
	errFolder    = &eligibility.Error{Code: eligibility.Unavailable, Key: "run.folder"}
)

// Do prints what is not printed yet. It returns ErrPaused or ErrCancelled when that was wished, a *Mismatch when a page does
// not say what it should, and ErrBusy when another process is at it.
func (r *Run) Do(ctx context.Context) ([]FileRecord, error) {
	if err := os.MkdirAll(r.Folder, 0o700); err != nil {
		return nil, errFolder.Because(err)
	}
	release, err := lock(filepath.Join(r.Folder, "."+r.Base+".lock"))
	if err != nil {
		return nil, err
	}
	defer release()
	files, err := r.Journal.Files(ctx)
	if err != nil {
		return nil, err
	}
	next := 0
	for _, f := range files {
		if f.Name != "" {
			if info, err := os.Stat(filepath.Join(r.Folder, f.Name)); err != nil || info.Size() != f.Bytes {
				return files, ErrFileGone.In(f.Name).Because(err)
			}
		}
		next = f.Last
	}
	s := session{Run: r, began: r.Now(), from: next, groups: groups(r.Items)}
	for next < len(r.Items) {
		made, err := s.file(ctx, len(files)+1, next)
		if err != nil {
			return files, err
		}
		files, next = append(files, made), made.Last
	}
	s.tell(next, len(files), false)
	return files, r.summary(files)
}

// groups counts the people of each group.
func groups(items []Item) map[string]*Group {
	out := map[string]*Group{}
	for _, item := range items {
		if item.Group == "" {
			continue
		}
		g, ok := out[item.Group]
		if !ok {
			g = &Group{Key: item.Group, First: item.Ref}
			out[item.Group] = g
		}
		g.People++
	}
	return out
}

// session is one start of a run.
type session struct {
	*Run
	began  time.Time
	from   int
	asked  time.Time
	groups map[string]*Group
}

// tell reports progress.
func (s *session) tell(done, file int, reading bool) {
	if s.Tell == nil {
		return
	}
	p := Progress{Done: done, Total: len(s.Items), File: file, Reading: reading}
	if took := s.Now().Sub(s.began).Seconds(); took > 0 && done > s.from {
		p.Rate = float64(done-s.from) / took
		p.Left = time.Duration(float64(p.Total-done) / p.Rate * float64(time.Second))
	}
	s.Tell(p)
}

// wish asks once a second what people want.
func (s *session) wish(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := s.Now()
	if now.Sub(s.asked) < time.Second && !s.asked.IsZero() {
		return nil
	}
	s.asked = now
	wish, err := s.Journal.Wish(ctx)
	switch {
	case err != nil:
		return err
	case wish == Pause:
		return ErrPaused
	case wish == Cancel:
		return ErrCancelled
	}
	return nil
}

// chunk is how many people are loaded at once.
const chunk = 500

// name is the name of a file of the run, without its ending.
func (r *Run) name(number int) string { return fmt.Sprintf("%s-%03d", r.Base, number) }
