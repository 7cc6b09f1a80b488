package counter

import (
	"cmp"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/counter/paper"
)

// paperJSON is what staff saw and typed, of a case without a screen of ours.
type paperJSON struct {
	Kind     string          `json:"kind"`
	Typed    paper.Typed     `json:"typed"`    // as its form is filled again, to correct it
	ByCard   bool            `json:"byCard"`   // it is shown beside a card, which can be asked
	OnlyName bool            `json:"onlyName"` // only the name ties it to the card
	Before   []correctedJSON `json:"before,omitempty"`
}

// correctedJSON is what was typed before a correction, and what the card said of it.
type correctedJSON struct {
	Typed paper.Typed `json:"typed"`
	Card  string      `json:"card,omitempty"`
	Staff string      `json:"staff"`
	At    time.Time   `json:"at"`
}

// compareJSON is one thing that staff compare by eye and tick.
type compareJSON struct {
	Code       string `json:"code"`
	Always     bool   `json:"always"`     // whatever else the case is accepted on
	BesideChip bool   `json:"besideChip"` // also where the chip was confirmed
	Sentence
}

// comparisonKeys say what staff compare.
var comparisonKeys = map[string]string{
	"photo":     "console.compare.photo",
	"name":      "console.compare.name",
	"birthDate": "console.compare.birthDate",
	"login":     "console.compare.login",
	"until":     "console.compare.until",
}

// ownComparisonKeys say it where a kind of paper has words of its own.
var ownComparisonKeys = map[eligibility.MethodCode]map[string]string{
	paper.Notice: {"name": "console.compare.n1_name", "birthDate": "console.compare.n1_birthDate"},
	paper.PortalLogin: {
		"name":      "console.compare.p3_name",
		"birthDate": "console.compare.p3_birthDate",
	},
	paper.Certificate: {
		"name":      "console.compare.c1_name",
		"birthDate": "console.compare.c1_birthDate",
	},
}

// methodKeys are the ways by what staff see.
var methodKeys = map[eligibility.MethodCode]string{
	paper.PortalScreen: "console.method.p1",
	paper.PortalPDF:    "console.method.p2",
	paper.PortalLogin:  "console.method.p3",
	paper.Notice:       "console.method.n1",
	paper.Certificate:  "console.method.c1",
}

func compareView(view counter.CaseView) []compareJSON {
	var kind eligibility.MethodCode
	if view.Paper != nil {
		kind = view.Paper.Kind
	}
	all := []compareJSON{}
	for _, c := range view.Comparisons() {
		key := cmp.Or(ownComparisonKeys[kind][c.Code], comparisonKeys[c.Code])
		all = append(all, compareJSON{c.Code, c.Always, c.BesideChip, newSentence(message.New(key, nil))})
	}
	return all
}

// cardKeys are what the check of a card says where there is no screen: of a paper, or of a way's form.
var cardKeys = map[string]string{
	"card.confirmed":          "console.paper.same_birth_date",
	"card.birthdate_mismatch": "console.paper.other_birth_date",
	"card.step.birth_date":    "console.paper.step_birth_date",
	"card.claim.birth_date":   "console.paper.claim_birth_date",
	"card.claim.this_person":  "console.paper.claim_this_person",
}

// cardInWords is what the check of the case's card came to, as it is said; nil when there was none.
func cardInWords(view counter.CaseView) *card.Result {
	if view.Card == nil || hasScreen(view) {
		return view.Card
	}
	r := *view.Card
	r.Stored = inWordsFor(view, r.Stored)
	r.Checks = slices.Clone(r.Checks)
	for i := range r.Checks {
		r.Checks[i].Stored = inWordsFor(view, r.Checks[i].Stored)
	}
	r.Proves, r.NotProven = slices.Clone(r.Proves), slices.Clone(r.NotProven)
	for _, claims := range [][]card.Claim{r.Proves, r.NotProven} {
		for i, c := range claims {
			claims[i] = card.Claim(cmp.Or(cardKeys[string(c)], string(c)))
		}
	}
	return &r
}

// paperHeadline is what staff read first of a paper.
func paperHeadline(j paper.Judgement) message.Message {
	switch {
	case !j.Accepted:
		return message.New("console.paper.refused", nil)
	case j.FullPrice:
		return message.New("console.paper.full_price", nil)
	}
	return message.New("console.paper.headline", nil)
}

// hasScreen reports whether a case is of a screen or a saved copy; the others are what staff typed.
func hasScreen(view counter.CaseView) bool { return view.Paper == nil && view.Way == nil }

// inWordsFor is what a check of a card says, in the words for what was typed where there is no screen.
func inWordsFor(view counter.CaseView, told message.Stored) message.Stored {
	switch {
	case view.Way != nil && told.Key == "card.birthdate_mismatch":
		told.Key = "console.way.other_birth_date" // its field stands below
	case !hasScreen(view):
		told.Key = cmp.Or(cardKeys[told.Key], told.Key)
	}
	return told
}

// addPaper puts a paper in the place of a screen's verdict: what staff see is not verified, whatever it is.
func (s answers) addPaper(c echo.Context, out *CaseJSON, view counter.CaseView) {
	p := view.Paper
	out.Paper = &paperJSON{
		Kind:     string(p.Kind),
		Typed:    typedOf(*p),
		ByCard:   p.ByCard(),
		OnlyName: p.Kind == paper.Notice,
	}
	for _, was := range view.Corrected {
		out.Paper.Before = append(out.Paper.Before, correctedJSON{
			typedOf(was.Was), was.Card, s.Named(c, was.Staff), was.At,
		})
	}
	out.Method = methodJSON{string(p.Kind), newSentence(message.New(methodKeys[p.Kind], nil))}
	out.Eligibility.InsurerName = insurerText(p.Shows.Insurer)
	v := &out.Verdict
	v.Headline = newSentence(paperHeadline(view.Judged))
	if !view.Judged.Accepted {
		reason := Sentence{Ja: view.Judged.Reason.Ja(), En: view.Judged.Reason.En()}
		v.Next = Sentence{
			Ja: message.Join("ja", reason.Ja, view.Judged.Next.Ja()),
			En: message.Join("en", reason.En, view.Judged.Next.En()),
		}
		v.Checks = []checkLine{{"rules", "failed", reason}}
		return
	}
	said := newSentence(message.New("console.paper.registered", nil))
	v.Registered = &said
	v.Next = newSentence(message.New("console.next.paper_eye", nil))
	if p.ByCard() {
		v.Next = newSentence(message.New("console.next.paper_card", nil))
	}
	line := func(name, result, key string) {
		v.Checks = append(v.Checks, checkLine{name, result, newSentence(message.New(key, nil))})
	}
	v.Checks = []checkLine{}
	if view.Judged.FullPrice {
		line("fullPrice", "not checked", "console.paper.refund")
	}
	line("signature", "not checked", "console.paper.signature")
	if out.Paper.OnlyName {
		line("tie", "not checked", "console.paper.only_name")
	}
	for _, ask := range sentencesOf(view.Judged.Ask) {
		v.Checks = append(v.Checks, checkLine{"ask", "not checked", ask})
	}
	line("digit", "passed", "console.paper.digit")
	line("rules", "passed", "console.paper.rules")
}
