// Package guarded keeps work that goes on beside requests from doing harm to them. A fault in it ends
// that work alone: a panic in a goroutine ends the whole program, so that one clerk's odd file, or one
// issuer's odd answer, would take everybody's screens away. And it leaves them room (LeaveRoom). What a
// request does itself is guarded by the site (server/web).
package guarded

import (
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
)

// Do does work, and returns an error where that panics. The log gets the stack, which shows no values; of the
// cause, which may hold somebody's data, it gets what the runtime says, or else its type. what names the
// work.
func Do(what string, work func() error) (err error) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if fault, ok := cause.(runtime.Error); ok {
			err = fmt.Errorf("%s: a fault of the program: %w", what, fault)
		} else {
			err = fmt.Errorf("%s: a fault of the program (%T)", what, cause)
		}
		slog.Error("panic", "error", err, "stack", string(debug.Stack()))
	}()
	return work()
}
