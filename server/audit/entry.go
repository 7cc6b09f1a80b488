// Package audit holds the entries of the audit chain and their actors; server/store writes the chain.
package audit

import (
	"time"
)

// Entry is one line of the audit chain: who did what, when, to whom. Detail holds no personal data.
type Entry struct {
	At     time.Time
	Actor  Actor
	Action string // "people.import", "notice.enrol", "paper.issue", "case.record", …
	// whose record it concerns, or empty; stored only as a pseudonym under the person's own key
	Person PersonID
	Detail string // counts, outcomes, file hashes
}

// PersonID names a person's record: 26 Base32 letters, of which at least 17 are random, made by the store.
type PersonID string
