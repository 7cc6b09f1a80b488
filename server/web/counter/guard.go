package counter

import (
	"github.com/labstack/echo/v4"

	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// receptionHandlerFunc answers a member of the facility's staff, who is let in before it runs.
type receptionHandlerFunc func(c echo.Context, reception staff.Reception) error

// reception makes the principal of a request: the member of staff at the demo's facility.
func (s *Console) reception(do receptionHandlerFunc) kit.StaffHandler {
	return func(c echo.Context, member staff.Member) error {
		return do(c, staff.Reception{
			Staff:    member.Staff(),
			Facility: s.Facility,
			Role:     member.Role,
		})
	}
}
