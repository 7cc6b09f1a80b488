package agent

import (
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Link is the state of the agent's connection to its server.
type Link string

const (
	Connecting Link = "connecting"
	Pairing    Link = "pairing" // it shows a code and waits for an administrator
	Connected  Link = "connected"
	Away       Link = "away"    // no connection; it tries again at Status.Next
	Refused    Link = "refused" // the server will not have it; Status.Reason says why
)

// ReaderState says whether a card reader is connected.
type ReaderState string

const (
	ReaderUnknown ReaderState = ""
	ReaderReady   ReaderState = "ready"   // at least one reader is there
	ReaderMissing ReaderState = "missing" // none
	ReaderTrouble ReaderState = "trouble" // Status.Trouble says which
	ReaderVirtual ReaderState = "virtual" // a virtual card
)

// Kind is an operation.
type Kind string

const (
	BirthDateCheck Kind = "birthDate"
	TextCheck      Kind = "text"
	FaceCheck      Kind = "face"
	DatesCheck     Kind = "dates"
	OQSCompare     Kind = "oqs"
)

// Sentence is what a person reads.
type Sentence struct {
	Ja string `json:"ja"`
	En string `json:"en"`
}

// newSentence is a Message as people read it.
func newSentence(m message.Message) Sentence { return Sentence{m.Text("ja"), m.Text("en")} }

// Operation is the last operation: what kind and how it ended (an outcome or a fault's key), never about
// whom.
type Operation struct {
	Kind   Kind      `json:"kind"`
	At     time.Time `json:"at"`
	Result string    `json:"result"`
}

// Status is the agent's state as it reports it. It holds no personal data.
type Status struct {
	Link     Link      `json:"link"`
	Since    time.Time `json:"since"` // of Link
	Server   string    `json:"server"`
	Name     string    `json:"name"` // of this PC
	Facility string    `json:"facility,omitempty"`
	// while pairing: what an administrator types at the counter
	Code string `json:"code,omitempty"`
	// while pairing: what the counter's screen must show
	Words     []string      `json:"words,omitempty"`
	Reason    Sentence      `json:"reason,omitzero"`
	Next      time.Time     `json:"next,omitzero"`
	ClockSkew time.Duration `json:"-"` // this PC's clock minus the server's, at the last connection
	Reader    ReaderState   `json:"reader"`
	Trouble   Sentence      `json:"trouble,omitzero"`
	OQS       bool          `json:"oqs"`
	Last      *Operation    `json:"last,omitempty"`

	OffsetSeconds float64 `json:"clockOffsetSeconds"`
}

// clockLimit is how far the clock may be off before somebody should set it: live screens tolerate 15 s.
const clockLimit = 10 * time.Second

// ClockOff reports whether this PC's clock differs so much from the server's that it should be set.
func (s Status) ClockOff() bool { return s.ClockSkew.Abs() > clockLimit }

// Status returns the agent's state now.
func (a *Agent) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.status
	s.Words = slices.Clone(s.Words)
	if s.Link != Pairing {
		s.Code = ""
	}
	if s.Link != Refused {
		s.Reason = Sentence{}
	}
	if s.Link != Away {
		s.Next = time.Time{}
	}
	s.OQS, s.OffsetSeconds = a.OQS != "", s.ClockSkew.Seconds()
	return s
}

func (a *Agent) updateStatus(change func(*Status)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.status)
}

// UpdateReaders tells the agent how many readers are connected, or the error that prevents listing them.
func (a *Agent) UpdateReaders(count int, trouble *eligibility.Error) {
	a.updateStatus(func(s *Status) {
		s.Reader, s.Trouble = ReaderReady, Sentence{}
		if count == 0 {
			s.Reader = ReaderMissing
		}
		if trouble != nil {
			s.Reader, s.Trouble = ReaderTrouble, newSentence(trouble.Message())
		}
	})
}

func (a *Agent) recordOperation(kind Kind, result string) {
	a.updateStatus(func(s *Status) { s.Last = &Operation{kind, a.Now(), result} })
}
