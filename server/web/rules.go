package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"
	"github.com/skip2/go-qrcode"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/pwa"
)

// The pages that answer from the rules: for the staff beside the patient's screen, for the counter, and before a visit.

func (s *Site) ruleRoutes(e *echo.Echo) {
	e.GET("/reception", s.receptionPage)
	e.GET("/reception/source.png", s.receptionSource)
	e.GET("/visit", s.visitPage)
	e.POST("/visit", s.visit)
}

func (s *Site) today() eligibility.Date { return eligibility.DateOf(s.Now()) }

// unreadable is the situation that the patient's screen is made for: a card that the reader does not read.
func unreadable(day eligibility.Date) (electronic eligibility.Method, others []eligibility.Method, err error) {
	outcome, err := eligibility.Methods(eligibility.Situation{Day: day, BringsKnown: true, Card: eligibility.CardFacts{Present: eligibility.Yes, Reads: eligibility.No},
		Brings: eligibility.Items(0).With(eligibility.ItemInsurerScreen).With(eligibility.ItemNotice).With(eligibility.ItemPortalScreen).With(eligibility.ItemPortalPDF)})
	for _, m := range outcome.Methods {
		switch {
		case m.Code == "N1e":
			electronic = m
		case m.Accepted:
			others = append(others, m)
		}
	}
	return electronic, others, err
}

func (s *Site) receptionPage(c echo.Context) error {
	today := s.today()
	way, others, err := unreadable(today)
	if err != nil {
		return err
	}
	view := ReceptionView{Page: s.page(c, "受付の方へ", "For reception staff"), Day: today.Japanese(),
		Accepted: way, Others: others, SourceTitle: way.Source, SourceURL: way.SourceURL, SourceCode: "/reception/source.png"}
	if own := s.wanted(c.Request()).Lang; own != "ja" {
		view.ForPatient, view.PatientLang = pwa.Plain(own, "reception.forPatient"), pwa.HTMLTag(own)
	}
	return s.showPublic(c, http.StatusOK, "receptioninfo", view)
}

// receptionSource draws the address of the source that the page names.
func (s *Site) receptionSource(c echo.Context) error {
	way, _, err := unreadable(s.today())
	if err != nil {
		return err
	}
	image, err := qrcode.Encode(way.SourceURL, qrcode.Medium, -6)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/png", image)
}

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
		{"reads", "あって、読める", "Here, and it reads", func(s *eligibility.Situation) { s.Card.Present, s.Card.Reads = eligibility.Yes, eligibility.Yes }},
	}},
	{"shows", "ほかに見せられるものは？", "What else can they show?", []tap{
		{"insurerScreen", "保険者の画面・PDF", "The insurer's screen or PDF", shows(eligibility.ItemInsurerScreen)},
		{"notice", "資格情報のお知らせ（紙）", "The paper notice", shows(eligibility.ItemNotice)},
		{"portalScreen", "マイナポータルの画面", "Mynaportal's screen", shows(eligibility.ItemPortalScreen, eligibility.ItemPhone)},
		{"portalPdf", "マイナポータルのPDF", "Mynaportal's PDF", shows(eligibility.ItemPortalPDF)},
		{"certificate", "資格確認書", "The certificate of eligibility", shows(eligibility.ItemCertificate)},
		{"phone", "スマホだけ", "Only a phone", shows(eligibility.ItemPhone)},
		{"oldCard", "以前の健康保険証", "An old insurance card", shows(eligibility.ItemOldCard)},
		{"nothing", "何もない", "Nothing", shows()},
	}},
	{"place", "こちらの状況は？", "And here?", []tap{
		{"usual", "ふだんどおり", "As usual", func(s *eligibility.Situation) { s.Facility.PhoneReader = eligibility.No }},
		{"phoneReader", "スマホ用の読み取り機がある", "There is a phone reader", func(s *eligibility.Situation) { s.Facility.PhoneReader = eligibility.Yes }},
		{"found", "番号の照会で資格が見つかった", "A look-up by number answered", func(s *eligibility.Situation) {
			s.Facility.PhoneReader, s.Lookup = eligibility.No, eligibility.LookupFound
		}},
		{"noReader", "カードリーダーがない", "There is no card reader", func(s *eligibility.Situation) {
			s.Facility.Reader, s.Card.Reads = eligibility.No, eligibility.Unknown // a card that reads elsewhere is not read here
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
func (s *Site) methodsPage(c echo.Context) error {
	if _, err := s.staff(c, auth.Counter); errors.Is(err, errSignedOut) {
		return c.Redirect(http.StatusSeeOther, "/counter/staff")
	} else if err != nil {
		return err
	}
	view := MethodsView{Page: s.page(c, "この患者さんは何で確認できる？", "What can this patient be confirmed by?"), Day: s.today().Japanese()}
	situation := eligibility.Situation{Day: s.today()}
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
			return s.show(c, http.StatusOK, "methods", view)
		}
		chosen.tell(&situation)
		said.Set(q.name, chosen.value)
	}
	outcome, err := eligibility.Methods(situation)
	if err != nil {
		return err
	}
	view.Step, view.Next, view.Bring = len(counterQuestions)+1, outcome.Next, outcome.BringNext
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
	return s.show(c, http.StatusOK, "methods", view)
}

func choose(q question, value string) *tap {
	for i := range q.all {
		if q.all[i].value == value {
			return &q.all[i]
		}
	}
	return nil
}

// read turns the form into a Visit; field names the first date that is none.
func (f *VisitForm) read() (v eligibility.Visit, field string) {
	for _, d := range []struct {
		name, text string
		to         *eligibility.Date
	}{{"day", f.Day, &v.Day}, {"birthDate", f.BirthDate, &v.Person.BirthDate}, {"certificateUntil", f.CertificateUntil, &v.CertificateUntil},
		{"cardUntil", f.CardUntil, &v.CardUntil}, {"paperUntil", f.PaperUntil, &v.PaperUntil}, {"savedOn", f.SavedOn, &v.SavedOn}} {
		read, err := eligibility.ReadDate(d.text)
		if (err != nil || !read.IsZero() && !read.Exact() && d.name != "birthDate") && field == "" {
			field = d.name
		}
		*d.to = read
	}
	return v, field
}

// clean takes out what must not be shown again.
func (f *VisitForm) clean() {
	for _, typed := range []*string{&f.Day, &f.BirthDate, &f.CertificateUntil, &f.CardUntil, &f.PaperUntil, &f.SavedOn} {
		*typed = printable(*typed)
	}
}
