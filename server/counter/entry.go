package counter

import (
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
)

// Entry is one record of a case: how it ended, or was parked, and what that stood on. A later one never
// takes its place: both stay in the case.
type Entry struct {
	Outcome    hostapi.Outcome        `json:"outcome"`
	Method     eligibility.MethodCode `json:"method,omitempty"`
	Ground     hostapi.Ground         `json:"ground,omitempty"`
	Checked    []string               `json:"checked,omitempty"`
	Reason     string                 `json:"reason,omitempty"`
	Staff      string                 `json:"staff"`
	RecordedAt time.Time              `json:"recordedAt"`
	Correction bool                   `json:"correction,omitempty"` // of the entry before it

	PatientNumber string `json:"patientNumber,omitempty"` // 診察券番号, as it was then
}

// entry is the last record of a case.
func (v *CaseView) entry() Entry {
	return Entry{
		Outcome:    v.Outcome,
		Method:     v.Method,
		Ground:     v.Ground,
		Checked:    v.Checked,
		Reason:     v.Reason,
		Staff:      v.Staff,
		RecordedAt: v.RecordedAt,
		Correction: v.Correction,

		PatientNumber: v.PatientNumber,
	}
}

func (v *CaseView) setEntry(e Entry) {
	v.Outcome, v.Method, v.Ground, v.Checked = e.Outcome, e.Method, e.Ground, e.Checked
	v.Reason, v.Staff, v.RecordedAt, v.Correction = e.Reason, e.Staff, e.RecordedAt, e.Correction
}

// Entries are the records of a case, the oldest first; none of one that is open.
func (v *CaseView) Entries() []Entry {
	all := slices.Clone(v.Earlier)
	if v.Outcome != hostapi.Open && v.TakenUp == nil {
		all = append(all, v.entry())
	}
	return all
}

// acceptWayAgain gives the case of a way what its last acceptance stood on; one that never was accepted has
// nothing that a correction could stand on (errWayAnew).
func (v *CaseView) acceptWayAgain() error {
	for _, e := range slices.Backward(v.Earlier) {
		if e.Outcome == hostapi.Accepted {
			v.Method, v.Ground, v.Checked = e.Method, e.Ground, e.Checked
			return nil
		}
	}
	return errWayAnew
}

// Version is how often a case was stored: what was seen of it is named by that.
func (v *CaseView) Version() int { return v.version }

// isOpen reports whether a case goes on: it has no record yet, or was parked and taken up again.
func (v *CaseView) isOpen() bool {
	return v.Outcome == hostapi.Open || v.Outcome == hostapi.Parked && v.TakenUp != nil
}

// Usable reports whether a case's data may be taken over: not those of a screen or card that was refused.
func (v *CaseView) Usable() bool { return v.Shown() != nil && v.Acceptable() && !v.CardRefused() }

// index notes in a stored case what it is found by.
func (v *CaseView) index(stored *Case) {
	stored.Ended = eligibility.DateOf(v.At)
	if !v.RecordedAt.IsZero() {
		stored.Ended = eligibility.DateOf(v.RecordedAt)
	}
	stored.Number = patientKey(v.PatientNumber)
	stored.Staff = nil
	named := []string{v.Staff}
	for _, e := range v.Earlier {
		named = append(named, e.Staff)
	}
	for _, w := range v.Withdrawn {
		named = append(named, w.Staff, w.BackBy)
	}
	for _, name := range named {
		if name != "" && !slices.Contains(stored.Staff, name) {
			stored.Staff = append(stored.Staff, name)
		}
	}
}

// Indexed returns a stored case with what its body says of how it is found; one that cannot be read as it
// is.
func Indexed(stored Case) Case {
	if view, err := readCase(stored); err == nil {
		view.index(&stored)
	}
	return stored
}
