package kit

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pwa"
)

// How a visitor wants pages: language, size of the text, contrast, furigana. A cookie remembers it; nothing
// of it is secret, and no program in the page is needed.

// preferencesLife is how long a browser remembers, in seconds: a year, so that an old person sets it once.
const preferencesLife = 365 * 24 * 60 * 60

func (s *Kit) preferencesCookie() string {
	if s.HTTPS {
		return "__Host-madoguchi-look"
	}
	return "madoguchi-look"
}

// forStaff reports whether a page is for people at a counter or an insurer: those exist in Japanese and
// English.
func forStaff(path string) bool {
	for _, door := range []string{"/counter", "/insurer", "/operator", "/reception", "/staff"} {
		if path == door || strings.HasPrefix(path, door+"/") {
			return true
		}
	}
	return false
}

// rememberedPreferences is what the visitor's cookie says.
func (s *Kit) rememberedPreferences(r *http.Request) pwa.DisplayPreferences {
	cookie, err := r.Cookie(s.preferencesCookie())
	if err != nil || len(cookie.Value) > 200 {
		return pwa.DisplayPreferences{}
	}
	said, err := url.ParseQuery(cookie.Value)
	if err != nil {
		return pwa.DisplayPreferences{}
	}
	return pwa.ReadDisplayPreferences(said)
}

// WantedPreferences is what the visitor asked for: ?lang= before the cookie before what the browser
// prefers.
func (s *Kit) WantedPreferences(r *http.Request) pwa.DisplayPreferences {
	preferences := s.rememberedPreferences(r)
	if asked := pwa.FindLanguage(r.URL.Query().Get("lang")); asked != "" {
		preferences.Lang = asked
	}
	if preferences.Lang == "" {
		preferences.Lang = preferredLanguage(r.Header.Get("Accept-Language"))
	}
	return preferences
}

// PreferencesOf is the one in which this page is shown.
func (s *Kit) PreferencesOf(c echo.Context) pwa.DisplayPreferences {
	preferences := s.WantedPreferences(c.Request())
	if forStaff(c.Request().URL.Path) {
		preferences.Furigana = "off"
		if preferences.Lang != "en" {
			preferences.Lang = "ja"
		}
	}
	return preferences
}

// preferredLanguage is the first language of Accept-Language, by its weights, in which there are pages; one
// that nobody knows is passed over. Nobody speaks more languages than stand in its first 200 letters.
func preferredLanguage(header string) string {
	if len(header) > 200 {
		header = header[:max(0, strings.LastIndexByte(header[:200], ','))]
	}
	best, weight := "ja", float32(0)
	for part := range strings.SplitSeq(header, ",") {
		tags, weights, err := language.ParseAcceptLanguage(part)
		if err != nil || len(tags) != 1 || weights[0] <= weight {
			continue
		}
		if found := pwa.FindLanguage(tags[0].String()); found != "" {
			best, weight = found, weights[0]
		}
	}
	return best
}

// KeepPreferences stores preferences in the visitor's browser.
func (s *Kit) KeepPreferences(c echo.Context, preferences pwa.DisplayPreferences) {
	c.SetCookie(
		&http.Cookie{
			Name:     s.preferencesCookie(),
			Value:    preferences.String(),
			Path:     "/",
			MaxAge:   preferencesLife,
			HttpOnly: true,
			Secure:   s.HTTPS,
			SameSite: http.SameSiteLaxMode,
		},
	)
}

// KeepChosenLanguage remembers a language that was chosen by a link.
func (s *Kit) KeepChosenLanguage(c echo.Context) {
	asked := pwa.FindLanguage(c.QueryParam("lang"))
	preferences := s.rememberedPreferences(c.Request())
	if asked == "" || asked == preferences.Lang {
		return
	}
	preferences.Lang = asked
	s.KeepPreferences(c, preferences)
}

// Translated fills what all pages have in common, the title by its key.
func (s *Kit) Translated(c echo.Context, title string) Page {
	p := s.NewPage(c, message.Message{})
	p.Title = pwa.Plain(p.Lang, title)
	return p
}

// Beside is a text with another writing of the same behind it, in the brackets of a language.
func Beside(lang, text, other string) string {
	args := message.Args{"text": message.Text(text), "other": message.Text(other)}
	return message.New("common.beside", args).Text(lang)
}

// DayText says a date to its reader: in the Japanese calendar, and beside it as cards and programs write it.
func DayText(lang string, d eligibility.Date) string {
	if d.IsZero() {
		return ""
	}
	if !readsJapanese(lang) {
		return Beside(lang, d.String(), d.Japanese())
	}
	return Beside(lang, d.Japanese(), westernText(d))
}

// DayTextAs is DayText with the western year first where the date was typed so.
func DayTextAs(lang string, d eligibility.Date, western bool) string {
	if d.IsZero() || !western || !readsJapanese(lang) {
		return DayText(lang, d)
	}
	return Beside(lang, westernText(d), d.Japanese())
}

// TypedDay is a date as a reader would type it: in the Japanese calendar, by others as yyyy-mm-dd.
func TypedDay(lang string, d eligibility.Date) string {
	if readsJapanese(lang) {
		return d.Japanese()
	}
	return d.String()
}

func readsJapanese(lang string) bool { return pwa.HTMLTag(pwa.Language(lang)) == "ja" }

// westernText is a date with the western year in Japanese, as far as it is known.
func westernText(d eligibility.Date) string {
	switch {
	case d.Exact():
		return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
	case d.Month() != 0:
		return fmt.Sprintf("%d年%d月", d.Year(), d.Month())
	}
	return fmt.Sprintf("%d年", d.Year())
}
