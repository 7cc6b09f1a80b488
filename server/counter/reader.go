package counter

import (
	"context"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// CardReaders asks the facility's reader for one operation
// (docs/facts/my-number-card.md#the-counters-checks): the birth-date check, whose evidence it verifies
// itself; what only the agent verifies; and the comparison that happens on the agent's PC.
type CardReaders interface {
	CheckBirthDate(ctx context.Context, r CardRequest) (card.Result, error)
	CheckText(ctx context.Context, r TextRequest) (TextResult, error)
	FaceTries(ctx context.Context, r CardRequest) (int, error)
	CheckFace(ctx context.Context, r FaceRequest) (FaceResult, error)
	CheckDates(ctx context.Context, r CardRequest, day eligibility.Date) (DatesResult, error)
	CompareOQS(ctx context.Context, r CardRequest, items wire.Items) (OQSResult, error)
	Status(facility string) []ReaderStatus
}

// ReaderStatus is what the console shows of a reader.
type ReaderStatus struct {
	ID        string // names the reader in a CardRequest
	Name      string
	Connected bool
	Virtual   bool
	OQS       bool // it can compare with OQS answer files
	Face      bool // its program can show the chip's photo
}

// CardRequest names one operation's case. Shown is what the case is about: the credential, or what staff
// typed of a paper (paper.Paper.Text).
type CardRequest struct {
	Facility  string
	Reader    string // ReaderStatus.ID; empty: the facility's only one
	CaseID    string
	Shown     string
	BirthDate eligibility.Date
}

// TextRequest asks for one reading with 照合番号B. ExpiryYear and SecurityCode are typed off the card's face,
// go to the agent once and are kept nowhere.
type TextRequest struct {
	CardRequest
	ExpiryYear   int
	SecurityCode string
}

// FaceRequest asks for one reading of the photo with 照合番号B, sealed to the page's key.
type FaceRequest struct {
	TextRequest
	Tries int    // as FaceTries said and staff have seen
	Page  []byte // a P-256 point, 65 bytes, that the page made for this one reading
}

// AgentVerdict is a verdict that an agent came to itself, in this server's words.
type AgentVerdict struct {
	Outcome card.Outcome `json:"result"`
	message.Stored
	By card.Verifier `json:"by"`
}

// TextResult is what a reading brought. Reading is there only when the agent confirmed it (or could not prove
// the issuer): show it, compare it, drop it.
type TextResult struct {
	AgentVerdict
	Reading   *card.TextReading
	TriesLeft *int // as the card said last; nil when it was not asked, or after a good end
}

// FaceResult is what a reading of the photo brought. Shown is there only after a good end: hand it to the
// page that asked, which alone can read it, and drop it.
type FaceResult struct {
	card.Result
	Shown     *SealedFace
	TriesLeft *int // as in TextResult
}

// SealedFace are the pictures, sealed to the page, with the digests that the verified evidence has of them:
// pictures with other digests are not the chip's.
type SealedFace struct {
	wire.SealedFace
	Operation string // what the sealing is bound to, beside the case
	Digests   card.FaceDigests
}

// DatesResult is what the dates of a card's certificate mean on a day. Until is for showing only.
type DatesResult struct {
	AgentVerdict
	State eligibility.CertificateState
	Until eligibility.Date
}

// OQSResult is what the newest OQS answer says of itself, by keys of package oqs, and how its items compare
// with the screen's. Statements are never empty: those of an agent that has none are oqs.NotSaid. Fields are
// empty when nothing could be compared.
type OQSResult struct {
	Statements []string
	Fields     []wire.FieldResult
}
