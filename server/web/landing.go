package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/insurer"
)

// The patient's door: what the paper is for, both ways to a screen, what is needed and what to do without it. It is
// complete without a program in the page; so are the pages that help before a visit.

func (s *Site) landingRoutes(e *echo.Echo) {
	e.GET("/settings", s.settingsPage)
	e.POST("/settings", s.saveSettings)
	e.GET("/certificate", s.certificatePage)
	e.GET("/certificate.ics", s.certificateCalendar)
	e.GET("/next", s.nextPage)
}

// home is the door for those who come without a code; where no insurer's half runs it is the counter's.
func (s *Site) home(c echo.Context) error {
	if s.Office == nil {
		return c.Redirect(http.StatusSeeOther, "/counter")
	}
	return s.showPublic(c, http.StatusOK, "landing", LandingView{Page: s.translated(c, "door.title.home"), Kept: heldScreens(c), Staff: s.Demo})
}

// openNotice takes a notice's code off the address at once. It never uses the code up, and it is never logged. A code that
// is none, or no more, gets the same door with a sentence.
func (s *Site) openNotice(c echo.Context) error {
	if err := s.mayAsk(c); err != nil {
		return err
	}
	mac, err := s.Office.Enrolment.NoticeFor(c.Request().Context(), c.Param("code"))
	if errors.Is(err, insurer.ErrNoticeCode) { // only what is wrong counts: the city's notices come out of a few carriers' addresses
		if tooMany := s.limits.guesses.Take(from(c), s.Now()); tooMany != nil {
			return tooMany
		}
	}
	if err != nil {
		return s.refuseNotice(c, err)
	}
	if err := s.limits.notices.Take(string(mac), s.Now()); err != nil {
		return err
	}
	session, v, known, err := s.patient(c)
	if err != nil {
		return err
	}
	v.Notice = mac
	if err := s.keep(c, session, known, v); err != nil {
		return err
	}
	s.keepChosenLanguage(c)
	return c.Redirect(http.StatusSeeOther, "/notice")
}

// refuseNotice shows the door with why a code is of no use. Other errors are the error page's.
func (s *Site) refuseNotice(c echo.Context, err error) error {
	if !errors.Is(err, insurer.ErrNoticeCode) && !errors.Is(err, insurer.ErrNoticeVoid) {
		return err
	}
	e, status := asProblem(err)
	return s.showPublic(c, status, "landing", LandingView{Page: s.translated(c, "door.title.notice"), Kept: heldScreens(c), Refusal: formError(e)})
}

func (s *Site) noticePage(c echo.Context) error {
	_, v, _, err := s.patient(c)
	if err != nil {
		return err
	}
	view := LandingView{Page: s.translated(c, "door.title.notice"), Kept: heldScreens(c)}
	if v.Notice == nil {
		return s.showPublic(c, http.StatusOK, "landing", view)
	}
	in, err := s.Office.Enrolment.NoticeInsurer(c.Request().Context(), v.Notice)
	if err != nil {
		return s.refuseNotice(c, err)
	}
	view.Read, view.Insurer = true, insurerView(in)
	return s.showPublic(c, http.StatusOK, "landing", view)
}
