package eligibility

// Contradictions between facts; Field names every place. At least one of the facts is wrong then, so nothing
// is computed from them.
var (
	ErrCardPresence = &Error{Code: Invalid, Key: "situation.card_presence", Field: "card.present, brings",
		Ja: "card.present と brings で、カードがあるかどうかが食い違っています。どちらかを直してください。",
		En: "card.present and brings disagree about the card. Correct one of them."}
	ErrLostCard = &Error{Code: Invalid, Key: "situation.lost_card", Field: "card.state, card.present",
		Ja: "紛失したカード（card.state = lost）が手元にあることになっています。どちらかを直してください。",
		En: "A lost card (card.state = lost) cannot be present. Correct one of them."}
	ErrUnreadCard = &Error{Code: Invalid, Key: "situation.absent_card_reads",
		Field: "card.reads, card.present",
		Ja:    "カードがないのに読み取れた（card.reads = true）ことになっています。どちらかを直してください。",
		En:    "A card that is not there cannot have been read (card.reads). Correct one of them."}
	ErrReadWithoutReader = &Error{Code: Invalid, Key: "situation.read_without_reader",
		Field: "card.reads, facility.reader",
		Ja: "カードリーダーがない施設（facility.reader = false）でカードを読み取れた（card.reads = true）" +
			"ことになっています。どちらかを直してください。",
		En: "A card cannot have been read (card.reads) where there is no reader (facility.reader). Correct one of them."}
	ErrPinlessPIN = &Error{Code: Invalid, Key: "situation.pinless_pin", Field: "card.pinless, card.pin",
		Ja: "顔認証マイナンバーカード（card.pinless）には暗証番号がありません。" +
			"card.pin を消すか card.pinless を直してください。",
		En: "A PIN-less card has no PIN. Remove card.pin or correct card.pinless."}
	ErrPhotolessFace = &Error{Code: Invalid, Key: "situation.photoless_face", Field: "card.photo, card.face",
		Ja: "顔写真のないカードで顔認証ができたことになっています。card.photo か card.face を直してください。",
		En: "A card without a photo cannot pass face recognition. Correct card.photo or card.face."}
	ErrDayMissing = &Error{Code: Invalid, Key: "situation.day", Field: "day",
		Ja: "受診日（day）を年月日で入れてください。", En: "Give the day of care (day) as yyyy-mm-dd."}
	ErrCertificateState = &Error{Code: Invalid, Key: "situation.certificate_state",
		Field: "certificateEnds, card.certificate",
		Ja: "電子証明書の有効期限（certificateEnds）と状態（card.certificate）が、この受診日では食い違っています。" +
			"カードの券面を見て、どちらかを直してください。",
		En: "The certificate's last day (certificateEnds) and its state (card.certificate) disagree on this day. " +
			"Look at the card and correct one of them."}
	ErrCardState = &Error{Code: Invalid, Key: "situation.card_state", Field: "cardEnds, card.state",
		Ja: "カードの有効期限（cardEnds）と状態（card.state）が、この受診日では食い違っています。" +
			"カードの券面を見て、どちらかを直してください。",
		En: "The card's last day (cardEnds) and its state (card.state) disagree on this day. " +
			"Look at the card and correct one of them."}
	ErrEndsTooFar = &Error{Code: Invalid, Key: "situation.ends_too_far",
		Ja: "有効期限が遠すぎます（電子証明書は発行から5回目、カードは10回目の誕生日まで）。券面の年を見て、入れ直してください。",
		En: "This lies too far ahead: a certificate ends on the 5th, a card on the 10th birthday after its issue. " +
			"Look at the year on the card and enter it again."}
	ErrNoSystem = &Error{Code: Invalid, Key: "insurer.no_system",
		Ja: "この法別番号の医療保険はありません。公費の番号ではなく、保険者番号を入れてください。",
		En: "No health insurance has this number. Enter the 保険者番号, not a public expense's."}
	ErrSavedLater = &Error{Code: Invalid, Key: "situation.saved_later", Field: "pdfSavedOn, day",
		Ja: "PDFを保存した日（pdfSavedOn）が受診日より後になっています。どちらかの日付を直してください。",
		En: "The PDF was saved (pdfSavedOn) after the day of care. Correct one of the two days."}
	ErrSpecialInsurer = &Error{Code: Invalid, Key: "situation.special_insurer",
		Field: "paperSpecial, insurerNumber",
		Ja:    "特別療養費（paperSpecial）は国民健康保険と後期高齢者医療だけです。紙の表題か保険者番号を見て、直してください。",
		En:    "Only 国民健康保険 and 後期高齢者医療 have 特別療養費 (paperSpecial). Look at the paper's title or number again."}
	ErrResidenceCard = &Error{Code: Invalid, Key: "situation.residence_card", Field: "card.kind, day",
		Ja: "特定在留カード（card.kind = residence）は令和8年6月14日からです。どちらかを直してください。",
		En: "Residence cards that are My Number cards (card.kind) exist from 2026-06-14. Correct one of the two."}
	ErrTapWithoutReader = &Error{Code: Invalid, Key: "situation.tap_without_reader",
		Field: "phone.tap, facility.phoneReader",
		Ja:    "スマホ用の読み取り機がない施設でスマホを読み取れた（phone.tap = works）ことになっています。どちらかを直してください。",
		En:    "A phone cannot have been read (phone.tap) where nothing reads phones (facility.phoneReader). Correct one."}
	ErrLookupAnswer = &Error{Code: Invalid, Key: "situation.lookup_answer",
		Field: "oqsAnswer, lookupByNumber",
		Ja:    "オンライン資格確認の答え（oqsAnswer）と番号での照会の結果（lookupByNumber）が食い違っています。どちらかを直してください。",
		En:    "The answer of OQS (oqsAnswer) and the look-up's result (lookupByNumber) disagree. Correct one of them."}
	ErrAssistance = &Error{Code: Invalid, Key: "situation.assistance", Field: "medicalAssistance, brings",
		Ja: "医療券があるか医療扶助の番号（法別番号12）なのに、medicalAssistance が false です。どちらかを直してください。",
		En: "There is a medical ticket or a number of 医療扶助 (12), but medicalAssistance is false. Correct one of them."}
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
	if over := s.Day.After(c.Ends); !c.Ends.IsZero() && (over && c.State == CardOK || !over && c.State == CardExpired) {
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
