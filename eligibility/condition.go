package eligibility

import "madoguchi/message"

// condition is one requirement of a rule. It refuses only because of a known fact: an unknown circumstance
// refuses nothing, but a document, an answer of OQS, an emergency or an outage must be known to be there.
type condition struct {
	// why the rule is refused without it; the entry of the catalogue beside it, with .name, is how
	// docs/rules.md calls the condition
	says    message.Sentences
	met     func(*facts) bool
	next    message.Steps // what staff do instead; nil: the next step of says
	inApp   message.Steps // the same on visits and at a 資格確認限定型, whose app has other words; nil for next
	noPhoto message.Steps // the same for a card without a photo; nil for next
	words   func(*facts) (because message.Sentences, next message.Steps)
	source  Source // where it says so, if not where the rule does
	sure    Confidence
}

// name is how docs/rules.md calls the condition.
func (c *condition) name() message.Message { return message.New(c.says[0].Key+".name", nil) }

// instead is what staff do where the condition is not met.
func (c *condition) instead() message.Steps {
	if c.next == nil {
		return message.Steps(c.says)
	}
	return c.next
}

// say returns why a rule is refused and what staff do instead.
func (c *condition) say(f *facts) (because message.Sentences, next message.Steps) {
	switch {
	case c.words != nil:
		return c.words(f)
	case c.noPhoto != nil && f.Card.Photo == No:
		return c.says, c.noPhoto
	case c.inApp != nil && f.elsewhere():
		return c.says, c.inApp
	}
	return c.says, c.instead()
}

// What a card and its reader must be like.
var (
	cardShown = &condition{says: told("condition.card_shown"), sure: Certain,
		met: func(f *facts) bool { return f.card == Yes }}
	cardInDate = &condition{says: told("condition.card_in_date"), source: srcGrace, sure: Likely,
		met: func(f *facts) bool { return f.Card.State != CardExpired }}
	cardNotLongOver = &condition{says: told("condition.card_not_long_over"), source: srcGrace, sure: Likely,
		met: func(f *facts) bool { return GraceOf(f.Card.Ends).On(f.Day) != CertificateExpired }}
	readerHere = &condition{says: told("condition.reader_here"), sure: Certain,
		met:  func(f *facts) bool { return f.Facility.Reader != No || f.elsewhere() },
		next: told("step.fallback")}
	faceReaderHere = &condition{says: told("condition.face_reader_here"), source: srcLimited, sure: Likely,
		met:     func(f *facts) bool { return f.Facility.Reader != No && !f.elsewhere() },
		inApp:   told("condition.face_reader_here.in_app"),
		noPhoto: told("step.no_photo")}
	online = &condition{says: told("condition.online"), source: src0710, sure: Certain,
		met: func(f *facts) bool { return f.Facility.NetworkDown != Yes }}
	cardReads = &condition{says: told("condition.card_reads"), sure: Certain,
		met:  func(f *facts) bool { return f.Card.Reads != No },
		next: told("step.fallback")}
	cardConfirmed = &condition{says: told("condition.card_confirmed"), source: src0710, sure: Certain,
		met:  func(f *facts) bool { return !f.read.unconfirmed() },
		next: told("step.in_order"),
		words: func(f *facts) (message.Sentences, message.Steps) {
			if f.read.card {
				return f.OQSAnswer.words()
			}
			return phoneConfirmed.says, inOrder
		}}
	certificateUsable = &condition{says: told("condition.certificate_usable"),
		source: srcGrace, sure: Certain,
		met:  func(f *facts) bool { return f.Card.Certificate != CertificateExpired },
		next: told("step.renew")}
	certificateNotRevoked = &condition{says: told("condition.certificate_not_revoked"),
		source: srcGrace, sure: Unverified,
		met:  func(f *facts) bool { return f.Card.Certificate != CertificateRevoked },
		next: told("step.renew")}
	hasPhoto = &condition{says: told("condition.has_photo"), source: srcBaby, sure: Certain,
		met:  func(f *facts) bool { return f.Card.Photo != No },
		next: told("step.no_photo")}
	hasPhotoForStaff = &condition{says: told("condition.has_photo_for_staff"), source: srcBaby, sure: Likely,
		met:  func(f *facts) bool { return f.Card.Photo != No },
		next: told("step.no_photo")}
	faceNotFailed = &condition{says: told("condition.face_not_failed"), sure: Certain,
		met:   func(f *facts) bool { return f.Card.Face != FaceFailed },
		inApp: told("condition.face_not_failed.in_app"), noPhoto: told("step.no_photo")}
	notPinless = &condition{says: told("condition.not_pinless"), source: srcPinless, sure: Certain,
		met:  func(f *facts) bool { return f.Card.Pinless != Yes },
		next: told("step.sight"), inApp: told("step.sight_in_app"),
		noPhoto: told("condition.not_pinless.no_photo")}
	pinUsable = &condition{says: told("condition.pin_usable"), sure: Certain,
		met:     func(f *facts) bool { return f.Card.PIN != PINForgotten && f.Card.PIN != PINLocked },
		next:    told("step.sight", "condition.pin_usable"),
		inApp:   told("step.sight_in_app", "condition.pin_usable"),
		noPhoto: told("step.show_paper_or_certificate", "condition.pin_usable")}
)

// What a phone and its reader must be like.
var (
	phoneShown = &condition{says: told("condition.phone_shown"), sure: Certain,
		met:  func(f *facts) bool { return f.phoneHere() },
		next: told("step.other")}
	androidPhone = &condition{says: told("condition.android_phone"), sure: Certain,
		met: func(f *facts) bool { return f.Phone != IOS }}
	iPhone = &condition{says: told("condition.iphone"), sure: Certain,
		met: func(f *facts) bool { return f.Phone != Android }}
	phoneReaderHere = &condition{says: told("condition.phone_reader_here"), sure: Certain,
		met: func(f *facts) bool {
			return f.Facility.PhoneReader == Yes || f.PhoneTap == TapWorks ||
				f.Facility.PhoneReader == Unknown && (f.Facility.Reader != No || f.elsewhere())
		}}
	tapNotFailed = &condition{says: told("condition.tap_not_failed"), source: srcPhoneQA, sure: Certain,
		met: func(f *facts) bool { return f.PhoneTap != TapFailed }}
	phoneConfirmed = &condition{says: told("condition.phone_confirmed"), source: src0710, sure: Certain,
		met: func(f *facts) bool { return !f.read.unconfirmed() }}
	phoneCertificate = &condition{says: told("condition.phone_certificate"),
		source: srcGrace, sure: Unverified,
		met:  func(f *facts) bool { return !f.certificateGone() },
		next: told("step.show_paper_or_certificate")}
	notPinlessPhone = &condition{says: told("condition.not_pinless_phone"), source: srcPinless, sure: Certain,
		met: func(f *facts) bool { return f.Card.Pinless != Yes }}
	registeredPhone = &condition{says: told("condition.registered_phone"), sure: Certain,
		met: func(f *facts) bool { return f.Card.Registered != No }}
)
