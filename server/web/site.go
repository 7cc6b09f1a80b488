// Package web wires the rooms below it into one handler: what each of them serves, and what stands before all
// of them (headers, limits of size, guards). The rooms are by visitor: web/patient, web/clerk, web/counter,
// web/issuer for other servers, and web/staff, where all staff sign in. They do not know each other.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/pwa"
	"madoguchi/server/agents"
	counterhalf "madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	"madoguchi/server/observe"
	"madoguchi/server/staff"
	"madoguchi/server/web/clerk"
	"madoguchi/server/web/counter"
	"madoguchi/server/web/issuer"
	"madoguchi/server/web/kit"
	"madoguchi/server/web/patient"
	"madoguchi/server/web/permissions"
)

// Config is what the handler is made of. A half that this role does not run is nil.
type Config struct {
	Insurer     *insurer.Services                     // insurer's half
	CounterCall hostapi.CounterCheck                  // who may leave receipts; insurer's half
	Listed      func() (*credential.TrustList, error) // whose counters phones believe; insurer's half
	Login       *auth.Login                           // insurer's half
	Counter     *counterhalf.Service                  // counter's half
	Facilities  func(context.Context) (int, error)    // how many there are; counter's half, live
	Readers     *agents.AgentHub                      // counter's half
	DemoIDP     http.Handler                          // only in the demo
	Sessions    *auth.Sessions
	Members     *staff.Services             // who signs in by passkey, and the facilities; nil: nobody does
	Ready       func(context.Context) error // a readiness.NotReady says why not
	Watched     *observe.Metrics            // counts requests; nil: nobody does
	Background  context.Context             // of what goes on behind requests; ends with the server
	Demo        bool
	Published   bool          // the demo's port is published by a container
	Word        *kit.DemoWord // then whoever comes must give it; nil is one that nobody knows
	NoWorker    bool          // the service worker's kill switch
	HTTPS       bool
	FrontDoor   kit.FrontDoor // where a live server answers
	Staff       []string      // fictional names that the demo offers
	Facility    string        // where the demo's reception works: 医療機関コード
	Overseen    Overseen      // what the operator's staff see
	Now         func() time.Time
}

// New returns the program's handler. Routes exist only for the halves that this role runs. It returns an
// error where the routes and the table of permissions do not agree (kit.Router).
func New(c Config) (*echo.Echo, error) {
	shared := &kit.Kit{
		Demo:     c.Demo,
		HTTPS:    c.HTTPS,
		NoWorker: c.NoWorker,
		Staff:    c.Staff,
		Facility: c.Facility,
		Sessions: c.Sessions,
		Now:      c.Now,
		Limits:   kit.NewLimits(),
	}
	e := echo.New()
	r := kit.NewRouter(e, shared, permissions.Table(), c.parts())
	useMiddleware(e, r, c, shared)
	r.Public("GET /static/*", echo.WrapHandler(pwa.Handler()))
	r.Public("GET /healthz", alive)
	r.Public("GET /readyz", readyHandler(c.Ready))
	if c.Members != nil {
		shared.Members = membersOf(c.Members)
		staffOffice(c, shared).Routes(r)
		operatorOffice(c, shared).Routes(r)
	}
	(&counter.Reception{Kit: shared}).Routes(r)
	(&patient.VisitCheck{Kit: shared}).Routes(r)
	(&patient.WhichPaper{Kit: shared}).Routes(r)
	if c.Insurer != nil {
		patients := &patient.Portal{Kit: shared, Insurer: c.Insurer, Login: c.Login}
		shared.HelpDesk = patients.HelpDesk
		patients.Routes(r)
		(&clerk.BackOffice{Kit: shared, Insurer: c.Insurer, Background: c.Background}).Routes(r)
		(&issuer.API{Kit: shared, Insurer: c.Insurer, CounterCall: c.CounterCall, Listed: c.Listed}).Routes(r)
	} else {
		r.Public("GET /", func(c echo.Context) error { return c.Redirect(http.StatusSeeOther, "/counter") })
	}
	if c.Counter != nil {
		pages := counter.Config{
			Kit:      shared,
			Counter:  c.Counter,
			Readers:  c.Readers,
			Address:  c.FrontDoor.Address,
			Patients: c.Insurer != nil,
		}
		if c.Members != nil {
			pages.Facilities, pages.Members = c.Members.Facilities, c.Members.Members
		}
		counter.New(pages).Routes(r)
	}
	if c.DemoIDP != nil {
		r.Public("ANY /demo-idp/*", echo.WrapHandler(c.DemoIDP))
	}
	return e, r.Check()
}

// parts are what this server runs of the table of permissions.
func (c Config) parts() (running permissions.Part) {
	for part, runs := range map[permissions.Part]bool{
		permissions.InsurerHalf:   c.Insurer != nil,
		permissions.CounterHalf:   c.Counter != nil,
		permissions.SignIn:        c.Members != nil,
		permissions.Demo:          c.Demo,
		permissions.DemoProvider:  c.DemoIDP != nil,
		permissions.PublishedDemo: c.Demo && c.Published,
	} {
		if runs {
			running |= part
		}
	}
	return running
}

// useMiddleware sets what stands before every room, in the order in which a request meets it.
func useMiddleware(e *echo.Echo, r *kit.Router, c Config, shared *kit.Kit) {
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = c.FrontDoor.Visitor() // X-Forwarded-For is anybody's word, but for our own proxy's
	e.HTTPErrorHandler = shared.Fail
	kit.AnswersHead(e)
	e.Use(
		kit.DropRequestNumber,
		middleware.RequestIDWithConfig(middleware.RequestIDConfig{Generator: kit.RequestNumber}),
		kit.Watch(c.Watched),
		kit.LogRequests(c.Now),
		middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: kit.LogPanic}),
		kit.SecurityHeaders(c.HTTPS),
	)
	if c.Demo {
		e.Use(kit.OnlyLocal(c.Published))
	} else {
		e.Use(c.FrontDoor.Guard)
	}
	e.Use(middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{
		Limit: "1M",
		Skipper: func(c echo.Context) bool { // those that have limits of their own
			return c.Path() == clerk.ImportPath || counter.TakesPDF(c)
		},
	}))
	e.Use(kit.ExceptFor("/demo-idp/", kit.ExceptFor("/i/", kit.SameOrigin())))
	if !c.Demo {
		e.Use(setup(c, shared).Guard)
	}
	if c.Demo && c.Published {
		word := c.Word
		if word == nil {
			word = kit.NewDemoWord(c.Now)
		}
		e.Use(word.Guard)
		word.Routes(r)
	}
}

// setup says what an empty live server needs first.
func setup(c Config, shared *kit.Kit) *kit.Setup {
	if c.Insurer == nil {
		return &kit.Setup{
			Kit:     shared,
			SignIn:  c.Members != nil,
			Count:   c.Facilities,
			Next:    "staff.setup.facility",
			Command: []string{"madoguchi facility add", "CODE", "--name NAME"},
		}
	}
	return &kit.Setup{
		Kit:    shared,
		SignIn: c.Members != nil,
		Count: func(ctx context.Context) (int, error) {
			all, err := c.Insurer.Directory.All(ctx)
			return len(all), err
		},
		Next: "staff.setup.insurer",
		Command: []string{
			"madoguchi insurer add", "NUMBER", "--name NAME", "--issuer ISSUER", "--telephone TELEPHONE",
		},
	}
}
