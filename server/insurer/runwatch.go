package insurer

import "madoguchi/server/staff"

// Watch returns a channel that receives whenever a run of the insurer's in this process gets on or ends, one
// signal for all that happened since the last, until stop is called. A run that another process prints (the
// command `print`) signals nobody here.
func (j *PrintJobs) Watch(by staff.ForInsurer, id string) (changed <-chan struct{}, stop func()) {
	run := RunKey{by.InsurerNumber(), id}
	signal := make(chan struct{}, 1)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.watchers == nil {
		j.watchers = map[RunKey]map[chan struct{}]bool{}
	}
	if j.watchers[run] == nil {
		j.watchers[run] = map[chan struct{}]bool{}
	}
	j.watchers[run][signal] = true
	return signal, func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		delete(j.watchers[run], signal)
		if len(j.watchers[run]) == 0 {
			delete(j.watchers, run)
		}
	}
}

// signalWatchers wakes whoever watches a run; r.mu is held.
func (j *PrintJobs) signalWatchers(run RunKey) {
	for signal := range j.watchers[run] {
		select {
		case signal <- struct{}{}:
		default: // it is awake already
		}
	}
}
