package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/web/kit"
)

// TroubleView is 「ログインがうまくいかないとき」 (/login/help): each trouble has an anchor of its own.
type TroubleView struct{ kit.Page }

// troublePage is for whoever could not log in. A provider's error codes tell little of what went wrong on the
// phone, so that people look for it themselves (docs/facts/sign-in.md#what-patients-need).
func (s *loginPages) troublePage(c echo.Context) error {
	view := TroubleView{s.Translated(c, "trouble.title")}
	view.Insurer = s.HelpDesk(c)
	return s.Show(c, http.StatusOK, "trouble", view)
}

// CancelledView is for whoever pressed "cancel" at the provider (/login/cancelled): nothing happened, and
// that is no error.
type CancelledView struct{ kit.Page }

func (s *loginPages) cancelledPage(c echo.Context) error {
	view := CancelledView{s.Translated(c, "cancelled.title")}
	view.Insurer = s.HelpDesk(c)
	return s.Show(c, http.StatusOK, "cancelled", view)
}
