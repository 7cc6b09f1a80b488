package counter

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// startPath is where a poster's code leads. A poster hangs for months, so its code names a page of this
// server, which knows today's insurers, and not one of an insurer's.
const startPath = "/start"

// startPage leads patients to the pages of their insurer: to this server's own, to those of the only server
// that there is, or lets them choose.
func (s places) startPage(c echo.Context) error {
	if s.patients {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	believed, err := s.counter.Believed()
	if err != nil {
		return err
	}
	view := StartView{Page: s.Translated(c, "start.title")}
	servers := map[string]bool{}
	for _, issuer := range believed.List.Issuers {
		at, err := url.Parse(issuer.ISS)
		if err != nil || at.Scheme != "https" {
			continue
		}
		door := (&url.URL{Scheme: at.Scheme, Host: at.Host, Path: "/"}).String()
		servers[door] = true
		view.Insurers = append(view.Insurers, InsurerDoor{issuer.Name, door})
	}
	if len(servers) == 1 {
		return c.Redirect(http.StatusSeeOther, view.Insurers[0].Address)
	}
	slices.SortStableFunc(view.Insurers, func(a, b InsurerDoor) int {
		return strings.Compare(a.Name, b.Name)
	})
	return s.ShowPublic(c, http.StatusOK, "start", view)
}
