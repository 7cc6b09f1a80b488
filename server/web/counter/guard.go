package counter

import (
	"github.com/labstack/echo/v4"

	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// receptionHandlerFunc answers a member of the facility's staff, who is let in before it runs.
type receptionHandlerFunc func(c echo.Context, reception staff.Reception) error

// reception makes the principal of a request: a member of a facility's staff at that facility, and the
// own facility; of the demo's,
// who are picked by name, at the demo's staff, who are picked by name and have no ID, at the demo's.
func (s *Console) reception(do receptionHandlerFunc) kit.StaffHandler {
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

// memberReception is reception for what also asks who the member is.
func (s *Console) memberReception(
	do func(c echo.Context, reception staff.Reception, member staff.Member) error,
) kit.StaffHandler {
	return func(c echo.Context, member staff.Member) error {
		return s.reception(func(c echo.Context, reception staff.Reception) error {
			return do(c, reception, member)
		})(c, member)
	}
}
