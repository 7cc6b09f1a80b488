package eligibility

import (
	"strings"

	"madoguchi/message"
)

// Refinements of accepted answers.

var (
	pointCardOver   = finding{sure: Likely, source: srcGrace, reason: told("rule.card.over")}
	pointGrace      = finding{sure: Certain, source: srcGrace, reason: told("rule.card.grace")}
	pointRegister   = finding{sure: Certain, source: srcHow, reason: register, next: register}
	pointAssistance = finding{sure: Likely, source: srcAssistance, reason: told("rule.card.assistance")}

	pointPhoneGrace      = finding{sure: Unverified, source: srcGrace, reason: told("rule.phone.grace")}
	pointPhoneInApp      = finding{sure: Unverified, source: srcLimited, reason: phoneInApp, next: phoneInApp}
	pointPhoneAssistance = finding{sure: Unverified, source: srcAssistance,
		reason: told("rule.phone.assistance")}

	pointNoCard      = finding{sure: Likely, reason: told("rule.l0.no_card")}
	pointWhoseNumber = finding{sure: Likely, next: told("rule.l0.whose_number")}
	pointOtherProof  = finding{sure: Likely, source: srcGrace, reason: told("rule.declaration.other_proof")}

	pointProof          = finding{sure: Certain, source: srcProof, reason: proof, next: proof}
	pointProofElsewhere = finding{sure: Likely, source: srcProof,
		reason: proofElsewhere, next: proofElsewhere}
	pointCardReads = finding{sure: Certain, next: told("rule.c1.card_reads")}
)

// Entries of which a finding says both the sentence and the next step.
var (
	register       = told("rule.card.register")
	phoneInApp     = told("rule.phone.in_app")
	proof          = told("rule.c1.proof")
	proofElsewhere = told("rule.c1.proof_elsewhere")
)

// proofName is what C1 is called where a 健康保険被保険者資格証明書 stands in for the certificate.
var proofName = told("rule.c1.proof.name")

func varyOfficial(f *facts, m *Method) {
	switch {
	case f.onlyAssistance || f.assistance && f.Insurer == "":
		m.say(&pointAssistance)
		m.Next = append(m.Next, told("rule.card.assistance")...)
	case f.Card.State == CardExpired:
		m.say(&pointCardOver)
	case f.Card.Certificate == CertificateGrace:
		m.say(&pointGrace)
	case f.Card.Registered == No:
		m.say(&pointRegister)
	}
	if g := GraceOf(f.Card.CertificateEnds); f.Card.Certificate == CertificateGrace && g.Between(f.Day) {
		readings := message.New("rule.card.grace_two_readings", message.Args{
			"threeMonths": g.WarnUntil.Value(),
			"endOfMonth":  g.MayWorkTo.Value(),
		})
		m.Reason, m.Next = append(m.Reason, readings), append(m.Next, readings)
	}
}

func varyPhone(f *facts, m *Method) {
	switch {
	case f.onlyAssistance || f.assistance && f.Insurer == "":
		m.say(&pointPhoneAssistance)
	case f.Card.Certificate == CertificateGrace:
		m.say(&pointPhoneGrace)
	case f.elsewhere():
		m.say(&pointPhoneInApp)
	}
}

func varyKnownNumber(f *facts, m *Method) {
	if f.card != Yes {
		m.say(&pointNoCard)
	}
	if f.LookupBy == "" {
		m.say(&pointWhoseNumber)
	}
}

// varyCertificate: a 健康保険被保険者資格証明書 stands in for the certificate.
func varyCertificate(f *facts, m *Method) {
	certificate := f.brings(ItemCertificate) && (f.CertificateUntil.IsZero() ||
		!f.Day.After(f.CertificateUntil) && !f.CertificateUntil.After(f.Day.AddMonths(certificateLife)))
	if !certificate {
		m.Name = proofName
		m.Limit = LimitNo
		m.say(&pointProof)
		if f.Insurer != "" && !strings.HasPrefix(string(f.Insurer), "01") {
			m.say(&pointProofElsewhere)
		}
	}
	if f.official {
		m.say(&pointCardReads)
	}
}

// varyUnconfirmed names the ways that follow マイナポータル's screen where OQS confirmed nothing.
func varyUnconfirmed(f *facts, m *Method) {
	if f.read.unconfirmed() {
		m.Reason = told("rule.portal.unconfirmed")
		m.cite(src0710)
	}
}

// varyDeclaration says with which share a declaration is billed, and what comes before it.
func varyDeclaration(f *facts, m *Method) {
	switch {
	case f.Facility.NetworkDown == Yes:
		m.Next = told("rule.a1.outage")
	case f.fullPrice == Yes:
		m.Next = told("rule.a1", "rule.a1.full_price")
	case !f.BirthDate.IsZero():
		m.Next = append(told("rule.a1"), provisionalWords(f.shares))
	}
	if f.read.unconfirmed() {
		m.Reason = told("rule.a1.unconfirmed")
		_, m.Next = f.OQSAnswer.words()
		if f.fullPrice != Yes && !f.BirthDate.IsZero() {
			m.Next = append(m.Next, message.New("rule.a1.when_declared", nil), provisionalWords(f.shares))
		}
		m.Next = append(m.Next, message.New("rule.a1.filed_before", nil))
	}
	varyOutage(f, m)
}

// provisionalWords say with which share a declaration is billed for now.
func provisionalWords(shares []int) message.Message {
	switch {
	case len(shares) == 0:
		return message.New("provisional.none", nil)
	case len(shares) > 1:
		return message.New("provisional.several", message.Args{"shares": SharesValue(shares)})
	case shares[0] == 20:
		return message.New("provisional.preschool", nil)
	}
	return message.New("provisional.one", message.Args{"share": SharesValue(shares)})
}

func varyOutage(f *facts, m *Method) {
	if f.Card.State == CardExpired {
		m.say(&pointOtherProof)
	}
}

func varyDisaster(f *facts, m *Method) {
	m.Source = "「" + f.Disaster.Title + "」（" + f.Disaster.Area + "）"
	m.SourceURL = ""
}
