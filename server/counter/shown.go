package counter

import (
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// What a case is about: a screen of ours, which is verified, or a paper, which staff saw and typed.

var (
	errPaper     = &eligibility.Error{Code: eligibility.Conflict, Key: "paper.refused", Field: "outcome"}
	errPhoneOnly = &eligibility.Error{Code: eligibility.Conflict, Key: "paper.phone_only", Field: "kind"}
)

// Shown returns what stands on the screen or the paper; nil of a screen that could not be read.
func (b *caseBody) Shown() *credential.Eligibility {
	if b.Paper != nil {
		return &b.Paper.Shows
	}
	return b.Verdict.Eligibility
}

// shownText is what the evidence of a card is bound to.
func (b *caseBody) shownText() string {
	if b.Paper != nil {
		return b.Paper.Text()
	}
	return b.JWS
}

// Acceptable reports whether the case may be accepted once the person was checked: its screen is genuine, or
// the rules accept its paper.
func (b *caseBody) Acceptable() bool {
	if b.Paper != nil {
		return b.Judged.Accepted
	}
	return b.Verdict.Valid
}

// notAcceptable says why a case is not Acceptable.
func (b *CaseView) notAcceptable() error {
	if b.Paper != nil {
		return b.paperRefused()
	}
	return errNotValid
}

// paperRefused is errPaper with what the rules say.
func (b *CaseView) paperRefused() error {
	return errPaper.With(message.Args{
		"reason": message.Writing(b.Judged.Reason.Ja(), b.Judged.Reason.En()),
		"next":   message.Writing(b.Judged.Next.Ja(), b.Judged.Next.En()),
	})
}
