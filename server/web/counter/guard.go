package counter

import (
	"github.com/labstack/echo/v4"

	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// receptionHandlerFunc answers a member of the facility's staff, who is let in before it runs.
type receptionHandlerFunc func(c echo.Context, reception staff.Reception) error

// receptions make the principal of a request at the counter.
type receptions struct {
	demo     bool
	facility string // where the demo's staff work: 医療機関コード
}

// of is a member of a facility's staff at that facility. Only the demo's staff, who are picked by name and
// have no ID, work at the demo's; anybody else is at none.
func (r receptions) of(member staff.Member) staff.Reception {
	if r.demo && member.ID == "" {
		return staff.Reception{Staff: member.Staff(), Facility: r.facility, Role: member.Role}
	}
	return member.Reception()
}

// reception lets a handler ask as the reception that the member of staff works at.
func (r receptions) reception(do receptionHandlerFunc) kit.StaffHandler {
	return func(c echo.Context, member staff.Member) error { return do(c, r.of(member)) }
}
