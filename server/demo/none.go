//go:build nodemo

package demo

import (
	"errors"
	"net/http"
	"time"

	"madoguchi/auth"
	"madoguchi/card"
	"madoguchi/credential"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
)

// Built reports whether this program can run the demo.
const Built = false

// A program without the demo knows no fictional insurers and staff.
var (
	Insurers []insurer.Insurer
	Staff    []string
)

var errNone = errors.New("demo: this program was built without it")

// Certify returns an error: there is no demo.
func Certify(*keys.Folder, string, []insurer.Insurer, time.Time) error { return errNone }

// SignIn returns an error: there is no demo.
func SignIn(SignInConfig) (http.Handler, *auth.Login, error) { return nil, nil, errNone }

// TrustList returns an error: there is no demo.
func TrustList(
	*keys.Folder, string, credential.TrustedCounter, func() time.Time,
) (func() (*credential.TrustList, error), error) {
	return nil, errNone
}

// CardKeys are none: there is no demo.
func CardKeys() card.IssuerKeys { return nil }
