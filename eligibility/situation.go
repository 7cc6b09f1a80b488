package eligibility

import "strings"

// Situation is what is known about one person at one counter on one day. Zero values are unknown, never "no".
type Situation struct {
	Day       Date          // the day of care; compulsory
	BirthDate Date          // 生年月日, perhaps partial
	Insurer   InsurerNumber // 保険者番号 on the papers or the screen

	Brings      Items // what the patient shows
	BringsKnown bool  // whether Brings is a full list; an unknown list never says that something is missing
	Card        CardFacts

	CertificateUntil      Date         // 有効期限 of the 資格確認書, the last day
	OldCardUntil          Date         // 有効期限 of the 健康保険証, the last day
	EligibilityProofUntil Date         // 有効期限 of the 健康保険被保険者資格証明書, the last day
	NoticeUntil           Date         // 有効期限 of the 資格情報のお知らせ, the last day; most have none
	PDFSavedOn            Date         // the day on which the PDF was saved
	PaperSpecial          PaperSpecial // what is printed on the paper besides

	Facility  FacilityFacts
	Lookup    Lookup
	LookupBy  LookupBy
	OQSAnswer OQSAnswer
	Phone     PhoneOS
	PhoneTap  PhoneTap
	Disaster  DisasterNotice

	Emergency               Answer // 緊急やむを得ない場合, eligibility evident
	FirstVisitByHomeConsent Answer // first visit done by 居宅同意取得型
	MedicalAssistance       Answer // 生活保護の医療扶助
	Cause                   Cause  // why the patient comes, or what changed
}

// DisasterNotice is a ministry's notice that victims of a disaster may be treated without papers, as the
// facility has switched it on. Both parts are needed.
type DisasterNotice struct {
	Area  string // where it holds, in the notice's words
	Title string // the notice's title
}

// On reports whether a notice has been switched on.
func (d DisasterNotice) On() bool {
	return strings.TrimSpace(d.Area) != "" && strings.TrimSpace(d.Title) != ""
}

// CardFacts is what is known about the My Number card.
type CardFacts struct {
	Present         Answer
	Kind            CardKind
	State           CardState
	Ends            Date             // the card's own 有効期限, the last day
	Reads           Answer           // the official reader reads it
	Certificate     CertificateState // 利用者証明用電子証明書
	CertificateEnds Date             // its 有効期限, the last day
	Pinless         Answer           // 顔認証マイナンバーカード
	Photo           Answer           // a baby's card has none
	PIN             PINState         // 暗証番号 of four digits
	Face            FaceState        // 顔認証 on the reader
	Registered      Answer           // マイナ保険証 registration
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
	ItemEligibilityProof Item = "eligibilityProof" // 健康保険被保険者資格証明書 of the 年金事務所
	ItemMedicalTicket    Item = "medicalTicket"    // 医療券 or 調剤券
	ItemPublicExpense    Item = "publicExpense"    // 公費の受給者証
)

// AllItems lists every Item.
var AllItems = [...]Item{ItemCard, ItemPhone, ItemPortalScreen, ItemPortalPDF, ItemPortalScreenshot,
	ItemInsurerScreen, ItemInsurerPDF, ItemNotice, ItemCertificate, ItemOldCard, ItemEligibilityProof,
	ItemMedicalTicket, ItemPublicExpense}

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

// The kinds of a situation's facts; zero values are unknown.
type (
	CardKind     string
	PINState     string
	FaceState    string
	FacilityKind string
	Lookup       string
	LookupBy     string // whose number was looked up
	PhoneOS      string
	PhoneTap     string // what came of holding the phone to the reader
	PaperSpecial string
	Cause        string
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

	LookupByRecords LookupBy = "records" // the number in the facility's own records
	LookupByPaper   LookupBy = "paper"   // the number on a paper that the patient brought

	Android PhoneOS = "android"
	IOS     PhoneOS = "ios"

	TapWorks  PhoneTap = "works"
	TapFailed PhoneTap = "failed"

	OrdinaryCard  CardKind = "ordinary"
	ResidenceCard CardKind = "residence" // 特定在留カード, 特定特別永住者証明書: both cards in one

	MedicalExpense PaperSpecial = "medicalExpense" // 特別療養費の対象: 資格確認書(特別療養), お知らせ(特別療養)

	Illness    Cause = "illness"    // nothing besides
	WorkInjury Cause = "workInjury" // 労災: at work or on the way there
	ThirdParty Cause = "thirdParty" // 第三者行為, 自賠責
	Abroad     Cause = "abroad"     // back from, or living, abroad
	Newborn    Cause = "newborn"    // not registered with the parents' insurer yet
	JobChange  Cause = "jobChange"  // 転職・退職
	Continued  Cause = "continued"  // 任意継続
)
