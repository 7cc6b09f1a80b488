package eligibility

// Situation is what is known about one person at one counter on one day. Zero values are unknown, never "no".
type Situation struct {
	Day       Date          // the day of care; compulsory
	BirthDate Date          // 生年月日, perhaps partial
	Insurer   InsurerNumber // 保険者番号 on the papers or the screen

	Brings           Items // what the patient shows
	BringsKnown      bool  // whether Brings is a full list; an unknown list never says that something is missing
	Card             CardFacts
	CertificateUntil Date // 有効期限 of the 資格確認書, the last day
	OldCardUntil     Date // 有効期限 of the 健康保険証, the last day

	Facility                FacilityFacts
	Lookup                  Lookup
	Phone                   PhoneOS
	Emergency               Answer // 緊急やむを得ない場合, eligibility evident
	FirstVisitByHomeConsent Answer // first visit done by 居宅同意取得型
}

// CardFacts is what is known about the My Number card.
type CardFacts struct {
	Present     Answer
	State       CardState
	Reads       Answer           // the official reader reads it
	Certificate CertificateState // 利用者証明用電子証明書
	Pinless     Answer           // 顔認証マイナンバーカード
	Photo       Answer           // a baby's card has none
	PIN         PINState         // 暗証番号 of four digits
	Face        FaceState        // 顔認証 on the reader
	Registered  Answer           // マイナ保険証 registration
}

// FacilityFacts is what is known about the clinic or pharmacy.
type FacilityFacts struct {
	Reader      Answer // an official card reader stands here
	PhoneReader Answer // with the part that reads phones
	Kind        FacilityKind
	NetworkDown Answer // オンライン資格確認 or the line is down
	HomeVisit   Answer // 訪問診療, car park, separate route: 居宅同意取得型 may be used
}

// Item is a thing that a patient can show at the counter.
type Item string

const (
	ItemCard             Item = "card"             // マイナンバーカード
	ItemPhone            Item = "phone"            // スマートフォン
	ItemPortalScreen     Item = "portalScreen"     // マイナポータル's own 資格情報画面
	ItemPortalPDF        Item = "portalPdf"        // its PDF, saved earlier
	ItemPortalScreenshot Item = "portalScreenshot" // a picture of that screen
	ItemInsurerScreen    Item = "insurerScreen"    // the insurer's electronic お知らせ: our screen
	ItemInsurerPDF       Item = "insurerPdf"       // its PDF
	ItemNotice           Item = "notice"           // 資格情報のお知らせ on paper
	ItemCertificate      Item = "certificate"      // 資格確認書
	ItemOldCard          Item = "oldCard"          // 健康保険証
)

// AllItems lists every Item.
var AllItems = [...]Item{ItemCard, ItemPhone, ItemPortalScreen, ItemPortalPDF, ItemPortalScreenshot, ItemInsurerScreen,
	ItemInsurerPDF, ItemNotice, ItemCertificate, ItemOldCard}

// Items is a set of Item.
type Items uint16

// With returns the set with item in it.
func (s Items) With(item Item) Items { return s | item.bit() }

// Has reports whether item is in the set.
func (s Items) Has(item Item) bool { return s&item.bit() != 0 }

func (i Item) bit() Items {
	for n, item := range AllItems {
		if item == i {
			return 1 << n
		}
	}
	return 0
}

// CardState is the state of the card itself. The zero value is unknown.
type CardState string

const (
	CardOK       CardState = "ok"
	CardLost     CardState = "lost"     // reported or simply not found
	CardRenewing CardState = "renewing" // a new one is on its way
	CardExpired  CardState = "expired"  // the card's own 有効期限 is over
)

// CertificateState is the state of the card's 利用者証明用電子証明書. The zero value is unknown.
type CertificateState string

const (
	CertificateValid   CertificateState = "valid"
	CertificateGrace   CertificateState = "grace"   // expired, within the three months
	CertificateExpired CertificateState = "expired" // and the three months are over
	CertificateRevoked CertificateState = "revoked" // 失効: loss, moved abroad, name change
)

// PINState, FaceState, FacilityKind, Lookup and PhoneOS: zero values are unknown.
type (
	PINState     string
	FaceState    string
	FacilityKind string
	Lookup       string
	PhoneOS      string
)

const (
	PINKnown     PINState = "known"
	PINForgotten PINState = "forgotten"
	PINLocked    PINState = "locked"

	FaceWorks  FaceState = "works"
	FaceFailed FaceState = "failed"

	OrdinaryFacility FacilityKind = "ordinary" // オンライン資格確認 is compulsory
	ExemptFacility   FacilityKind = "exempt"   // allowed to bill on paper
	LimitedFacility  FacilityKind = "limited"  // 資格確認限定型

	LookupFound    Lookup = "found"    // OQS answered for a number that was known
	LookupNotFound Lookup = "notFound" // OQS knows no such number
	LookupNotTried Lookup = "notTried"

	Android PhoneOS = "android"
	IOS     PhoneOS = "ios"
)

// Contradictions between facts; Field names both places.
var (
	ErrCardPresence = &Error{Code: Invalid, Key: "situation.card_presence", Field: "card.present, brings",
		Ja: "card.present と brings で、カードがあるかどうかが食い違っています。どちらかを直してください。",
		En: "card.present and brings disagree about the card. Correct one of them."}
	ErrLostCard = &Error{Code: Invalid, Key: "situation.lost_card", Field: "card.state, card.present",
		Ja: "紛失したカード（card.state = lost）が手元にあることになっています。どちらかを直してください。",
		En: "A lost card (card.state = lost) cannot be present. Correct one of them."}
	ErrUnreadCard = &Error{Code: Invalid, Key: "situation.absent_card_reads", Field: "card.reads, card.present",
		Ja: "カードがないのに読み取れた（card.reads = true）ことになっています。どちらかを直してください。",
		En: "A card that is not there cannot have been read (card.reads). Correct one of them."}
	ErrReadWithoutReader = &Error{Code: Invalid, Key: "situation.read_without_reader", Field: "card.reads, facility.reader",
		Ja: "カードリーダーがない施設（facility.reader = false）でカードを読み取れた（card.reads = true）ことになっています。どちらかを直してください。",
		En: "A card cannot have been read (card.reads) where there is no reader (facility.reader). Correct one of them."}
	ErrPinlessPIN = &Error{Code: Invalid, Key: "situation.pinless_pin", Field: "card.pinless, card.pin",
		Ja: "顔認証マイナンバーカード（card.pinless）には暗証番号がありません。card.pin を消すか card.pinless を直してください。",
		En: "A PIN-less card has no PIN. Remove card.pin or correct card.pinless."}
	ErrPhotolessFace = &Error{Code: Invalid, Key: "situation.photoless_face", Field: "card.photo, card.face",
		Ja: "顔写真のないカードで顔認証ができたことになっています。card.photo か card.face を直してください。",
		En: "A card without a photo cannot pass face recognition. Correct card.photo or card.face."}
	ErrDayMissing = &Error{Code: Invalid, Key: "situation.day", Field: "day",
		Ja: "受診日（day）を年月日で入れてください。", En: "Give the day of care (day) as yyyy-mm-dd."}
)

// Check returns the first contradiction among the facts: ErrDayMissing, ErrBeforeBirth, ErrCardPresence, ErrLostCard,
// ErrUnreadCard, ErrReadWithoutReader, ErrPinlessPIN or ErrPhotolessFace.
func (s *Situation) Check() error {
	listed := s.BringsKnown && s.Brings.Has(ItemCard)
	switch {
	case !s.Day.Exact():
		return ErrDayMissing
	case !s.BirthDate.IsZero() && s.Day.Before(s.BirthDate.Earliest()):
		return ErrBeforeBirth
	case s.Card.Present == No && listed:
		return ErrCardPresence
	case s.Card.State == CardLost && s.Card.Present == Yes:
		return ErrLostCard
	case s.Card.State == CardLost && listed:
		return ErrLostCard.In("card.state, brings")
	case s.Card.Reads == Yes && s.cardPresent() == No:
		return ErrUnreadCard
	case s.Card.Reads == Yes && s.Facility.Reader == No && s.Facility.HomeVisit != Yes && s.Facility.Kind != LimitedFacility:
		return ErrReadWithoutReader // on visits and at a 資格確認限定型 another device may have read it
	case s.Card.Pinless == Yes && s.Card.PIN != "":
		return ErrPinlessPIN
	case s.Card.Photo == No && s.Card.Face == FaceWorks:
		return ErrPhotolessFace
	}
	return nil
}

// cardPresent derives whether the card is there: said, else lost, else listed, else implied by a try on the reader.
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
