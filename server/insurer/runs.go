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
	"madoguchi/server/printing"
)

// PrintJobs prints runs: one at a time in this process, each as often as it is resumed.
type PrintJobs struct {
	Directory *Directory
	Documents *Documents

	store   RunStore
	people  PrintSource
	notices NoticeKeys
	address string
	demo    bool
	now     func() time.Time

	Folder string           // where runs without a folder of their own go: Folder/ID
	Reader *printing.Reader // nil: no page is rendered, no text read
	Every  int              // one page in Every is rendered

	turn sync.Mutex // of the run that is being printed
	mu   sync.Mutex
	live map[string]printing.Progress // of this process's runs, the waiting ones among them
	// printed is the run that is being printed; changed tells it of a command that was given in this process.
	printed string
	changed chan struct{}
	// watchers are told of each step of a run, by its id (Watch).
	watchers map[string]map[chan struct{}]bool
	done     sync.WaitGroup
}

// defaultEvery is how rarely a page is rendered: each takes half a second, and every code is read back anyway.
const defaultEvery = 2_500

var (
	errRunMismatch = &eligibility.Error{Code: eligibility.Internal, Key: "run.mismatch"}
	errRunOver     = &eligibility.Error{Code: eligibility.Conflict, Key: "run.over"}
)

// FolderOf returns where a run's files are.
func (r *PrintJobs) FolderOf(run PrintRun) string {
	if run.Options.Folder != "" {
		return run.Options.Folder
	}
	return filepath.Join(r.Folder, run.ID)
}

// Print prints what is left of a run and returns how it ended; tell may be nil. A run that was paused or cancelled meanwhile is
// no error.
func (r *PrintJobs) Print(ctx context.Context, id string, tell func(printing.Progress)) (PrintRun, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	store := r.store
	run, err := store.Run(ctx, id)
	if err != nil {
		return run, err
	}
	if run.State != RunGoing {
		return run, nil // stopped while it waited for its turn
	}
	err = r.print(ctx, run, tell)
	e := audit.Entry{At: r.now(), Actor: run.By, Action: "run.done", Detail: id}
	switch {
	case err == nil:
		_, err = store.StepRun(ctx, id, []RunState{RunGoing}, RunDone, "", e)
	case errors.Is(err, printing.ErrPaused), errors.Is(err, printing.ErrCancelled), ctx.Err() != nil:
		err = nil // its state says so already; a server that stops goes on at its next start
	case errors.Is(err, printing.ErrBusy):
		return run, err
	default:
		err = failed(err)
		e.Action = "run.failed"
		if _, bad := store.StepRun(ctx, id, []RunState{RunGoing}, RunFailed, noteOf(err), e); bad != nil {
			slog.Error("noting a failed run", "run", id, "error", bad)
		}
		return run, err
	}
	if err != nil {
		return run, err
	}
	return store.Run(context.WithoutCancel(ctx), id)
}

func (r *PrintJobs) print(ctx context.Context, run PrintRun, tell func(printing.Progress)) error {
	items, err := r.store.RunItems(ctx, run.ID)
	if err != nil {
		return err
	}
	print, err := r.printer(ctx, run)
	if err != nil {
		return err
	}
	every := r.Every
	if every == 0 {
		every = defaultEvery
	}
	_, err = print(ctx, printing.Job{
		Folder:  r.FolderOf(run),
		Base:    RunBase(run),
		Items:   items,
		PerFile: run.Options.PerFile,
		Store:   jobStore{r, run},
		Reader:  r.Reader,
		Every:   every,
		Now:     r.now,
		Tell:    tell,
		Changed: r.listen(run.ID),
	})
	r.listen("")
	return err
}

// listen returns what receives when a run's command is changed by this process, until the next call.
func (r *PrintJobs) listen(id string) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.printed, r.changed = id, make(chan struct{}, 1)
	return r.changed
}

// tellChanged wakes the run that is being printed here.
func (r *PrintJobs) tellChanged(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.signalWatchers(id)
	if id == "" || id != r.printed {
		return
	}
	select {
	case r.changed <- struct{}{}:
	default: // it was told already
	}
}

// RunBase begins the names of a run's files.
func RunBase(run PrintRun) string {
	name := "oshirase"
	if run.Kind == CertificateRun {
		name = "shikakukakuninsho"
	}
	return name + "-" + run.Insurer.Paper() + "-" + run.ID
}

// failed gives a fault its sentence.
func failed(err error) error {
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
		return message.Keep(told)
	}
	return message.Stored{Ja: r.Note}
}

// jobStore is a run's files in the store.
type jobStore struct {
	jobs *PrintJobs
	run  PrintRun
}

func (j jobStore) Files(ctx context.Context) ([]printing.FileRecord, error) {
	return j.jobs.store.RunFiles(ctx, j.run.ID)
}

func (j jobStore) Command(ctx context.Context) (printing.Command, error) {
	run, err := j.jobs.store.Run(ctx, j.run.ID)
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

func (j jobStore) Finish(ctx context.Context, f printing.FileRecord, printed []string) error {
	ids := make([]audit.PersonID, len(printed))
	for i, ref := range printed {
		ids[i] = audit.PersonID(ref)
	}
	return j.jobs.store.FinishFile(ctx, j.run, f, ids, audit.Entry{At: j.jobs.now(), Actor: j.run.By, Action: "run.file",
		Detail: fmt.Sprintf("%s file=%d people=%d skipped=%d sha256=%s", j.run.ID, f.Number, f.People, f.Skipped, f.SHA256)})
}

// Begin prints a run in the background; Progress tells how far it is.
func (r *PrintJobs) Begin(ctx context.Context, id string) {
	r.note(id, printing.Progress{})
	r.done.Go(func() {
		defer r.forget(id)
		if _, err := r.Print(ctx, id, func(p printing.Progress) { r.note(id, p) }); err != nil {
			slog.Error("printing", "run", id, "error", err)
		}
	})
}

// Wait returns when no run is being printed any more, at the end of a server.
func (r *PrintJobs) Wait() { r.done.Wait() }

// Resume takes up the runs of this server that its last end interrupted.
func (r *PrintJobs) Resume(ctx context.Context) error {
	runs, err := r.store.Runs(ctx, "", 100)
	for _, run := range runs {
		if run.State == RunGoing && run.Options.Folder == "" {
			r.Begin(ctx, run.ID)
		}
	}
	return err
}

func (r *PrintJobs) note(id string, p printing.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live == nil {
		r.live = map[string]printing.Progress{}
	}
	r.live[id] = p
	r.signalWatchers(id)
}

func (r *PrintJobs) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.live, id)
	r.signalWatchers(id)
}

// Progress returns how far a run of this process is; false when it is not printed here.
func (r *PrintJobs) Progress(id string) (printing.Progress, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.live[id]
	return p, ok
}

// Wish pauses, cancels or resumes a run (state RunPaused, RunCancelled, RunGoing). It returns errRunOver for a run that is over.
func (r *PrintJobs) Wish(ctx context.Context, id string, to RunState, by audit.Actor) error {
	from := []RunState{RunGoing}
	switch to {
	case RunGoing:
		from = []RunState{RunPaused, RunFailed, RunGoing}
	case RunCancelled:
		from = []RunState{RunGoing, RunPaused, RunFailed}
	}
	moved, err := r.store.StepRun(ctx, id, from, to, "", audit.Entry{At: r.now(), Actor: by, Action: "run." + string(to), Detail: id})
	if err == nil && !moved {
		err = errRunOver
	}
	if err == nil {
		r.tellChanged(id)
	}
	return err
}

// List returns an insurer's newest print jobs.
func (r *PrintJobs) List(ctx context.Context, insurer eligibility.InsurerNumber, most int) ([]PrintRun, error) {
	return r.store.Runs(ctx, insurer, most)
}

// Job returns a print job as it is now.
func (r *PrintJobs) Job(ctx context.Context, id string) (PrintRun, error) {
	return r.store.Run(ctx, id)
}

// Files returns a print job's finished files.
func (r *PrintJobs) Files(ctx context.Context, id string) ([]printing.FileRecord, error) {
	return r.store.RunFiles(ctx, id)
}
