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
	ByYear          bool // copies have birth dates by the western year unless the PC was set otherwise
}

// PlaceView is a facility's own page (/counter/facility).
type PlaceView struct {
	kit.Page
	Name, Code string
	Member     bool // signed in by passkey; the demo's staff are picked by name
	Readers    []ReaderRow
	Says       []message.Message // of the month's numbers
	Notices    []DisasterRow     // of disasters, those of today

	// what the facility's administrators look after
	Administers bool
	Staff       []StaffRow
	Blanking    string // seconds
	ByYear      bool   // copies have birth dates by the western year
	Retention   int    // years for which records are kept
}

// ReaderRow is a computer with a reader and its last words.
type ReaderRow struct {
	Name      string
	Connected bool
	Seen      string
	Trouble   message.Message // why it did not answer when it last did not
	TroubleAt string          // empty: it always has
}

// StaffRow is a member of the facility's staff.
type StaffRow struct {
	Name   string
	Role   message.Message
	Locked bool
}

// NumbersView is a facility's numbers of a month or of twelve (/counter/numbers): sentences, bars, table.
type NumbersView struct {
	kit.Page
	Name   string
	Period message.Message
	Year   bool // twelve months, told by month

	Back, On, Other string // the time before, the one after (empty: it has not begun), the other kind
	Says            []message.Message
	Bars            []BarGroup
	Rows            []NumbersRow // of the table
	Total           NumbersRow
}

// BarGroup are bars below a heading.
type BarGroup struct {
	ID      string
	Heading message.Message
	Bars    []Bar
}

// Bar is a number as a bar with its value as text.
type Bar struct {
	Ja, En  string // what it is
	Value   message.Message
	Percent int // of the longest bar
}

// NumbersRow is a day or a month in the table.
type NumbersRow struct {
	Ja, En                      string
	Recorded, Accepted, Refused int
	Parked, Troubled            int
	Half, Most                  message.Message // how long the quicker half and nine of ten took
}

// StartView lets a patient choose the own insurer (/start).
type StartView struct {
	kit.Page
	Insurers []InsurerDoor
}

// InsurerDoor is an insurer's door for patients.
type InsurerDoor struct{ Name, Address string }
