package eligibility

import "madoguchi/message"

// refusal is the answer when no method is accepted; it always has a next step.
type refusal struct {
	when   func(*facts) bool
	says   message.Sentences
	next   message.Steps     // nil: the next step of says
	bring  message.Sentences // nil: bringAny
	source Source
	sure   Confidence
}

var (
	bringAny = told("rule.bring.any")
	noPaper  = told("refusal.no_paper")
)

// refusals are tried in this order; the last holds always.
var refusals = [...]refusal{
	{when: func(f *facts) bool { return f.Cause == WorkInjury }, source: srcCause, sure: Likely,
		says: notWorkInjury.says, bring: told("rule.bring.work_injury")},
	{when: func(f *facts) bool { return f.assistance }, source: srcAssistance, sure: Certain,
		says: told("refusal.assistance"), bring: told("rule.bring.assistance")},
	{when: func(f *facts) bool { return f.Facility.NetworkDown == Yes }, source: src0710, sure: Likely,
		says: told("refusal.outage")},
	{when: func(f *facts) bool { return f.moved == Yes || f.brings(ItemEligibilityProof) && f.proofMoved },
		source: srcElderlyLaw, sure: Certain,
		says: sameInsurer.says, next: told("refusal.moved"), bring: told("rule.bring.elderly")},
	{when: func(f *facts) bool { return f.brings(ItemCertificate) && !certificatePlausible.met(f) },
		source: srcCompare, sure: Certain,
		says: certificatePlausible.says, next: told("condition.certificate_plausible", "step.lookup")},
	{when: func(f *facts) bool {
		return f.brings(ItemEligibilityProof) && f.EligibilityProofUntil.After(f.Day.AddDays(proofLife))
	}, source: srcProof, sure: Certain,
		says: proofTooLong, next: told("condition.proof_plausible", "step.lookup")},
	{when: func(f *facts) bool { return f.Cause == Newborn }, source: srcCause, sure: Likely,
		says: told("refusal.newborn"), bring: told("rule.bring.newborn")},
	{when: func(f *facts) bool { return f.OQSAnswer.unconfirmed() }, source: src0710, sure: Certain,
		says: told("refusal.unconfirmed")},
	{when: func(f *facts) bool {
		return f.Brings&onPhone != 0 && !f.certificateGone() && f.Card.Certificate != CertificateGrace &&
			f.Card.Pinless != Yes
	}, source: srcPhoneQA, sure: Likely, says: told("refusal.screen_only")},
	{when: func(f *facts) bool { return f.card == Unknown }, source: srcOrder, sure: Certain,
		says: noPaper, next: told("refusal.ask_what_is_here")},
	{when: func(f *facts) bool { return f.Lookup != LookupFound && f.Lookup != LookupNotFound },
		source: srcInterim, sure: Likely,
		says: noPaper, next: told("refusal.look_up_or_hold", "refusal.refund")},
	{when: func(f *facts) bool { return f.phoneHere() || f.brings(ItemPortalScreen) },
		source: srcRefund, sure: Likely,
		says: noPaper, next: told("refusal.family_or_insurer", "refusal.refund")},
	{when: func(f *facts) bool { return true }, source: srcRefund, sure: Likely,
		says: noPaper, next: told("refusal.hold", "refusal.refund")},
}

// steps are what staff do.
func (r *refusal) steps() message.Steps {
	if r.next == nil {
		return message.Steps(r.says)
	}
	return r.next
}

// onPhone are the things that are shown on a phone, which might log in to マイナポータル.
var onPhone = Items(
	0,
).With(
	ItemPortalPDF,
).With(
	ItemPortalScreenshot,
).With(
	ItemInsurerScreen,
).With(
	ItemInsurerPDF,
)

// none is the answer where nothing can be accepted.
func (f *facts) none() refusalFor {
	for i := range refusals {
		if refusals[i].when(f) {
			return refusalFor{&refusals[i], f}
		}
	}
	return refusalFor{&refusals[len(refusals)-1], f}
}

// refusalFor is a refusal with the facts that it answers.
type refusalFor struct {
	*refusal
	facts *facts
}

func (r refusalFor) tell(out *Outcome) {
	out.Reason, out.Next, out.BringNext, out.Confidence = r.says, r.steps(), r.bring, r.sure
	out.Source, out.SourceURL, out.Reservation = r.source.Title, r.source.URL, reservations[r.sure]
	if r.bring == nil {
		out.BringNext = bringAny
	}
	for i := range notes {
		if n := &notes[i]; n.about(r.facts, nil) {
			out.Next = append(out.Next, n.steps()...)
		}
	}
}

// bringInstead is what the patient should bring next time where the card's own state decides it, by the
// catalogue's key; "" where it does not.
func bringInstead(f *facts) string {
	switch {
	case f.Cause == WorkInjury || f.assistance:
		return ""
	case f.read.unconfirmed():
		return "rule.bring.registration"
	case f.Card.State == CardLost || f.Card.State == CardRenewing:
		return "rule.bring.card_missing"
	case f.Card.State == CardExpired:
		return "rule.bring.card_expired"
	case f.certificateGone():
		return "rule.bring.certificate_over"
	case f.Card.Certificate == CertificateGrace:
		return "rule.bring.certificate_grace"
	case f.Card.PIN == PINForgotten || f.Card.PIN == PINLocked:
		return "rule.bring.pin"
	case (f.Card.Pinless == Yes || f.Card.Photo == No) && !f.official:
		return bringCardPaper
	}
	return ""
}
