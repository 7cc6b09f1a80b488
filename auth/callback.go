package auth

import (
	"errors"
	"fmt"
	"net/url"
)

// checkCallback reads the provider's redirect for a flow (RFC 6749 4.1.2, RFC 9207) and returns its code.
// promised reports whether the provider's metadata promise iss in every response: then a code without iss is
// refused. An error response is refused in any case, so iss is not required there.
func (l *Login) checkCallback(flow Flow, back url.Values, promised func() (bool, error)) (string, error) {
	if len(back["state"]) != 1 || flow.State == "" || back.Get("state") != flow.State {
		return "", ErrFlow
	}
	for _, name := range []string{"iss", "code", "error"} { // RFC 6749 3.1: none more than once
		if len(back[name]) > 1 {
			return "", ErrIdentity.Because(fmt.Errorf("%d times %s in the redirect", len(back[name]), name))
		}
	}
	if back.Has("iss") && back.Get("iss") != l.config.Issuer {
		return "", ErrIdentity.Because(fmt.Errorf("redirect from issuer %q", back.Get("iss")))
	}
	switch e := back.Get("error"); e {
	case "":
	case "access_denied":
		return "", ErrCancelled
	default:
		return "", ErrProvider.Because(fmt.Errorf("the provider said %q", e))
	}
	if back.Get("code") == "" {
		return "", ErrIdentity.Because(errors.New("the redirect has neither code nor error"))
	}
	if !back.Has("iss") {
		must, err := promised()
		if err != nil {
			return "", err
		}
		if must {
			return "", ErrIdentity.Because(errors.New("no iss in the redirect although promised"))
		}
	}
	return back.Get("code"), nil
}
