package kit

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pwa"
)

// Today is the day in Japan.
func (s *Kit) Today() eligibility.Date { return eligibility.DateOf(s.Now()) }

// NewPage fills what all pages have in common. The title stands in Japanese and in English.
func (s *Kit) NewPage(c echo.Context, title message.Message) Page {
	lang := s.PreferencesOf(c).Lang
	shown := "ja" // pages in all languages have their own: Translated
	if lang == "en" {
		shown = "en"
	}
	signedIn, known := c.Get(signedInKey).(SignedIn)
	page := Page{
		Title:    title.Text(shown),
		Lang:     lang,
		Demo:     s.Demo,
		ForStaff: forStaff(c.Request().URL.Path),
		Office:   known && signedIn.Session.Kind == auth.Clerk && HomeOf(auth.Clerk) == officeOf(c),
		Path:     PrintableAddress(c.Request().URL),
	}
	if signedIn.Member.ID != "" {
		page.Account = signedIn.Member.Name
	}
	return page
}

// officeOf is the first part of a request's path: /insurer.
func officeOf(c echo.Context) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(c.Request().URL.Path, "/"), "/")
	return "/" + first
}

// Show sends a page, never compressed: see SendCompressed.
func (s *Kit) Show(c echo.Context, status int, name string, view any) error {
	page, err := s.renderPage(c, name, view)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, page)
}

// ShowPublic is show for a page without anything secret, which may be compressed.
func (s *Kit) ShowPublic(c echo.Context, status int, name string, view any) error {
	page, err := s.renderPage(c, name, view)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderVary, "Accept-Language, Cookie")
	return SendCompressed(c, status, echo.MIMETextHTMLCharsetUTF8, page)
}

// renderPage makes a page as its visitor wants it, whole before anything of it is sent.
func (s *Kit) renderPage(c echo.Context, name string, view any) ([]byte, error) {
	s.KeepChosenLanguage(c)
	var b bytes.Buffer
	err := pwa.Render(&b, name, s.PreferencesOf(c), view)
	return b.Bytes(), err
}

// PrintableAddress is a page's own address as its links hold it: without the query, or not at all, where that
// would show a 12-digit My Number again.
func PrintableAddress(u *url.URL) string {
	query, err := url.QueryUnescape(u.RawQuery)
	switch {
	case eligibility.HoldsMyNumber(u.Path):
		return "/"
	case err != nil || eligibility.HoldsMyNumber(query):
		return u.EscapedPath()
	}
	return u.RequestURI()
}
