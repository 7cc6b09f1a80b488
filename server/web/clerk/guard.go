package clerk

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// clerkHandlerFunc answers a clerk, who is let in before it runs.
type clerkHandlerFunc func(c echo.Context, clerk staff.Clerk) error

// aboutFunc says what a request is about, by its address or its form: so the clerk's insurer is known.
type aboutFunc func(c echo.Context) insurer.RequestTarget

// ofInsurer is a request about the insurer that its query or its form names, or about the member's own (in
// the demo, whose staff have none, about the first).
func ofInsurer(c echo.Context) insurer.RequestTarget {
	number := c.QueryParam("insurer")
	if c.Request().Method == http.MethodPost {
		number = c.FormValue("insurer")
	}
	return insurer.RequestTarget{Insurer: eligibility.InsurerNumber(number)}
}

// personOf is the person whom the address names.
func personOf(c echo.Context) audit.PersonID { return audit.PersonID(c.Param("id")) }

// ofPerson, ofRun and ofPreview are requests about the record that the address names.
func ofPerson(c echo.Context) insurer.RequestTarget {
	return insurer.RequestTarget{Person: personOf(c)}
}
func ofRun(c echo.Context) insurer.RequestTarget { return insurer.RequestTarget{Run: c.Param("id")} }
func ofPreview(c echo.Context) insurer.RequestTarget {
	return insurer.RequestTarget{Preview: c.Param("id")}
}

// clerk makes the principal of a request: the member of staff, for the insurer that the request is about.
func (s *BackOffice) clerk(of aboutFunc, do clerkHandlerFunc) kit.StaffHandler {
	return func(c echo.Context, member staff.Member) error {
		clerk, err := s.Insurer.Directory.Clerk(c.Request().Context(), member, of(c))
		if err != nil {
			return err
		}
		return do(c, clerk)
	}
}

// allowLong gives a request time for a file of many people: the usual limits are for pages.
func (s *BackOffice) allowLong(c echo.Context) {
	control := http.NewResponseController(c.Response())
	_ = control.SetReadDeadline(s.Now().Add(5 * time.Minute)) // not every test's writer has deadlines
	_ = control.SetWriteDeadline(s.Now().Add(6 * time.Minute))
}

// long lets a request of staff take long, from its form on.
func (s *BackOffice) long(do kit.StaffHandler) kit.StaffHandler {
	return func(c echo.Context, member staff.Member) error {
		s.allowLong(c)
		return do(c, member)
	}
}
