package patient

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"madoguchi/auth"
	"madoguchi/server/web/kit"
)

// A login that is begun in one browser and comes back in another one of the same phone: see package auth's
// Handovers, and docs/signin.md#a-login-that-comes-back-in-another-browser.

// handoverPages are for a login that comes back in another browser than the one in which it was begun.
type handoverPages struct {
	*Portal
	login *loginPages // into which it goes on
}

func (s handoverPages) handoverRoutes(r *kit.Router) {
	r.Public("GET /login/wait", s.waitPage)
	r.Public("POST /login/wait", s.goOnWaiting)
	r.Public("GET /api/v1/login", s.waitState)
	r.Public("GET /login/elsewhere", s.elsewherePage)
	r.Public("POST /login/elsewhere", s.confirmElsewhere)
}

// pendingLogin is an identity that waits for its number. Nothing but logIn makes it a login.
type pendingLogin struct {
	Login auth.Identity `json:"login"`
	State string        `json:"state"`
}

// InsideAppView is for a browser inside another app (/login): how to open the page in the phone's own.
type InsideAppView struct {
	kit.Page
	Line bool // LINE opens an address outside when that says so
}

// WaitView is the browser that began a login (/login/wait): "waiting" until the login came back elsewhere,
// "ready" when it has, "number" while Number is to be typed there, "confirmed" when it was, "over".
type WaitView struct {
	kit.Page
	State  string
	Number string
}

// ElsewhereView is the other browser (/login/elsewhere): "open" while it asks for the number, "confirmed",
// "over". It names nobody.
type ElsewhereView struct {
	kit.Page
	State string
}

// The marks of browsers inside other apps: Android's WebView, and apps that many use in Japan. On an iPhone
// such a browser, and an app of the home screen, leaves Safari's name out
// (docs/facts/sign-in.md#browsers-inside-apps).
var (
	insideMark = regexp.MustCompile(`; wv\)| Line/|\bFBAN/|\bFBAV/|\bInstagram |YJApp`)
	applePhone = regexp.MustCompile(`\((?:iPhone|iPad|iPod).* AppleWebKit/`)
)

func insideApp(userAgent string) bool {
	return insideMark.MatchString(userAgent) ||
		applePhone.MatchString(userAgent) && !strings.Contains(userAgent, " Safari/")
}

func (s handoverPages) insideAppPage(c echo.Context) error {
	view := InsideAppView{Page: s.Translated(c, "inside.title")}
	view.Line = strings.Contains(c.Request().UserAgent(), " Line/")
	return s.Show(c, http.StatusOK, "insideapp", view)
}

func (s handoverPages) handovers() *auth.Handovers {
	return &auth.Handovers{Store: s.Sessions.Store, Once: s.Insurer.Devices.UseNonce, Now: s.Now}
}

// layDown keeps an answer of the provider whose login this browser has not begun, and asks for the number. It
// takes the answer off the address. Nobody is logged in here.
func (s handoverPages) layDown(c echo.Context, state string) error {
	query := c.QueryParams()
	if len(query["state"]) != 1 {
		return auth.ErrFlow
	}
	if err := s.login.flowSeal().CheckState(state, s.Now()); err != nil {
		return err
	}
	switch {
	case query.Get("error") == "access_denied":
		return c.Redirect(http.StatusSeeOther, "/login/cancelled")
	case query.Has("error"), query.Get("code") == "": // nothing to hand over
		return auth.ErrUnfinished
	}
	network := kit.RemoteKey(c)
	if err := s.Limits.Handovers.Allow(network, s.Now()); err != nil {
		return err
	}
	ticket, err := s.handovers().Deposit(c.Request().Context(), state, query, network)
	if err != nil {
		return err
	}
	c.SetCookie(s.ticketCookie(ticket, int(auth.FlowLife/time.Second)))
	return c.Redirect(http.StatusSeeOther, "/login/elsewhere")
}

// ticketCookie is by what the other browser is known again.
func (s handoverPages) ticketCookie(value string, maxAge int) *http.Cookie {
	cookie := s.flowCookie(value, maxAge)
	cookie.Name = s.Sessions.CookieName("elsewhere")
	return cookie
}

func (s handoverPages) ticket(c echo.Context) string {
	cookie, err := c.Cookie(s.ticketCookie("", 0).Name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (s handoverPages) elsewherePage(c echo.Context) error {
	if err := s.MayAsk(c); err != nil {
		return err
	}
	confirmed, err := s.handovers().Open(c.Request().Context(), s.ticket(c))
	if err != nil {
		return err
	}
	state := "open"
	if confirmed {
		state = "confirmed"
	}
	return s.showElsewhere(c, http.StatusOK, state, nil)
}

func (s handoverPages) showElsewhere(c echo.Context, status int, state string, problem *kit.Problem) error {
	view := ElsewhereView{Page: s.Translated(c, "elsewhere.title"), State: state}
	view.Path, view.Error = "/login/elsewhere", problem
	return s.Show(c, status, "elsewhere", view)
}

// confirmElsewhere is the number that the other browser was given, or that its user began no login.
func (s handoverPages) confirmElsewhere(c echo.Context) error {
	if err := s.MayAsk(c); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if c.FormValue("refuse") != "" {
		if err := s.handovers().Refuse(ctx, s.ticket(c)); err != nil {
			return err
		}
		c.SetCookie(s.ticketCookie("", -1))
		return s.showElsewhere(c, http.StatusOK, "refused", nil)
	}
	err := s.handovers().Confirm(ctx, s.ticket(c), digitsOf(c.FormValue("number")))
	if errors.Is(err, auth.ErrHandoverNumber) {
		return s.showElsewhere(c, http.StatusUnprocessableEntity, "open",
			kit.FormError(auth.ErrHandoverNumber))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/login/elsewhere")
}

// digitsOf is a number as people type it, full-width or with blanks.
func digitsOf(text string) string {
	return strings.Join(strings.Fields(norm.NFKC.String(text)), "")
}

// underWay returns the login that this browser has begun, or none with an empty state.
func (s handoverPages) underWay(c echo.Context, v VisitSession) auth.Flow {
	if v.Flow != nil {
		return *v.Flow
	}
	cookie, err := c.Cookie(s.flowCookie("", 0).Name)
	if err != nil {
		return auth.Flow{}
	}
	flow, err := s.login.flowSeal().Open(cookie.Value)
	if err != nil {
		return auth.Flow{}
	}
	return flow
}

// waiting is how far this browser's login is.
type waiting struct {
	state string // as WaitView has it
	flow  auth.Flow
	auth.Handover
}

func (s handoverPages) waitingFor(c echo.Context, v VisitSession) (waiting, error) {
	ctx, network := c.Request().Context(), kit.RemoteKey(c)
	if v.Pending != nil {
		laid, ok, err := s.handovers().For(ctx, v.Pending.State, network)
		switch {
		case err != nil:
			return waiting{}, err
		case !ok:
			return waiting{state: "over"}, nil
		case laid.Confirmed:
			return waiting{state: "confirmed", Handover: laid}, nil
		}
		return waiting{state: "number", Handover: laid}, nil
	}
	flow := s.underWay(c, v)
	if flow.State == "" || s.Now().Sub(flow.Begun) > auth.FlowLife {
		return waiting{state: "over"}, nil
	}
	laid, ok, err := s.handovers().For(ctx, flow.State, network)
	if err != nil || !ok {
		return waiting{state: "waiting", flow: flow}, err
	}
	return waiting{state: "ready", flow: flow, Handover: laid}, nil
}

// cameBackElsewhere reports whether a login that this browser has begun goes on at /login/wait.
func (s handoverPages) cameBackElsewhere(c echo.Context, v VisitSession) bool {
	if v.Pending == nil && s.underWay(c, v).State == "" {
		return false
	}
	w, err := s.waitingFor(c, v)
	return err == nil && (w.state == "ready" || w.state == "number" || w.state == "confirmed")
}

// waitPage shows the browser that began a login how far it is. It changes nothing.
func (s handoverPages) waitPage(c echo.Context) error {
	w, err := s.waitingAsked(c)
	if err != nil {
		return err
	}
	view := WaitView{Page: s.Translated(c, "loginwait.title"), State: w.state}
	if w.state == "number" {
		view.Number = w.Number
	}
	return s.Show(c, http.StatusOK, "loginwait", view)
}

// waitState is the page's short poll.
func (s handoverPages) waitState(c echo.Context) error {
	w, err := s.waitingAsked(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"state": w.state})
}

func (s handoverPages) waitingAsked(c echo.Context) (waiting, error) {
	if err := s.MayAsk(c); err != nil {
		return waiting{}, err
	}
	_, v, _, err := s.patientSession(c)
	if err != nil {
		return waiting{}, err
	}
	return s.waitingFor(c, v)
}

// goOnWaiting uses the provider's answer up as soon as it is there, since codes end soon, and logs in once
// the number was typed in the other browser.
func (s handoverPages) goOnWaiting(c echo.Context) error {
	session, v, known, err := s.patientSession(c)
	if err != nil {
		return err
	}
	w, err := s.waitingFor(c, v)
	if err != nil {
		return err
	}
	switch w.state {
	case "ready":
		if err := s.Limits.Answers.Allow(kit.RemoteKey(c), s.Now()); err != nil {
			return err
		}
		return s.redeem(c, w)
	case "confirmed":
		first, err := s.handovers().Take(c.Request().Context(), v.Pending.State)
		if err != nil {
			return err
		}
		if !first {
			return auth.ErrFlow
		}
		return s.login.logIn(c, session, known, v.after(v.Pending.Login, v.Pending.State))
	}
	return c.Redirect(http.StatusSeeOther, "/login/wait")
}

// redeem turns the answer that was laid down into an identity that waits for its number.
func (s handoverPages) redeem(c echo.Context, w waiting) error {
	ctx := c.Request().Context()
	switch err := s.login.useFlow(c, w.flow); {
	case errors.Is(err, auth.ErrFlow): // another request of this browser does it
		return c.Redirect(http.StatusSeeOther, "/login/wait")
	case err != nil:
		return err
	}
	login, err := s.Login.Finish(ctx, w.flow, w.Answer)
	if err != nil {
		return err
	}
	session, v, known, err := s.patientSession(c)
	if err != nil {
		return err
	}
	v.Flow, v.Pending = nil, &pendingLogin{Login: login, State: w.flow.State}
	if err := s.keepVisit(c, session, known, v); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/login/wait")
}
