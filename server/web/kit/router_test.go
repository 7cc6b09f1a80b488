package kit

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"madoguchi/server/staff"
	"madoguchi/server/web/permissions"
)

var routerTable = []permissions.Row{
	{Route: "GET /open", Who: permissions.Public},
	{Route: "GET /mine", Who: permissions.Patient},
	{Route: "POST /insurer/file", Who: permissions.InsurerClerk, In: permissions.InsurerHalf},
	{Route: "GET /api/file", Who: permissions.InsurerAdmin, In: permissions.InsurerHalf},
	{Route: "GET /counter", Who: permissions.Reception, In: permissions.CounterHalf},
	{Route: "POST /pick", Who: permissions.Public, In: permissions.Demo},
}

func answer(c echo.Context) error { return c.NoContent(http.StatusNoContent) }

func answerMember(c echo.Context, _ staff.Member) error { return answer(c) }

// patients is an entry that lets everybody in.
func patients(r *Router, who permissions.Who) Entry[string] {
	return Entry[string]{
		Router: r,
		Who:    who,
		Guard:  func(echo.Context) (string, error) { return "", nil },
		SignIn: "/login",
	}
}

func mine(c echo.Context, _ string) error { return answer(c) }

// addAll adds what the table says for an insurer's live server.
func addAll(r *Router) {
	r.Public("GET /open", answer)
	patients(r, permissions.Patient).Add("GET /mine", mine)
	r.Clerk("POST /insurer/file", answerMember)
	r.Clerk("GET /api/file", answerMember)
	r.Public("POST /pick", answer)
}

func TestRoutesAndTableMustAgree(t *testing.T) {
	open := func(route string) func(*Router) {
		return func(r *Router) { r.Public(route, answer) }
	}
	row := func(route string, who permissions.Who) []permissions.Row {
		return []permissions.Row{{Route: route, Who: who}}
	}
	cases := []struct {
		name  string
		rows  []permissions.Row // besides the table's
		add   func(*Router)     // besides addAll
		fault string            // nothing when the server starts
	}{
		{"as the table says", nil, nil, ""},
		{"a route without a row", nil, open("GET /more"), "GET /more: it has no row"},
		{"a row without a route", row("GET /more", permissions.Public), nil, "GET /more: the table"},
		{"a row that lets nobody in", row("GET /more", 0), open("GET /more"), "lets nobody in"},
		{"two rows", row("GET /open", permissions.Patient), nil, "has two rows"},
		{"the same route twice", nil, open("GET /open"), "added twice"},
		{"a patient's route for anybody", nil, open("GET /mine"), "added for public"},
		{"a clerk's route for anybody", nil, open("POST /insurer/file"), "added for public"},
		{"a clerk's route for agents", nil, func(r *Router) {
			r.Agent("POST /insurer/file", answer)
		}, "added for agent"},
		{"a clerk's route for the counter", nil, func(r *Router) {
			r.Counter("POST /insurer/file", answerMember)
		}, "added for staff: reception"},
		{"a clerk's route for patients", nil, func(r *Router) {
			patients(r, permissions.Patient).Add("POST /insurer/file", mine)
		}, "added for patient"},
		{"a clerk's route without a member", nil, func(r *Router) {
			patients(r, permissions.InsurerClerk).Add("POST /insurer/file", mine)
		}, "without a staff.Member"},
		{"a patient's route for devices too", nil, func(r *Router) {
			patients(r, permissions.Patient|permissions.Device).Add("GET /mine", mine)
		}, "added for patient, device"},
		{"anybody's route for clerks", nil, func(r *Router) {
			r.Clerk("GET /open", answerMember)
		}, "added for staff: insurer-clerk"},
		{"a half that does not run", nil, func(r *Router) {
			r.Counter("GET /counter", answerMember)
		}, "its half does not run"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := NewRouter(echo.New(), &Kit{}, slices.Concat(c.rows, routerTable), permissions.InsurerHalf)
			addAll(r)
			if c.add != nil {
				c.add(r)
			}
			err := r.Check()
			if c.fault == "" {
				if err != nil {
					t.Error(err)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%v, want %q", err, c.fault)
			}
		})
	}
}

func TestWhatIsTheDemosIsOnNoLiveServer(t *testing.T) {
	for _, running := range []permissions.Part{0, permissions.Demo} {
		running |= permissions.InsurerHalf
		e := echo.New()
		r := NewRouter(e, &Kit{}, routerTable, running)
		addAll(r)
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest("POST", "/pick", nil))
		if demo := running&permissions.Demo != 0; (w.Code == http.StatusNoContent) != demo {
			t.Errorf("demo %v: %d", demo, w.Code)
		}
	}
}

func TestTheRowsRolesDecideWhoOfTheStaffIsLetIn(t *testing.T) {
	roles := []staff.Role{
		staff.RoleReception, staff.RoleFacilityAdmin, staff.RoleInsurerClerk, staff.RoleInsurerAdmin,
		staff.RoleOperator, staff.Everything, "", "clerk",
	}
	cases := []struct {
		who permissions.Who
		let []staff.Role
	}{
		{permissions.Reception, []staff.Role{staff.RoleReception, staff.RoleFacilityAdmin, staff.Everything}},
		{permissions.FacilityAdmin, []staff.Role{staff.RoleFacilityAdmin, staff.Everything}},
		{
			permissions.InsurerClerk,
			[]staff.Role{staff.RoleInsurerClerk, staff.RoleInsurerAdmin, staff.Everything},
		},
		{permissions.InsurerAdmin, []staff.Role{staff.RoleInsurerAdmin, staff.Everything}},
		{permissions.Operator, []staff.Role{staff.RoleOperator, staff.Everything}},
		{permissions.Staff, roles[:6]},
		{permissions.Patient, nil},
	}
	for _, c := range cases {
		t.Run(c.who.String(), func(t *testing.T) {
			r := NewRouter(echo.New(), &Kit{}, nil, 0)
			do := r.admitted(permissions.Row{Who: c.who}, answerMember)
			for _, role := range roles {
				want := error(staff.ErrRefused)
				for _, let := range c.let {
					if role == let {
						want = nil
					}
				}
				w := httptest.NewRecorder()
				context := echo.New().NewContext(httptest.NewRequest("POST", "/", nil), w)
				err := do(context, staff.Member{ID: "A", Role: role})
				if !errors.Is(err, want) || (err == nil) != (w.Code == http.StatusNoContent) {
					t.Errorf("%q: %v %d", role, err, w.Code)
				}
			}
		})
	}
}

// An entry's handler runs only once its guard has let somebody in, and a member of staff only in a role of
// the row.
func TestAnEntryRunsBehindItsGuard(t *testing.T) {
	table := []permissions.Row{
		{Route: "GET /page", Who: permissions.Patient},
		{Route: "GET /api/call", Who: permissions.Patient},
		{Route: "GET /file", Who: permissions.Patient, Marks: permissions.Program},
		{Route: "GET /staff/own", Who: permissions.Reception | permissions.InsurerAdmin},
	}
	for _, c := range []struct {
		path   string
		guard  error
		member staff.Member
		want   int // 204: the handler ran
	}{
		{"/page", nil, staff.Member{}, 204},
		{"/page", ErrSignedOut, staff.Member{}, 303},
		{"/page", ErrRequest, staff.Member{}, 422},
		{"/api/call", ErrSignedOut, staff.Member{}, 403},
		{"/file", ErrSignedOut, staff.Member{}, 403},
		{"/staff/own", nil, staff.Member{Role: staff.RoleReception}, 204},
		{"/staff/own", nil, staff.Member{Role: staff.RoleInsurerAdmin}, 204},
		{"/staff/own", nil, staff.Member{Role: staff.RoleInsurerClerk}, 403},
		{"/staff/own", nil, staff.Member{Role: staff.RoleOperator}, 403},
		{"/staff/own", nil, staff.Member{}, 403},
		{"/staff/own", ErrSignedOut, staff.Member{Role: staff.RoleReception}, 303},
	} {
		t.Run(c.path+" "+string(c.member.Role), func(t *testing.T) {
			e := echo.New()
			e.HTTPErrorHandler = func(err error, c echo.Context) {
				_, status := AsProblem(err)
				_ = c.NoContent(status)
			}
			r := NewRouter(e, &Kit{}, table, 0)
			visitors := patients(r, permissions.Patient)
			visitors.Guard = func(echo.Context) (string, error) { return "", c.guard }
			for _, row := range table[:3] {
				visitors.Add(row.Route, mine)
			}
			members := Entry[staff.Member]{
				Router: r,
				Who:    permissions.Reception | permissions.InsurerAdmin,
				Guard:  func(echo.Context) (staff.Member, error) { return c.member, c.guard },
				SignIn: "/staff",
			}
			members.Add("GET /staff/own", answerMember)
			if err := r.Check(); err != nil {
				t.Fatal(err)
			}
			w := httptest.NewRecorder()
			e.ServeHTTP(w, httptest.NewRequest("GET", c.path, nil))
			if w.Code != c.want {
				t.Errorf("%v: %d, want %d", c.guard, w.Code, c.want)
			}
		})
	}
}
