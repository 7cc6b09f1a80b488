package kit

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
)

// Setup shows what to do next on a live server that nobody can use yet, in the place of its first pages.
type Setup struct {
	Kit *Kit // shows the page
	// Count says how many insurers, or facilities, there are.
	Count   func(ctx context.Context) (int, error)
	Next    string   // what to do: staff.setup.insurer or staff.setup.facility
	Command []string // how, in parts that stay on one line
	SignIn  bool     // staff sign in here: the operator's pages can do it too

	filled atomic.Bool // once there is one, there always is
}

// SetupView is the first page of an empty server. It tells of nothing but what to do next.
type SetupView struct {
	Page
	Next    message.Message
	Command []string
	SignIn  bool
}

// Guard is the middleware.
func (s *Setup) Guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if s.filled.Load() || s.Count == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
			return next(c)
		}
		switch r.URL.Path {
		case "/", "/insurer", "/counter":
		default:
			return next(c)
		}
		n, err := s.Count(r.Context())
		if err != nil {
			return err
		}
		if n > 0 {
			s.filled.Store(true)
			return next(c)
		}
		view := SetupView{
			Page:    s.Kit.NewPage(c, message.New("staff.title.notOpenYet", nil)),
			Next:    message.New(s.Next, nil),
			Command: s.Command,
			SignIn:  s.SignIn,
		}
		view.ForStaff, view.Path = true, r.URL.Path
		return s.Kit.Show(c, http.StatusOK, "setup", view)
	}
}
