package web

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/credential"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
)

const clinic = "https://clinic.example.jp"

// asserted is an assertion as it should be for a call of the clinic to 架空市, to be spoilt.
type asserted struct {
	header, claims map[string]any
	key            *ecdsa.PrivateKey
	method         jwt.SigningMethod
}

func goodAssertion(
	now time.Time,
	private *ecdsa.PrivateKey,
	key credential.Key,
	path, body string,
) *asserted {
	sum := sha256.Sum256([]byte(body))
	iss := testHost + "/i/00138990"
	return &asserted{
		key:    private,
		method: jwt.SigningMethodES256,
		header: map[string]any{"typ": "counter+jwt", "alg": "ES256", "kid": key.ID},
		claims: map[string]any{
			"iss":         clinic,
			"aud":         iss,
			"iat":         now.Unix(),
			"exp":         now.Unix() + 60,
			"jti":         strings.Repeat("A", 22),
			"htm":         "POST",
			"htu":         iss + path,
			"body_sha256": base64.RawURLEncoding.EncodeToString(sum[:]),
		},
	}
}

func (a *asserted) text(t *testing.T) string {
	t.Helper()
	token := jwt.NewWithClaims(a.method, jwt.MapClaims(a.claims))
	token.Header = a.header
	var key any = a.key
	switch a.method {
	case jwt.SigningMethodNone:
		key = jwt.UnsafeAllowNoneSignatureType
	case jwt.SigningMethodHS256: // the public key as a secret: RFC 8725 2.1
		point, err := a.key.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		key = point
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (h *testApp) callHost(t *testing.T, path, assertion, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+assertion)
	return h.do(t, r)
}

// An assertion is for one insurer, one path, one body, one minute and one use (RFC 7519 4.1, RFC 7515 4.1.11,
// RFC 8725 2.1 and 3.11, RFC 9449 4.2 and 4.3).
func TestAssertionsAreForOneCallOnly(t *testing.T) {
	h, _ := connected(t)
	private, key := issuertest.NewPair(t)
	stranger, strangerKey := issuertest.NewPair(t)
	h.trust.Counters = []credential.TrustedCounter{
		{URL: clinic, Name: "架空医院", Facility: "1319999991", JWKS: credential.KeySet{key.Public()}},
		{
			URL:      "https://other.example.jp",
			Name:     "別の医院",
			Facility: "1319999992",
			JWKS:     credential.KeySet{strangerKey.Public()},
		},
	}
	const path, body = "/code", `{"code":"23467OIl"}`
	iss := testHost + "/i/00138990"
	refused := []struct {
		name  string
		spoil func(a *asserted)
	}{
		{"another insurer's", func(a *asserted) { a.claims["aud"] = testHost + "/i/06139992" }},
		{"two insurers'", func(a *asserted) { a.claims["aud"] = []string{iss, testHost + "/i/06139992"} }},
		{"another host's", func(a *asserted) { a.claims["aud"] = "https://evil.example/i/00138990" }},
		{"the host's", func(a *asserted) { a.claims["aud"] = testHost }},
		{"an empty audience", func(a *asserted) { a.claims["aud"] = []string{} }},
		{"no audience", func(a *asserted) { delete(a.claims, "aud") }},
		{"another type", func(a *asserted) { a.header["typ"] = "trust+jwt" }},
		{"a status list's type", func(a *asserted) { a.header["typ"] = "statuslist+jwt" }},
		{"a proof's type", func(a *asserted) { a.header["typ"] = "live+jwt" }},
		{"the usual type", func(a *asserted) { a.header["typ"] = "JWT" }},
		{"a type in other letters", func(a *asserted) { a.header["typ"] = "Counter+JWT" }},
		{"no type", func(a *asserted) { delete(a.header, "typ") }},
		{"unsigned", func(a *asserted) { a.method, a.header["alg"] = jwt.SigningMethodNone, "none" }},
		{
			"a MAC under the public key",
			func(a *asserted) { a.method, a.header["alg"] = jwt.SigningMethodHS256, "HS256" },
		},
		{"another key under the counter's kid", func(a *asserted) { a.key = stranger }},
		{
			"another counter's key and kid",
			func(a *asserted) { a.key, a.header["kid"] = stranger, strangerKey.ID },
		},
		{"an unknown kid", func(a *asserted) { a.header["kid"] = "x" }},
		{"no kid", func(a *asserted) { delete(a.header, "kid") }},
		{"a critical extension", func(a *asserted) { a.header["crit"] = []string{"b64"} }},
		{"a key of its own", func(a *asserted) { a.header["jwk"] = map[string]string{"kty": "EC"} }},
		{"a counter outside the list", func(a *asserted) { a.claims["iss"] = "https://nobody.example.jp" }},
		{"another counter of the list", func(a *asserted) { a.claims["iss"] = "https://other.example.jp" }},
		{"a slash behind the issuer", func(a *asserted) { a.claims["iss"] = clinic + "/" }},
		{"no issuer", func(a *asserted) { delete(a.claims, "iss") }},
		{"61 seconds", func(a *asserted) { a.claims["exp"] = h.now.Unix() + 61 }},
		{"ten minutes", func(a *asserted) { a.claims["exp"] = h.now.Unix() + 600 }},
		{"a day", func(a *asserted) { a.claims["exp"] = h.now.Unix() + 86400 }},
		{"no end", func(a *asserted) { delete(a.claims, "exp") }},
		{"no beginning", func(a *asserted) { delete(a.claims, "iat") }},
		{
			"it ends before it begins",
			func(a *asserted) { a.claims["iat"], a.claims["exp"] = h.now.Unix()+20, h.now.Unix()+10 },
		},
		{
			"over since 31 seconds",
			func(a *asserted) { a.claims["iat"], a.claims["exp"] = h.now.Unix()-91, h.now.Unix()-31 },
		},
		{
			"made 31 seconds ahead",
			func(a *asserted) { a.claims["iat"], a.claims["exp"] = h.now.Unix()+31, h.now.Unix()+91 },
		},
		{"good from 31 seconds ahead", func(a *asserted) { a.claims["nbf"] = h.now.Unix() + 31 }},
		{"no jti", func(a *asserted) { delete(a.claims, "jti") }},
		{"a jti of 126 bits", func(a *asserted) { a.claims["jti"] = strings.Repeat("A", 21) }},
		{"an endless jti", func(a *asserted) { a.claims["jti"] = strings.Repeat("A", 129) }},
		{"another method", func(a *asserted) { a.claims["htm"] = "GET" }},
		{"no method", func(a *asserted) { delete(a.claims, "htm") }},
		{"another path", func(a *asserted) { a.claims["htu"] = iss + "/receipt" }},
		{"a longer path", func(a *asserted) { a.claims["htu"] = iss + "/code/x" }},
		{"another insurer's path", func(a *asserted) { a.claims["htu"] = testHost + "/i/06139992/code" }},
		{"a path with a query", func(a *asserted) { a.claims["htu"] = iss + "/code?x=1" }},
		{"no path", func(a *asserted) { delete(a.claims, "htu") }},
		{"another body", func(a *asserted) {
			sum := sha256.Sum256([]byte(body + " "))
			a.claims["body_sha256"] = base64.RawURLEncoding.EncodeToString(sum[:])
		}},
		{
			"the hash in hexadecimal letters",
			func(a *asserted) { a.claims["body_sha256"] = strings.Repeat("0", 64) },
		},
		{"no hash of the body", func(a *asserted) { delete(a.claims, "body_sha256") }},
	}
	testenv.Refused(t, testenv.Servers, len(refused)+4+4)
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			a := goodAssertion(h.now, private, key, path, body)
			c.spoil(a)
			if w := h.callHost(t, "/i/00138990/code", a.text(t), body); w.Code != http.StatusForbidden ||
				!strings.Contains(w.Body.String(), "hosts.assertion") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	passes := func(w *httptest.ResponseRecorder) bool {
		return w.Code == http.StatusNotFound && strings.Contains(w.Body.String(), "code.unknown")
	} // the code is none
	text := goodAssertion(h.now, private, key, path, body).text(t)
	t.Run("a good one is spoilt by none of these", func(t *testing.T) {
		zeros := text[:strings.LastIndexByte(text, '.')+1] + base64.RawURLEncoding.EncodeToString(
			make([]byte, 64),
		)
		if w := h.callHost(t, "/i/00138990/code", zeros, body); w.Code != http.StatusForbidden {
			t.Errorf("a signature of zeros: %d", w.Code)
		}
		for _, sent := range []string{"", "Bearer ", "Basic " + text} {
			if w := h.ask(t, "POST", "/i/00138990/code", map[string]string{"code": "23467OIl"},
				func(r *http.Request) {
					r.Header.Set("Authorization",
						sent)
				}); w.Code != http.StatusForbidden {
				t.Errorf("%.8q: %d", sent, w.Code)
			}
		}
		if w := h.callHost(t, "/i/00138990/code", text+"A", body); w.Code != http.StatusForbidden {
			t.Errorf("a character behind it: %d", w.Code)
		}
		if w := h.callHost(t, "/i/00138990/code", text, body+"\n"); w.Code != http.StatusForbidden {
			t.Errorf("a byte behind the body: %d", w.Code)
		}
		if w := h.callHost(t, "/i/06139992/code", text, body); w.Code != http.StatusForbidden {
			t.Errorf("at another insurer: %d", w.Code)
		}
		if w := h.callHost(t, "/i/00138990/code", text, body); !passes(w) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("the same one again", func(t *testing.T) {
		// within its life and the leeway
		for _, later := range []time.Duration{0, 59 * time.Second, 89 * time.Second} {
			before := h.now
			h.now = h.now.Add(later)
			if w := h.callHost(t, "/i/00138990/code", text, body); w.Code != http.StatusForbidden {
				t.Errorf("%v later: %d %s", later, w.Code, w.Body)
			}
			h.now = before
		}
	})
	t.Run("its jti with another signature and body", func(t *testing.T) {
		a := goodAssertion(h.now, private, key, path, body+" ")
		if w := h.callHost(t, "/i/00138990/code", a.text(t), body+" "); w.Code != http.StatusForbidden {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("another counter's jti is its own", func(t *testing.T) {
		a := goodAssertion(h.now, stranger, strangerKey, path, body)
		a.claims["iss"] = "https://other.example.jp"
		if w := h.callHost(t, "/i/00138990/code", a.text(t), body); !passes(w) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("a clock that is 29 seconds off", func(t *testing.T) {
		for i, off := range []time.Duration{29 * time.Second, -29 * time.Second} {
			a := goodAssertion(h.now.Add(off), private, key, path, body)
			a.claims["jti"] = strings.Repeat("B", 22+i)
			if w := h.callHost(t, "/i/00138990/code", a.text(t), body); !passes(w) {
				t.Errorf("%v: %d %s", off, w.Code, w.Body)
			}
		}
	})
}

// spy keeps what a counter sends.
type spy struct {
	http.RoundTripper
	sent []string
}

func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	s.sent = append(s.sent, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	return s.RoundTripper.RoundTrip(r)
}

// RFC 9449 4.2: the jti has at least 96 bits of randomness; ours 128.
func TestEveryCallOfACounterCarriesItsOwnAssertion(t *testing.T) {
	h, way := connected(t)
	seen := &spy{RoundTripper: way}
	h.calls.Client = &http.Client{Transport: seen}
	iss := testHost + "/i/00138990"
	for range 5 {
		_, _ = h.calls.For(clinic).Redeem(ctx, iss, credential.NewOnlineCode(iss))
	}
	ids := map[string]bool{}
	for _, text := range seen.sent {
		claims, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[1])
		if err != nil {
			t.Fatal(err)
		}
		var c map[string]any
		if err := json.NewDecoder(bytes.NewReader(claims)).Decode(&c); err != nil {
			t.Fatal(err)
		}
		id, _ := c["jti"].(string)
		if len(id) < 26 || ids[id] || c["htm"] != "POST" || c["htu"] != iss+"/code" ||
			len(c["body_sha256"].(string)) != 43 { // 26 letters of Base32 are 130 bits
			t.Errorf("%v", c)
		}
		ids[id] = true
		if got := len(c); got != 8 {
			t.Errorf("%d claims: %v", got, c)
		}
	}
	if len(ids) != 5 {
		t.Errorf("%d different calls", len(ids))
	}
}
