package auth_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/internal/testenv"
)

// A client assertion serves once (RFC 7523 3, point 7): without an id of its own each, the second sign-in of
// a minute would be refused as a repetition of the first.
func TestTwoPeopleSignInWithinOneMinute(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		address, flow := w.begin(t)
		if _, err := w.login.Finish(context.Background(), flow, w.pick(t, address, "p3")); err != nil {
			t.Error(err)
		}
	}
}

// rewritten changes the answers of userinfo.
type rewritten struct {
	through http.RoundTripper
	change  func([]byte) []byte
}

func (s rewritten) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.through.RoundTrip(r)
	if err == nil && strings.HasSuffix(r.URL.Path, "/userinfo") {
		body, bad := io.ReadAll(res.Body)
		res.Body.Close()
		res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(s.change(body))), -1
		return res, bad
	}
	return res, err
}

// OpenID Connect Core 5.3.4: the sub of userinfo must be the id_token's, or nothing of it may be used.
func TestUserinfoOfSomebodyElseOrOfNobodyIsRefused(t *testing.T) {
	cases := []struct {
		name   string
		change func(string) string
	}{
		{"another subject", func(s string) string { return strings.Replace(s, `"p3"`, `"p4"`, 1) }},
		{"a longer subject", func(s string) string { return strings.Replace(s, `"p3"`, `"p33"`, 1) }},
		{"a shorter subject", func(s string) string { return strings.Replace(s, `"p3"`, `"p"`, 1) }},
		{"the subject in capital", func(s string) string { return strings.Replace(s, `"p3"`, `"P3"`, 1) }},
		{"an empty subject", func(s string) string { return strings.Replace(s, `"p3"`, `""`, 1) }},
		{"no subject", func(s string) string { return strings.Replace(s, `"sub"`, `"was"`, 1) }},
		{"no name", func(s string) string { return strings.Replace(s, `"name"`, `"was"`, 1) }},
		{"no date of birth", func(s string) string {
			return strings.Replace(s, `"birthdate"`, `"was"`,
				1)
		}},
		{"a day that is none", func(s string) string {
			return strings.NewReplacer("1955-07-01", "1955-02-30", "19550701", "19550230").Replace(s)
		}},
	}
	testenv.Refused(t, testenv.SignIn, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			client := w.server.Client()
			client.Transport = rewritten{client.Transport, func(body []byte) []byte {
				after := c.change(string(body))
				if after == string(body) {
					t.Errorf("the test changes nothing in %s", body)
				}
				return []byte(after)
			}}
			address, flow := w.begin(t)
			if id, err := w.login.Finish(context.Background(), flow, w.pick(t, address,
				"p3")); !errors.Is(err, auth.ErrIdentity) {
				t.Errorf("%+v %v", id, err)
			}
		})
	}
}

// What guards a sign-in cannot be guessed: state and nonce of at least 128 bits (RFC 6749 10.10), a verifier
// of 43 characters or more (RFC 7636 4.1), and none of them twice.
func TestStateNonceAndVerifierAreLongAndNeverTheSame(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{}
	for range 20 {
		address, flow := w.begin(t)
		for _, c := range []struct {
			what  string
			value string
		}{
			{"state", flow.State},
			{"nonce", flow.Nonce},
			{"verifier", flow.Verifier},
		} {
			t.Run(c.what, func(t *testing.T) {
				least := map[string]int{"state": 26, "nonce": 26,
					"verifier": 43}[c.what] // 26 letters of Base32 are 130 bits
				if len(c.value) < least || seen[c.value] {
					t.Errorf("%s %q", c.what, c.value)
				}
				seen[c.value] = true
			})
		}
		if strings.Contains(address, flow.Verifier) {
			t.Error("the verifier is told to the browser")
		}
	}
}
