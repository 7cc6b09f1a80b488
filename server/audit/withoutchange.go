package audit

import (
	"context"
)

type withoutChange struct{}

// WithoutChange marks what is done for a request that must change nothing, such as a HEAD (RFC 9110 9.3.2):
// the store does each change of its callers as usual and then takes it back, so that the answer is the one
// that a GET would get. Only looks are noted in the audit chain (Store.Note) as always: who asks learns
// something, if only that somebody is there.
func WithoutChange(ctx context.Context) context.Context {
	return context.WithValue(ctx, withoutChange{}, true)
}

// ChangesNothing reports whether ctx is one of WithoutChange.
func ChangesNothing(ctx context.Context) bool { return ctx.Value(withoutChange{}) != nil }
