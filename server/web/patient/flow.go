package patient

import (
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
)

// A login under way in a browser that has no session yet.

func (s *loginPages) flowSeal() auth.FlowSeal {
	return auth.FlowSeal{Key: s.Insurer.Devices.LoginFlowKey()}
}

// carryFlow gives a flow to the browser, sealed.
func (s *loginPages) carryFlow(c echo.Context, flow auth.Flow) error {
	sealed, err := s.flowSeal().Seal(flow)
	if err != nil {
		return err
	}
	c.SetCookie(s.flowCookie(sealed, int(auth.FlowLife/time.Second)))
	return nil
}

// carriedFlow is the flow of this state that the browser carries.
func (s *loginPages) carriedFlow(c echo.Context, state string) (auth.Flow, error) {
	cookie, err := c.Cookie(s.flowCookie("", 0).Name)
	if err != nil {
		return auth.Flow{}, auth.ErrFlow
	}
	flow, err := s.flowSeal().Open(cookie.Value)
	if err != nil {
		return auth.Flow{}, err
	}
	if state == "" || flow.State != state {
		return auth.Flow{}, auth.ErrFlow // perhaps another tab's, which may still come
	}
	if s.Now().Sub(flow.Begun) > auth.FlowLife {
		return auth.Flow{}, auth.ErrTimedOut
	}
	return flow, nil
}

// useFlow lets a carried flow serve once.
func (s *loginPages) useFlow(c echo.Context, flow auth.Flow) error {
	used := sha256.Sum256([]byte("login flow " + flow.State))
	ends := flow.Begun.Add(auth.FlowLife + time.Minute)
	first, err := s.Insurer.Devices.UseNonce(c.Request().Context(), used[:], ends)
	if err != nil {
		return err
	}
	c.SetCookie(s.flowCookie("", -1))
	if !first {
		return auth.ErrFlow
	}
	return nil
}

func (s *Portal) flowCookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name:     s.Sessions.CookieName("login"),
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   s.Sessions.HTTPS,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode, // the provider sends the browser back from another site
	}
}
