package counter

import (
	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// receptionHandlerFunc answers a member of the facility's staff, who is let in before it runs.
type receptionHandlerFunc func(c echo.Context, reception staff.Reception) error

// receptionHandler makes the principal of a request: a member of a facility's staff at that facility, and the
// demo's staff, who are picked by name and have no ID, at the demo's.
func (s *Console) receptionHandler(do receptionHandlerFunc) kit.StaffHandler {
	return func(c echo.Context, member staff.Member) error {
		reception := member.Reception()
		if s.Demo && member.ID == "" {
			reception = staff.Reception{
				Staff:    member.Staff(),
				Facility: s.Facility,
				Role:     member.Role,
			}
		}
		return do(c, reception)
	}
}

// page is a page of the staff; who is not signed in is sent to the sign-in.
func (s *Console) page(do receptionHandlerFunc) echo.HandlerFunc {
	return s.PageFor(auth.Counter, s.receptionHandler(do))
}

// call is an answer to the console's program; who is not signed in is refused.
func (s *Console) call(do receptionHandlerFunc) echo.HandlerFunc {
	return s.CallFor(auth.Counter, s.receptionHandler(do))
}
