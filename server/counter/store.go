package counter

import (
	"time"

	"madoguchi/server/hostapi"
)

// Store keeps the records of counters. Insurers' keys cannot open them.
type Store interface {
	CaseStore
	ReceiptStore
	PaperStore
}

// Case is one patient at one counter, from the scan to the recorded outcome. Body is sealed at rest.
type Case struct {
	Facility string
	ID       string // 26 random Base32 letters
	At       time.Time
	Outcome  hostapi.Outcome
	Body     []byte // JSON, this package's own
	Version  int    // how often it was stored; 0 before the first time
	// paper.Paper.SamePerson, by which PaperStore finds it; empty: not by anything. It is stored as a keyed
	// hash and does not come back.
	Person string
	// what becomes of the receipt that waits for its phones, stored with it; nil: it stays as it is
	Receipt *ReceiptChange
}
