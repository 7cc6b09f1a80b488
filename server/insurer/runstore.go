package insurer

import (
	"context"
	"iter"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/printing"
	"madoguchi/server/staff"
)

// RunStore keeps print jobs. A missing thing is an *eligibility.Error with code NotFound.
type RunStore interface {
	// PutRun stores a run of r.Total people with its people in their order; it is there once all of them are.
	PutRun(ctx context.Context, r PrintRun, items iter.Seq2[printing.Item, error], e audit.Entry) error
	Run(ctx context.Context, run RunKey) (PrintRun, error)
	// Going returns the runs of all insurers that are going, newest first: what the last end of the server
	// interrupted.
	Going(ctx context.Context, limit int) ([]PrintRun, error)
	// Runs returns an insurer's latest runs, newest first.
	Runs(ctx context.Context, insurer eligibility.InsurerNumber, limit int) ([]PrintRun, error)
	// RunItems returns the people of a run from place first (from 0) on, up to before last.
	RunItems(ctx context.Context, run RunKey, first, last int) ([]printing.Item, error)
	RunFiles(ctx context.Context, run RunKey) ([]printing.FileRecord, error)
	// StepRun moves a run to a state if it is in one of from; false when it is in another. It returns
	// ErrRunTaken, and changes nothing, where the step's claim is not the stored one.
	StepRun(ctx context.Context, run RunKey, step RunStep, e audit.Entry) (bool, error)
	// FinishFile notes a file of a run and that its people were printed, together. People who were erased
	// meanwhile are left out. It returns ErrRunTaken, and stores nothing, where the run's claim is not the
	// stored one.
	FinishFile(
		ctx context.Context,
		r PrintRun,
		f printing.FileRecord,
		printed []printing.PrintedRecord,
		e audit.Entry,
	) error
	// CheckRun notes that a run's names were looked at by hand; false when they were before.
	CheckRun(ctx context.Context, run RunKey, e audit.Entry) (bool, error)
}

// RunClaimStore keeps who prints a run.
type RunClaimStore interface {
	// ClaimRun makes a run that is going its owner's until a time, if it is nobody's, its own, or its time is
	// over, and returns what names the claim; false when it is another's.
	ClaimRun(ctx context.Context, run RunKey, c RunClaim) (RunClaim, bool, error)
	// RenewRun moves the end of a claim; false when the run is another's by now.
	RenewRun(ctx context.Context, run RunKey, c RunClaim) (bool, error)
}

// RunListStore keeps the lists of runs that clerks have not begun yet, sealed. A missing thing is an
// *eligibility.Error with code NotFound.
type RunListStore interface {
	// PutRunList keeps a list. A clerk's sixth drops the oldest.
	PutRunList(ctx context.Context, list KeptRunList, at time.Time) error
	// RunList returns the lines of a clerk's own list for the clerk's insurer, until it ends.
	RunList(ctx context.Context, clerk staff.Clerk, id string, at time.Time) ([]string, error)
}

// PrintSource gives print jobs the people to print. A missing thing is an *eligibility.Error with code
// NotFound.
type PrintSource interface {
	// EachPrint calls see for every person whom a query means, in no order, with what was last printed of
	// its kind for them.
	EachPrint(ctx context.Context, q PrintQuery, see func(PersonRecord, LastPrint) error) error
	// EachOfFile hands every person of an insurer who came with a file (KeptFile.ID) to see, in no order,
	// with what a run ever printed for them.
	EachOfFile(ctx context.Context, insurer eligibility.InsurerNumber, file string,
		see func(eligibility.Person, Printed)) error
	// People returns those of ids whom the insurer has.
	People(
		ctx context.Context, insurer eligibility.InsurerNumber, ids []audit.PersonID,
	) (map[audit.PersonID]PersonRecord, error)
	// PersonVersion returns a person as imported in an earlier version.
	PersonVersion(ctx context.Context, person PersonKey, version int) (PersonRecord, error)
	// EnsureNotices is EnsureNotice for many people of an insurer in one transaction.
	EnsureNotices(ctx context.Context, many ManyNotices, e audit.Entry) (map[audit.PersonID]int64, error)
}

// PrintQuery asks for the people of an insurer to print for.
type PrintQuery struct {
	Insurer eligibility.InsurerNumber
	Kind    PaperKind
	File    string // only who came with this file (KeptFile.ID); empty: all
}

// ManyNotices says for whom notices are ensured.
type ManyNotices struct {
	Insurer eligibility.InsurerNumber
	People  []audit.PersonID
	MAC     func(id audit.PersonID, serial int64) []byte
}

// RunKey names a run of an insurer.
type RunKey struct {
	Insurer eligibility.InsurerNumber
	ID      string
}

// RunStep moves a run from one of some states to another.
type RunStep struct {
	From []RunState
	To   RunState
	Note string // why it failed, as people are told
	// Under is the claim of the process that prints the run; nil where people move it.
	Under *RunClaim
}

// PaperKind is what a run prints.
type PaperKind string

const (
	NoticeRun      PaperKind = "notices"      // 資格情報のお知らせ
	CertificateRun PaperKind = "certificates" // 資格確認書
)

// Japanese names the paper.
func (k PaperKind) Japanese() string {
	d, ok := FindRun(k)
	if !ok {
		return string(k)
	}
	return message.New(d.Run.Name, nil).Text("ja")
}

// RunState is where a run stands: what it does, or what people told it to do.
type RunState string

const (
	RunPlanning  RunState = "planning" // its people are being stored; nobody sees it yet
	RunGoing     RunState = "going"
	RunPaused    RunState = "paused"
	RunCancelled RunState = "cancelled"
	RunFailed    RunState = "failed" // may be resumed once the reason is gone
	RunDone      RunState = "done"
)

// PrintRun is a run of papers.
type PrintRun struct {
	ID        string // 10 letters
	Insurer   eligibility.InsurerNumber
	Kind      PaperKind
	State     RunState
	By        audit.Actor // who began it
	CreatedAt time.Time
	EndedAt   time.Time // zero while it is not over
	Note      string    // why it failed: see Failure
	CheckedAt time.Time // when its names were looked at by hand; zero before
	CheckedBy audit.Actor
	Options   RunOptions
	Total     int // people
	Done      int // people in finished files, those who were skipped among them
	Files     int
	Claim     RunClaim // who prints it, or did last
}

// RunClaim is who prints a run: an instance of the program, or a command.
type RunClaim struct {
	Owner   string    // instances.NewName; empty where there is one process
	Attempt int       // counts the claims of a run
	At      time.Time // now
	Until   time.Time // then it may be another's
	Anyway  bool      // also where another's claim has not ended
}

// Key names the run.
func (r PrintRun) Key() RunKey { return RunKey{r.Insurer, r.ID} }

// RunOptions are a clerk's choices.
type RunOptions struct {
	Only        RunFilter        `json:"only"`
	ShareOn     eligibility.Date `json:"shareOn,omitzero"` // only people whose share may change on this day
	Dropped     bool             `json:"dropped,omitempty"`
	Listed      int              `json:"listed,omitempty"` // only people of a list, of so many lines
	File        string           `json:"file,omitempty"`   // only who came with this file (KeptFile.ID)
	Order       RunOrder         `json:"order"`
	CountSheets bool             `json:"countSheets,omitempty"`
	PerFile     int              `json:"perFile"`
	Layout      RunLayout        `json:"layout,omitempty"`
	Day         eligibility.Date `json:"day"`              // 交付年月日
	Folder      string           `json:"folder,omitempty"` // empty: the server's own
	// that the QR of its notices opens, whoever resumes the run
	Address string `json:"address,omitempty"`
}

// RunFilter says whom a run takes by what they had before.
type RunFilter string

const (
	OnlyAll     RunFilter = "all"
	OnlyNew     RunFilter = "new"     // never had this paper
	OnlyChanged RunFilter = "changed" // have it, and their record changed since
)

// RunOrder is the order of a run's pages.
type RunOrder string

const (
	ByPostCode  RunOrder = "postcode"  // 郵便番号, for the post
	ByNumber    RunOrder = "number"    // 記号 → 番号 → 枝番, for employers' parcels
	ByHousehold RunOrder = "household" // 世帯, one envelope each
)

// RunLayout is the size of certificates.
type RunLayout string

const (
	LayoutCards RunLayout = "cards" // ten on A4
	LayoutCard  RunLayout = "card"  // one to a page
	LayoutA4    RunLayout = "a4"
)

// LastPrint is what was last printed for a person; zero for nothing.
type LastPrint struct {
	At      time.Time
	Version int // of the person's record
}
