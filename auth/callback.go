package auth

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
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
	if back.Has("error") {
		return "", errorResponse(back.Get("error"), back.Get("error_description"))
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

// unfinished are the codes of a provider that the person did not get through: OpenID Connect Core 3.1.2.6,
// and OpenID Connect Core Error Code unmet_authentication_requirements.
var unfinished = []string{
	"login_required",
	"interaction_required",
	"consent_required",
	"account_selection_required",
	"unmet_authentication_requirements",
}

// errorResponse is what an error of the provider (RFC 6749 4.1.2.1) means to the person. Keycloak, whose
// paths デジタル認証サービス has, tells of a login that took too long as temporarily_unavailable with the description
// authentication_expired.
func errorResponse(code, description string) error {
	said := fmt.Errorf("the provider said %q", code)
	switch {
	case code == "access_denied":
		return ErrCancelled
	case slices.Contains(unfinished, code):
		return ErrUnfinished.Because(said)
	case code == "temporarily_unavailable" && description == "authentication_expired":
		return ErrTimedOut.Because(said)
	}
	return ErrProvider.Because(said)
}
