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
	PaperStore
	CountStore
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
	// as which the facility's numbers had it before this change, and have it from now on: they change with
	// the case
	Before, Counted *Tally

	// What a record is found by, besides. It is made of the body (Indexed).
	Ended  eligibility.Date // the day of its last record; of an open case its own. Retention counts from it
	Staff  []string         // who made its records
	Number string           // 診察券番号 as it is compared: kept as a keyed hash only, and never read back
}
