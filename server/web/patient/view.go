package patient

import (
	"madoguchi/pwa"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// LandingView is the patient's door: / without a code, /notice with the one that was opened, /n/ with one
// that is refused.
type LandingView struct {
	kit.Page              // Insurer is the opened notice's
	Read     bool         // a notice's code is held in the session
	Kept     bool         // this browser has held screens: they open without a login
	Refusal  *kit.Problem // the code is none or no more, or too many wrong ones came
	Wait     bool         // the second: the code itself may be good
	Staff    bool         // shows the demo's staff pages
}

// DeskDoorView is the door for who scanned a code at the insurer's desk (/notice).
type DeskDoorView struct{ kit.Page }

// SettingsView is 表示の設定 (/settings).
type SettingsView struct {
	kit.Page
	Preferences pwa.DisplayPreferences
	Furigana    bool   // whether they are shown now
	Back        string // where the visitor came from, a path of this server
	Saved       bool
}

// CertificateView is what follows from the date of the electronic certificate (/certificate). Dates are in
// words; each has the key of the sentence that it stands in.
type CertificateView struct {
	kit.Page
	Typed               string // as it was typed
	Example             TypedExample
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
	kit.Page
	Whys       []string
	Why, Typed string
	Bring      []Brought
	Alone      bool // one paper that is enough by itself
	Notes      []string
	By, ByText string
}

// PapersView is 「どの紙ですか」 (/papers): a question with its choices, the paper that was found, or all of them.
type PapersView struct {
	kit.Page
	Step     int    // 1 to 3
	Question string // key; empty once the paper is found
	Choices  []PaperChoice
	Found    *foundPaper
	Back     string // address of the question before, empty on the first page
	Kinds    []PaperRow
	Day      string // of the rules, in words

	KnownUntil, ReadOn string // how far the rules are known
}

// PaperChoice is an answer of a question, as a link with its picture ("" for none).
type PaperChoice struct{ Picture, Text, Href string }

// PaperRow is a kind of paper: its picture, the key of its name and the name on the paper, whether it is
// enough, and its facts.
type PaperRow struct {
	Picture, Name, Japanese string
	Use, Class              string
	Facts                   []PaperFact
	Source                  string
	Likely                  bool // less than certain
}

// PaperFact is a line about a kind of paper: the keys of its heading and sentence, and the date in that.
type PaperFact struct{ Row, Text, Date string }

// VisitView is 受診日チェック (/visit): a question, or the answer (Day is set).
type VisitView struct {
	kit.Page
	Form                 VisitForm
	Ask, Question, Typed string // the field that is asked for, the key of its question, and what was typed
	Step, Steps          int
	Example              TypedExample
	Carried              []CarriedField // the other answers
	Dates                []VisitDate    // the answers as they were read

	Lines []VisitLine
	Day   string // of the visit, in words

	KnownUntil, ReadOn string // how far the rules are known
}

// CarriedField is a hidden field of a form.
type CarriedField struct{ Name, Value string }

// VisitDate is an answer as it was read: the field, the key of its question, and the date in words, empty
// where there is none.
type VisitDate struct{ Name, Question, Text string }

// TypedExample is a date in the writings that are read.
type TypedExample struct{ Era, Short, Western string }

// VisitLine is one line of the answer: the key of its sentence and the values in it.
type VisitLine struct {
	State        string // "ok", "care" or "no"
	Text         string
	Shares, Date string
	Until        string // the last day on which this stays so
}

// VisitForm is what the visitor typed, kept when it has to be corrected. Asked names the question that is
// answered now, Go the button ("next", "skip", "back" or "edit" with a field); Done: all questions were
// asked once.
type VisitForm struct {
	Asked string `form:"asked"`
	Go    string `form:"go"`
	Done  bool   `form:"done"`

	Day              string `form:"day"`
	BirthDate        string `form:"birthDate"`
	CertificateUntil string `form:"certificateUntil"`
	CardUntil        string `form:"cardUntil"`
	PaperUntil       string `form:"paperUntil"`
	SavedOn          string `form:"savedOn"`
}

// EnrolView asks to bind the login to an insured person (/enrol).
type EnrolView struct {
	kit.Page
	Name, Birth string // of the login; the date in the Japanese calendar
	HasCode     bool   // a code is held from the landing page
	AtDesk      bool   // it is one of the insurer's desk
	Code        string // what was typed, to be corrected
	LoginFirst  bool   // the login is too old to register anybody
	// ToDesk is set, in the place of Error, where the notice's code is not enough: whatever the reason.
	ToDesk *kit.Problem
}

// ScreenView is the shell of the patient's screen (/screen). It names nobody: the phone keeps it.
type ScreenView struct {
	kit.Page
	Files []insurer.Document // that "more" offers
}

// CodeView is the page behind an online code's address.
type CodeView struct{ kit.Page }
