package kit

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/message"
)

// staffHome are the paths below which each kind of staff works.
var staffHome = map[auth.Kind]string{
	auth.Clerk:    "/insurer",
	auth.Counter:  "/counter",
	auth.Operator: "/operator",
}

// StaffRoutes are the demo's pages on which a name is picked; elsewhere they do not exist.
func (s *Kit) StaffRoutes(r *Router, kind auth.Kind) {
	r.Public("GET "+staffHome[kind]+"/staff", s.staffPage(kind))
	r.Public("POST "+staffHome[kind]+"/staff", s.pickStaff(kind))
}

func (s *Kit) staffPage(kind auth.Kind) echo.HandlerFunc {
	return func(c echo.Context) error {
		return s.Show(
			c,
			http.StatusOK,
			"staff",
			StaffView{
				Page:  s.NewPage(c, message.New("staff.title.chooseStaff", nil)),
				Door:  staffHome[kind][1:],
				Names: s.Staff,
			},
		)
	}
}

// pickStaff signs in one of the demo's fictional staff: a session that no passkey opened.
func (s *Kit) pickStaff(kind auth.Kind) echo.HandlerFunc {
	return func(c echo.Context) error {
		name := c.FormValue("name")
		if !s.Demo || !slices.Contains(s.Staff, name) {
			return ErrRequest
		}
		_, err := s.Sessions.Start(c.Request().Context(), c.Response(), kind, name, []byte("{}"))
		if err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, staffHome[kind])
	}
}
