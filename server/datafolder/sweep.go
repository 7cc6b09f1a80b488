package datafolder

import (
	"context"
	"log/slog"
	"time"

	"madoguchi/server/insurer"
	"madoguchi/server/store"
)

// Sweep removes what is over, and makes room for the next months. What it cannot is said in the log, and
// tried again at the next call.
func (f *DataFolder) Sweep(ctx context.Context) {
	if err := f.Store.MakeRoom(ctx); err != nil {
		slog.Warn("making room for the next months", "error", err)
	}
	if _, err := f.Store.Sessions().ExpireSessions(ctx, f.Now()); err != nil {
		slog.Warn("sweeping sessions", "error", err)
	}
	if err := f.Store.ExpireStaff(ctx, f.Now()); err != nil {
		slog.Warn("sweeping invitations", "error", err)
	}
	if _, err := f.Store.ExpireReceipts(ctx, f.Now().Add(-insurer.ReceiptLife)); err != nil {
		slog.Warn("sweeping receipts", "error", err)
	}
	if _, err := f.Store.ExpireOutages(ctx, f.Now()); err != nil {
		slog.Warn("sweeping outage lists", "error", err)
	}
	if err := f.Store.ExpireDevices(ctx, f.Now(), f.Now().Add(-insurer.DeviceGrantRetention)); err != nil {
		slog.Warn("sweeping phones", "error", err)
	}
	if err := store.ExpireInstances(ctx, f.Store, f.Now()); err != nil {
		slog.Warn("sweeping instances", "error", err)
	}
	if _, err := f.Store.ExpireCases(ctx, f.Now()); err != nil {
		slog.Warn("sweeping counters' records", "error", err)
	}
}

// Alone does something unless another instance does it, or did it in this time (instances.Instance.Chore).
type Alone func(ctx context.Context, name string, every time.Duration, do func())

// longestSleep is the longest that a computer sleeps between two hours of its own. A clock that is further
// ahead was set wrong; what is removed by it does not come back.
const longestSleep = 7 * 24 * time.Hour

// steadyClock knows a clock that jumped ahead while the program ran.
type steadyClock struct{ expected time.Time }

// ran notes that an hour of running has passed, and reports whether the clock can be right.
func (c *steadyClock) ran(now time.Time) bool {
	c.expected = c.expected.Add(time.Hour)
	if now.Sub(c.expected) > longestSleep {
		return false
	}
	c.expected = now
	return true
}

// KeepClean removes what is over, and does a server's other chores, now and then every hour, until the
// context ends. Of several instances one removes; chores are each instance's own.
func (f *DataFolder) KeepClean(ctx context.Context, alone Alone, chores ...func(context.Context)) {
	hourly, often := time.NewTicker(time.Hour), time.NewTicker(time.Minute)
	defer hourly.Stop()
	defer often.Stop()
	steady := steadyClock{f.Now().Add(-time.Hour)}
	everything := func() {
		if now := f.Now(); steady.ran(now) {
			alone(ctx, "sweep", time.Hour, func() { f.Sweep(ctx) })
		} else {
			slog.Error("the clock jumped ahead: nothing is removed until it is right or the server restarted",
				"now", now, "expected", steady.expected)
		}
		for _, chore := range chores {
			chore(ctx)
		}
	}
	minutely := func() { alone(ctx, "sweep.often", time.Minute, func() { f.SweepOften(ctx) }) }
	everything()
	minutely()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hourly.C:
			everything()
		case <-often.C:
			minutely()
		}
	}
}

// SweepOften removes what must not lie for an hour: files of people, who asked for a screen, and
// representatives whose last day is over.
func (f *DataFolder) SweepOften(ctx context.Context) {
	if _, err := f.Store.ExpirePreviews(ctx, f.Now()); err != nil {
		slog.Warn("dropping previews", "error", err)
	}
	if err := f.Store.ExpireCodes(ctx, f.Now()); err != nil {
		slog.Warn("sweeping codes", "error", err)
	}
	if err := f.Store.ExpireRepresentCodes(ctx, f.Now()); err != nil {
		slog.Warn("sweeping representatives' codes", "error", err)
	}
	if _, err := f.Store.ExpireRepresentatives(ctx, f.Now()); err != nil {
		slog.Warn("ending representatives", "error", err)
	}
}
