package kit

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/server/staff"
	"madoguchi/server/web/permissions"
)

// Router is the only one that adds routes to echo, and takes each route's guard from its row of the table of
// permissions. A room names the route and the visitor for whom its handler is written; where the row says
// otherwise, or there is none, Check returns an error and the server does not start.
type Router struct {
	kit     *Kit
	echo    *echo.Echo
	running permissions.Part
	rows    map[string]permissions.Row
	added   map[string]bool
	faults  []error
}

// NewRouter returns a router for what runs here of the table.
func NewRouter(e *echo.Echo, shared *Kit, table []permissions.Row, running permissions.Part) *Router {
	r := &Router{
		kit:     shared,
		echo:    e,
		running: running,
		rows:    map[string]permissions.Row{},
		added:   map[string]bool{},
	}
	for _, row := range table {
		if _, twice := r.rows[row.Route]; twice {
			r.refuse(row.Route, "has two rows")
		}
		if row.Who == 0 {
			r.refuse(row.Route, "lets nobody in")
		}
		r.rows[row.Route] = row
	}
	return r
}

// Check returns what is wrong with the routes that were added, after all were: routes without a row, for
// another visitor than their row's, or added twice, and rows without a route.
func (r *Router) Check() error {
	faults := r.faults
	for route, row := range r.rows {
		if row.Runs(r.running) && !r.added[route] {
			why := fmt.Errorf("%s: the table of permissions has it, and no room adds it", route)
			faults = append(faults, why)
		}
	}
	return errors.Join(faults...)
}

func (r *Router) refuse(route, why string) {
	r.faults = append(r.faults, fmt.Errorf("%s: it %s (server/web/permissions)", route, why))
}

// row returns the row of a route that a room adds for some visitors; ok is false where nothing is to be
// added. What is only the demo's does not exist on a live server, whatever a room adds.
func (r *Router) row(route string, fits func(permissions.Who) bool, visitors string) (permissions.Row, bool) {
	row, known := r.rows[route]
	switch {
	case !known:
		r.refuse(route, "has no row")
	case !fits(row.Who):
		r.refuse(route, "is added for "+visitors+", its row is for "+row.Who.String())
	case r.added[route]:
		r.refuse(route, "is added twice")
	case row.In&permissions.Demo != 0 && r.running&permissions.Demo == 0:
	case !row.Runs(r.running):
		r.refuse(route, "is added where its half does not run")
	default:
		r.added[route] = true
		return row, true
	}
	return row, false
}

func (r *Router) add(row permissions.Row, do echo.HandlerFunc) {
	if row.Method() == "ANY" {
		r.echo.Any(row.Path(), do)
		return
	}
	r.echo.Add(row.Method(), row.Path(), do)
}

// Public adds a route for anybody.
func (r *Router) Public(route string, do echo.HandlerFunc) {
	r.unguarded(route, permissions.Public, do)
}

// Agent adds a route for bridge agents, who prove their key once the connection stands.
func (r *Router) Agent(route string, do echo.HandlerFunc) { r.unguarded(route, permissions.Agent, do) }

func (r *Router) unguarded(route string, who permissions.Who, do echo.HandlerFunc) {
	if row, ok := r.row(route, who.Is, who.String()); ok {
		r.add(row, do)
	}
}

// Clerk adds a route for an insurer's staff whom the row lets in.
func (r *Router) Clerk(route string, do StaffHandler) {
	r.staff(route, auth.Clerk, permissions.OfInsurer, do)
}

// Counter adds a route for a facility's staff at the counter whom the row lets in.
func (r *Router) Counter(route string, do StaffHandler) {
	r.staff(route, auth.Counter, permissions.OfFacility, do)
}

// staff adds a route for members of one kind of organisation. Who is not signed in is led to the sign-in, or
// refused where a program asks.
func (r *Router) staff(route string, kind auth.Kind, of permissions.Who, do StaffHandler) {
	row, ok := r.row(route, of.Holds, "staff: "+of.String())
	if !ok {
		return
	}
	let := r.admitted(row, do)
	if row.ForPrograms() {
		r.add(row, r.kit.CallFor(kind, let))
		return
	}
	r.add(row, r.kit.PageFor(kind, let))
}

// admitted lets a member in whose role the row names, with a fresh passkey where it asks for one.
func (r *Router) admitted(row permissions.Row, do StaffHandler) StaffHandler {
	return func(c echo.Context, member staff.Member) error {
		if !row.Who.LetsIn(member.Role) {
			return staff.ErrRefused
		}
		noteRow(r.kit, c, row)
		if row.Marks&permissions.Fresh != 0 {
			return r.kit.Fresh(do)(c, member)
		}
		return do(c, member)
	}
}

// Member adds a route for members of any organisation whom the row lets in, and who come in by a guard. Who
// is not signed in is led to the sign-in and back, or refused where a program asks.
func (r *Router) Member(
	route string, guard func(echo.Context) (SignedIn, error), do func(echo.Context, SignedIn) error,
) {
	row, ok := r.row(route, func(who permissions.Who) bool { return permissions.Staff.Holds(who) }, "staff")
	if !ok {
		return
	}
	r.add(row, func(c echo.Context) error {
		v, err := guard(c)
		if errors.Is(err, ErrSignedOut) && !row.ForPrograms() {
			return c.Redirect(http.StatusSeeOther, ThenBack("/staff", c))
		}
		if err != nil {
			return err
		}
		return r.admitted(row, func(c echo.Context, _ staff.Member) error { return do(c, v) })(c, v.Member)
	})
}

// Entry is how the visitors of one kind come in whose principal the kit does not know.
type Entry[P any] struct {
	Router *Router
	Who    permissions.Who // as the rows say it, all of it
	// Guard makes the principal of a request, or returns why the visitor is not let in: ErrSignedOut for one
	// who can sign in.
	Guard  func(c echo.Context) (P, error)
	SignIn string // where a page leads a visitor who is signed out; empty where there is none
}

// Add adds a route whose handler runs once the guard has let the visitor in. A principal that is a
// staff.Member is held against the row's roles too.
func (e Entry[P]) Add(route string, do func(c echo.Context, who P) error) {
	r := e.Router
	if _, isStaff := any(*new(P)).(staff.Member); e.Who&permissions.Staff != 0 && !isStaff {
		r.refuse(route, "is added for staff without a staff.Member, whose role nobody would look at")
	}
	row, ok := r.row(route, e.Who.Is, e.Who.String())
	if !ok {
		return
	}
	r.add(row, func(c echo.Context) error {
		who, err := e.Guard(c)
		if errors.Is(err, ErrSignedOut) && e.SignIn != "" && !row.ForPrograms() {
			return c.Redirect(http.StatusSeeOther, e.SignIn)
		}
		if err != nil {
			return err
		}
		member, isStaff := any(who).(staff.Member)
		if !isStaff {
			return do(c, who)
		}
		return r.admitted(row, func(c echo.Context, _ staff.Member) error { return do(c, who) })(c, member)
	})
}
