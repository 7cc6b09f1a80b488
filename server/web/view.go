package web

import (
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pwa"
	"madoguchi/server/insurer"
)

// Page is what every page gets. Views embed it; templates read the fields by name.
type Page struct {
	Title   string // without the product's name, which the layout adds
	Lang    string // a language of the catalogue, "ja" when empty
	Demo    bool   // shows 「デモ」 on the page
	Insurer InsurerView
	Error   *Problem // a refusal of the form that was just sent, shown above it; nil when there is none
	Path    string   // of this page, with its query, for the links that switch the language
	// ForStaff is for a page that exists in Japanese and English only.
	ForStaff bool
}

// Problem is a sentence for a person beside the field that it speaks of.
type Problem struct {
	Message message.Message
	Field   string // name of the input, empty when the whole form is meant
}

// InsurerView names the insurer whose screen or office a page is. The zero value leaves the line out.
type InsurerView struct {
	Name          string // 架空健康保険組合
	Issuer        string // who stands behind a document: 架空市長, 架空健康保険組合理事長
	Telephone     string
	NumberOnPaper string // 保険者番号 as printed: six digits for 国民健康保険
	Number        string // eight digits, for addresses and form fields
}

func insurerView(in insurer.Insurer) InsurerView {
	return InsurerView{Name: in.Name, Issuer: in.Issuer, Telephone: in.Telephone, NumberOnPaper: in.Number.Paper(), Number: string(in.Number)}
}

// LandingView is the patient's door: / without a code, /notice with the one that was opened, /n/ with one that is refused.
type LandingView struct {
	Page             // Insurer is the opened notice's
	Read    bool     // a notice's code is held in the session
	Kept    bool     // this browser has held screens: they open without a login
	Refusal *Problem // the code is none or no more
	Staff   bool     // shows the demo's other doors
}

// SettingsView is 表示の設定 (/settings).
type SettingsView struct {
	Page
	Look     pwa.Look
	Furigana bool   // whether they are shown now
	Back     string // where the visitor came from, a path of this server
	Saved    bool
}

// CertificateView is what follows from the date of the electronic certificate (/certificate). Dates are in words; each has
// the key of the sentence that it stands in.
type CertificateView struct {
	Page
	Typed, Example      string
	State, Class        string
	Until, UseText      string
	WarnUntil, WarnText string // the sure end of the grace
	MayWorkTo, MayText  string
	RenewFrom           string // empty: now
	CanSave             bool
	Calendar            string // address of the calendar file, empty when the day is over
}

// Brought is one thing to bring, with its picture ("card", "paper", "phone").
type Brought struct{ Picture, Text, Japanese string }

// NextView is 次に持って行くもの (/next): the questions, or in pictures what to bring.
type NextView struct {
	Page
	Whys       []string
	Why, Typed string
	Bring      []Brought
	Alone      bool // one paper that is enough by itself
	Notes      []string
	By, ByText string
}

// ReceptionView is the page for the staff that a patient's screen links to (/reception).
type ReceptionView struct {
	Page
	ForPatient, PatientLang            string // what to do with this page, in the patient's own language
	Day                                string // today, in the Japanese calendar
	Accepted                           eligibility.Method
	Others                             []eligibility.Method // further ways for a card that cannot be read
	KnownJa, KnownEn                   string               // how far the rules are known
	SourceTitle, SourceURL, SourceCode string               // where it stands, its address and the picture of its QR
}

// Choice is one answer of a question, as a link.
type Choice struct{ Ja, En, Href string }

// MethodsView is 「この患者さんは何で確認できる?」 (/counter/methods): a question with its choices, or the answer.
type MethodsView struct {
	Page
	Step             int // 1 to 3; 4 is the answer
	QuestionJa       string
	QuestionEn       string
	Choices          []Choice
	Best             *eligibility.Method
	Next, Bring, Day string
	Reason, Source   string // of the answer
	Reservation      string
	KnownJa, KnownEn string               // how far the rules are known
	Accepted         []eligibility.Method // besides the best
	Refused          []eligibility.Method
}

// VisitView is 受診日チェック (/visit).
type VisitView struct {
	Page
	Form  VisitForm
	Lines []VisitLine
	Day   string // of the visit, in words

	KnownUntil, ReadOn string // how far the rules are known
}

// VisitLine is one line of the answer: the key of its sentence and the values in it.
type VisitLine struct {
	State        string // "ok", "care" or "no"
	Text         string
	Shares, Date string
	Until        string // the last day on which this stays so
}

// VisitForm is what the visitor typed, kept when it has to be corrected.
type VisitForm struct {
	Day              string `form:"day"`
	BirthDate        string `form:"birthDate"`
	CertificateUntil string `form:"certificateUntil"`
	CardUntil        string `form:"cardUntil"`
	PaperUntil       string `form:"paperUntil"`
	SavedOn          string `form:"savedOn"`
}

// EnrolView asks to bind the login to an insured person (/enrol).
type EnrolView struct {
	Page
	Name, Birth string // of the login; the date in the Japanese calendar
	HasCode     bool   // a notice's code is held from the landing page
	Code        string // what was typed, to be corrected
	LoginFirst  bool   // the login is too old to register anybody
}

// ScreenView is the shell of the patient's screen (/screen). It names nobody: the phone keeps it.
type ScreenView struct{ Page }

// StaffView picks one of the demo's fictional staff (/counter/staff, /insurer/staff).
type StaffView struct {
	Page
	Door  string // "counter" or "insurer"
	Names []string
}

// CounterView is the shell of the counter's console (/counter).
type CounterView struct {
	Page
	Facility, Staff string
}

// ErrorView is any refusal that is a page of its own.
type ErrorView struct {
	Page
	Message   message.Message
	Back      string // the address to start again from
	Status    int
	RequestID string
	// ForPatient is for pages that a patient may meet: it says whom to call.
	ForPatient bool
}

// CodeView is the page behind an online code's address.
type CodeView struct{ Page }
