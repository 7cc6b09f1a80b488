package auth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
)

var usual = auth.Config{ACRValues: asked}

func nothing(map[string]any) {}

// What OpenID Connect Core 1.0 3.1.3.7 (points 2 to 13), 3.1.3.8 and 5.3.2, RFC 9207 2.4 and RFC 6749 3.1
// have a client refuse.
func TestAProvidersWrongAnswersAreRefused(t *testing.T) {
	unix := func(a *answers, d time.Duration) int64 { return a.clock.Add(d).Unix() }
	claim := func(name string, value any) func(*answers) {
		return func(a *answers) { a.claims[name] = value }
	}
	without := func(name string) func(*answers) { return func(a *answers) { delete(a.claims, name) } }
	when := func(name string, d time.Duration) func(*answers) {
		return func(a *answers) { a.claims[name] = unix(a, d) }
	}
	cases := []struct {
		name   string
		change func(a *answers)
		want   *eligibility.Error
	}{
		{"auth_time older than max_age and the leeway", when("auth_time", -271*time.Second),
			auth.ErrIdentity},
		{"auth_time three days old", when("auth_time", -72*time.Hour), auth.ErrIdentity},
		{"auth_time ahead by more than the leeway", when("auth_time", 31*time.Second), auth.ErrIdentity},
		{"auth_time an hour ahead", when("auth_time", time.Hour), auth.ErrIdentity},
		{"auth_time zero", claim("auth_time", 0), auth.ErrIdentity},
		{"auth_time negative", claim("auth_time", -5), auth.ErrIdentity},
		{"auth_time a text", claim("auth_time", "1795341590"), auth.ErrIdentity},
		{"auth_time true", claim("auth_time", true), auth.ErrIdentity},
		{"auth_time beyond any calendar", claim("auth_time", 1e300), auth.ErrIdentity},
		{"auth_time in milliseconds", func(a *answers) { a.claims["auth_time"] = a.clock.UnixMilli() },
			auth.ErrIdentity},
		{"auth_time missing", without("auth_time"), auth.ErrIdentity},
		{"auth_time null", claim("auth_time", nil), auth.ErrIdentity},
		{"acr lower than asked", claim("acr", "aal1"), auth.ErrIdentity},
		{"acr that begins like the one asked", claim("acr", "aal3-test"), auth.ErrIdentity},
		{"acr empty", claim("acr", ""), auth.ErrIdentity},
		{"acr a list", claim("acr", []string{asked}), auth.ErrIdentity},
		{"acr missing", without("acr"), auth.ErrIdentity},
		{"iss parameter missing although promised", func(a *answers) { a.back.Del("iss") }, auth.ErrIdentity},
		{"iss parameter another's", func(a *answers) { a.back.Set("iss", "https://evil.example") },
			auth.ErrIdentity},
		{"iss parameter empty", func(a *answers) { a.back.Set("iss", "") }, auth.ErrIdentity},
		{"iss parameter twice", func(a *answers) { a.back.Add("iss", a.back.Get("iss")) }, auth.ErrIdentity},
		{"iss parameter with a slash more", func(a *answers) { a.back.Set("iss", a.back.Get("iss")+"/") },
			auth.ErrIdentity},
		{"state twice, ours last", func(a *answers) { a.back["state"] = []string{"x", a.back.Get("state")} },
			auth.ErrFlow},
		{"state twice, ours first", func(a *answers) { a.back.Add("state", "x") }, auth.ErrFlow},
		{"state missing", func(a *answers) { a.back.Del("state") }, auth.ErrFlow},
		{"code twice", func(a *answers) { a.back.Add("code", "y") }, auth.ErrIdentity},
		{"code missing", func(a *answers) { a.back.Del("code") }, auth.ErrIdentity},
		{"iss in the id_token another's", claim("iss", "https://evil.example"), auth.ErrIdentity},
		{"aud another client", claim("aud", otherParty), auth.ErrIdentity},
		{"aud missing", without("aud"), auth.ErrIdentity},
		{"two aud and no azp", claim("aud", []string{clientID, otherParty}), auth.ErrIdentity},
		{"two aud and azp another client", func(a *answers) {
			a.claims["aud"], a.claims["azp"] = []string{clientID, otherParty}, otherParty
		}, auth.ErrIdentity},
		{"one aud and azp another client", claim("azp", otherParty), auth.ErrIdentity},
		{"one aud and azp empty", claim("azp", ""), auth.ErrIdentity},
		{"at_hash of another token", claim("at_hash", leftHalf("another")), auth.ErrIdentity},
		{"at_hash cut short", claim("at_hash", leftHalf(anyToken)[:8]), auth.ErrIdentity},
		{"at_hash of another algorithm", claim("at_hash", leftHalf512(anyToken)), auth.ErrIdentity},
		{"at_hash empty", claim("at_hash", ""), auth.ErrIdentity},
		{"at_hash a number", claim("at_hash", 5), auth.ErrIdentity},
		{"nonce another's", claim("nonce", "x"), auth.ErrIdentity},
		{"nonce missing", without("nonce"), auth.ErrIdentity},
		{"iat before the login began", when("iat", -31*time.Second), auth.ErrIdentity},
		{"iat two days old", when("iat", -48*time.Hour), auth.ErrIdentity},
		{"iat ahead", when("iat", 31*time.Second), auth.ErrIdentity},
		{"iat missing", without("iat"), auth.ErrIdentity},
		{"exp over", when("exp", -time.Second), auth.ErrIdentity},
		{"exp missing", without("exp"), auth.ErrIdentity},
		{"sub missing", func(a *answers) { delete(a.claims, "sub"); a.userinfo["sub"] = "" },
			auth.ErrIdentity},
		{"sub longer than 255", func(a *answers) {
			a.claims["sub"] = strings.Repeat("p", 256)
			a.userinfo["sub"] = a.claims["sub"]
		}, auth.ErrIdentity},
		{"signed by another key", func(a *answers) { a.signWith = certtest.Key(t) }, auth.ErrIdentity},
		{"kid unknown", func(a *answers) { a.header = map[string]any{"kid": "x"} }, auth.ErrIdentity},
		{"alg none in the header", func(a *answers) { a.header = map[string]any{"alg": "none"} },
			auth.ErrIdentity},
		{"userinfo of another sub", func(a *answers) { a.userinfo["sub"] = "q" }, auth.ErrIdentity},
		{"userinfo without sub", func(a *answers) { delete(a.userinfo, "sub") }, auth.ErrIdentity},
		{"userinfo without a name", func(a *answers) { delete(a.userinfo, "name") }, auth.ErrIdentity},
		{"userinfo without a birth date", func(a *answers) { delete(a.userinfo, "birthdate") },
			auth.ErrIdentity},
		{"the provider's own error", func(a *answers) { a.back.Set("error", "server_error") },
			auth.ErrProvider},
		{"cancelled by the person",
			func(a *answers) { a.back.Del("code"); a.back.Set("error", "access_denied") }, auth.ErrCancelled},
		{"cancelled, no iss",
			func(a *answers) { a.back.Del("code"); a.back.Del("iss"); a.back.Set("error", "access_denied") },
			auth.ErrCancelled},
		{"eleven minutes later", func(a *answers) { a.clock = a.clock.Add(11 * time.Minute) },
			auth.ErrTimedOut},
		{"a minute before it began", func(a *answers) { a.clock = a.clock.Add(-time.Minute) }, auth.ErrFlow},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			who, err := outcome(t, usual, nothing, c.change)
			if !errors.Is(err, c.want) || who != (auth.Identity{}) {
				t.Errorf("%+v %v, want %s", who, err, c.want.Key)
			}
		})
	}
	testenv.Refused(t, testenv.SignIn, len(cases))
}

func TestAProvidersGoodAnswersSignIn(t *testing.T) {
	for _, c := range []struct {
		name   string
		config auth.Config
		about  func(metadata map[string]any)
		change func(a *answers)
	}{
		{"as usual", usual, nothing, func(*answers) {}},
		{"clocks half a minute apart", usual, nothing, func(a *answers) {
			ahead := a.clock.Add(30 * time.Second).Unix()
			a.claims["auth_time"], a.claims["iat"] = ahead, ahead
		}},
		{"a proof of four minutes and a half", usual, nothing, func(a *answers) {
			a.claims["auth_time"] = a.clock.Add(-270 * time.Second).Unix()
		}},
		{"auth_time with a fraction (RFC 7519, NumericDate)", usual, nothing, func(a *answers) {
			a.claims["auth_time"] = float64(a.clock.Unix()) - 1.5
		}},
		{"azp ours", usual, nothing, func(a *answers) { a.claims["azp"] = clientID }},
		{"two aud, azp ours", usual, nothing, func(a *answers) {
			a.claims["aud"], a.claims["azp"] = []string{clientID, otherParty}, clientID
		}},
		{"no at_hash: optional in the code flow", usual, nothing, func(a *answers) {
			delete(a.claims, "at_hash")
		}},
		{"the second of two levels asked", auth.Config{ACRValues: "aal4 aal3"}, nothing, func(*answers) {}},
		{"no level asked", auth.Config{}, nothing, func(a *answers) { delete(a.claims, "acr") }},
		{"iss promised by nobody", usual,
			func(m map[string]any) { delete(m, "authorization_response_iss_parameter_supported") },
			func(a *answers) { a.back.Del("iss") }},
		{"unknown parameters (RFC 6749 4.1.2)", usual, nothing, func(a *answers) {
			a.back["session_state"] = []string{"1", "2"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			who, err := outcome(t, c.config, c.about, c.change)
			if err != nil || who.Name != "髙橋 德一" || who.BirthDate != eligibility.MustDate("1955-07-01") {
				t.Errorf("%+v %v", who, err)
			}
			if _, said := who.AuthenticatedAt(); !said {
				t.Errorf("auth_time was given: %s", who.Assurance())
			}
		})
	}
}

// Nobody has seen the State's own answers yet. Who says that it gives no auth_time or acr signs in without;
// the login says so.
func TestOnlyAProviderThatSaysSoMayLeaveOutAuthTimeAndLevel(t *testing.T) {
	list := func(name string, values ...string) func(map[string]any) {
		return func(m map[string]any) { m[name] = append([]string{}, values...) }
	}
	both := func(m map[string]any) { m["claims_supported"] = []string{"sub", "iss"} }
	for _, c := range []struct {
		name    string
		config  auth.Config
		about   func(map[string]any)
		missing string
		accept  bool
	}{
		{"auth_time, not in the list of claims", usual, list("claims_supported", "sub", "acr"), "auth_time",
			true},
		{"auth_time, by the setting", auth.Config{ACRValues: asked, NoAuthTime: true}, nothing, "auth_time",
			true},
		{"auth_time, in the list of claims", usual, list("claims_supported", "sub", "auth_time"), "auth_time",
			false},
		{"auth_time, no list of claims", usual, nothing, "auth_time", false},
		{"auth_time, the setting for acr", auth.Config{ACRValues: asked, NoACR: true}, nothing, "auth_time",
			false},
		{"auth_time, a provider without levels", usual, list("acr_values_supported"), "auth_time", false},
		{"acr, no levels", usual, list("acr_values_supported"), "acr", true},
		{"acr, not in the list of claims", usual, both, "acr", true},
		{"acr, by the setting", auth.Config{ACRValues: asked, NoACR: true}, nothing, "acr", true},
		{"acr, levels listed, claims without acr", usual,
			func(m map[string]any) { both(m); m["acr_values_supported"] = []string{asked} }, "acr", false},
		{"acr, in the list of claims", usual, list("claims_supported", "sub", "acr"), "acr", false},
		{"acr, the setting for auth_time", auth.Config{ACRValues: asked, NoAuthTime: true}, nothing, "acr",
			false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var at time.Time
			who, err := outcome(t, c.config, c.about, func(a *answers) {
				delete(a.claims, c.missing)
				at = a.clock
			})
			if (err == nil) != c.accept {
				t.Fatalf("%+v %v", who, err)
			}
			if !c.accept {
				return
			}
			proved, said := who.AuthenticatedAt()
			switch {
			case c.missing == "acr" && (who.ACR != "" || !strings.Contains(who.Assurance(), "acr not given")):
				t.Errorf("%q %s", who.ACR, who.Assurance())
			case c.missing == "auth_time" &&
				(said || !proved.Equal(at) || !strings.Contains(who.Assurance(), "auth_time not given")):
				t.Errorf("%v %v %s", proved, said, who.Assurance())
			}
		})
	}
	// what is given is checked all the same
	lax := auth.Config{ACRValues: asked, NoAuthTime: true, NoACR: true}
	for _, c := range []struct {
		name   string
		change func(a *answers)
	}{
		{"auth_time old", func(a *answers) { a.claims["auth_time"] = a.clock.Add(-time.Hour).Unix() }},
		{"auth_time a text", func(a *answers) { a.claims["auth_time"] = "soon" }},
		{"auth_time zero", func(a *answers) { a.claims["auth_time"] = 0 }},
		{"acr lower", func(a *answers) { a.claims["acr"] = "aal1" }},
		{"acr of another type", func(a *answers) { a.claims["acr"] = 3 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if who, err := outcome(t, lax, both, c.change); !errors.Is(err, auth.ErrIdentity) {
				t.Errorf("%+v %v", who, err)
			}
		})
	}
	testenv.Refused(t, testenv.SignIn, 12)
}

// RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6; authentication_expired is Keycloak's (Securing Applications,
// OpenID Connect errors).
func TestAProvidersErrorSaysWhatThePersonCanDo(t *testing.T) {
	cases := []struct {
		code, description string
		want              *eligibility.Error
	}{
		{"access_denied", "", auth.ErrCancelled},
		{"login_required", "", auth.ErrUnfinished},
		{"interaction_required", "", auth.ErrUnfinished},
		{"consent_required", "", auth.ErrUnfinished},
		{"account_selection_required", "", auth.ErrUnfinished},
		{"unmet_authentication_requirements", "", auth.ErrUnfinished},
		{"temporarily_unavailable", "authentication_expired", auth.ErrTimedOut},
		{"temporarily_unavailable", "maintenance", auth.ErrProvider},
		{"temporarily_unavailable", "", auth.ErrProvider},
		{"server_error", "", auth.ErrProvider},
		{"invalid_request", "", auth.ErrProvider},
		{"something_new", "authentication_expired", auth.ErrProvider},
		{"", "", auth.ErrProvider},
	}
	for _, c := range cases {
		t.Run(c.code+" "+c.description, func(t *testing.T) {
			who, err := outcome(t, usual, nothing, func(a *answers) {
				a.back.Set("error", c.code)
				a.back.Set("error_description", c.description)
			})
			if !errors.Is(err, c.want) {
				t.Errorf("%+v %v", who, err)
			}
		})
	}
	testenv.Refused(t, testenv.SignIn, len(cases))
}
