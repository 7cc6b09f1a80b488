package auth_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
)

const peerFolder = "testdata/provider"

// peerCommand runs a script of testdata/provider, with npm's oidc-provider and openid-client.
func peerCommand(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	testenv.Need(t, "node")
	testenv.NeedFile(t, peerFolder+"/node_modules", "npm ci in auth/"+peerFolder)
	cmd := exec.Command("node", script)
	cmd.Dir = peerFolder
	return cmd
}

// startPeerProvider starts npm's oidc-provider for one client, with more metadata, and returns its issuer.
func startPeerProvider(
	t *testing.T, key crypto.Signer, method jwt.SigningMethod, more map[string]any,
) string {
	t.Helper()
	client := map[string]any{
		"client_id":                       clientID,
		"redirect_uris":                   []string{redirect},
		"response_types":                  []string{"code"},
		"grant_types":                     []string{"authorization_code"},
		"token_endpoint_auth_method":      "private_key_jwt",
		"token_endpoint_auth_signing_alg": method.Alg(),
		"require_auth_time":               true,
		"jwks": jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
			{Key: key.Public(), KeyID: "c", Algorithm: method.Alg(), Use: "sig"},
		}},
	}
	maps.Copy(client, more)
	question, err := json.Marshal(map[string]any{"client": client})
	if err != nil {
		t.Fatal(err)
	}
	cmd := peerCommand(t, "provider.mjs")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // it ends by itself
		if err := cmd.Wait(); err != nil {
			t.Errorf("oidc-provider: %v\n%s", err, problems.String())
		}
	})
	if _, err := in.Write(append(question, '\n')); err != nil {
		t.Fatal(err)
	}
	var started struct{ Issuer string }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &started) != nil {
		t.Fatalf("oidc-provider: %q %v\n%s", line, err, problems.String())
	}
	return started.Issuer
}

// lastAssertion is a transport that can send the client assertion of the request before once more.
type lastAssertion struct {
	repeat bool
	last   string
}

func (l *lastAssertion) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost {
		if r.URL.RawQuery != "" || r.Header.Get("Authorization") != "" {
			return nil, errors.New("the client's parameters belong into the body")
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		if l.repeat {
			form.Set("client_assertion", l.last)
		}
		l.last = form.Get("client_assertion")
		again := r.Clone(r.Context())
		text := form.Encode()
		again.Body, again.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		r = again
	}
	return http.DefaultTransport.RoundTrip(r)
}

// peerLogin is a relying party at oidc-provider.
type peerLogin struct {
	config auth.Config
	wire   *lastAssertion
}

func (p peerLogin) party() *auth.Login { return auth.NewLogin(p.config) }

// walk follows the provider's redirects as a browser does and returns the query that comes back.
func walk(t *testing.T, address string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back *url.URL
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if back == nil {
		body, _ := io.ReadAll(res.Body)
		t.Fatalf("%s %s: %.500s", res.Status, res.Request.URL, body)
	}
	return back.Query()
}

func newRSA(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// npm's oidc-provider wants private_key_jwt, PKCE and each assertion once (RFC 7523, RFC 7636), and answers
// with iss (RFC 9207).
func TestAPersonSignsInAtAProviderThatIsNotOurs(t *testing.T) {
	for _, c := range []struct {
		method jwt.SigningMethod
		key    crypto.Signer
	}{
		{jwt.SigningMethodRS256, newRSA(t)},       // デジタル認証サービス
		{jwt.SigningMethodES256, certtest.Key(t)}, // the demo
	} {
		for _, signed := range []struct{ member, algorithm string }{
			{"id_token_signed_response_alg", "RS256"},
			{"id_token_signed_response_alg", "ES256"},
			{"userinfo_signed_response_alg", "RS256"},
		} {
			method, key := c.method, c.key
			t.Run(method.Alg()+", "+signed.member+" "+signed.algorithm, func(t *testing.T) {
				p := peerAt(t, key, method, map[string]any{signed.member: signed.algorithm})
				began := time.Now()
				address, flow, err := p.party().Begin(context.Background(), rand.Text())
				if err != nil {
					t.Fatal(err)
				}
				back := walk(t, address)
				if !back.Has("iss") {
					t.Error("no iss came back")
				}
				id, err := p.party().Finish(context.Background(), flow, back)
				if err != nil {
					t.Fatal(err)
				}
				if id.Name != "髙橋　德一" || id.BirthDate != eligibility.MustDate("1955-07-01") ||
					id.Subject != p.config.Issuer+"|p3" || id.ACR != asked ||
					id.AuthTime.Before(began.Add(-2*time.Second)) {
					t.Errorf("%+v", id)
				}
				var claims jwt.RegisteredClaims
				_, err = jwt.ParseWithClaims(p.wire.last, &claims,
					func(*jwt.Token) (any, error) { return key.Public(), nil },
					jwt.WithValidMethods([]string{method.Alg()}))
				if err != nil || claims.ID == "" ||
					claims.ExpiresAt.Sub(claims.IssuedAt.Time) != time.Minute {
					t.Errorf("the assertion: %+v %v", claims, err)
				}
			})
		}
	}
}

// peerAt starts oidc-provider and returns its client.
func peerAt(t *testing.T, key crypto.Signer, method jwt.SigningMethod, more map[string]any) peerLogin {
	t.Helper()
	wire := &lastAssertion{}
	return peerLogin{wire: wire, config: auth.Config{
		Issuer:      startPeerProvider(t, key, method, more),
		ClientID:    clientID,
		Key:         key,
		KeyID:       "c",
		Method:      method,
		RedirectURL: redirect,
		Scopes:      []string{"name", "birthdate"},
		ACRValues:   "aal3 crl",
		Client:      &http.Client{Transport: wire},
		Now:         time.Now,
	}}
}

// What the independent provider refuses shows that our client does it right where it is let in.
func TestAProviderThatIsNotOursRefusesAWrongClient(t *testing.T) {
	p := peerAt(t, newRSA(t), jwt.SigningMethodRS256, nil)
	ctx := context.Background()
	begin := func(t *testing.T) (auth.Flow, url.Values) {
		address, flow, err := p.party().Begin(ctx, rand.Text())
		if err != nil {
			t.Fatal(err)
		}
		return flow, walk(t, address)
	}
	t.Run("no PKCE", func(t *testing.T) {
		address, _, err := p.party().Begin(ctx, rand.Text())
		if err != nil {
			t.Fatal(err)
		}
		at, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := at.Query()
		q.Del("code_challenge")
		q.Del("code_challenge_method")
		at.RawQuery = q.Encode()
		if back := walk(t, at.String()); back.Get("error") != "invalid_request" || back.Has("code") {
			t.Errorf("%v", back)
		}
	})
	cases := []struct {
		name   string
		change func(c *auth.Config, f *auth.Flow)
		said   string
	}{
		{"wrong verifier", func(_ *auth.Config, f *auth.Flow) { f.Verifier = strings.Repeat("x", 43) },
			"invalid_grant"},
		{"another audience", func(c *auth.Config, _ *auth.Flow) { c.Audience = "https://elsewhere.example/" },
			"invalid_client"},
		{"expired", func(c *auth.Config, f *auth.Flow) {
			c.Now = func() time.Time { return time.Now().Add(-5 * time.Minute) }
			f.Begun = c.Now()
		}, "invalid_client"},
		{"another key", func(c *auth.Config, _ *auth.Flow) { c.Key = newRSA(t) }, "invalid_client"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			flow, back := begin(t)
			config := p.config
			c.change(&config, &flow)
			mustBeRefused(t, auth.NewLogin(config), flow, back, c.said)
		})
	}
	t.Run("replayed jti", func(t *testing.T) {
		flow, back := begin(t)
		if _, err := p.party().Finish(ctx, flow, back); err != nil {
			t.Fatal(err)
		}
		flow, back = begin(t)
		p.wire.repeat = true
		defer func() { p.wire.repeat = false }()
		mustBeRefused(t, p.party(), flow, back, "invalid_client")
	})
	t.Run("code used twice", func(t *testing.T) {
		flow, back := begin(t)
		if _, err := p.party().Finish(ctx, flow, back); err != nil {
			t.Fatal(err)
		}
		mustBeRefused(t, p.party(), flow, back, "invalid_grant")
	})
	testenv.Refused(t, testenv.SignIn, len(cases)+3)
}

// mustBeRefused checks that a login fails by what the provider says.
func mustBeRefused(t *testing.T, login *auth.Login, flow auth.Flow, back url.Values, said string) {
	t.Helper()
	id, err := login.Finish(context.Background(), flow, back)
	var e *eligibility.Error
	if !errors.Is(err, auth.ErrIdentity) || !errors.As(err, &e) {
		t.Fatalf("%+v %v", id, err)
	}
	if cause := errors.Unwrap(e); cause == nil || !strings.Contains(cause.Error(), said) {
		t.Errorf("refused for another reason than %s: %v", said, cause)
	}
}

// npm's openid-client signs in at the demo's provider, and is refused for each thing that it does wrong.
func TestAClientThatIsNotOursSignsInAtTheDemosProvider(t *testing.T) {
	w := newWorld(t)
	w.live = true
	jwk := func(key *ecdsa.PrivateKey) any {
		return jose.JSONWebKey{Key: key, KeyID: "c", Algorithm: "ES256", Use: "sig"}
	}
	other := certtest.Key(t)
	cases := []struct{ attack, said string }{
		{"", ""},
		{"no PKCE", "invalid_request"},
		{"wrong verifier", "invalid_grant"},
		{"other audience", "invalid_client"},
		{"expired", "invalid_client"},
		{"replayed jti", "invalid_client"},
		{"other key", "invalid_client"},
		{"code used twice", "invalid_grant"},
	}
	for _, c := range cases {
		t.Run("does wrong: "+c.attack, func(t *testing.T) {
			question, err := json.Marshal(map[string]any{
				"issuer":   w.server.URL + "/demo-idp",
				"clientID": clientID,
				"redirect": redirect,
				"person":   "p3",
				"key":      jwk(w.key),
				"otherKey": jwk(other),
				"attack":   c.attack,
			})
			if err != nil {
				t.Fatal(err)
			}
			cmd := peerCommand(t, "client.mjs")
			var problems bytes.Buffer
			cmd.Stdin, cmd.Stderr = bytes.NewReader(question), &problems
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, problems.String())
			}
			var got struct{ Sub, Name, Birthdate, Error string }
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%q %v", out, err)
			}
			switch {
			case got.Error != c.said:
				t.Errorf("refused by %q, want %q", got.Error, c.said)
			case c.attack == "" && (got.Sub != "p3" || got.Name != "髙橋　德一" || got.Birthdate != "19550701"):
				t.Errorf("%+v", got)
			}
		})
	}
	testenv.Refused(t, testenv.SignIn, len(cases)-1)
}
