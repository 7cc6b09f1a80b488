package insurer

import (
	"madoguchi/server/hub"
	"madoguchi/server/staff"
)

// Share joins the services to those of other instances: who waits here hears what happens there, and a run
// that is printed here is told of a command that was given there.
func (s *Services) Share(h *hub.Hub) error {
	if err := s.Desk.watchers.share(h, "insurer.desk", nil); err != nil {
		return err
	}
	j := s.PrintJobs
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

// Watch returns a channel that receives whenever a run of the insurer's in this process gets on, or one in
// any instance begins, ends or is told what to do, one signal for all that happened since the last, until
// stop is called. A run that another process prints (the command `print`) signals nobody here.
func (j *PrintJobs) Watch(by staff.ForInsurer, id string) (changed <-chan struct{}, stop func()) {
	return j.watchers.watch(RunKey{by.InsurerNumber(), id})
}
