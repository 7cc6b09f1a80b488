package counter

import (
	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// receptionHandlerFunc answers a member of the facility's staff, who is let in before it runs.
type receptionHandlerFunc func(c echo.Context, reception staff.Reception) error

// receptionHandler makes the principal of a request: the member of staff at the own facility; of the demo's,
// who are picked by name, at the demo's facility.
func (s *Console) receptionHandler(do receptionHandlerFunc) kit.StaffHandler {
	return func(c echo.Context, member staff.Member) error {
		if member.ID != "" {
			return do(c, member.Reception())
		}
		return do(c, staff.Reception{
			Staff:    member.Staff(),
			Facility: s.Facility,
			Role:     member.Role,
		})
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

// freshCall is call for what needs a fresh passkey.
func (s *Console) freshCall(do receptionHandlerFunc) echo.HandlerFunc {
	return s.CallFor(auth.Counter, s.Fresh(s.receptionHandler(do)))
}

// memberPage is page for what also asks who the member is.
func (s *Console) memberPage(
	do func(c echo.Context, reception staff.Reception, member staff.Member) error,
) echo.HandlerFunc {
	return s.PageFor(auth.Counter, func(c echo.Context, member staff.Member) error {
		return s.receptionHandler(func(c echo.Context, reception staff.Reception) error {
			return do(c, reception, member)
		})(c, member)
	})
}
