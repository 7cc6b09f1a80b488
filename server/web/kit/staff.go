package kit

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/message"
	"madoguchi/server/staff"
)

// staffHome are the paths below which each kind of staff works.
var staffHome = map[auth.Kind]string{auth.Clerk: "/insurer", auth.Counter: "/counter"}

// StaffRoutes are the sign-in of one kind of staff.
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

// pickStaff signs in one of the demo's fictional staff. Outside the demo there are none to pick, and live
// mode does not start without a staff sign-in.
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

// StaffHandler answers staff, who are let in before it runs. Each room makes its own principal of
// the member, once a request.
type StaffHandler func(c echo.Context, member staff.Member) error

// staffMember returns who of the staff is signed in, or ErrSignedOut.
func (s *Kit) staffMember(c echo.Context, kind auth.Kind) (staff.Member, error) {
	session, ok, err := s.Sessions.Find(c.Request().Context(), c.Request(), kind)
	if err == nil && !ok {
		err = ErrSignedOut
	}
	if err != nil {
		return staff.Member{}, err
	}
	return staff.Member{Name: session.Subject, Role: staff.Everything}, nil
}

// CallFor refuses a program's request without a session of that kind of staff.
func (s *Kit) CallFor(kind auth.Kind, do StaffHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		member, err := s.staffMember(c, kind)
		if err != nil {
			return err
		}
		return do(c, member)
	}
}

// PageFor sends a visitor without a session of that kind of staff to pick a name.
func (s *Kit) PageFor(kind auth.Kind, do StaffHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		member, err := s.staffMember(c, kind)
		if errors.Is(err, ErrSignedOut) {
			return c.Redirect(http.StatusSeeOther, staffHome[kind]+"/staff")
		}
		if err != nil {
			return err
		}
		return do(c, member)
	}
}
