package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/auth"
	"madoguchi/auth/demoidp"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
)

const clientID, redirect = "RP00000001", "http://localhost:8080/login/callback"

// world is a provider behind a real server, and a relying party.
type world struct {
	now      time.Time
	live     bool // the time of day instead of now
	server   *httptest.Server
	provider *demoidp.Provider
	key      *ecdsa.PrivateKey
	login    *auth.Login
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), key: certtest.Key(t)}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.provider.ServeHTTP(rw, r)
	}))
	t.Cleanup(w.server.Close)
	var err error
	w.provider, err = demoidp.New(demoidp.Config{
		Issuer:       w.server.URL + "/demo-idp",
		Key:          certtest.Key(t),
		KeyID:        "k",
		ClientID:     clientID,
		ClientKey:    &w.key.PublicKey,
		RedirectURLs: []string{redirect},
		Now:          w.clock,
		People: []demoidp.Person{{Subject: "p3", Name: "髙橋　德一",
			BirthDate: eligibility.MustDate("1955-07-01")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.login = w.party(w.key)
	return w
}

func (w *world) clock() time.Time {
	if w.live {
		return time.Now()
	}
	return w.now
}

func (w *world) party(key *ecdsa.PrivateKey) *auth.Login {
	return auth.NewLogin(auth.Config{
		Issuer:      w.server.URL + "/demo-idp",
		ClientID:    clientID,
		Key:         key,
		KeyID:       "c",
		Method:      jwt.SigningMethodES256,
		RedirectURL: redirect,
		Scopes:      []string{"name", "birthdate"},
		ACRValues:   demoidp.ACR,
		Client:      w.server.Client(),
		Now:         w.clock,
	})
}

// pick answers the provider's page as a person does and returns the redirect's query.
func (w *world) pick(t *testing.T, address, person string) url.Values {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	res, err := client.PostForm(address, url.Values{"person": {person}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), redirect) {
		t.Fatalf("%s: redirected to %q", res.Status, back)
	}
	return back.Query()
}

func (w *world) begin(t *testing.T) (string, auth.Flow) {
	t.Helper()
	address, flow, err := w.login.Begin(context.Background(), rand.Text())
	if err != nil {
		t.Fatal(err)
	}
	return address, flow
}

// With max_age a provider asks for the card again where its single sign-on would answer with an old auth_time
// (OpenID Connect Core 3.1.2.1). A login of 15 minutes ago adds no phone, and the way back may take ten.
func TestAnOldProofIsAskedForAnew(t *testing.T) {
	address, _ := newWorld(t).begin(t)
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	seconds, err := strconv.Atoi(at.Query().Get("max_age"))
	if err != nil || seconds <= 0 || time.Duration(seconds)*time.Second+10*time.Minute >= 15*time.Minute {
		t.Errorf("max_age=%q", at.Query().Get("max_age"))
	}
}

func TestAPersonSignsIn(t *testing.T) {
	w := newWorld(t)
	address, flow := w.begin(t)
	id, err := w.login.Finish(context.Background(), flow, w.pick(t, address, "p3"))
	if err != nil || id.Name != "髙橋　德一" || id.BirthDate.String() != "1955-07-01" ||
		!strings.HasSuffix(id.Subject, "|p3") || !id.At.Equal(w.now) ||
		!id.AuthTime.Equal(w.now) || id.ACR != demoidp.ACR {
		t.Errorf("%+v %v", id, err)
	}
}

func TestEveryOtherWayBackIsRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w *world, flow *auth.Flow, back url.Values)
		want   *eligibility.Error
	}{
		{"cancelled",
			func(_ *world, _ *auth.Flow, b url.Values) { b.Del("code"); b.Set("error", "access_denied") },
			auth.ErrCancelled},
		{"another state", func(_ *world, _ *auth.Flow, b url.Values) { b.Set("state", "x") }, auth.ErrFlow},
		{"no flow", func(_ *world, f *auth.Flow, b url.Values) { *f = auth.Flow{}; b.Del("state") },
			auth.ErrFlow},
		{"eleven minutes later",
			func(w *world, _ *auth.Flow, _ url.Values) { w.now = w.now.Add(11 * time.Minute) },
			auth.ErrTimedOut},
		{"another issuer",
			func(_ *world, _ *auth.Flow, b url.Values) { b.Set("iss", "https://evil.example") },
			auth.ErrIdentity},
		{"another nonce", func(_ *world, f *auth.Flow, _ url.Values) { f.Nonce = "x" }, auth.ErrIdentity},
		{"wrong verifier",
			func(_ *world, f *auth.Flow, _ url.Values) { f.Verifier = strings.Repeat("x", 43) },
			auth.ErrIdentity},
		{"made-up code", func(_ *world, _ *auth.Flow, b url.Values) { b.Set("code", "x") }, auth.ErrIdentity},
		{"code after 61 seconds",
			func(w *world, _ *auth.Flow, _ url.Values) { w.now = w.now.Add(61 * time.Second) },
			auth.ErrIdentity},
		{"provider gone", func(w *world, _ *auth.Flow, _ url.Values) { w.server.Close() }, auth.ErrProvider},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			address, flow := w.begin(t)
			back := w.pick(t, address, "p3")
			c.change(w, &flow, back)
			if id, err := w.login.Finish(context.Background(), flow, back); !errors.Is(err, c.want) {
				t.Errorf("%+v %v", id, err)
			}
		})
	}
	w := newWorld(t)
	address, flow := w.begin(t)
	back := w.pick(t, address, "p3")
	if _, err := w.login.Finish(context.Background(), flow, back); err != nil {
		t.Fatal(err)
	}
	if _, err := w.login.Finish(context.Background(), flow, back); !errors.Is(err, auth.ErrIdentity) {
		t.Errorf("a code used twice: %v", err)
	}
	stranger := w.party(certtest.Key(t))
	address, flow = w.begin(t)
	_, err := stranger.Finish(context.Background(), flow, w.pick(t, address, "p3"))
	if !errors.Is(err, auth.ErrIdentity) {
		t.Errorf("a client with another key: %v", err)
	}
}

// OpenID Connect Core 3.1.2.1, RFC 7636, and the requirements of デジタル認証サービス (developers' guide of the Digital
// Agency).
func TestProviderRefusesRequestsThatARealOneRefuses(t *testing.T) {
	w := newWorld(t)
	address, _ := w.begin(t)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	for _, c := range []struct {
		name   string
		change func(url.Values)
	}{
		{"no PKCE", func(q url.Values) { q.Del("code_challenge") }},
		{"plain PKCE", func(q url.Values) { q.Set("code_challenge_method", "plain") }},
		{"no state", func(q url.Values) { q.Del("state") }},
		{"no nonce", func(q url.Values) { q.Del("nonce") }},
		{"implicit flow", func(q url.Values) { q.Set("response_type", "id_token") }},
		{"no openid", func(q url.Values) { q.Set("scope", "name") }},
		{"state twice", func(q url.Values) { q.Add("state", "x") }},
		{"another level", func(q url.Values) { q.Set("acr_values", "aal4") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, _ := url.Parse(address)
			q := u.Query()
			c.change(q)
			u.RawQuery = q.Encode()
			res, err := client.Get(u.String())
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			back := res.Header.Get("Location")
			if res.StatusCode != http.StatusSeeOther || !strings.Contains(back, "error=") ||
				strings.Contains(back, "code=") {
				t.Errorf("%s %s", res.Status, back)
			}
		})
	}
	for _, c := range []struct {
		name  string
		value [2]string
	}{
		{"foreign redirect", [2]string{"redirect_uri", "https://evil.example/"}},
		{"redirect with a tail", [2]string{"redirect_uri", redirect + "/x"}},
		{"unknown client", [2]string{"client_id", "RP2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, _ := url.Parse(address)
			q := u.Query()
			q.Set(c.value[0], c.value[1])
			u.RawQuery = q.Encode()
			res, err := client.Get(u.String())
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusBadRequest || res.Header.Get("Location") != "" {
				t.Errorf("%s, sent to %q", res.Status, res.Header.Get("Location"))
			}
		})
	}
}

// assertions that the token endpoint must refuse (RFC 7523 section 3).
func TestClientAssertionsAreStrict(t *testing.T) {
	w := newWorld(t)
	tokenURL := w.server.URL + "/demo-idp/token"
	good := func() jwt.MapClaims {
		return jwt.MapClaims{
			"iss": clientID,
			"sub": clientID,
			"aud": tokenURL,
			"jti": rand.Text(),
			"iat": w.now.Unix(),
			"exp": w.now.Add(time.Minute).Unix(),
		}
	}
	post := func(assertion string) int {
		res, err := http.PostForm(tokenURL, url.Values{
			"grant_type":            {"authorization_code"},
			"code":                  {"x"},
			"code_verifier":         {"x"},
			"redirect_uri":          {redirect},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
			"client_assertion":      {assertion},
		})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	sign := func(method jwt.SigningMethod, key any, c jwt.MapClaims) string {
		s, err := jwt.NewWithClaims(method, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	// the client is known, the code is not
	if got := post(sign(jwt.SigningMethodES256, w.key, good())); got != http.StatusBadRequest {
		t.Fatalf("a good assertion: %d", got)
	}
	once := sign(jwt.SigningMethodES256, w.key, good())
	post(once)
	with := func(name string, value any) string {
		c := good()
		c[name] = value
		return sign(jwt.SigningMethodES256, w.key, c)
	}
	for _, c := range []struct {
		name      string
		assertion string
	}{
		{"replayed", once},
		{"another key", sign(jwt.SigningMethodES256, certtest.Key(t), good())},
		{"HS256", sign(jwt.SigningMethodHS256, []byte("public"), good())},
		{"alg none", sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good())},
		{"another audience", with("aud", "https://elsewhere.example/token")},
		{"another issuer", with("iss", "RP2")},
		{"expired", with("exp", w.now.Add(-time.Second).Unix())},
		{"lives for a day", with("exp", w.now.Add(24*time.Hour).Unix())},
		{"from the future", with("iat", w.now.Add(time.Hour).Unix())},
		{"no jti", with("jti", "")},
		{"empty", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := post(c.assertion); got != http.StatusUnauthorized {
				t.Errorf("%d", got)
			}
		})
	}
}

// slow is a provider in trouble: it takes its time to fail, and counts who asked.
func slow(t *testing.T) (*auth.Login, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		time.Sleep(300 * time.Millisecond)
		w.WriteHeader(http.StatusInternalServerError)
	}))
	t.Cleanup(server.Close)
	return auth.NewLogin(auth.Config{Issuer: server.URL, Client: server.Client(), Now: time.Now}), &asked
}

// Thirty patients who press "log in" while the provider hangs wait for one answer, not for each other.
func TestAProviderInTroubleIsAskedOnceForAllWhoWait(t *testing.T) {
	login, asked := slow(t)
	began := time.Now()
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			_, _, err := login.Begin(context.Background(), rand.Text())
			if !errors.Is(err, auth.ErrProvider) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	// one after the other they take nine
	testenv.Within(t, "waiting together", time.Since(began), 3*time.Second)
	if asked.Load() > 10 && testenv.Calm() == "" {
		t.Errorf("%d questions", asked.Load())
	}
}

func TestAPatientWhoLeavesWaitsForNoProvider(t *testing.T) {
	login, _ := slow(t)
	gone, leave := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer leave()
	began := time.Now()
	if _, _, err := login.Begin(gone, rand.Text()); !errors.Is(err, auth.ErrProvider) {
		t.Error(err)
	}
	testenv.Within(t, "leaving", time.Since(began), 200*time.Millisecond)
}
