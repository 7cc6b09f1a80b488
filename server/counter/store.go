package counter

import (
	"context"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
)

// Store keeps the records of counters. Insurers' keys cannot open them.
type Store interface {
	// PutCase stores a new case (version 0), or a change of the version that was read; it returns
	// ErrCaseChanged when somebody else changed the case since.
	PutCase(ctx context.Context, c Case, e audit.Entry) error
	Case(ctx context.Context, facility, id string) (Case, error)
	Cases(
		ctx context.Context,
		facility string,
		day eligibility.Date,
	) ([]Case, error) // of one day, newest first
	ReceiptStore
}

// Case is one patient at one counter, from the scan to the recorded outcome. Body is sealed at rest.
type Case struct {
	Facility string
	ID       string // 26 random Base32 letters
	At       time.Time
	Outcome  hostapi.Outcome
	Body     []byte // JSON, this package's own
	Version  int    // how often it was stored; 0 before the first time
}
