package eligibility

import "madoguchi/message"

// What logging in to マイナポータル needs.
var (
	phoneForPortal = &condition{says: told("condition.phone_for_portal"), source: srcPhoneQA, sure: Likely,
		met: func(f *facts) bool { return f.phoneHere() || f.brings(ItemPortalScreen) }}
	phoneReaderFailed = &condition{says: told("condition.phone_reader_failed"),
		source: srcPhoneQA, sure: Certain,
		met: func(f *facts) bool {
			return f.PhoneTap == TapFailed || f.PhoneTap != TapWorks && f.Facility.PhoneReader != Yes ||
				f.Facility.NetworkDown == Yes || f.read.unconfirmed()
		}}
	portalScreenShown = &condition{says: told("condition.portal_screen_shown"), sure: Certain,
		met: func(f *facts) bool { return f.brings(ItemPortalScreen) }}
	portalPDFShown = &condition{says: told("condition.portal_pdf_shown"), sure: Certain,
		met:  func(f *facts) bool { return f.brings(ItemPortalPDF) },
		next: told("step.other")}
	officialWayFailed = &condition{says: told("condition.official_way_failed"), sure: Certain,
		source: srcNotice,
		met:    func(f *facts) bool { return !f.official || f.Facility.Kind == ExemptFacility },
		next:   told("step.card_first")}
	notPinlessPortal = &condition{says: told("condition.not_pinless_portal"),
		source: srcPinless, sure: Certain,
		met:  func(f *facts) bool { return f.Card.Pinless != Yes },
		next: told("step.show_paper_or_certificate")}
	portalLogin = &condition{says: told("condition.portal_login"), source: srcGrace, sure: Likely,
		met: func(f *facts) bool {
			return f.Card.Certificate != CertificateGrace &&
				!f.certificateGone()
		}}
	registeredPortal = &condition{says: told("condition.registered_portal"), sure: Certain, source: srcHow,
		met: func(f *facts) bool { return f.Card.Registered != No }}
)

// What papers must be like.
var (
	sameInsurer = &condition{says: told("condition.same_insurer"), source: srcElderlyLaw, sure: Certain,
		met: func(f *facts) bool { return f.moved != Yes }}
	noticeShown = &condition{says: told("condition.notice_shown"), sure: Certain,
		met:  func(f *facts) bool { return f.brings(ItemNotice) },
		next: told("step.other")}
	noticeInDate = &condition{says: told("condition.notice_in_date"), source: srcCompare, sure: Certain,
		met: func(f *facts) bool { return f.NoticeUntil.IsZero() || !f.Day.After(f.NoticeUntil) }}
	insurerNoticeShown = &condition{says: told("condition.insurer_notice_shown"), sure: Certain,
		met:  func(f *facts) bool { return f.brings(ItemInsurerScreen) || f.brings(ItemInsurerPDF) },
		next: told("step.other")}
	certificateShown = &condition{says: told("condition.certificate_shown"), sure: Certain,
		met:  func(f *facts) bool { return f.brings(ItemCertificate) || f.brings(ItemEligibilityProof) },
		next: told("step.other")}
	certificateInDate = &condition{says: certificateEnded, source: srcCompare, sure: Certain,
		met: func(f *facts) bool {
			return f.proof || f.brings(ItemCertificate) && (f.CertificateUntil.IsZero() ||
				!f.Day.After(f.CertificateUntil))
		},
		next: newCertificate, words: certificateOver}
	certificatePlausible = &condition{says: told("condition.certificate_plausible"),
		source: srcCompare, sure: Certain,
		met: func(f *facts) bool {
			return f.proof || f.CertificateUntil.IsZero() ||
				!f.CertificateUntil.After(f.Day.AddMonths(certificateLife))
		}}
	oldCardShown = &condition{says: told("condition.old_card_shown"), sure: Certain,
		met:  func(f *facts) bool { return f.brings(ItemOldCard) },
		next: told("step.other")}
	oldCardInDate = &condition{says: told("condition.old_card_in_date"), sure: Certain,
		met:  func(f *facts) bool { return f.OldCardUntil.IsZero() || !f.Day.After(f.OldCardUntil) },
		next: told("step.lookup")}
	oldCardOver = &condition{says: told("condition.old_card_over"), sure: Certain,
		met: func(f *facts) bool { return !f.oldCardValid }}
	ticketShown = &condition{says: told("condition.ticket_shown"), source: srcAssistance, sure: Certain,
		met:  func(f *facts) bool { return f.brings(ItemMedicalTicket) },
		next: told("step.other")}
	notAssistance = &condition{says: told("condition.not_assistance"), source: srcAssistance, sure: Certain,
		met: func(f *facts) bool { return !f.onlyAssistance }}
)

// insured: whoever has 医療扶助 and no insurer that is known declares no insurance.
var insured = &condition{says: told("condition.insured"), source: srcAssistance, sure: Certain,
	met:  func(f *facts) bool { return f.MedicalAssistance != Yes || f.Insurer != "" },
	next: told("condition.not_assistance")}

// certificateLife is the longest life of a 資格確認書, in months; proofLife that of a 健康保険被保険者資格証明書, in days.
const certificateLife, proofLife = 60, 20

// What papers that stand alone are refused with, in several places.
var (
	certificateEnded = told("condition.certificate_in_date")
	newCertificate   = told("step.new_certificate")
	proofTooLong     = told("condition.proof_plausible") // no 健康保険被保険者資格証明書 has such a date
)

// certificateOver says which of the papers that stand alone is over.
func certificateOver(f *facts) (because message.Sentences, next message.Steps) {
	switch {
	case f.brings(ItemCertificate):
		return certificateEnded, newCertificate
	case f.EligibilityProofUntil.After(f.Day.AddDays(proofLife)):
		return proofTooLong, proofTooLong
	case f.proofMoved:
		return told("condition.proof_same_insurer"), sameInsurer.instead()
	}
	return told("condition.proof_in_date"), newCertificate
}

// What look-ups and circumstances must be like.
var (
	lookupWhileOnline = &condition{says: told("condition.lookup_while_online"),
		source: src0710, sure: Certain,
		met: func(f *facts) bool {
			return f.Facility.NetworkDown != Yes || f.Lookup != LookupFound && f.OQSAnswer == ""
		}}
	lookupAnswered = &condition{says: told("condition.lookup_answered"), sure: Certain, source: srcInterim,
		met:  func(f *facts) bool { return f.read.number },
		next: told("step.lookup")}
	lookupOfRecords = &condition{says: told("condition.lookup_of_records"), source: srcInterim, sure: Likely,
		met: func(f *facts) bool { return f.LookupBy != LookupByPaper }}
	outage = &condition{says: told("condition.outage"), sure: Certain,
		met:  func(f *facts) bool { return f.Facility.NetworkDown == Yes },
		next: told("step.card_first")}
	emergency = &condition{says: told("condition.emergency"), sure: Certain,
		met:  func(f *facts) bool { return f.Emergency == Yes },
		next: told("step.other")}
	consentedBefore = &condition{says: told("condition.consented_before"), sure: Certain,
		met: func(f *facts) bool { return f.FirstVisitByHomeConsent == Yes }}
	atHome = &condition{says: told("condition.at_home"), sure: Certain,
		met:  func(f *facts) bool { return f.Facility.HomeVisit != No },
		next: told("step.card_first")}
	disasterNotice = &condition{says: told("condition.disaster_notice"), source: srcDisaster, sure: Likely,
		met: func(f *facts) bool { return f.Disaster.On() }}

	notWorkInjury = &condition{says: told("condition.not_work_injury"), source: srcCause, sure: Likely,
		met: func(f *facts) bool { return f.Cause != WorkInjury }}
)
