// Package wire holds the messages between a bridge agent and the counter's server, as JSON texts over one
// WebSocket.
//
// The agent dials out. Server: Challenge → agent: Hello (its key and a signature over the challenge) →
// server: Pair while the key is unknown, then Ready → server: Check, Text, Dates or OQS, agent: Reply, one at
// a time, for as long as both live. The messages name operations, never APDUs. Heartbeats are WebSocket pings
// of the agent.
//
// What may leave the agent's PC: evidence that the server verifies; what a card's text application says, to
// be shown and dropped; its holder's photo with name and address as pictures, sealed to the console's page
// (face.go); dates of a certificate; and, of the clinic's own OQS files, codes of what the answer says of its
// validity, and equal, different or missing for each item.
package wire

import (
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// MaxMessage bounds a message in bytes; evidence is about 3 KB. A reply with a sealed face may be longer
// (MaxFaceMessage).
const MaxMessage = 16 << 10

// Message is any of the messages: exactly the member that Type names is set.
type Message struct {
	Type      string     `json:"type"` // the name of the member
	Challenge *Challenge `json:"challenge,omitempty"`
	Hello     *Hello     `json:"hello,omitempty"`
	Pair      *Pair      `json:"pair,omitempty"`
	Ready     *Ready     `json:"ready,omitempty"`
	Check     *Check     `json:"check,omitempty"`
	Text      *Text      `json:"text,omitempty"`
	Dates     *Dates     `json:"dates,omitempty"`
	OQS       *OQS       `json:"oqs,omitempty"`
	FaceTries *FaceTries `json:"faceTries,omitempty"`
	Face      *Face      `json:"face,omitempty"`
	Reply     *Reply     `json:"reply,omitempty"`
	Refused   *Refused   `json:"refused,omitempty"`
}

// Challenge opens a connection.
type Challenge struct {
	Version int       `json:"version"` // the oldest that the server speaks
	Nonce   []byte    `json:"nonce"`   // 32 bytes, new for each connection
	Time    time.Time `json:"time"`    // the server's clock
}

// Hello names the agent and proves its key.
type Hello struct {
	Version   int    `json:"version"`
	Name      string `json:"name"` // of the PC, for people
	Key       []byte `json:"key"`  // P-256, PKIX DER
	Signature []byte `json:"signature"`
	Virtual   bool   `json:"virtual"`           // it serves a virtual card
	OQS       bool   `json:"oqs"`               // it can compare with the OQS answer files of its PC
	Program   string `json:"program,omitempty"` // which release it is, for people; of version 5 and later
}

// Pair tells an unknown agent the code that an administrator types at the counter. The words that people
// compare are not in it: each side computes them (Words).
type Pair struct {
	Code string `json:"code"`
}

// Ready says that the agent is paired with a facility.
type Ready struct {
	Facility string `json:"facility"` // its name
	Code     string `json:"code"`     // 医療機関コード, which every operation must name
}

// Binding is what an operation that asks the card for a signature is bound to (card.Challenge).
type Binding struct {
	ID       string `json:"id"`    // new for each operation
	Nonce    []byte `json:"nonce"` // 32 bytes, new for each operation
	Facility string `json:"facility"`
	Case     string `json:"case"`
	JWS      []byte `json:"jws"` // SHA-256 of the credential
}

// Check asks for one birth-date check (docs/facts/my-number-card.md#step-2-birth-date).
type Check struct {
	Binding
	BirthDate eligibility.Date `json:"birthDate"`
}

// Text asks for one reading with 照合番号B (step 2). ExpiryYear and Code are typed off the card's face; neither
// side stores or logs them.
type Text struct {
	Binding
	BirthDate  eligibility.Date `json:"birthDate"`
	ExpiryYear int              `json:"expiryYear"`
	Code       string           `json:"code"`
}

// Dates asks for the dates of the card's 利用者証明用電子証明書, judged for a day.
type Dates struct {
	ID       string           `json:"id"`
	Facility string           `json:"facility"`
	Day      eligibility.Date `json:"day"`
}

// OQS asks the agent to compare the screen's items with the newest OQS answer file on its PC.
type OQS struct {
	ID       string `json:"id"`
	Facility string `json:"facility"`
	Items    Items  `json:"items"`
}

// Items are the items of a screen that OQS holds too. An empty one is not compared.
type Items struct {
	Insurer      eligibility.InsurerNumber `json:"insurer,omitempty"`
	Symbol       string                    `json:"symbol,omitempty"`
	Number       string                    `json:"number,omitempty"`
	BranchNumber string                    `json:"branchNumber,omitempty"`
	Name         string                    `json:"name,omitempty"`
	BirthDate    eligibility.Date          `json:"birthDate,omitzero"`
	Sex          eligibility.Sex           `json:"sex,omitempty"`
	Share        int                       `json:"share,omitempty"` // percent
}

// Reply answers one operation by its ID: with the member that the operation asks for, or with the key of a
// FaultError.
type Reply struct {
	ID       string         `json:"id"`
	Fault    string         `json:"fault,omitempty"`
	Evidence *card.Evidence `json:"evidence,omitempty"`
	Text     *TextReply     `json:"text,omitempty"`
	Dates    *DatesReply    `json:"dates,omitempty"`
	Compared []FieldResult  `json:"compared,omitempty"`
	// FaceTries and Face answer the operations of FaceVersion.
	FaceTries *int       `json:"faceTries,omitempty"`
	Face      *FaceReply `json:"face,omitempty"`
	// Statements are keys of package oqs, the gravest first: what the OQS answer says of itself, ahead of
	// Compared. An agent of version 2 has none; then nobody knows whether the answer is valid. One that has
	// no result to compare has no Compared.
	Statements []string `json:"statements,omitempty"`
}

// Verdict is what the agent itself found, by the stable key of a card.Result. Sentences are not sent: the
// server uses its own, so that no agent can put text on the reception's screen.
type Verdict struct {
	Outcome card.Outcome `json:"outcome"`
	Key     string       `json:"key"`
}

// TextReply answers Text. Reading is there only after a good end, to be shown, compared and dropped.
type TextReply struct {
	Verdict
	Reading *card.TextReading `json:"reading,omitempty"`
	// as the card said last; nil when it was not asked
	TriesLeft *int `json:"triesLeft,omitempty"`
}

// DatesReply answers Dates.
type DatesReply struct {
	Verdict
	From  eligibility.Date `json:"from,omitzero"`
	Until eligibility.Date `json:"until,omitzero"` // the last day
}

// Agreement is how one item compares.
type Agreement string

const (
	Equal     Agreement = "equal"
	Different Agreement = "different"
	Missing   Agreement = "missing" // one side does not have it, or a name is hidden for more than half
)

// NameAgreement is what a comparison of names says of the item: variants and names with a hidden character
// (●) are the same name.
func NameAgreement(m eligibility.Match) Agreement {
	switch {
	case m.Same():
		return Equal
	case m == eligibility.NamesUnreadable:
		return Missing
	}
	return Different
}

// FieldResult is the comparison of one item by its JSON name in Items. It holds no value.
type FieldResult struct {
	Name   string    `json:"name"`
	Result Agreement `json:"result"`
}

// Refused ends a connection, with the reason for people: for good, or for as many seconds as Retry says.
// The sentences stand beside the key for agents of version 3 and before, and for one that does not know
// the key.
type Refused struct {
	message.Stored
	Retry int `json:"retry,omitempty"`
}

// NewRefused makes a Refused for an agent of a version; 0 when it has not said its version yet. A wait of 0
// is for good.
func NewRefused(why message.Message, wait time.Duration, version int) *Refused {
	r := &Refused{
		Stored: message.Stored{Ja: why.Text("ja"), En: why.Text("en")},
		Retry:  int(wait / time.Second),
	}
	if version >= keyedVersion {
		r.Message = why
	}
	return r
}
