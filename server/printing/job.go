package printing

import (
	"context"
	"errors"
	"io"
	"time"

	"madoguchi/eligibility"
)

// Composer makes the pages of a job; T is what one person's page needs.
type Composer[T any] interface {
	// Load prepares the people behind refs, who stand from place at (from 0) on in the job, in that order;
	// somebody who is gone comes back with a reason to skip.
	Load(ctx context.Context, at int, refs []string) ([]Page[T], error)
	// Due returns how many of the people behind refs would be printed now.
	Due(ctx context.Context, refs []string) (int, error)
	// Open begins a file.
	Open(w io.Writer) (File[T], error)
}

// File is one file that is being printed.
type File[T any] interface {
	// Count writes a count sheet before a group.
	Count(ctx context.Context, g Group) error
	// Add writes one person's page, and says where it stands and what should be looked at by hand.
	Add(p Page[T]) (Printed, error)
	// Close ends the file and returns how many pages it has.
	Close() (pages int, err error)
}

// Person is one person of a job as the lists and the read-back know them.
type Person struct {
	Ref                          string // the person's record
	Version                      int    // of the record, that the page is made of
	Skip                         string // why nothing is printed, or empty
	Symbol, Number, BranchNumber string // for the index
	Codes                        map[string]string
	Texts                        []string // what the page must say: the number and the name, as printed
	NeedsReview                  string   // what the rules leave open about this person
}

// Page is one person's page before it is printed.
type Page[T any] struct {
	Person
	Content T
}

// Printed is where a page stands.
type Printed struct {
	Page, Place int // from 1; Place tells the cards of one page apart
	Check       []string
}

// Group is people whose pages go into one parcel: an employer's.
type Group struct {
	Key    string
	First  string // ref of the first person who is printed, who knows the employer's name
	People int    // who are printed, as far as is known before their pages
}

// Item is one person's place in a job.
type Item struct {
	Ref   string
	Group string // empty: in no parcel
}

// Items are the people of a job in the order of its pages. A whole country's are asked for in parts.
type Items interface {
	Len() int
	// Slice returns those from place first (from 0) on, up to before last.
	Slice(ctx context.Context, first, last int) ([]Item, error)
}

// ItemList are items that are at hand.
type ItemList []Item

// Len implements Items.
func (l ItemList) Len() int { return len(l) }

// Slice implements Items.
func (l ItemList) Slice(_ context.Context, first, last int) ([]Item, error) {
	return l[first:last], nil
}

// JobStore remembers what a job has done.
type JobStore interface {
	// Files returns the finished files in order.
	Files(ctx context.Context) ([]FileRecord, error)
	// Command is what people want of the job now.
	Command(ctx context.Context) (Command, error)
	// Finish notes a file and that its people were printed, together.
	Finish(ctx context.Context, f FileRecord, printed []PrintedRecord) error
}

// PrintedRecord is a person's record as a page shows it; by now it may be newer.
type PrintedRecord struct {
	Ref     string
	Version int
}

// Command is what people want of a job.
type Command uint8

const (
	Resume Command = iota // go on
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
	// Parcel is the group whose count sheet came last, in this file or before it.
	Parcel string `json:"parcel,omitempty"`
	// ListSHA256 is that of the file's list; empty in records of versions before.
	ListSHA256 string `json:"listSHA256,omitempty"`
}

// SumRecords counts what files came to in all; it is no file itself.
func SumRecords(files []FileRecord) FileRecord {
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

// Progress is how far a job has come.
type Progress struct {
	Done, Total int
	File        int
	Rate        float64       // people a second, since this start
	Left        time.Duration // zero while unknown
	Reading     bool          // a file is being read back
}

// Job is a job and where it goes.
type Job struct {
	Folder  string // where the files go; made when missing
	Base    string // how files begin, e.g. oshirase-138990-ABCDEF
	Items   Items
	PerFile int // people a file
	Store   JobStore
	Poppler *Poppler // nil: no page is rendered, no text read
	Every   int      // one page in Every is rendered, with each file's first and last
	Now     func() time.Time
	Tell    func(Progress) // may be nil
	// Changed receives when this process has changed the command. Other processes cannot tell so: the store
	// is asked for their commands once in askEvery. It may be nil.
	Changed <-chan struct{}
}

// Errors that end a job early; all but these are faults.
var (
	ErrPaused    = errors.New("printing: paused")
	ErrCancelled = errors.New("printing: cancelled")
	ErrBusy      = &eligibility.Error{Code: eligibility.Conflict, Key: "run.busy"}
	ErrFileGone  = &eligibility.Error{Code: eligibility.Conflict, Key: "run.file_gone"}
	errFolder    = &eligibility.Error{Code: eligibility.Unavailable, Key: "run.folder"}
)
