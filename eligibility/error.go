package eligibility

import "time"

// Code says what kind of failure an Error is. The web edge maps each code once to an HTTP status.
type Code string

const (
	Invalid     Code = "invalid"     // the input is wrong; Field names it
	NotFound    Code = "not_found"   // there is no such thing, or it is not the caller's to see
	Conflict    Code = "conflict"    // the state does not allow it (used up, already done)
	Denied      Code = "denied"      // the caller may not do it
	Limited     Code = "limited"     // too many tries; wait
	Unavailable Code = "unavailable" // an outside part did not answer; try again
	Internal    Code = "internal"    // our own fault
)

// Error is the one error that a person sees: a code for programs, a stable key, one sentence with the next
// step in Japanese and in English, and the cause for the log. Cause never reaches a client.
type Error struct {
	Code  Code
	Key   string // stable, e.g. "card.birthdate_mismatch"
	Ja    string // what is wrong and what to do next
	En    string
	Field string // the input field at fault, if one is
	Cause error
	Wait  time.Duration // Limited: how long until the next try is possible; Ja and En say it
}

func (e *Error) Error() string {
	s := e.Key + ": " + e.En
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is compare by key, so that a declared Error matches its copy with another field or cause.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Key == e.Key
}

// In returns a copy of e that names the input field at fault.
func (e *Error) In(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Because returns a copy of e with the cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}
