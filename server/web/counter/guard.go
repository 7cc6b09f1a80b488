package counter

import (
	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// handler answers a member of the facility's staff, who is let in before it runs.
type handler func(c echo.Context, reception staff.Reception) error

// reception makes the principal of a request: the member of staff at this server's facility.
func (s *Pages) reception(do handler) kit.Staffed {
	return func(c echo.Context, member staff.Member) error {
		return do(c, staff.Reception{
			Staff:    member.Staff(),
			Facility: s.Counter.Facility.Code,
			Role:     member.Role,
		})
	}
}

// page is a page of the staff; who is not signed in is sent to the sign-in.
func (s *Pages) page(do handler) echo.HandlerFunc { return s.PageFor(auth.Counter, s.reception(do)) }

// call is an answer to the console's program; who is not signed in is refused.
func (s *Pages) call(do handler) echo.HandlerFunc { return s.CallFor(auth.Counter, s.reception(do)) }
