package patient

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// The patient's door: what the paper is for, both ways to a screen, what is needed and what to do without it.
// It is complete without a program in the page; so are the pages that help before a visit.

func (s *landingPages) routes(r *kit.Router) {
	r.Public("GET /", s.home)
	r.Public("GET /n/:code", s.openNotice)
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

// openNotice takes a notice's code off the address at once. It never uses the code up, and it is never
// logged. A code that is none, or no more, gets the same door with a sentence.
func (s *landingPages) openNotice(c echo.Context) error {
	if err := s.MayAsk(c); err != nil {
		return err
	}
	mac, err := s.Insurer.Enrolment.NoticeFor(c.Request().Context(), c.Param("code"))
	// only what is wrong counts: the city's notices come out of a few carriers' addresses
	if errors.Is(err, insurer.ErrNoticeCode) {
		if tooMany := s.Limits.Guesses.Allow(kit.RemoteKey(c), s.Now()); tooMany != nil {
			return tooMany
		}
	}
	if err != nil {
		return s.refuseNotice(c, err)
	}
	if err := s.Limits.Notices.Allow(string(mac), s.Now()); err != nil {
		return err
	}
	session, v, known, err := s.patientSession(c)
	if err != nil {
		return err
	}
	v.Notice = mac
	if err := s.keepVisit(c, session, known, v); err != nil {
		return err
	}
	s.KeepChosenLanguage(c)
	return c.Redirect(http.StatusSeeOther, "/notice")
}

// refuseNotice shows the door with why a code is of no use. Other errors are the error page's.
func (s *landingPages) refuseNotice(c echo.Context, err error) error {
	if !errors.Is(err, insurer.ErrNoticeCode) && !errors.Is(err, insurer.ErrNoticeVoid) {
		return err
	}
	e, status := kit.AsProblem(err)
	return s.ShowPublic(
		c,
		status,
		"landing",
		LandingView{
			Page:    s.Translated(c, "door.title.notice"),
			Kept:    heldScreens(c),
			Refusal: kit.FormError(e),
		},
	)
}

func (s *landingPages) noticePage(c echo.Context) error {
	_, v, _, err := s.patientSession(c)
	if err != nil {
		return err
	}
	view := LandingView{Page: s.Translated(c, "door.title.notice"), Kept: heldScreens(c)}
	if v.Notice == nil {
		return s.ShowPublic(c, http.StatusOK, "landing", view)
	}
	in, err := s.Insurer.Enrolment.NoticeInsurer(c.Request().Context(), v.Notice)
	if err != nil {
		return s.refuseNotice(c, err)
	}
	view.Read, view.Insurer = true, kit.InsurerView(in.Contact())
	return s.ShowPublic(c, http.StatusOK, "landing", view)
}
