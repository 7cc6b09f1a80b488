// Package demo plays the other parties of a demo: fictional insurers and people, a provider to sign in at, a
// certification authority for PDFs, whoever signs the trust list, and whoever issues cards. A program that is
// built with -tags nodemo has none of them.
package demo

import (
	"net/http"
	"time"

	"madoguchi/server/keys"
)

// Host is the HOST of the demo's iss: SMART Health Cards want https, and the key sets travel in the trust
// list.
const Host = "https://localhost:8080"

// SignInConfig says where the demo's people sign in.
type SignInConfig struct {
	Keys       *keys.Secrets
	Address    string                                    // of this program, as its pages are opened
	LetIn      func(http.RoundTripper) http.RoundTripper // gives each call the demo's word (kit.DemoWord)
	NoAuthTime bool                                      // auth.Config.NoAuthTime
	NoACR      bool                                      // auth.Config.NoACR
	Now        func() time.Time
}
