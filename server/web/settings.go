package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"madoguchi/pwa"
)

func (s *Site) settingsPage(c echo.Context) error {
	look := s.wanted(c.Request())
	view := SettingsView{Page: s.translated(c, "settings.title"), Look: look, Furigana: look.Readings(), Back: backTo(c.QueryParam("back")), Saved: c.QueryParam("saved") != ""}
	view.Path = "/settings?" + url.Values{"back": {view.Back}}.Encode()
	return s.showPublic(c, http.StatusOK, "settings", view)
}

// backTo is the page from which the settings were opened, without a language in its address: the settings decide that.
func backTo(address string) string {
	u, err := url.Parse(pwa.LocalPath(address))
	if err != nil || u.Path == "/settings" {
		return "/"
	}
	query := u.Query()
	query.Del("lang")
	u.RawQuery = query.Encode()
	return printableAddress(u)
}

func (s *Site) saveSettings(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return errRequest.Because(err)
	}
	look := pwa.ReadLook(form)
	if look.Readings() == (pwa.Look{Lang: look.Lang}).Readings() {
		look.Furigana = "" // as the language has it, so that another language brings its own habit
	}
	s.keepLook(c, look)
	return c.Redirect(http.StatusSeeOther, "/settings?"+url.Values{"saved": {"1"}, "back": {backTo(form.Get("back"))}}.Encode())
}
