package eligibility

// Contradictions between facts; Field names every place. At least one of the facts is wrong then, so nothing
// is computed from them.
var (
	ErrCardPresence = &Error{Code: Invalid, Key: "situation.card_presence", Field: "card.present, brings"}
	ErrLostCard     = &Error{Code: Invalid, Key: "situation.lost_card", Field: "card.state, card.present"}
	ErrUnreadCard   = &Error{Code: Invalid, Key: "situation.absent_card_reads",
		Field: "card.reads, card.present"}
	ErrReadWithoutReader = &Error{Code: Invalid, Key: "situation.read_without_reader",
		Field: "card.reads, facility.reader"}
	ErrPinlessPIN    = &Error{Code: Invalid, Key: "situation.pinless_pin", Field: "card.pinless, card.pin"}
	ErrPhotolessFace = &Error{
		Code:  Invalid,
		Key:   "situation.photoless_face",
		Field: "card.photo, card.face",
	}
	ErrDayMissing       = &Error{Code: Invalid, Key: "situation.day", Field: "day"}
	ErrCertificateState = &Error{Code: Invalid, Key: "situation.certificate_state",
		Field: "certificateEnds, card.certificate"}
	ErrCardState      = &Error{Code: Invalid, Key: "situation.card_state", Field: "cardEnds, card.state"}
	ErrEndsTooFar     = &Error{Code: Invalid, Key: "situation.ends_too_far"}
	ErrNoSystem       = &Error{Code: Invalid, Key: "insurer.no_system"}
	ErrSavedLater     = &Error{Code: Invalid, Key: "situation.saved_later", Field: "pdfSavedOn, day"}
	ErrSpecialInsurer = &Error{Code: Invalid, Key: "situation.special_insurer",
		Field: "paperSpecial, insurerNumber"}
	ErrResidenceCard    = &Error{Code: Invalid, Key: "situation.residence_card", Field: "card.kind, day"}
	ErrTapWithoutReader = &Error{Code: Invalid, Key: "situation.tap_without_reader",
		Field: "phone.tap, facility.phoneReader"}
	ErrLookupAnswer = &Error{Code: Invalid, Key: "situation.lookup_answer",
		Field: "oqsAnswer, lookupByNumber"}
	ErrAssistance = &Error{Code: Invalid, Key: "situation.assistance", Field: "medicalAssistance, brings"}
)

// Check returns the first contradiction among the facts: ErrDayMissing, ErrBeforeBirth, one of the errors
// above, or ErrElderlyTooYoung.
func (s *Situation) Check() error {
	if !s.Day.Exact() {
		return ErrDayMissing
	}
	if !s.BirthDate.IsZero() && s.Day.Before(s.BirthDate.Earliest()) {
		return ErrBeforeBirth
	}
	for _, check := range [...]func(*Situation) error{
		(*Situation).checkCard, (*Situation).checkEnds, (*Situation).checkNumber, (*Situation).checkAnswers,
	} {
		if err := check(s); err != nil {
			return err
		}
	}
	return nil
}

// elsewhere reports whether a device other than the counter's reader may have read the card: on visits and at
// a 資格確認限定型.
func (s *Situation) elsewhere() bool {
	return s.Facility.HomeVisit == Yes || s.Facility.Kind == LimitedFacility
}

func (s *Situation) checkCard() error {
	listed := s.BringsKnown && s.Brings.Has(ItemCard)
	switch {
	case s.Card.Present == No && listed:
		return ErrCardPresence
	case s.Card.State == CardLost && s.Card.Present == Yes:
		return ErrLostCard
	case s.Card.State == CardLost && listed:
		return ErrLostCard.In("card.state, brings")
	case s.Card.Reads == Yes && s.cardPresent() == No:
		return ErrUnreadCard
	case s.Card.Reads == Yes && s.Facility.Reader == No && !s.elsewhere():
		return ErrReadWithoutReader
	case s.Card.Pinless == Yes && s.Card.PIN != "":
		return ErrPinlessPIN
	case s.Card.Photo == No && s.Card.Face == FaceWorks:
		return ErrPhotolessFace
	case s.Card.Kind == ResidenceCard && s.Day.Before(residenceCardsFrom):
		return ErrResidenceCard
	case s.PhoneTap == TapWorks && s.Facility.PhoneReader == No && !s.elsewhere():
		return ErrTapWithoutReader
	}
	return nil
}

// residenceCardsFrom is the first day of 特定在留カード.
var residenceCardsFrom = Date{2026, 6, 14}

// The furthest ends: five and ten years after issue, and three months for a renewal before the old one's end.
const certificateMonths, cardMonths = 63, 123

func (s *Situation) checkEnds() error {
	c := &s.Card
	switch {
	case !c.CertificateEnds.IsZero() && c.CertificateEnds.After(s.Day.AddMonths(certificateMonths)):
		return ErrEndsTooFar.In("certificateEnds")
	case !c.Ends.IsZero() && c.Ends.After(s.Day.AddMonths(cardMonths)):
		return ErrEndsTooFar.In("cardEnds")
	}
	if computed := GraceOf(c.CertificateEnds).On(s.Day); computed != "" && c.Certificate != "" &&
		c.Certificate != CertificateRevoked && c.Certificate != computed {
		return ErrCertificateState
	}
	if over := s.Day.After(c.Ends); !c.Ends.IsZero() &&
		(over && c.State == CardOK || !over && c.State == CardExpired) {
		return ErrCardState
	}
	if !s.PDFSavedOn.IsZero() && s.PDFSavedOn.After(s.Day) {
		return ErrSavedLater
	}
	return nil
}

func (s *Situation) checkNumber() error {
	if s.Insurer == "" {
		return nil
	}
	only := schemeOf(s.Insurer)
	switch {
	case s.Insurer.Kind() == "":
		return ErrNoSystem.In("insurerNumber")
	case s.person().TooYoungForElderly(s.Day):
		return ErrElderlyTooYoung.In("insurerNumber, birthDate")
	case s.PaperSpecial == MedicalExpense && only&(residents|elderly) == 0:
		return ErrSpecialInsurer
	case s.MedicalAssistance == No && s.Insurer.PublicExpense():
		return ErrAssistance.In("medicalAssistance, insurerNumber")
	}
	return nil
}

// checkAnswers compares what OQS is said to have answered. Where a card or a phone may have been read, the
// answer may be about that.
func (s *Situation) checkAnswers() error {
	byNumber := s.Card.Reads == No || s.cardPresent() == No
	if s.PhoneTap == TapWorks || s.PhoneTap == "" && s.Brings.Has(ItemPhone) {
		byNumber = false
	}
	switch {
	case byNumber && s.OQSAnswer == OQSValid && s.Lookup == LookupNotFound,
		byNumber && s.OQSAnswer == OQSNone && s.Lookup == LookupFound,
		byNumber && s.OQSAnswer != "" && s.Lookup == LookupNotTried:
		return ErrLookupAnswer
	case s.MedicalAssistance == No && s.Brings.Has(ItemMedicalTicket):
		return ErrAssistance
	}
	return nil
}

// person returns the person of the situation, with what shares and insurers depend on.
func (s *Situation) person() Person { return Person{Insurer: s.Insurer, BirthDate: s.BirthDate} }

// resolved returns the situation with the states that follow from printed ends.
func (s *Situation) resolved() Situation {
	r := *s
	if r.Card.Certificate == "" {
		r.Card.Certificate = GraceOf(r.Card.CertificateEnds).On(r.Day)
	}
	if r.Card.State == "" && !r.Card.Ends.IsZero() {
		r.Card.State = CardOK
		if r.Day.After(r.Card.Ends) {
			r.Card.State = CardExpired
		}
	}
	return r
}

// cardPresent derives whether the card is there: said, else lost, else listed, else implied by a try on the
// reader.
func (s *Situation) cardPresent() Answer {
	switch {
	case s.Card.Present != Unknown:
		return s.Card.Present
	case s.Card.State == CardLost:
		return No
	case s.Brings.Has(ItemCard):
		return Yes
	case s.BringsKnown:
		return No
	case s.Card.Reads != Unknown:
		return Yes
	}
	return Unknown
}

// brings reports whether an item is known to be shown.
func (s *Situation) brings(i Item) bool { return s.Brings.Has(i) }
