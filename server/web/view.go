package web

import "madoguchi/eligibility"

// Page is what every page gets. Views embed it; templates read the fields by name.
type Page struct {
	Title   string // without the product's name, which the layout adds
	Lang    string // a language of pwa/i18n, "ja" when empty
	Demo    bool   // shows 「デモ」 on the page
	Insurer InsurerView
	Error   *Problem // a refusal of the form that was just sent, shown above it; nil when there is none
	Path    string   // of this page, with its query, for the links that switch the language
}

// Problem is a sentence for a person beside the field that it speaks of.
type Problem struct {
	Ja, En string
	Field  string // name of the input, empty when the whole form is meant
}

// InsurerView names the insurer whose screen or office a page is. The zero value leaves the line out.
type InsurerView struct {
	Name          string // 架空健康保険組合
	Issuer        string // who stands behind a document: 架空市長, 架空健康保険組合理事長
	Telephone     string
	NumberOnPaper string // 保険者番号 as printed: six digits for 国民健康保険
	Number        string // eight digits, for addresses and form fields
}

// HomeView is the patient's door (/).
type HomeView struct{ Page }

// NoticeView is the landing page of the notice's code (/notice).
type NoticeView struct{ Page }

// ReceptionView is the page for the staff that a patient's screen links to (/reception).
type ReceptionView struct {
	Page
	Day                                string // today, in the Japanese calendar
	Accepted                           eligibility.Method
	Others                             []eligibility.Method // further ways for a card that cannot be read
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
	Accepted         []eligibility.Method // besides the best
	Refused          []eligibility.Method
}

// VisitView is 受診日チェック (/visit).
type VisitView struct {
	Page
	Form  VisitForm
	Items []eligibility.VisitItem
	Day   string // in the Japanese calendar
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
	Ja, En    string // with the next step
	Back      string // the address to start again from
	Status    int
	RequestID string
}

// CodeView is the page behind an online code's address.
type CodeView struct{ Page }
