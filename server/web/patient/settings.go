package patient

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"madoguchi/pwa"
	"madoguchi/server/web/kit"
)

func (s *landingPages) settingsPage(c echo.Context) error {
	preferences := s.WantedPreferences(c.Request())
	view := SettingsView{
		Page:        s.Translated(c, "settings.title"),
		Preferences: preferences,
		Furigana:    preferences.Readings(),
		Back:        backTo(c.QueryParam("back")),
		Saved:       c.QueryParam("saved") != "",
	}
	view.Path = "/settings?" + url.Values{"back": {view.Back}}.Encode()
	return s.ShowPublic(c, http.StatusOK, "settings", view)
}

// backTo is the page from which the settings were opened, without a language in its address: the settings
// decide that.
func backTo(address string) string {
	u, err := url.Parse(pwa.LocalPath(address))
	if err != nil || u.Path == "/settings" {
		return "/"
	}
	query := u.Query()
	query.Del("lang")
	u.RawQuery = query.Encode()
	return kit.PrintableAddress(u)
}

func (s *landingPages) saveSettings(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return kit.ErrRequest.Because(err)
	}
	preferences := pwa.ReadDisplayPreferences(form)
	if preferences.Readings() == (pwa.DisplayPreferences{Lang: preferences.Lang}).Readings() {
		preferences.Furigana = "" // as the language has it, so that another language brings its own habit
	}
	s.KeepPreferences(c, preferences)
	return c.Redirect(
		http.StatusSeeOther,
		"/settings?"+url.Values{"saved": {"1"}, "back": {backTo(form.Get("back"))}}.Encode(),
	)
}
