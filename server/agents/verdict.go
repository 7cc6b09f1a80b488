package agents

import (
	"errors"
	"slices"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
)

// newVerdict is an agent's verdict in this server's words.
func newVerdict(outcome card.Outcome, told message.Message) counter.AgentVerdict {
	return counter.AgentVerdict{Outcome: outcome, Stored: message.ToStored(told), By: card.ByAgent}
}

// verdictOutcomes are the verdicts of card.CheckText and card.CheckCertificate beside the faults, each with
// the outcomes that it can have.
var verdictOutcomes = map[string][]card.Outcome{
	"card.text_confirmed":         {card.Confirmed},
	"card.text_unverified":        {card.Unverified},
	"card.certificate_valid":      {card.Confirmed},
	"card.certificate_unverified": {card.Unverified},
	"card.certificate_grace":      {card.Confirmed, card.Unverified},
	"card.certificate_expired":    {card.Confirmed, card.Unverified},
	"card.not_genuine":            {card.Refused},
	"card.copied":                 {card.Refused},
	"card.evidence":               {card.Refused},
	"card.certificate_purpose":    {card.Refused},
	"card.certificate_issuer":     {card.Refused},
	"card.certificate_not_begun":  {card.Refused},
}

// contradictoryVerdict is said of a verdict that does not fit itself or the question.
var contradictoryVerdict = func() counter.AgentVerdict {
	s, _ := verdictText(wire.Verdict{Outcome: card.Refused, Key: "card.evidence"})
	return s
}()

// verdictText puts an agent's verdict into words; ok is false when the key is unknown or does not go with the
// outcome.
func verdictText(v wire.Verdict) (counter.AgentVerdict, bool) {
	if outcomes, ok := verdictOutcomes[v.Key]; ok {
		if !slices.Contains(outcomes, v.Outcome) {
			return counter.AgentVerdict{}, false
		}
		return newVerdict(v.Outcome, message.New(v.Key, nil)), true
	}
	s := faultVerdict(wire.FaultError(v.Key))
	return s, s.Key == v.Key && s.Outcome == v.Outcome
}

// readingVerdict says the verdict on a reading.
func readingVerdict(v wire.Verdict) (counter.AgentVerdict, bool) {
	s, ok := verdictText(v)
	if v.Outcome.Passed() {
		ok = ok && (v.Key == "card.text_confirmed" || v.Key == "card.text_unverified")
	}
	return s, ok
}

// certificateStates are the states that a verdict on dates stands for.
var certificateStates = map[string]eligibility.CertificateState{
	"card.certificate_valid":      eligibility.CertificateValid,
	"card.certificate_unverified": eligibility.CertificateValid,
	"card.certificate_grace":      eligibility.CertificateGrace,
	"card.certificate_expired":    eligibility.CertificateExpired,
}

// datesVerdict says the verdict on a certificate's dates and the state that it stands for.
func datesVerdict(v wire.Verdict) (counter.AgentVerdict, eligibility.CertificateState, bool) {
	s, ok := verdictText(v)
	state, good := certificateStates[v.Key]
	if v.Outcome.Passed() {
		ok = ok && good
	}
	return s, state, ok
}

// faultVerdict is the verdict of an error: refused for what the card is or says, error for what failed.
func faultVerdict(err error) counter.AgentVerdict {
	var e *eligibility.Error
	if !errors.As(err, &e) {
		return faultVerdict(card.KnownFault(""))
	}
	outcome := card.Failed
	if e.Code == eligibility.Conflict && e.Key != ErrBusy.Key {
		outcome = card.Refused
	}
	return newVerdict(outcome, e.Message())
}
