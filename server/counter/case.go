package counter

import (
	"encoding/json"
	"fmt"
	"time"

	"madoguchi/card"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/counter/paper"
	"madoguchi/server/hostapi"
)

// CaseView is a case as the console shows it.
type CaseView struct {
	ID      string
	At      time.Time
	Outcome hostapi.Outcome
	version int // as it was read
	receipt *ReceiptChange
	caseBody
}

// caseBody is what a case's record holds. The credential itself is in it only while the case is open; of a
// recorded case it is kept with the receipt that waits (WaitingReceipt), and in memory while the record may
// be taken back (Held).
type caseBody struct {
	JWS string `json:"jws,omitempty"`
	// the number that the patient's phone must answer, while one is out
	Nonce   string             `json:"nonce,omitempty"`
	Verdict credential.Verdict `json:"verdict"`
	// what staff saw and typed, of a case without a screen of ours; what the rules said of it then; and what
	// was typed before, the oldest first
	Paper     *paper.Paper    `json:"paper,omitempty"`
	Judged    paper.Judgement `json:"judged,omitzero"`
	Corrected []Correction    `json:"corrected,omitempty"`
	Card      *card.Result    `json:"card,omitempty"`
	Text      *TextCheck      `json:"text,omitempty"`
	Face      *FaceCheck      `json:"face,omitempty"`
	Dates     *DatesCheck     `json:"dates,omitempty"`
	OQS       *OQSCheck       `json:"oqs,omitempty"`
	// kinds of card checks that refused and have not passed since: card, text, face
	RefusedBy []string `json:"refusedBy,omitempty"`
	// kinds of card checks that passed and have not refused since
	PassedBy []string       `json:"passedBy,omitempty"`
	Visual   []string       `json:"visual,omitempty"` // Comparison.Code of what was compared by eye
	Staff    string         `json:"staff"`
	Ground   hostapi.Ground `json:"ground,omitempty"` // of an accepted case
	// of an accepted case: the code of the way (docs/rules.md), and what was checked: screen (or seen, of
	// a paper), card, text, and what was compared by eye
	Method     eligibility.MethodCode `json:"method,omitempty"`
	Checked    []string               `json:"checked,omitempty"`
	Reason     string                 `json:"reason,omitempty"`
	RecordedAt time.Time              `json:"recordedAt,omitzero"`
	Withdrawn  []Withdrawn            `json:"withdrawn,omitempty"` // records that were taken back
	// the key of why the reader did not answer, the last time that it did not
	Trouble string `json:"trouble,omitempty"`
	// as which the facility's numbers have the case; nil: they do not have it
	Counted *Tally `json:"counted,omitempty"`

	PatientNumber string `json:"patientNumber,omitempty"` // 診察券番号
	// Earlier are the records before the last one, the oldest first: parked, or corrected since.
	Earlier []Entry `json:"earlier,omitempty"`
	// Correction says that the last record corrects the one before it.
	Correction bool       `json:"correction,omitempty"`
	TakenUp    *TakenUp   `json:"takenUp,omitempty"` // a parked case that somebody goes on with
	Replaced   []Replaced `json:"replaced,omitempty"`
	// of a case without a screen or a paper
	Way     *WayNote     `json:"way,omitempty"`
	Offline *OfflineNote `json:"offline,omitempty"` // recorded without this server
}

func readCase(stored Case) (CaseView, error) {
	view := CaseView{ID: stored.ID, At: stored.At, Outcome: stored.Outcome, version: stored.Version}
	if err := json.Unmarshal(stored.Body, &view.caseBody); err != nil {
		return CaseView{}, fmt.Errorf("reading case %s: %w", stored.ID, err)
	}
	return view, nil
}
