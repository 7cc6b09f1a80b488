package insurer

import "madoguchi/server/staff"

// Watch returns a channel that receives whenever a run of the insurer's in this process gets on or ends, one
// signal for all that happened since the last, until stop is called. A run that another process prints (the
// command `print`) signals nobody here.
func (r *PrintJobs) Watch(by staff.ForInsurer, id string) (changed <-chan struct{}, stop func()) {
	run := RunKey{by.InsurerNumber(), id}
	signal := make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.watchers == nil {
		r.watchers = map[RunKey]map[chan struct{}]bool{}
	}
	if r.watchers[run] == nil {
		r.watchers[run] = map[chan struct{}]bool{}
	}
	r.watchers[run][signal] = true
	return signal, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watchers[run], signal)
		if len(r.watchers[run]) == 0 {
			delete(r.watchers, run)
		}
	}
}

// signalWatchers wakes whoever watches a run; r.mu is held.
func (r *PrintJobs) signalWatchers(run RunKey) {
	for signal := range r.watchers[run] {
		select {
		case signal <- struct{}{}:
		default: // it is awake already
		}
	}
}
