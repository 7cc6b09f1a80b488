package counter

import (
	"slices"

	"madoguchi/eligibility"
)

// Question is one of the three of 「何で確認できる？」. Each answer tells some facts of a situation.
type Question struct {
	Name    string // of its answer
	Asks    string // the catalogue's key
	Choices []Choice
}

// Choice is one answer of a Question.
type Choice struct {
	Value string
	Says  string // the catalogue's key
	tell  func(*eligibility.Situation)
}

// Answers are what staff tapped: the values of the three questions' choices, empty where nothing is known.
type Answers struct {
	Card  string `json:"card,omitempty"`
	Shows string `json:"shows,omitempty"`
	Place string `json:"place,omitempty"`
}

// Of returns the answer to a question by its name.
func (a Answers) Of(question string) string {
	switch question {
	case "card":
		return a.Card
	case "shows":
		return a.Shows
	}
	return a.Place
}

// Over returns the answers with others where they say nothing.
func (a Answers) Over(known Answers) Answers {
	or := func(said, known string) string {
		if said == "" {
			return known
		}
		return said
	}
	return Answers{or(a.Card, known.Card), or(a.Shows, known.Shows), or(a.Place, known.Place)}
}

// Questions returns the three questions in their order.
func Questions() []Question { return slices.Clone(questions[:]) }

// Choice returns the choice of a value, nil when the question has none.
func (q Question) Choice(value string) *Choice {
	for i := range q.Choices {
		if q.Choices[i].Value == value {
			return &q.Choices[i]
		}
	}
	return nil
}

// Open returns the first question that is not answered, nil when all are.
func (a Answers) Open() *Question {
	for i := range questions {
		if questions[i].Choice(a.Of(questions[i].Name)) == nil {
			return &questions[i]
		}
	}
	return nil
}

// Situation is what the answers tell of somebody on a day.
func (a Answers) Situation(day eligibility.Date) eligibility.Situation {
	s := eligibility.Situation{Day: day}
	for _, q := range questions {
		if said := q.Choice(a.Of(q.Name)); said != nil {
			said.tell(&s)
		}
	}
	return s
}

var questions = [...]Question{
	{"card", "staff.methods.askTheMyNumberCard", []Choice{
		{"fails", "staff.methods.askHereButTheReaderFails", func(s *eligibility.Situation) {
			s.Card.Present, s.Card.Reads = eligibility.Yes, eligibility.No
		}},
		{"none", "staff.methods.askNotHere", func(s *eligibility.Situation) {
			s.Card.Present = eligibility.No
		}},
		{"pin", "staff.methods.askPinForgottenOrLocked", func(s *eligibility.Situation) {
			s.Card.Present, s.Card.PIN = eligibility.Yes, eligibility.PINLocked
		}},
		{"grace", "staff.methods.askCertificateEndedWithinThreeMonths", func(s *eligibility.Situation) {
			s.Card.Present, s.Card.Certificate = eligibility.Yes, eligibility.CertificateGrace
		}},
		{"over", "staff.methods.askCertificateEndedLongerAgo", func(s *eligibility.Situation) {
			s.Card.Present, s.Card.Certificate = eligibility.Yes, eligibility.CertificateExpired
		}},
		{"answer", "staff.methods.askReadsButTheAnswerIsNot", func(s *eligibility.Situation) {
			s.Card.Present = eligibility.Yes
			s.Card.Reads = eligibility.Yes
			s.OQSAnswer = eligibility.OQSInvalid
		}},
		{"reads", "staff.methods.askHereAndItReads", func(s *eligibility.Situation) {
			s.Card.Present = eligibility.Yes
			s.Card.Reads = eligibility.Yes
		}},
	}},
	{"shows", "staff.methods.askWhatElseCanTheyShow", []Choice{
		{"insurerScreen", "staff.methods.askTheInsurerSScreenOrPdf",
			showsItems(eligibility.ItemInsurerScreen)},
		{"notice", "staff.methods.askThePaperNotice", showsItems(eligibility.ItemNotice)},
		{"portalScreen", "staff.methods.askMynaportalSScreen",
			showsItems(eligibility.ItemPortalScreen, eligibility.ItemPhone)},
		{"portalPdf", "staff.methods.askMynaportalSPdf", showsItems(eligibility.ItemPortalPDF)},
		{"certificate", "staff.methods.askTheCertificateOfEligibility",
			showsItems(eligibility.ItemCertificate)},
		{"eligibilityProof", "staff.methods.askSProofOfEligibility",
			showsItems(eligibility.ItemEligibilityProof)},
		{"medicalTicket", "staff.methods.askAMedicalTicketPublicAssistance",
			showsItems(eligibility.ItemMedicalTicket)},
		{"phone", "staff.methods.askOnlyAPhone", showsItems(eligibility.ItemPhone)},
		{"oldCard", "staff.methods.askAnOldInsuranceCard", showsItems(eligibility.ItemOldCard)},
		{"nothing", "staff.methods.askNothing", showsItems()},
	}},
	{"place", "staff.methods.askAndHere", []Choice{
		{"usual", "staff.methods.askAsUsual", func(s *eligibility.Situation) {
			s.Facility.PhoneReader = eligibility.No
		}},
		{"phoneReader", "staff.methods.askThereIsAPhoneReader", func(s *eligibility.Situation) {
			s.Facility.PhoneReader = eligibility.Yes
		}},
		{"phoneFailed", "staff.methods.askThePhoneWasNotRead", func(s *eligibility.Situation) {
			s.Facility.PhoneReader, s.PhoneTap = eligibility.Yes, eligibility.TapFailed
		}},
		{"found", "staff.methods.askALookUpByOurRecord", func(s *eligibility.Situation) {
			s.Facility.PhoneReader = eligibility.No
			s.Lookup = eligibility.LookupFound
			s.LookupBy = eligibility.LookupByRecords
		}},
		{"noReader", "staff.methods.askThereIsNoCardReader", func(s *eligibility.Situation) {
			s.Facility.Reader = eligibility.No
			// a card that reads elsewhere is not read here
			s.Card.Reads, s.OQSAnswer = eligibility.Unknown, ""
		}},
		{"down", "staff.methods.askSystemOrLineIsDown", func(s *eligibility.Situation) {
			s.Facility.NetworkDown = eligibility.Yes
		}},
	}},
}

func showsItems(items ...eligibility.Item) func(*eligibility.Situation) {
	return func(s *eligibility.Situation) {
		s.BringsKnown = true
		for _, i := range items {
			s.Brings = s.Brings.With(i)
		}
	}
}
