package insurer

import (
	"madoguchi/server/hub"
	"madoguchi/server/printing"
	"madoguchi/server/staff"
)

// Share joins the services to those of other instances: who waits here hears what happens there, and a run
// that is printed here is told of a command that was given there.
func (s *Services) Share(h *hub.Hub) error {
	if err := s.Desk.watchers.share(h, "insurer.desk", nil); err != nil {
		return err
	}
	if err := s.Importer.storing.share(h, s.Importer.now); err != nil {
		return err
	}
	j := s.PrintJobs
	if err := j.elsewhere.share(h, "insurer.runs.progress", j.now, j.watchers.signal); err != nil {
		return err
	}
	return j.watchers.share(h, "insurer.runs", j.wakePrinter)
}

// wakePrinter has the printing of a run, or where it is nil of any, look for a command.
func (j *PrintJobs) wakePrinter(run *RunKey) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if run != nil && *run != j.printed {
		return
	}
	select {
	case j.changed <- struct{}{}:
	default: // nothing is printed, or it was told already
	}
}

// Watch returns a channel that receives whenever a run of the insurer's gets on, begins, ends or is told what
// to do, in any instance, one signal for all that happened since the last, until stop is called. A run that
// the command `print` prints signals nobody.
func (j *PrintJobs) Watch(by staff.ForInsurer, id string) (changed <-chan struct{}, stop func()) {
	return j.watchers.watch(RunKey{by.InsurerNumber(), id})
}

// Progress returns how far a run of the insurer's is, in any instance; false when none prints it.
func (j *PrintJobs) Progress(by staff.ForInsurer, id string) (printing.Progress, bool) {
	key := RunKey{by.InsurerNumber(), id}
	p, here := j.progressHere(key)
	if there, going := j.elsewhere.progress(key); going && p.Total == 0 {
		return there, true // here it waits at most
	}
	return p, here
}

// progressHere returns how far a run of this process is; false when it neither is printed here nor waits for
// its turn.
func (j *PrintJobs) progressHere(run RunKey) (printing.Progress, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p, here := j.live[run]
	return p, here
}
