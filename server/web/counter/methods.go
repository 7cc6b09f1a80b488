package counter

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/staff"
)

// A question of 「この患者さんは何で確認できる?」: each choice tells some facts.
type question struct {
	name string // of the query's parameter
	asks string // the catalogue's key
	all  []tap
}

type tap struct {
	value string
	says  string // the catalogue's key
	tell  func(*eligibility.Situation)
}

var counterQuestions = [...]question{
	{"card", "staff.methods.askTheMyNumberCard", []tap{
		{
			"fails",
			"staff.methods.askHereButTheReaderFails",
			func(s *eligibility.Situation) { s.Card.Present, s.Card.Reads = eligibility.Yes, eligibility.No },
		},
		{
			"none",
			"staff.methods.askNotHere",
			func(s *eligibility.Situation) { s.Card.Present = eligibility.No },
		},
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
		{
			"reads",
			"staff.methods.askHereAndItReads",
			func(s *eligibility.Situation) {
				s.Card.Present = eligibility.Yes
				s.Card.Reads = eligibility.Yes
			},
		},
	}},
	{"shows", "staff.methods.askWhatElseCanTheyShow", []tap{
		{"insurerScreen", "staff.methods.askTheInsurerSScreenOrPdf",
			showsItems(eligibility.ItemInsurerScreen)},
		{"notice", "staff.methods.askThePaperNotice", showsItems(eligibility.ItemNotice)},
		{
			"portalScreen",
			"staff.methods.askMynaportalSScreen",
			showsItems(eligibility.ItemPortalScreen, eligibility.ItemPhone),
		},
		{"portalPdf", "staff.methods.askMynaportalSPdf", showsItems(eligibility.ItemPortalPDF)},
		{"certificate", "staff.methods.askTheCertificateOfEligibility",
			showsItems(eligibility.ItemCertificate)},
		{"eligibilityProof", "staff.methods.askSProofOfEligibility",
			showsItems(eligibility.ItemEligibilityProof)},
		{
			"medicalTicket",
			"staff.methods.askAMedicalTicketPublicAssistance",
			showsItems(eligibility.ItemMedicalTicket),
		},
		{"phone", "staff.methods.askOnlyAPhone", showsItems(eligibility.ItemPhone)},
		{"oldCard", "staff.methods.askAnOldInsuranceCard", showsItems(eligibility.ItemOldCard)},
		{"nothing", "staff.methods.askNothing", showsItems()},
	}},
	{"place", "staff.methods.askAndHere", []tap{
		{
			"usual",
			"staff.methods.askAsUsual",
			func(s *eligibility.Situation) { s.Facility.PhoneReader = eligibility.No },
		},
		{
			"phoneReader",
			"staff.methods.askThereIsAPhoneReader",
			func(s *eligibility.Situation) { s.Facility.PhoneReader = eligibility.Yes },
		},
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
		{
			"down",
			"staff.methods.askSystemOrLineIsDown",
			func(s *eligibility.Situation) { s.Facility.NetworkDown = eligibility.Yes },
		},
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

// methodsPage asks three questions by links and answers from the rules. Nothing about the patient is sent but
// the taps.
func (s *Console) methodsPage(c echo.Context, _ staff.Reception) error {
	view := MethodsView{
		Page:  s.NewPage(c, message.New("staff.title.whatCanThisPatientBeConfirmed", nil)),
		Day:   s.Today().Japanese(),
		Known: eligibility.RulesKnown(),
	}
	situation := eligibility.Situation{Day: s.Today()}
	said := url.Values{}
	if lang := c.QueryParam("lang"); lang != "" {
		said.Set("lang", lang)
	}
	for i, q := range counterQuestions {
		chosen := choiceOf(q, c.QueryParam(q.name))
		if chosen == nil {
			view.Step, view.Question = i+1, message.New(q.asks, nil)
			for _, t := range q.all {
				said.Set(q.name, t.value)
				view.Choices = append(
					view.Choices,
					Choice{message.New(t.says, nil), "/counter/methods?" + said.Encode()},
				)
			}
			return s.Show(c, http.StatusOK, "methods", view)
		}
		chosen.tell(&situation)
		said.Set(q.name, chosen.value)
	}
	outcome, err := eligibility.Methods(situation)
	if err != nil {
		return err
	}
	view.Step, view.Outcome = len(counterQuestions)+1, outcome
	for i := range outcome.Methods {
		m := outcome.Methods[i]
		switch {
		case m.Code == outcome.Best:
			view.Best = &m
		case m.Accepted:
			view.Accepted = append(view.Accepted, m)
		default:
			view.Refused = append(view.Refused, m)
		}
	}
	return s.Show(c, http.StatusOK, "methods", view)
}

func choiceOf(q question, value string) *tap {
	for i := range q.all {
		if q.all[i].value == value {
			return &q.all[i]
		}
	}
	return nil
}
