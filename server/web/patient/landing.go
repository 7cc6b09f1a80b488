package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/web/kit"
)

// The patient's door: what the paper is for, both ways to a screen, what is needed and what to do without it.
// It is complete without a program in the page; so are the pages that help before a visit.

func (s *landingPages) routes(r *kit.Router) {
	r.Public("GET /", s.home)
	r.Public("GET /n/:code", s.openNotice)
	r.Public("GET /d/:code", s.openDesk)
	r.Public("GET /notice", s.noticePage)
	r.Public("GET /settings", s.settingsPage)
	r.Public("POST /settings", s.saveSettings)
	r.Public("GET /certificate", s.certificatePage)
	r.Public("GET /certificate.ics", s.certificateCalendar)
	r.Public("GET /next", s.nextPage)
}

// home is the door for those who come without a code; where no insurer's half runs it is the counter's.
func (s *landingPages) home(c echo.Context) error {
	return s.ShowPublic(
		c,
		http.StatusOK,
		"landing",
		LandingView{Page: s.Translated(c, "door.title.home"), Kept: heldScreens(c), Staff: s.Demo},
	)
}

func (s *landingPages) noticePage(c echo.Context) error {
	_, v, _, err := s.patientSession(c)
	if err != nil {
		return err
	}
	view := LandingView{Page: s.Translated(c, "door.title.notice"), Kept: heldScreens(c)}
	if v.Desk != nil {
		return s.deskDoor(c, v)
	}
	if v.Notice == nil {
		return s.ShowPublic(c, http.StatusOK, "landing", view)
	}
	in, err := s.Insurer.Enrolment.NoticeInsurer(c.Request().Context(), v.Notice)
	if err != nil {
		return s.refuseCode(c, err)
	}
	view.Read, view.Insurer = true, kit.InsurerView(in.Contact())
	return s.ShowPublic(c, http.StatusOK, "landing", view)
}

// deskDoor is the door for who stands at the insurer's desk.
func (s *landingPages) deskDoor(c echo.Context, v VisitSession) error {
	in, err := s.Insurer.Desk.CodeInsurer(c.Request().Context(), v.Desk)
	if err != nil {
		return s.refuseCode(c, err)
	}
	view := DeskDoorView{Page: s.Translated(c, "desk.title")}
	view.Insurer = kit.InsurerView(in.Contact())
	return s.ShowPublic(c, http.StatusOK, "deskdoor", view)
}
