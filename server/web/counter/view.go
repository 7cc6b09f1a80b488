package counter

import (
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/web/kit"
)

// ReceptionView is the page for the staff that a patient's screen links to (/reception).
type ReceptionView struct {
	kit.Page
	ForPatient, PatientLang string // what to do with this page, in the patient's own language
	Day                     string // today, in the Japanese calendar
	Accepted                eligibility.Method
	Others                  []eligibility.Method // further ways for a card that cannot be read
	Known                   message.Message      // how far the rules are known
	// where it stands, its address and the picture of its QR
	SourceTitle, SourceURL, SourceCode string
}

// Choice is one answer of a question, as a link.
type Choice struct {
	Answer message.Message
	Href   string
}

// MethodsView is 「この患者さんは何で確認できる?」 (/counter/methods): a question with its choices, or the answer.
type MethodsView struct {
	kit.Page
	Step     int // 1 to 3; 4 is the answer
	Question message.Message
	Choices  []Choice
	Day      string
	Known    message.Message // how far the rules are known
	Outcome  eligibility.Outcome
	Best     *eligibility.Method
	Accepted []eligibility.Method // besides the best
	Refused  []eligibility.Method
}

// CounterView is the shell of the counter's console (/counter).
type CounterView struct {
	kit.Page
	Facility, Staff string
	Member          bool // signed in by passkey; the demo's staff are picked by name
	Blanking        int  // after how many seconds without use a member's page hides the patient's data
}
