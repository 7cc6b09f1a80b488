package patient

import (
	"testing"

	"madoguchi/auth"
	"madoguchi/server/web/kit"
)

// With https the cookie is the host's own, and never sent without (RFC 6265bis 4.1.3.2).
func TestTheCarriedLoginsCookieIsTheHostsOwn(t *testing.T) {
	s := &loginPages{&Portal{Kit: &kit.Kit{Sessions: &auth.Sessions{HTTPS: true}}}}
	if c := s.flowCookie("x", 1); c.Name != "__Host-madoguchi-login" || !c.Secure || c.Path != "/" ||
		c.Domain != "" ||
		!c.HttpOnly {
		t.Errorf("%+v", c)
	}
}
