package insurer

import "madoguchi/server/staff"

// Watch returns a channel that receives whenever a run of the insurer's in this process gets on or ends, one
// signal for all that happened since the last, until stop is called. A run that another process prints (the
// command `print`) signals nobody here.
func (j *PrintJobs) Watch(by staff.ForInsurer, id string) (changed <-chan struct{}, stop func()) {
	return j.watchers.watch(RunKey{by.InsurerNumber(), id})
}
