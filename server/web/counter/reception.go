package counter

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/skip2/go-qrcode"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pwa"
	"madoguchi/server/web/kit"
)

// The page for the staff beside the patient's screen, which answers from the rules.

// Routes adds that page, and the code of the address at which its source stands.
func (s *Reception) Routes(r *kit.Router) {
	r.Public("GET /reception", s.receptionPage)
	r.Public("GET /reception/source.png", s.receptionSource)
}

// unreadableCardMethods is the situation that the patient's screen is made for: a card that the reader does
// not read.
func unreadableCardMethods(
	day eligibility.Date,
) (electronic eligibility.Method, others []eligibility.Method, err error) {
	outcome, err := eligibility.Methods(
		eligibility.Situation{
			Day:         day,
			BringsKnown: true,
			Card:        eligibility.CardFacts{Present: eligibility.Yes, Reads: eligibility.No},
			Brings: eligibility.Items(
				0,
			).With(
				eligibility.ItemInsurerScreen,
			).With(
				eligibility.ItemNotice,
			).With(
				eligibility.ItemPortalScreen,
			).With(
				eligibility.ItemPortalPDF,
			),
		},
	)
	for _, m := range outcome.Methods {
		switch {
		case m.Code == eligibility.ElectronicNotice:
			electronic = m
		case m.Accepted:
			others = append(others, m)
		}
	}
	return electronic, others, err
}

func (s *Reception) receptionPage(c echo.Context) error {
	today := s.Today()
	way, others, err := unreadableCardMethods(today)
	if err != nil {
		return err
	}
	view := ReceptionView{
		Page:        s.NewPage(c, message.New("staff.title.forReceptionStaff", nil)),
		Day:         today.Japanese(),
		Accepted:    way,
		Others:      others,
		SourceTitle: way.Source,
		SourceURL:   way.SourceURL,
		SourceCode:  "/reception/source.png",
		Known:       eligibility.RulesKnown(),
	}
	if own := s.WantedPreferences(c.Request()).Lang; own != "ja" {
		view.ForPatient, view.PatientLang = pwa.Plain(own, "reception.forPatient"), pwa.HTMLTag(own)
	}
	return s.ShowPublic(c, http.StatusOK, "receptioninfo", view)
}

// receptionSource draws the address of the source that the page names.
func (s *Reception) receptionSource(c echo.Context) error {
	way, _, err := unreadableCardMethods(s.Today())
	if err != nil {
		return err
	}
	image, err := qrcode.Encode(way.SourceURL, qrcode.Medium, -6)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/png", image)
}
