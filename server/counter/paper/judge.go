package paper

import (
	"errors"
	"slices"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// Judgement is what the rules say of a paper on a day.
type Judgement struct {
	Accepted bool              `json:"accepted"`
	Reason   message.Sentences `json:"reason"`
	Next     message.Steps     `json:"next"`          // what staff do instead, where it is not accepted
	Ask      message.Sentences `json:"ask,omitempty"` // what is odd though it refuses nothing
	// FullPrice: 特別療養費, so the whole price is paid at the counter (10割).
	FullPrice bool `json:"fullPrice,omitempty"`
}

// fullPrice are the shares in percent of who pays the whole price; noFullPrice is what the rules say of a
// child, who does not (国民健康保険法 54条の3).
var fullPrice = []int{100}

const noFullPrice = "note.no_full_price"

// Judge says whether the rules accept a paper on a day, the card beside it not being read by the official
// reader. What contradicts itself (後期高齢者医療 below 65) is not accepted: the paper is somebody else's, or a
// digit is wrong.
func Judge(p Paper, day eligibility.Date) Judgement {
	if p.Unfinished {
		said := message.New("paper.unfinished", nil)
		return Judgement{Reason: message.Sentences{said}, Next: message.Steps{said}}
	}
	outcome, err := eligibility.Methods(situation(p, day))
	var e *eligibility.Error
	if errors.As(err, &e) {
		said := e.Message()
		return Judgement{Reason: message.Sentences{said}, Next: message.Steps{said}}
	}
	i := slices.IndexFunc(outcome.Methods, func(m eligibility.Method) bool { return m.Code == p.Kind })
	if i < 0 {
		said := ErrKind.Message()
		return Judgement{Reason: message.Sentences{said}, Next: message.Steps{said}}
	}
	m := outcome.Methods[i]
	j := Judgement{Accepted: m.Accepted, Reason: m.Reason, Next: m.Next}
	if !j.Accepted {
		return j
	}
	if e := p.Shows; p.Kind != Notice && p.Kind != Certificate && !e.ValidUntil.IsZero() &&
		day.After(e.ValidUntil) {
		ended := message.New("paper.ended", nil)
		return Judgement{Reason: message.Sentences{ended}, Next: message.Steps{ended}}
	}
	j.Ask = slices.Concat(outcome.Hints, odd(p, day, m))
	j.FullPrice = p.MedicalExpense && slices.Equal(outcome.Provisional, fullPrice)
	for _, step := range m.Next {
		if step.Key == noFullPrice {
			j.Ask = append(j.Ask, step)
		}
	}
	return j
}

// situation is a paper in the words of the rules.
func situation(p Paper, day eligibility.Date) eligibility.Situation {
	s := eligibility.Situation{
		Day:         day,
		BirthDate:   p.Shows.BirthDate,
		Insurer:     p.Shows.Insurer,
		BringsKnown: true,
		Brings:      eligibility.Items(0).With(shown[p.Kind]),
		Card:        eligibility.CardFacts{Present: eligibility.No},
	}
	if p.ByCard() {
		s.Card = eligibility.CardFacts{Present: eligibility.Yes, Reads: eligibility.No}
	}
	if p.MedicalExpense {
		s.PaperSpecial = eligibility.MedicalExpense
	}
	switch p.Kind {
	case PortalLogin:
		s.Brings = s.Brings.With(eligibility.ItemPhone)
	case Notice:
		s.NoticeUntil = p.Shows.ValidUntil
	case Certificate:
		s.CertificateUntil = p.Shows.ValidUntil
	}
	return s
}

// odd is what staff look at again before they accept.
func odd(p Paper, day eligibility.Date, m eligibility.Method) (ask message.Sentences) {
	e := p.Shows
	person := eligibility.Person{Insurer: e.Insurer, BirthDate: e.BirthDate}
	ask = append(ask, m.Reservation...)
	if len(m.Reservation) == 0 { // the rules of screens do not look at the insurer
		for _, q := range person.Questions(day) {
			ask = append(ask, q.Says)
		}
	}
	if isElderly(e.Insurer) {
		if _, err := eligibility.ParseInsurerNumber(e.Number); err != nil {
			ask = append(ask, message.New("paper.elderly_check_digit", nil))
		}
	}
	if shares, err := eligibility.SharesOn(person, day); err == nil && e.Share != 0 &&
		!slices.Contains(shares, e.Share) {
		ask = append(ask, message.New("paper.share_odd", nil))
	}
	if p.Kind == Certificate && !e.ValidUntil.IsZero() {
		if last := eligibility.CertificateValidUntil(person, day); e.ValidUntil.After(last) {
			ask = append(ask, message.New("paper.until_odd", message.Args{"last": last.Value()}))
		}
	}
	return ask
}
