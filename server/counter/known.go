package counter

import (
	"context"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter/paper"
	"madoguchi/server/staff"
)

// Known is what a counter knows of somebody before staff are asked: the answers that a case gives, why, and
// the person, as far as a screen told.
type Known struct {
	Answers   Answers
	Facts     []message.Message // in the order in which they became known
	BirthDate eligibility.Date
	Insurer   eligibility.InsurerNumber
	paper     *paper.Paper // what staff typed off one
}

func (k *Known) note(key string) { k.Facts = append(k.Facts, message.New(key, nil)) }

// papersKnown are the papers by the answers that they give, and by what is said of them.
var papersKnown = map[eligibility.MethodCode]struct{ shows, says string }{
	paper.PortalScreen: {"portalScreen", "console.known.p1"},
	paper.PortalPDF:    {"portalPdf", "console.known.p2"},
	paper.PortalLogin:  {"portalScreen", "console.known.p3"},
	paper.Notice:       {"notice", "console.known.n1"},
	paper.Certificate:  {"certificate", "console.known.c1"},
}

// notePaper takes what a paper tells. Of one that is not wholly typed that is what it is.
func (k *Known) notePaper(p *paper.Paper) {
	told, ok := papersKnown[p.Kind]
	if !ok {
		return
	}
	k.Answers.Shows = told.shows
	k.note(told.says)
	k.BirthDate, k.Insurer, k.paper = p.Shows.BirthDate, p.Shows.Insurer, p
}

// addTo puts what stands on a typed paper into a situation in which it is shown.
func (k Known) addTo(s *eligibility.Situation) {
	s.BirthDate, s.Insurer = k.BirthDate, k.Insurer
	if k.paper == nil || papersKnown[k.paper.Kind].shows != k.Answers.Shows {
		return
	}
	switch k.paper.Kind {
	case paper.Notice:
		s.NoticeUntil = k.paper.Shows.ValidUntil
	case paper.Certificate:
		s.CertificateUntil = k.paper.Shows.ValidUntil
	}
	if k.paper.MedicalExpense {
		s.PaperSpecial = eligibility.MedicalExpense
	}
}

// known is what an open case tells.
func (b *CaseView) known() (k Known) {
	v := b.Verdict
	if v.Valid && v.Eligibility != nil {
		k.Answers.Shows = "insurerScreen"
		k.note("console.known.screen")
		k.BirthDate, k.Insurer = v.Eligibility.BirthDate, v.Eligibility.Insurer
	}
	if b.Paper != nil {
		k.notePaper(b.Paper)
		if !b.Judged.Accepted && !b.Paper.Unfinished { // staff are asked what else there is
			k.Answers.Shows = ""
			k.note("console.known.paper_refused")
		}
	}
	switch {
	case len(b.RefusedBy) > 0: // it is not this person's: nothing is here that could be shown beside a paper
		k.Answers.Card = "none"
		k.note("console.known.card_refused")
	case b.Dates != nil && b.Dates.State == eligibility.CertificateGrace:
		k.Answers.Card = "grace"
		k.note("console.known.certificate_grace")
	case b.Dates != nil && (b.Dates.State == eligibility.CertificateExpired ||
		b.Dates.State == eligibility.CertificateRevoked):
		k.Answers.Card = "over"
		k.note("console.known.certificate_over")
	case b.OQS != nil && saysNoEligibility(b.OQS.Statements):
		k.Answers.Card = "answer"
		k.note("console.known.answer")
	case b.ForTheEye():
		k.Answers.Card = "fails"
		k.note("console.known.card_locked")
	case b.Card != nil && b.Card.Outcome == card.Failed:
		k.Answers.Card = "fails"
		k.note("console.known.card_failed")
	case len(b.PassedBy) > 0:
		k.note("console.known.card_here")
	}
	return k
}

// saysNoEligibility reports whether an OQS answer says 無効, 該当資格なし or the like: the states 2 to 6 of OQSCD006.
func saysNoEligibility(statements []string) bool {
	for _, s := range statements {
		switch s {
		case "oqs.validity_2", "oqs.validity_3", "oqs.validity_4", "oqs.validity_5", "oqs.validity_6",
			"oqs.no_result":
			return true
		}
	}
	return false
}

// Known returns what the counter knows for a case of the reception's facility; without one, what it knows of
// itself. A case that is over tells nothing.
func (w Ways) Known(ctx context.Context, reception staff.Reception, id string) (k Known, err error) {
	if id != "" {
		view, err := w.cases.open(ctx, reception, id)
		if err != nil {
			return Known{}, err
		}
		k = view.known()
	}
	for _, r := range w.readers.Status(reception.Facility) {
		if r.Connected {
			return k, nil
		}
	}
	k.note("console.known.no_reader")
	return k, nil
}

// Judge says by the rules of today which ways the answers open, with the person as far as known and the
// notices of disasters that the facility has switched on. What contradicts the answers is left out.
func (w Ways) Judge(
	ctx context.Context, reception staff.Reception, k Known,
) (eligibility.Outcome, []DisasterNotice, error) {
	notices, err := w.disasters.On(ctx, reception.Facility, w.today())
	if err != nil {
		return eligibility.Outcome{}, nil, err
	}
	s := k.Answers.Situation(w.today())
	if len(notices) > 0 {
		s.Disaster = notices[0].asFact()
	}
	plain := s
	k.addTo(&s)
	if s.Check() != nil {
		s = plain
	}
	outcome, err := eligibility.Methods(s)
	return outcome, notices, err
}
