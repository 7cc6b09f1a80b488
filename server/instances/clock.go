package instances

import (
	"context"
	"log/slog"
	"time"
)

// mostApart is how far an instance's clock may be from the database's before the log says so. From ten
// seconds on the others answer none of its requests (hub.clockSlack), from Lease on they take it for gone,
// and nothing else tells why.
const mostApart = 5 * time.Second

// lookAtClock looks whether this instance's clock is right, and returns whether it is apart from the
// database's; was is what it found before. A change is said in the log.
func (i *Instance) lookAtClock(ctx context.Context, was bool) (apart bool) {
	asked := i.Now()
	theirs, err := i.Store.Clock(ctx)
	if err != nil || theirs.IsZero() {
		return was // that the database is away is said already
	}
	took := i.Now().Sub(asked)
	off := asked.Add(took / 2).Sub(theirs)
	apart = off.Abs() > mostApart+took.Abs()/2
	switch {
	case apart && !was:
		slog.Error("this instance's clock is not the database's: other instances do not answer it, or take "+
			"it for gone", "ahead", off.Round(time.Millisecond))
	case !apart && was:
		slog.Info("this instance's clock is the database's again")
	}
	return apart
}
