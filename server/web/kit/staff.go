package kit

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/message"
)

// doors are where each kind of staff comes in.
var doors = map[auth.Kind]string{auth.Clerk: "/insurer", auth.Counter: "/counter"}

// staffRoutes are the sign-in of one kind of staff.
func (s *Kit) StaffRoutes(e *echo.Echo, kind auth.Kind) {
	e.GET(doors[kind]+"/staff", s.staffPage(kind))
	e.POST(doors[kind]+"/staff", s.pickStaff(kind))
}

func (s *Kit) staffPage(kind auth.Kind) echo.HandlerFunc {
	return func(c echo.Context) error {
		return s.Show(c, http.StatusOK, "staff", StaffView{Page: s.NewPage(c, message.New("staff.title.chooseStaff", nil)), Door: doors[kind][1:], Names: s.Staff})
	}
}

// pickStaff signs in one of the demo's fictional staff. Outside the demo there are none to pick, and live mode does not
// start without a staff sign-in.
func (s *Kit) pickStaff(kind auth.Kind) echo.HandlerFunc {
	return func(c echo.Context) error {
		name := c.FormValue("name")
		if !s.Demo || !slices.Contains(s.Staff, name) {
			return ErrRequest
		}
		if _, err := s.Sessions.Start(c.Request().Context(), c.Response(), kind, name, []byte("{}")); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, doors[kind])
	}
}

// staffed is a handler for staff, who are let in before it runs.
type Staffed func(c echo.Context, staff string) error

// staff returns the name of the staff member who is signed in, or errSignedOut.
func (s *Kit) signedInStaff(c echo.Context, kind auth.Kind) (string, error) {
	session, ok, err := s.Sessions.Find(c.Request().Context(), c.Request(), kind)
	if err == nil && !ok {
		err = ErrSignedOut
	}
	return session.Subject, err
}

// callFor refuses a program's request without a session of that kind of staff.
func (s *Kit) CallFor(kind auth.Kind, do Staffed) echo.HandlerFunc {
	return func(c echo.Context) error {
		name, err := s.signedInStaff(c, kind)
		if err != nil {
			return err
		}
		return do(c, name)
	}
}

// pageFor sends a visitor without a session of that kind of staff to pick a name.
func (s *Kit) PageFor(kind auth.Kind, do Staffed) echo.HandlerFunc {
	return func(c echo.Context) error {
		name, err := s.signedInStaff(c, kind)
		if errors.Is(err, ErrSignedOut) {
			return c.Redirect(http.StatusSeeOther, doors[kind]+"/staff")
		}
		if err != nil {
			return err
		}
		return do(c, name)
	}
}
