// Package web speaks HTTP: pages and API by user (patient, counter, insurer), the calls between servers, and everything
// around them: headers, sessions, limits, problem documents. Echo is known here only. What is done, desk does.
package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/pwa"
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
)

// Config is what a Site is made of. A half that this role does not run is nil.
type Config struct {
	Office      *insurer.Services  // insurer's half
	Runs        *insurer.PrintJobs // insurer's half
	Background  context.Context    // of what goes on behind requests; ends with the server
	Counter     *counter.Service   // counter's half
	Readers     *agents.AgentHub
	Login       *auth.Login
	DemoIDP     http.Handler // only in the demo
	Sessions    *auth.Sessions
	Ready       func(context.Context) error
	CounterCall hostapi.CounterCheck                  // who may leave receipts; insurer's half
	Listed      func() (*credential.TrustList, error) // whose counters phones believe; insurer's half
	Demo        bool
	Published   bool      // the demo's port is published by a container
	Word        *DemoWord // then whoever comes must give it; nil is one that nobody knows
	NoWorker    bool      // the service worker's kill switch
	HTTPS       bool
	Staff       []string // fictional names that the demo offers
	Now         func() time.Time
}

// Site answers all requests of one program.
type Site struct {
	Config
	limits limits
}

// New returns the program's handler. Routes exist only for the halves that this role runs.
func New(c Config) *echo.Echo {
	s := &Site{Config: c, limits: newLimits()}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect() // X-Forwarded-For is anybody's word
	e.HTTPErrorHandler = s.fail
	answersHead(e)
	e.Use(ownNumber, middleware.RequestIDWithConfig(middleware.RequestIDConfig{Generator: requestNumber}), logged(c.Now), middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: panicked}), securityHeaders(c.HTTPS))
	if c.Demo {
		e.Use(onlyLocal(c.Published))
	}
	e.Use(middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{Limit: "1M", Skipper: func(c echo.Context) bool { return c.Path() == "/insurer/import" }}))
	e.Use(exceptFor("/demo-idp/", exceptFor("/i/", sameOrigin())))
	if c.Demo && c.Published {
		word := c.Word
		if word == nil {
			word = NewDemoWord(c.Now)
		}
		e.Use(word.guard)
		word.routes(e)
	}
	e.GET("/static/*", echo.WrapHandler(pwa.Handler()))
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", s.ready)
	e.GET("/", s.home)
	s.receptionRoutes(e)
	s.visitRoutes(e)
	if c.Office != nil {
		s.patientRoutes(e)
		s.landingRoutes(e)
		s.insurerRoutes(e)
		s.runRoutes(e)
		s.paperRoutes(e)
		s.hostRoutes(e)
	}
	if c.Counter != nil {
		s.counterRoutes(e)
	}
	if c.DemoIDP != nil {
		e.Any("/demo-idp/*", echo.WrapHandler(c.DemoIDP))
	}
	return e
}

func (s *Site) today() eligibility.Date { return eligibility.DateOf(s.Now()) }

func (s *Site) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		slog.Error("not ready", "error", err)
		return c.String(http.StatusServiceUnavailable, "database\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// exceptFor leaves a middleware out below a path.
func exceptFor(prefix string, m echo.MiddlewareFunc) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		with := m(next)
		return func(c echo.Context) error {
			if strings.HasPrefix(c.Request().URL.Path, prefix) {
				return next(c)
			}
			return with(c)
		}
	}
}

// ownNumber lets no caller choose a request's number: it stands in the log and is what a help desk is told.
func ownNumber(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Request().Header.Del(echo.HeaderXRequestID)
		return next(c)
	}
}

// logged writes one line a request: the route and never the address itself, since /n/ addresses hold codes.
func logged(now func() time.Time) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			began := now()
			err := next(c)
			if err != nil {
				c.Error(err)
			}
			if r := c.Response(); c.Path() != "/static/*" {
				slog.Info("request", "id", r.Header().Get(echo.HeaderXRequestID), "method", c.Request().Method, "route", c.Path(),
					"status", r.Status, "ms", now().Sub(began).Milliseconds())
			}
			return nil
		}
	}
}

// panicked logs a panic with its stack; the visitor gets the internal error's sentence.
func panicked(c echo.Context, err error, stack []byte) error {
	slog.Error("panic", "route", c.Path(), "error", err, "stack", string(stack))
	return err
}

// page fills what all pages have in common. The title stands in Japanese and in English.
func (s *Site) page(c echo.Context, ja, en string) Page {
	lang := s.lookOf(c).Lang
	title := ja
	if lang == "en" {
		title = en
	}
	return Page{Title: title, Lang: lang, Demo: s.Demo, ForStaff: forStaff(c.Request().URL.Path), Path: printableAddress(c.Request().URL)}
}

// show sends a page, never compressed: see zipped.
func (s *Site) show(c echo.Context, status int, name string, view any) error {
	page, err := s.rendered(c, name, view)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, page)
}

// showPublic is show for a page without anything secret, which may be compressed.
func (s *Site) showPublic(c echo.Context, status int, name string, view any) error {
	page, err := s.rendered(c, name, view)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderVary, "Accept-Language, Cookie")
	return zipped(c, status, echo.MIMETextHTMLCharsetUTF8, page)
}

// rendered makes a page as its visitor wants it, whole before anything of it is sent.
func (s *Site) rendered(c echo.Context, name string, view any) ([]byte, error) {
	s.keepChosenLanguage(c)
	var b bytes.Buffer
	err := pwa.Render(&b, name, s.lookOf(c), view)
	return b.Bytes(), err
}
