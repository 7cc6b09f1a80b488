package insurer

// Watch returns a channel that receives whenever a run of this process gets on or ends, one signal for all
// that happened since the last, until stop is called. A run that another process prints (the command `print`)
// signals nobody here.
func (r *PrintJobs) Watch(id string) (changed <-chan struct{}, stop func()) {
	signal := make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.watchers == nil {
		r.watchers = map[string]map[chan struct{}]bool{}
	}
	if r.watchers[id] == nil {
		r.watchers[id] = map[chan struct{}]bool{}
	}
	r.watchers[id][signal] = true
	return signal, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watchers[id], signal)
		if len(r.watchers[id]) == 0 {
			delete(r.watchers, id)
		}
	}
}

// signalWatchers wakes whoever watches a run; r.mu is held.
func (r *PrintJobs) signalWatchers(id string) {
	for signal := range r.watchers[id] {
		select {
		case signal <- struct{}{}:
		default: // it is awake already
		}
	}
}
