package kit

import "madoguchi/message"

// Page is what every page gets. Views embed it; templates read the fields by name.
type Page struct {
	Title   string // without the product's name, which the layout adds
	Lang    string // a language of the catalogue, "ja" when empty
	Demo    bool   // shows 「デモ」 on the page
	Insurer InsurerView
	Error   *Problem // a refusal of the form that was just sent, shown above it; nil when there is none
	Path    string   // of this page, with its query, for the links that switch the language
	// Account is the name of the member of staff who is signed in by passkey; empty otherwise.
	Account string
	// Office is for a page of an insurer's clerk who is signed in: it leads to the others.
	Office bool
	// ForStaff is for a page that exists in Japanese and English only.
	ForStaff bool
}

// Problem is a sentence for a person beside the field that it speaks of.
type Problem struct {
	Message message.Message
	Field   string // name of the input, empty when the whole form is meant
}

// InsurerView names the insurer whose screen or office a page is. The zero value leaves the line out. Its
// fields are those of insurer.Contact, from which it is converted: what all visitors share knows no insurer.
type InsurerView struct {
	Name          string // 架空健康保険組合
	Issuer        string // who stands behind a document: 架空市長, 架空健康保険組合理事長
	Telephone     string
	NumberOnPaper string // 保険者番号 as printed: six digits for 国民健康保険
	Number        string // eight digits, for addresses and form fields
}

// StaffView picks one of the demo's fictional staff (/counter/staff, /insurer/staff).
type StaffView struct {
	Page
	Door  string // "counter" or "insurer"
	Names []string
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
	// ForLogin is for a login that came to nothing: it offers another one, and what may have gone wrong.
	ForLogin bool
}
