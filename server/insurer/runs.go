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
	"madoguchi/server/press"
)

// Runs prints runs: one at a time in this process, each as often as it is resumed.
type PrintJobs struct {
	Directory *Directory
	Documents *Documents

	store   RunStore
	people  PrintSource
	notices NoticeKeys
	address string
	demo    bool
	now     func() time.Time

	Folder string        // where runs without a folder of their own go: Folder/ID
	Reader *press.Reader // nil: no page is rendered, no text read
	Every  int           // one page in Every is rendered

	turn sync.Mutex // of the run under the press
	mu   sync.Mutex
	live map[string]press.Progress // of this process's runs, the waiting ones among them
	done sync.WaitGroup
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
func (r *PrintJobs) Print(ctx context.Context, id string, tell func(press.Progress)) (PrintRun, error) {
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
	err = r.press(ctx, run, tell)
	e := audit.Entry{At: r.now(), Actor: run.By, Action: "run.done", Detail: id}
	switch {
	case err == nil:
		_, err = store.StepRun(ctx, id, []RunState{RunGoing}, RunDone, "", e)
	case errors.Is(err, press.ErrPaused), errors.Is(err, press.ErrCancelled), ctx.Err() != nil:
		err = nil // its state says so already; a server that stops goes on at its next start
	case errors.Is(err, press.ErrBusy):
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

func (r *PrintJobs) press(ctx context.Context, run PrintRun, tell func(press.Progress)) error {
	items, err := r.store.RunItems(ctx, run.ID)
	if err != nil {
		return err
	}
	paper, err := r.paper(ctx, run)
	if err != nil {
		return err
	}
	every := r.Every
	if every == 0 {
		every = defaultEvery
	}
	p := press.Run{Folder: r.FolderOf(run), Base: RunBase(run), Items: items, PerFile: run.Options.PerFile, Paper: paper, Journal: journal{r, run},
		Reader: r.Reader, Every: every, Now: r.now, Tell: tell}
	_, err = p.Do(ctx)
	return err
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
	var wrong *press.Mismatch
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

// Failure is why the run failed, as people are told. Runs of versions before the catalogue hold a sentence in Japanese.
func (r PrintRun) Failure() message.Stored {
	var told message.Message
	if json.Unmarshal([]byte(r.Note), &told) == nil && told.Key != "" {
		return message.Keep(told)
	}
	return message.Stored{Ja: r.Note}
}

// journal is a run's files in the store.
type journal struct {
	jobs *PrintJobs
	run  PrintRun
}

func (j journal) Files(ctx context.Context) ([]press.FileRecord, error) {
	return j.jobs.store.RunFiles(ctx, j.run.ID)
}

func (j journal) Wish(ctx context.Context) (press.Wish, error) {
	run, err := j.jobs.store.Run(ctx, j.run.ID)
	switch {
	case err != nil:
		return press.GoOn, err
	case run.State == RunGoing:
		return press.GoOn, nil
	case run.State == RunCancelled:
		return press.Cancel, nil
	}
	return press.Pause, nil
}

func (j journal) Finish(ctx context.Context, f press.FileRecord, printed []string) error {
	ids := make([]audit.PersonID, len(printed))
	for i, ref := range printed {
		ids[i] = audit.PersonID(ref)
	}
	return j.jobs.store.FinishFile(ctx, j.run, f, ids, audit.Entry{At: j.jobs.now(), Actor: j.run.By, Action: "run.file",
		Detail: fmt.Sprintf("%s file=%d people=%d skipped=%d sha256=%s", j.run.ID, f.Number, f.People, f.Skipped, f.SHA256)})
}

// Begin prints a run in the background; Progress tells how far it is.
func (r *PrintJobs) Begin(ctx context.Context, id string) {
	r.note(id, press.Progress{})
	r.done.Go(func() {
		defer r.forget(id)
		if _, err := r.Print(ctx, id, func(p press.Progress) { r.note(id, p) }); err != nil {
			slog.Error("printing", "run", id, "error", err)
		}
	})
}

// Wait returns when no run is under the press any more, at the end of a server.
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

func (r *PrintJobs) note(id string, p press.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live == nil {
		r.live = map[string]press.Progress{}
	}
	r.live[id] = p
}

func (r *PrintJobs) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.live, id)
}

// Progress returns how far a run of this process is; false when it is not under the press here.
func (r *PrintJobs) Progress(id string) (press.Progress, bool) {
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
func (r *PrintJobs) Files(ctx context.Context, id string) ([]press.FileRecord, error) {
	return r.store.RunFiles(ctx, id)
}
