package counter

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/card"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
)

// Sentence is a Message as the API says it: the text in Japanese and in English, and what it was made of
// for programs that have the catalogue.
type Sentence struct {
	Ja string `json:"ja"`
	En string `json:"en"`
	message.Message
}

// newSentence is a Message with its next step.
func newSentence(m message.Message) Sentence { return Sentence{m.Text("ja"), m.Text("en"), m} }

// toldOf is what a record tells, with its next step.
func toldOf(s message.Stored) Sentence { return Sentence{s.Text("ja"), s.Text("en"), s.Message} }

// headlineOf and nextOf are the two parts of what a record tells; the headline names the key.
func headlineOf(s message.Stored) Sentence {
	return Sentence{s.Sentence("ja"), s.Sentence("en"), s.Message}
}

func nextOf(s message.Stored) Sentence {
	return Sentence{Ja: s.NextStep("ja"), En: s.NextStep("en")}
}

type checkLine struct {
	Name   string `json:"name"`
	Result string `json:"result"`
	Sentence
}

// CaseJSON is a case as the console gets it.
type CaseJSON struct {
	ID          string           `json:"id"`
	At          time.Time        `json:"at"`
	Outcome     string           `json:"outcome"`
	Reason      string           `json:"reason,omitempty"`
	Staff       string           `json:"staff,omitempty"`
	Verdict     verdictJSON      `json:"verdict"`
	Eligibility *eligibilityJSON `json:"eligibility"`
	Method      methodJSON       `json:"method"`
	Ask         []string         `json:"ask"`
	AskKeys     []string         `json:"askKeys"`
	Visual      []string         `json:"visual"`
	// the number that the patient's phone is asked to answer
	Nonce       string    `json:"nonce,omitempty"`
	Card        *cardJSON `json:"card"`
	CardRefused bool      `json:"cardRefused"` // by any check: the case cannot be accepted
	// the chip's own word is ground enough to accept, with what Compare has besideChip
	ChipPassed bool        `json:"chipPassed"`
	Ground     *groundJSON `json:"ground,omitempty"`
	// what the acceptance stood on: screen (or seen, of a paper), card, text, and codes of Compare
	Checked   []string        `json:"checked,omitempty"`
	Withdrawn []withdrawnJSON `json:"withdrawn,omitempty"` // records that were taken back, the oldest first
	Way       *wayJSON        `json:"way,omitempty"`       // of a case without a screen
	Offline   *offlineJSON    `json:"offline,omitempty"`   // a console recorded it without this server
	TakeBack  int64           `json:"takeBack,omitempty"`  // ms for which the record can still be taken back
	// once the person was checked it may be accepted: the screen is genuine, or the rules accept the paper
	Acceptable bool          `json:"acceptable"`
	Compare    []compareJSON `json:"compare"` // what staff compare by eye
	Paper      *paperJSON    `json:"paper,omitempty"`
	parkedJSON
	extraChecks
}

// withdrawnJSON is a record that was taken back.
type withdrawnJSON struct {
	Outcome    string      `json:"outcome"`
	Code       string      `json:"code,omitempty"`
	Ground     *groundJSON `json:"ground,omitempty"`
	Checked    []string    `json:"checked,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	Staff      string      `json:"staff"`
	RecordedAt time.Time   `json:"recordedAt"`
	BackBy     string      `json:"backBy"`
	BackAt     time.Time   `json:"backAt"`
}

// withdrawnOf says of records that were taken back what they were; named gives staff's names.
func withdrawnOf(all []counter.Withdrawn, named func(staff string) string) []withdrawnJSON {
	var out []withdrawnJSON
	for _, w := range all {
		out = append(out, withdrawnJSON{
			Outcome:    string(w.Outcome),
			Code:       string(w.Method),
			Ground:     groundOf(w.Ground, w.Checked),
			Checked:    w.Checked,
			Reason:     w.Reason,
			Staff:      named(w.Staff),
			RecordedAt: w.RecordedAt,
			BackBy:     named(w.BackBy),
			BackAt:     w.BackAt,
		})
	}
	return out
}

// groundJSON is what the acceptance of a case stood on.
type groundJSON struct {
	Code string `json:"code"`
	Sentence
}

var grounds = map[hostapi.Ground]string{
	hostapi.ByChip:   "console.ground.chip",
	hostapi.ByEye:    "console.ground.eye",
	hostapi.ByReason: "console.ground.reason",
}

// groundOf says what a case was accepted on after some checks: not every paper has a photo beside it.
func groundOf(g hostapi.Ground, checked []string) *groundJSON {
	key, ok := grounds[g]
	if !ok {
		return nil
	}
	if g == hostapi.ByEye && !slices.Contains(checked, "photo") {
		key = "console.ground.eye_alone"
	}
	return &groundJSON{string(g), newSentence(message.New(key, nil))}
}

type verdictJSON struct {
	Valid       bool        `json:"valid"`
	AwaitsProof bool        `json:"awaits"` // only the second code is missing
	Tier        string      `json:"tier"`
	Issuer      string      `json:"issuer,omitempty"`
	IssuerName  string      `json:"issuerName,omitempty"`
	IssuedAt    *time.Time  `json:"issuedAt"`
	ExpiresAt   *time.Time  `json:"expiresAt"`
	Headline    Sentence    `json:"headline"`
	Registered  *Sentence   `json:"registered"` // of which day the contents are
	Next        Sentence    `json:"next"`
	Checks      []checkLine `json:"checks"`
	// Representative says that the phone is a representative's (代理の方の端末); absent on the person's own.
	Representative *Sentence `json:"representative,omitempty"`
}

type methodJSON struct {
	Code string `json:"code"`
	Sentence
}

type cardJSON struct {
	Result    string      `json:"result"`
	Headline  Sentence    `json:"headline"`
	Next      Sentence    `json:"next"`
	Checks    []checkLine `json:"checks"`
	Proves    []string    `json:"proves"`
	NotProven []string    `json:"notProven"`
	// the claims' keys, in the same order; empty for a claim of a version before the catalogue
	ProvesKeys    []string `json:"provesKeys"`
	NotProvenKeys []string `json:"notProvenKeys"`
}

// askAlways are the papers that only マイナ保険証 makes needless
// (docs/facts/insurers-and-papers.md#three-documents): ask for them after every other method.
var askAlways = []string{"console.ask.limit", "console.ask.public_expense", "console.ask.child"}

// methodOf is a case's way; before it is accepted the one that our screens are shown for.
func methodOf(code eligibility.MethodCode) methodJSON {
	code = cmp.Or(code, eligibility.ElectronicNotice)
	return methodJSON{string(code), newSentence(message.New("console.method.n1e", nil))}
}

// inJapanese are the sentences of several keys.
func inJapanese(keys []string) []string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = message.New(key, nil).Text("ja")
	}
	return texts
}

// caseView turns a case into what the console shows: the headline, then the one next step.
func (s answers) caseView(c echo.Context, view counter.CaseView) CaseJSON {
	v := view.Verdict
	out := CaseJSON{
		ID:          view.ID,
		At:          view.At,
		Outcome:     string(view.Outcome),
		Reason:      view.Reason,
		Staff:       s.Named(c, view.Staff),
		Method:      methodOf(view.Method),
		Ask:         inJapanese(askAlways),
		AskKeys:     askAlways,
		Visual:      view.Visual,
		Nonce:       view.Nonce,
		CardRefused: view.CardRefused(),
		ChipPassed:  view.ChipPassed(),
		Acceptable:  view.Acceptable(),
		Compare:     compareView(view),
		Ground:      groundOf(view.Ground, view.Checked),
		Checked:     view.Checked,
		Offline:     offlineOf(view.Offline),
		TakeBack:    view.BackFor(s.Now()).Milliseconds(),
		Withdrawn:   withdrawnOf(view.Withdrawn, func(staff string) string { return s.Named(c, staff) }),
		Verdict: verdictJSON{
			Valid:       v.Valid,
			AwaitsProof: v.AcceptsProof(),
			Tier:        string(v.Tier),
			Issuer:      v.Issuer,
			IssuerName:  v.IssuerName,
			IssuedAt:    optionalTime(v.IssuedAt),
			ExpiresAt:   optionalTime(v.ExpiresAt),
			Checks:      []checkLine{},
		},
	}
	if hasScreen(view) {
		out.Verdict.Headline = newSentence(v.Headline())
	}
	if !v.IssuedAt.IsZero() && (v.Valid || v.AwaitsProof()) {
		said := newSentence(registered(v.IssuedAt, s.Today()))
		out.Verdict.Registered = &said
	}
	if out.Visual == nil {
		out.Visual = []string{}
	}
	var settled []checkLine
	for _, check := range v.Checks {
		line := checkLine{check.Name, string(check.Result), toldOf(check.Stored)}
		if check.Name == "revocation" && v.Tier != credential.TierSaved && v.Tier != "" {
			// such a screen ends by itself: nothing is left open that staff should read first
			settled = append(settled, line)
			continue
		}
		out.Verdict.Checks = append(out.Verdict.Checks, line)
	}
	out.Verdict.Checks = append(out.Verdict.Checks, settled...)
	out.Verdict.Next = newSentence(message.New("console.next.check_card", nil))
	if v.AwaitsProof() {
		out.Verdict.Next = newSentence(message.New("console.next.second_code", nil))
	} else if !v.Valid && len(v.Checks) > 0 {
		out.Verdict.Next = toldOf(v.Checks[0].Stored)
	}
	if v.Representative {
		said := newSentence(message.New("console.representative", nil))
		out.Verdict.Representative = &said
	}
	out.Eligibility = shownOn(view, s.Today())
	if view.Paper != nil {
		s.addPaper(c, &out, view)
	}
	if r := cardInWords(view); r != nil {
		out.Card = &cardJSON{
			Result:        string(r.Outcome),
			Headline:      toldOf(r.Stored),
			Checks:        []checkLine{},
			Proves:        card.Claims(r.Proves, "ja"),
			NotProven:     card.Claims(r.NotProven, "ja"),
			ProvesKeys:    card.ClaimKeys(r.Proves),
			NotProvenKeys: card.ClaimKeys(r.NotProven),
		}
		for _, check := range r.Checks {
			line := checkLine{check.Name, check.Result, toldOf(check.Stored)}
			out.Card.Checks = append(out.Card.Checks, line)
		}
		if r.Outcome.Passed() {
			out.Card.Next = newSentence(message.New("console.next.record", nil))
		} else {
			out.Card.Headline, out.Card.Next = headlineOf(r.Stored), nextOf(r.Stored)
		}
		if view.CardRefused() && view.ForTheEye() { // another card, or another try at it, was refused before
			out.Card.Next = newSentence(message.New("console.next.whose_card", nil))
		}
		out.Verdict.Next = out.Card.Next
	}
	if view.TellsAnotherName() {
		out.Verdict.Next = newSentence(message.New("console.next.other_name", nil))
		if out.Card != nil {
			out.Card.Next = out.Verdict.Next
		}
	}
	out.parkedJSON = s.parkedOf(c, view)
	out.extraChecks = extraView(view)
	if !out.CardRefused && out.Acceptable && view.OQS != nil &&
		view.OQS.Warns() { // a genuine screen of an eligibility that has ended is no yes
		out.Verdict.Next = out.OQSSays[0].Next
	}
	if out.CardRefused && out.Text != nil &&
		(view.Card == nil || view.Card.Outcome.Passed()) { // then it is the reading that refused
		out.Verdict.Next = out.Text.Next
	}
	if view.RefusedByFace() {
		out.Verdict.Next = out.Face.Next
	}
	s.addWay(&out, view)
	return out
}

// registered says of which day the contents of a screen are: the insurer signed what was registered then, and
// may have registered something else since.
func registered(issued time.Time, today eligibility.Date) message.Message {
	day := eligibility.DateOf(issued)
	ja := day.Japanese()
	if day.Year() == today.Year() {
		ja = fmt.Sprintf("%d月%d日", day.Month(), day.Day())
	}
	return message.New("console.registered", message.Args{"day": message.Writing(ja, day.String())})
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
