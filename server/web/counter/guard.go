package counter

import (
	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// receptionHandlerFunc answers a member of the facility's staff, who is let in before it runs.
type receptionHandlerFunc func(c echo.Context, reception staff.Reception) error

// receptionHandler makes the principal of a request: the member of staff at the demo's facility.
func (s *Console) receptionHandler(do receptionHandlerFunc) kit.StaffHandler {
	return func(c echo.Context, member staff.Member) error {
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

// administer is a call that only who administers the facility may make: pairing, the list of paired agents, and
// their end. Every such route goes through here, which is the one place where a fresh passkey is to be asked
// for. The demo's staff, who are picked by name, may do it.
func (s *Console) administer(do receptionHandlerFunc) echo.HandlerFunc {
	return s.call(func(c echo.Context, reception staff.Reception) error {
		if !reception.Role.May(staff.RoleFacilityAdmin) {
			return staff.ErrRefused
		}
		return do(c, reception)
	})
}
