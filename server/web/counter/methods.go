package counter

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// A question of 「この患者さんは何で確認できる?」: each choice tells some facts.
type question struct {
	name   string // of the query's parameter
	ja, en string
	all    []tap
}

type tap struct {
	value, ja, en string
	tell          func(*eligibility.Situation)
}

var counterQuestions = [...]question{
	{"card", "マイナンバーカードは？", "The My Number card?", []tap{
		{"fails", "あるが、リーダーで読めない", "Here, but the reader fails", func(s *eligibility.Situation) { s.Card.Present, s.Card.Reads = eligibility.Yes, eligibility.No }},
		{"none", "持っていない", "Not here", func(s *eligibility.Situation) { s.Card.Present = eligibility.No }},
		{"grace", "電子証明書が切れた（3か月以内）", "Certificate ended, within three months", func(s *eligibility.Situation) {
			s.Card.Present, s.Card.Certificate = eligibility.Yes, eligibility.CertificateGrace
		}},
		{"over", "電子証明書が切れた（3か月より前）", "Certificate ended longer ago", func(s *eligibility.Situation) {
			s.Card.Present, s.Card.Certificate = eligibility.Yes, eligibility.CertificateExpired
		}},
		{"answer", "読めたが「無効」「該当なし」など", "Reads, but the answer is not “valid”", func(s *eligibility.Situation) {
			s.Card.Present, s.Card.Reads, s.OQSAnswer = eligibility.Yes, eligibility.Yes, eligibility.OQSInvalid
		}},
		{"reads", "あって、読める", "Here, and it reads", func(s *eligibility.Situation) { s.Card.Present, s.Card.Reads = eligibility.Yes, eligibility.Yes }},
	}},
	{"shows", "ほかに見せられるものは？", "What else can they show?", []tap{
		{"insurerScreen", "保険者の画面・PDF", "The insurer's screen or PDF", shows(eligibility.ItemInsurerScreen)},
		{"notice", "資格情報のお知らせ（紙）", "The paper notice", shows(eligibility.ItemNotice)},
		{"portalScreen", "マイナポータルの画面", "Mynaportal's screen", shows(eligibility.ItemPortalScreen, eligibility.ItemPhone)},
		{"portalPdf", "マイナポータルのPDF", "Mynaportal's PDF", shows(eligibility.ItemPortalPDF)},
		{"certificate", "資格確認書", "The certificate of eligibility", shows(eligibility.ItemCertificate)},
		{"eligibilityProof", "健康保険被保険者資格証明書", "年金事務所's proof of eligibility", shows(eligibility.ItemEligibilityProof)},
		{"medicalTicket", "医療券（生活保護）", "A medical ticket (public assistance)", shows(eligibility.ItemMedicalTicket)},
		{"phone", "スマホだけ", "Only a phone", shows(eligibility.ItemPhone)},
		{"oldCard", "以前の健康保険証", "An old insurance card", shows(eligibility.ItemOldCard)},
		{"nothing", "何もない", "Nothing", shows()},
	}},
	{"place", "こちらの状況は？", "And here?", []tap{
		{"usual", "ふだんどおり", "As usual", func(s *eligibility.Situation) { s.Facility.PhoneReader = eligibility.No }},
		{"phoneReader", "スマホ用の読み取り機がある", "There is a phone reader", func(s *eligibility.Situation) { s.Facility.PhoneReader = eligibility.Yes }},
		{"phoneFailed", "スマホをかざしても読めない", "The phone was not read", func(s *eligibility.Situation) {
			s.Facility.PhoneReader, s.PhoneTap = eligibility.Yes, eligibility.TapFailed
		}},
		{"found", "自院の記録の番号で照会できた", "A look-up by our record's number answered", func(s *eligibility.Situation) {
			s.Facility.PhoneReader, s.Lookup, s.LookupBy = eligibility.No, eligibility.LookupFound, eligibility.LookupByRecords
		}},
		{"noReader", "カードリーダーがない", "There is no card reader", func(s *eligibility.Situation) {
			s.Facility.Reader = eligibility.No
			s.Card.Reads, s.OQSAnswer = eligibility.Unknown, "" // a card that reads elsewhere is not read here
		}},
		{"down", "システムか回線の障害", "System or line is down", func(s *eligibility.Situation) { s.Facility.NetworkDown = eligibility.Yes }},
	}},
}

func shows(items ...eligibility.Item) func(*eligibility.Situation) {
	return func(s *eligibility.Situation) {
		s.BringsKnown = true
		for _, i := range items {
			s.Brings = s.Brings.With(i)
		}
	}
}

// methodsPage asks three questions by links and answers from the rules. Nothing about the patient is sent but the taps.
func (s *Pages) methodsPage(c echo.Context, _ staff.Reception) error {
	view := MethodsView{Page: s.NewPage(c, "この患者さんは何で確認できる？", "What can this patient be confirmed by?"), Day: s.Today().Japanese(),
		KnownJa: eligibility.RulesKnown(), KnownEn: eligibility.RulesKnownEn()}
	situation := eligibility.Situation{Day: s.Today()}
	said := url.Values{}
	if lang := c.QueryParam("lang"); lang != "" {
		said.Set("lang", lang)
	}
	for i, q := range counterQuestions {
		chosen := choose(q, c.QueryParam(q.name))
		if chosen == nil {
			view.Step, view.QuestionJa, view.QuestionEn = i+1, q.ja, q.en
			for _, t := range q.all {
				said.Set(q.name, t.value)
				view.Choices = append(view.Choices, Choice{t.ja, t.en, "/counter/methods?" + said.Encode()})
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
	view.Step, view.Next, view.Bring = len(counterQuestions)+1, outcome.Next, outcome.BringNext
	view.Reason, view.Source, view.Reservation = outcome.Reason, outcome.Source, outcome.Reservation
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

func choose(q question, value string) *tap {
	for i := range q.all {
		if q.all[i].value == value {
			return &q.all[i]
		}
	}
	return nil
}
