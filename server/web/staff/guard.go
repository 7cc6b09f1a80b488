package staff

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// anyMember is the guard of pages for members of any kind.
func (s *Office) anyMember(c echo.Context) (kit.SignedIn, error) {
	return kit.MemberAt(s.Kit, c, "/staff")
}

// ceremonyCookie holds the reference to a ceremony that this browser has begun, or the code of an invitation.
func (s *Office) ceremonyCookie(name, value string, life time.Duration) *http.Cookie {
	if s.HTTPS {
		name = "__Host-" + name
	}
	return &http.Cookie{
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   int(life / time.Second),
		HttpOnly: true,
		Secure:   s.HTTPS,
		SameSite: http.SameSiteLaxMode, // an invitation's link is opened from a mail program's page
	}
}

// Names of the cookies.
const (
	ceremonyName   = "madoguchi-ceremony"
	invitationName = "madoguchi-invitation"
)

// cookieOf is what such a cookie of the request holds, empty for none.
func (s *Office) cookieOf(c echo.Context, name string) string {
	if s.HTTPS {
		name = "__Host-" + name
	}
	cookie, err := c.Cookie(name)
	if err != nil || len(cookie.Value) > 100 {
		return ""
	}
	return cookie.Value
}

// sessionKind is the kind of session that a member gets who wants to go on to an address: that of its pages
// where the member may have it, and else, or without an address, that of the member's own work.
func sessionKind(m staff.Member, next string) (auth.Kind, error) {
	own := []auth.Kind{auth.Clerk, auth.Counter, auth.Operator}
	if next != "" {
		own = append(kit.KindsAt(next), own...)
	}
	for _, kind := range own {
		if m.MayHold(kind) {
			return kind, nil
		}
	}
	return "", kit.ErrSignedOut
}

// serves reports whether sessions of a kind are for the pages at an address.
func (s *Office) serves(kind auth.Kind, address string) bool {
	return slices.Contains(kit.KindsAt(address), kind)
}
