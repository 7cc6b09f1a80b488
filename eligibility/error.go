package eligibility

import (
	"cmp"
	"maps"
	"time"

	"madoguchi/message"
)

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

// Error is the one error that a person sees: a code for programs, a stable key, and the cause for the
// log. The sentence with its next step stands in the catalogue (package message) under the key. Cause
// never reaches a client.
type Error struct {
	Code  Code
	Key   string       // stable, e.g. "card.birthdate_mismatch"
	Says  string       // the catalogue's key where one Key has several sentences; otherwise empty
	Args  message.Args // values for the sentence's places
	Field string       // the input field at fault, if one is
	Cause error
	Wait  time.Duration // Limited: how long until the next try is possible; the sentence's place {wait}
}

// Message is what the error tells people.
func (e *Error) Message() message.Message {
	args := e.Args
	if e.Wait != 0 {
		if args = maps.Clone(args); args == nil {
			args = message.Args{}
		}
		args["wait"] = message.Wait(e.Wait)
	}
	return message.New(cmp.Or(e.Says, e.Key), args)
}

// Ja is the sentence with its next step in Japanese.
func (e *Error) Ja() string { return e.Message().Text("ja") }

// En is the sentence with its next step in English.
func (e *Error) En() string { return e.Message().Text("en") }

func (e *Error) Error() string {
	s := e.Key + ": " + e.En()
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

// With returns a copy of e with the values for its sentence's places.
func (e *Error) With(args message.Args) *Error {
	c := *e
	c.Args = args
	return &c
}

// Saying returns a copy of e that says another sentence of the catalogue, with the values for its places.
func (e *Error) Saying(key string, args message.Args) *Error {
	c := *e
	c.Says, c.Args = key, args
	return &c
}

// Because returns a copy of e with the cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}
