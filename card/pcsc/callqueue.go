package pcsc

import (
	"context"
	"errors"
	"time"
)

// errLate is returned when a call of the library did not come back in time.
var errLate = errors.New("pcsc: the library did not come back in time")

// callQueue admits one call at a time to a PC/SC context, and lets its caller stop waiting for a call that
// hangs. Contexts serialise their calls anyway; without the queue the second caller would wait inside the
// library, where no deadline applies.
type callQueue chan struct{}

func newCallQueue() callQueue {
	l := make(callQueue, 1)
	l <- struct{}{}
	return l
}

// callWithDeadline runs call and returns what it returned, or errLate after limit or when ctx ends first.
// What a late call returns in the end is handed to late, if given, before the queue admits the next call.
func callWithDeadline[T any](ctx context.Context, l callQueue, limit time.Duration, call func() (T, error),
	late func(T)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var none T
	if ctx.Err() != nil { // no command goes out for a caller that has left
		return none, errLate
	}
	select {
	case <-l:
	case <-ctx.Done():
		return none, errLate
	}
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer)
	gone := make(chan struct{})
	go func() {
		defer func() { l <- struct{}{} }()
		value, err := call()
		select {
		case answers <- answer{value, err}:
		case <-gone:
			if err == nil && late != nil {
				late(value)
			}
		}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		close(gone)
		return none, errLate
	}
}
