package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// shutdownTime is how long requests have to end.
const shutdownTime = 20 * time.Second

// Until serves until ctx ends; then ending lets go of what would hold requests open, and the requests have
// time to end. Those that do not are cut off without an error.
func Until(ctx context.Context, s *http.Server, on net.Listener, ending func(context.Context)) error {
	failed := make(chan error, 1)
	go func() {
		if s.TLSConfig != nil {
			failed <- s.ServeTLS(on, "", "")
		} else {
			failed <- s.Serve(on)
		}
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	ending(last)
	if err := s.Shutdown(last); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("shutting down: %w", err)
	}
	return nil
}
