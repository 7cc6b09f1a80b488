package card

import (
	"context"
	"time"
)

// Pause waits before something is tried again. It returns the context's error when that ended first.
func Pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
