package counter

import (
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
)

// Store keeps the records of counters. Insurers' keys cannot open them.
type Store interface {
	CaseStore
	RecordStore
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

	// What a record is found by, besides. It is made of the body (Indexed).
	Ended  eligibility.Date // the day of its last record; of an open case its own. Retention counts from it
	Staff  []string         // who made its records
	Number string           // 診察券番号 as it is compared: kept as a keyed hash only, and never read back
}
