package insurer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/guarded"
	"madoguchi/server/printing"
	"madoguchi/server/staff"
)

// PrintJobs prints runs: one at a time in this process, each as often as it is resumed.
type PrintJobs struct {
	Directory *Directory
	Documents *Documents

	store   RunStore
	people  PrintSource
	papers  *filePapers
	notices NoticeKeys
	address string
	demo    bool
	now     func() time.Time

	Folder string            // where runs without a folder of their own go: Folder/ID
	Reader *printing.Poppler // nil: no page is rendered, no text read
	Every  int               // one page in Every is rendered

	claims runClaims
	turn   sync.Mutex // of the run that is being printed
	mu     sync.Mutex
	live   map[RunKey]printing.Progress // of this process's runs, the waiting ones among them
	// elsewhere is how far other instances' runs are.
	elsewhere elsewhere[RunKey, printing.Progress]
	// printed is the run that is being printed; changed tells it of a command that was given in this process.
	printed RunKey
	changed chan struct{}
	// watchers are told of each step of a run, by its key (Watch).
	watchers watchers[RunKey]
	done     sync.WaitGroup
}

// defaultEvery is how rarely a page is rendered: each takes as long as a thousand people's, and every code
// is read back anyway.
const defaultEvery = 10_000

var (
	errRunMismatch = &eligibility.Error{Code: eligibility.Internal, Key: "run.mismatch"}
	// ErrRunTaken is returned when another process prints a run by now.
	ErrRunTaken = &eligibility.Error{Code: eligibility.Conflict, Key: "run.taken"}
	errRunOver  = &eligibility.Error{Code: eligibility.Conflict, Key: "run.over"}
)

// FolderOf returns where a run's files are.
func (j *PrintJobs) FolderOf(run PrintRun) string {
	if run.Options.Folder != "" {
		return run.Options.Folder
	}
	return filepath.Join(j.Folder, run.ID)
}

// Print prints what is left of a run and returns how it ended; tell may be nil. A run that was paused or
// cancelled meanwhile is no error.
func (j *PrintJobs) Print(
	ctx context.Context, by staff.ForInsurer, id string, tell func(printing.Progress),
) (PrintRun, error) {
	return j.printInTurn(ctx, RunKey{by.InsurerNumber(), id}, tell)
}

// PrintUntil is Print of a command: when stop ends, as by Ctrl+C, the run is paused, and comes back so. A
// failure to pause is told, and the run goes on.
func (j *PrintJobs) PrintUntil(
	stop context.Context, by staff.ForInsurer, id string, show func(printing.Progress), tell func(error),
) (PrintRun, error) {
	ctx := context.WithoutCancel(stop)
	// The run's state must say that it is paused before the job is asked to stop.
	unwatch := context.AfterFunc(stop, func() {
		if err := j.Command(ctx, by, id, RunPaused); err != nil {
			tell(err)
		}
	})
	defer unwatch()
	return j.Print(ctx, by, id, show)
}

func (j *PrintJobs) printInTurn(
	ctx context.Context, key RunKey, tell func(printing.Progress),
) (PrintRun, error) {
	j.turn.Lock()
	defer j.turn.Unlock()
	store := j.store
	run, err := store.Run(ctx, key)
	if err != nil {
		return run, err
	}
	if run.State != RunGoing {
		return run, nil // stopped while it waited for its turn
	}
	claim, ours, err := j.claims.claim(ctx, key, false)
	if err == nil && !ours && printing.WasLeft(j.FolderOf(run), RunBase(run)) {
		claim, ours, err = j.claims.claim(ctx, key, true) // of a program that was killed a moment ago
	}
	switch {
	case err != nil:
		return run, err
	case !ours:
		return run, printing.ErrBusy
	}
	run.Claim = claim
	holding, release := j.claims.hold(ctx, key, claim)
	defer release() // behind the last step, which is this claim's
	err = j.printRun(holding, run, tell)
	if errors.Is(err, ErrRunTaken) || errors.Is(context.Cause(holding), ErrRunTaken) {
		return run, ErrRunTaken // its new owner goes on
	}
	e := audit.Entry{At: j.now(), Actor: run.By, Action: "run.done", Detail: run.ID}
	switch {
	case err == nil:
		step := RunStep{From: []RunState{RunGoing}, To: RunDone, Under: &claim}
		_, err = store.StepRun(ctx, key, step, e)
	case errors.Is(err, printing.ErrPaused), errors.Is(err, printing.ErrCancelled), ctx.Err() != nil:
		err = nil // its state says so already; a server that stops goes on at its next start
	case errors.Is(err, printing.ErrBusy):
		return run, err
	default:
		err = describeFailure(err)
		e.Action = "run.failed"
		step := RunStep{From: []RunState{RunGoing}, To: RunFailed, Note: noteOf(err), Under: &claim}
		_, bad := store.StepRun(ctx, key, step, e)
		if errors.Is(bad, ErrRunTaken) { // what failed here goes on there
			return run, errors.Join(bad, err)
		}
		if bad != nil {
			slog.Error("noting a failed run", "run", run.ID, "error", bad)
		}
		return run, err
	}
	if err != nil {
		return run, err
	}
	return store.Run(context.WithoutCancel(ctx), key)
}

func (j *PrintJobs) printRun(ctx context.Context, run PrintRun, tell func(printing.Progress)) error {
	print, err := j.printFuncFor(ctx, run)
	if err != nil {
		return err
	}
	every := j.Every
	if every == 0 {
		every = defaultEvery
	}
	_, err = print(ctx, printing.Job{
		Folder:  j.FolderOf(run),
		Base:    RunBase(run),
		Items:   runItems{j.store, run},
		PerFile: run.Options.PerFile,
		Store:   jobStore{j, run},
		Poppler: j.Reader,
		Every:   every,
		Now:     j.now,
		Tell:    tell,
		Changed: j.listenForChange(run.Key()),
	})
	j.listenForChange(RunKey{})
	return err
}

// listenForChange returns what receives when a run's command is changed by this process, until the next call.
func (j *PrintJobs) listenForChange(run RunKey) <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.printed, j.changed = run, make(chan struct{}, 1)
	return j.changed
}

// tellChanged wakes the run that is being printed here.
func (j *PrintJobs) tellChanged(run RunKey) {
	j.watchers.tell(run)
	j.wakePrinter(&run)
}

// RunBase begins the names of a run's files.
func RunBase(run PrintRun) string {
	d, _ := FindRun(run.Kind)
	return d.File + "-" + run.Insurer.Paper() + "-" + run.ID
}

// describeFailure gives a fault its sentence.
func describeFailure(err error) error {
	var wrong *printing.Mismatch
	if errors.As(err, &wrong) {
		return errRunMismatch.Because(err)
	}
	return err
}

// noteOf is why a run failed, as its record keeps it: a Message as JSON.
func noteOf(err error) string {
	why := message.New("run.stopped", nil)
	var e *eligibility.Error
	if errors.As(err, &e) {
		why = e.Message()
	}
	note, bad := json.Marshal(why)
	if bad != nil {
		return ""
	}
	return string(note)
}

// Failure is why the run failed, as people are told. Runs of versions before the catalogue hold a
// sentence in Japanese.
func (r PrintRun) Failure() message.Stored {
	var told message.Message
	if json.Unmarshal([]byte(r.Note), &told) == nil && told.Key != "" {
		return message.ToStored(told)
	}
	return message.Stored{Ja: r.Note}
}

// runItems are a run's people in the store.
type runItems struct {
	store RunStore
	run   PrintRun
}

// Len implements printing.Items.
func (i runItems) Len() int { return i.run.Total }

// Slice implements printing.Items.
func (i runItems) Slice(ctx context.Context, first, last int) ([]printing.Item, error) {
	return i.store.RunItems(ctx, i.run.Key(), first, last)
}

// jobStore is a run's files in the store.
type jobStore struct {
	jobs *PrintJobs
	run  PrintRun
}

func (j jobStore) Files(ctx context.Context) ([]printing.FileRecord, error) {
	return j.jobs.store.RunFiles(ctx, j.run.Key())
}

func (j jobStore) Command(ctx context.Context) (printing.Command, error) {
	run, err := j.jobs.store.Run(ctx, j.run.Key())
	switch {
	case err != nil:
		return printing.Resume, err
	case run.State == RunGoing:
		return printing.Resume, nil
	case run.State == RunCancelled:
		return printing.Cancel, nil
	}
	return printing.Pause, nil
}

func (j jobStore) Finish(
	ctx context.Context, f printing.FileRecord, printed []printing.PrintedRecord,
) error {
	defer j.jobs.watchers.tell(j.run.Key())
	return j.jobs.store.FinishFile(
		ctx,
		j.run,
		f,
		printed,
		audit.Entry{At: j.jobs.now(), Actor: j.run.By, Action: "run.file",
			Detail: fmt.Sprintf(
				"%s file=%d people=%d skipped=%d sha256=%s",
				j.run.ID,
				f.Number,
				f.People,
				f.Skipped,
				f.SHA256,
			)},
	)
}

// Begin prints a run of the insurer's in the background; Progress tells how far it is.
func (j *PrintJobs) Begin(ctx context.Context, by staff.ForInsurer, id string) error {
	run, err := j.Job(ctx, by, id)
	if err != nil {
		return err
	}
	j.beginRun(ctx, run.Key())
	return nil
}

func (j *PrintJobs) beginRun(ctx context.Context, run RunKey) {
	j.noteProgress(run, printing.Progress{})
	over := j.elsewhere.telling(run, func() printing.Progress {
		p, _ := j.progressHere(run)
		return p
	})
	j.done.Go(func() {
		defer over(nil) // why a run failed stands in the store
		defer j.forgetProgress(run)
		err := guarded.Do("printing", func() error {
			_, err := j.printInTurn(ctx, run, func(p printing.Progress) { j.noteProgress(run, p) })
			return err
		})
		switch {
		case errors.Is(err, printing.ErrBusy), errors.Is(err, ErrRunTaken):
			slog.Info("another process prints a run", "run", run.ID, "error", err)
		case err != nil:
			slog.Error("printing", "run", run.ID, "error", err)
		}
	})
}

// Wait returns when no run is being printed any more, at the end of a server.
func (j *PrintJobs) Wait() { j.done.Wait() }

func (j *PrintJobs) noteProgress(run RunKey, p printing.Progress) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.live == nil {
		j.live = map[RunKey]printing.Progress{}
	}
	j.live[run] = p
	j.watchers.signal(run)
}

func (j *PrintJobs) forgetProgress(run RunKey) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.live, run)
	j.watchers.tell(run)
}

// Command pauses, cancels or resumes a run of the insurer's (state RunPaused, RunCancelled, RunGoing). It
// returns errRunOver for a run that is over.
func (j *PrintJobs) Command(ctx context.Context, by staff.ForInsurer, id string, to RunState) error {
	step := RunStep{From: []RunState{RunGoing}, To: to}
	switch to {
	case RunGoing:
		step.From = []RunState{RunPaused, RunFailed, RunGoing}
	case RunCancelled:
		step.From = []RunState{RunGoing, RunPaused, RunFailed}
	}
	run := RunKey{by.InsurerNumber(), id}
	e := audit.Entry{At: j.now(), Actor: by.Actor(), Action: "run." + string(to), Detail: id}
	moved, err := j.store.StepRun(ctx, run, step, e)
	if err == nil && !moved {
		err = errRunOver
	}
	if err == nil {
		j.tellChanged(run)
	}
	return err
}

// List returns the insurer's newest print jobs.
func (j *PrintJobs) List(ctx context.Context, by staff.ForInsurer, most int) ([]PrintRun, error) {
	return j.store.Runs(ctx, by.InsurerNumber(), most)
}

// Job returns a print job of the insurer's as it is now.
func (j *PrintJobs) Job(ctx context.Context, by staff.ForInsurer, id string) (PrintRun, error) {
	return j.store.Run(ctx, RunKey{by.InsurerNumber(), id})
}

// Files returns the finished files of a print job of the insurer's.
func (j *PrintJobs) Files(
	ctx context.Context, by staff.ForInsurer, id string,
) ([]printing.FileRecord, error) {
	run, err := j.Job(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return j.store.RunFiles(ctx, run.Key())
}
