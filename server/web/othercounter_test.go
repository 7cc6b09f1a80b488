package web

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/credential"
	"madoguchi/outside"
	"madoguchi/server/desk"
)

// What one counter was given is no other's.

// counterNamed puts a counter server on the trust list and returns how it calls.
func (h *house) counterNamed(t *testing.T, name, address string) *Insurers {
	t.Helper()
	_, key := p256(t)
	h.trust.Counters = append(h.trust.Counters, credential.TrustedCounter{URL: address, Name: name,
		Facility: "1319999991", JWKS: credential.KeySet{key.Public()}})
	return &Insurers{URL: address, Key: key, Client: &http.Client{Transport: inside{h}},
		Now: func() time.Time { return h.now }}
}

const cityISS = testHost + "/i/00138990"

func TestASpokenCodeAllowedForOneCounterIsNoOthers(t *testing.T) {
	h := newHouse(t)
	r := h.patientOf(t, h.now)
	a, b := h.counterNamed(t, "A医院", "https://a.example"), h.counterNamed(t, "B医院", "https://b.example")
	path := "/api/v1/people/" + string(r.ID) + "/code"
	code := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201).Code
	for range 2 {
		if _, err := a.Redeem(ctx, cityISS, code, true); !errors.Is(err, desk.ErrCodeWaiting) {
			t.Fatalf("A asks: %v", err)
		}
	}
	refused := func(when string) {
		t.Helper()
		for _, spoken := range []bool{true, false} {
			if jws, err := b.Redeem(ctx, cityISS, code, spoken); !errors.Is(err, desk.ErrOnlineCode) {
				t.Errorf("%s, B (spoken %v) got %.20q %v", when, spoken, jws, err)
			}
		}
	}
	refused("while the patient is asked for A")
	if said := answer[struct{ State, Facility string }](t, h.ask(t, "GET", path, nil),
		200); said.Facility != "A医院" {
		t.Errorf("the patient is asked for %q", said.Facility)
	}
	if w := h.ask(t, "POST", path+"/answer", map[string]bool{"allow": true}); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	refused("after the yes to A")
	jws, err := a.Redeem(ctx, cityISS, code, true)
	if err != nil || !(credential.Basis{Trust: &h.trust, At: h.now}).Verify(jws).Valid {
		t.Fatalf("A after the yes: %v", err)
	}
	refused("after A had it")
	if jws, err := a.Redeem(ctx, cityISS, code, true); !errors.Is(err, desk.ErrOnlineCode) {
		t.Errorf("A for the second time: %.20q %v", jws, err)
	}
	outside.Refused(t, outside.Servers, 7)
}

func TestADeniedOrOverCodeIsNobodys(t *testing.T) {
	h := newHouse(t)
	r := h.patientOf(t, h.now)
	a, b := h.counterNamed(t, "A医院", "https://a.example"), h.counterNamed(t, "B医院", "https://b.example")
	path := "/api/v1/people/" + string(r.ID) + "/code"
	for name, end := range map[string]func(){
		"denied": func() {
			if w := h.ask(t, "POST", path+"/answer",
				map[string]bool{"allow": false}); w.Code != http.StatusNoContent {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		},
		"allowed, 91 seconds old": func() {
			if w := h.ask(t, "POST", path+"/answer",
				map[string]bool{"allow": true}); w.Code != http.StatusNoContent {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			h.now = h.now.Add(91 * time.Second)
		},
		"replaced by the next": func() { answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201) },
	} {
		code := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201).Code
		if _, err := a.Redeem(ctx, cityISS, code, true); !errors.Is(err, desk.ErrCodeWaiting) {
			t.Fatalf("%s: %v", name, err)
		}
		end()
		for _, who := range []*Insurers{a, b} {
			for _, spoken := range []bool{true, false} {
				if jws, err := who.Redeem(ctx, cityISS, code, spoken); !errors.Is(err, desk.ErrOnlineCode) {
					t.Errorf("%s, %s: %.20q %v", name, who.URL, jws, err)
				}
			}
		}
	}
	outside.Refused(t, outside.Servers, 12)
}

func TestOfManyCountersOneRedeemsAScannedCode(t *testing.T) {
	h := newHouse(t)
	r := h.patientOf(t, h.now)
	var counters []*Insurers
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		counters = append(counters, h.counterNamed(t, name+"医院", "https://"+name+".example"))
	}
	for range 3 {
		code := answer[madeCode](t, h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/code", struct{}{}),
			201).Code
		var mu sync.Mutex
		var won, refused int
		var all sync.WaitGroup
		for _, c := range counters {
			all.Go(func() {
				_, err := c.Redeem(ctx, cityISS, code, false)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case errors.Is(err, desk.ErrOnlineCode):
					refused++
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won != 1 || refused != len(counters)-1 {
			t.Errorf("%d got the screen, %d were refused", won, refused)
		}
	}
}

// RFC 7523 3 for the assertions between servers: this insurer's, this type's, a minute's, a listed counter's.
func TestAnAssertionIsForOneInsurerAndOneMinute(t *testing.T) {
	h := newHouse(t)
	r := h.enrolled(t)
	private, key := p256(t)
	other, otherKey := p256(t)
	h.trust.Counters = []credential.TrustedCounter{
		{URL: "https://counter.example", Name: "架空医院", Facility: "1319999991",
			JWKS: credential.KeySet{key.Public()}},
		{URL: "https://another.example", Name: "別の医院", Facility: "1319999992",
			JWKS: credential.KeySet{otherKey.Public()}}}
	jws := h.live(t, r.Person, "00138990", h.now)
	body := map[string]any{"credential": jws}
	good := func() (jwt.MapClaims, map[string]any) {
		return jwt.MapClaims{"iss": "https://counter.example", "aud": cityISS, "iat": h.now.Unix(),
				"exp": h.now.Add(time.Minute).Unix()},
			map[string]any{"kid": key.ID, "typ": "counter+jwt"}
	}
	send := func(change func(c jwt.MapClaims, head map[string]any), sign func(*jwt.Token) (string,
		error)) int {
		t.Helper()
		c, head := good()
		// what the caller's own program adds besides (an id, a hash of the body) is taken from a real call
		maps.Copy(c, h.addedClaims(t, key, jws))
		change(c, head)
		token := jwt.NewWithClaims(jwt.SigningMethodES256, c)
		maps.Copy(token.Header, head)
		for name, value := range token.Header {
			if value == nil {
				delete(token.Header, name)
			}
		}
		text, err := sign(token)
		if err != nil {
			t.Fatal(err)
		}
		return h.ask(t, "POST", "/i/00138990/receipt/keys", body,
			func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+text) }).Code
	}
	own := func(token *jwt.Token) (string, error) { return token.SignedString(private) }
	if code := send(func(jwt.MapClaims, map[string]any) {}, own); code != http.StatusOK {
		t.Fatalf("as it should be: %d", code)
	}
	claim := func(name string, value any) func(jwt.MapClaims, map[string]any) {
		return func(c jwt.MapClaims, _ map[string]any) {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
	}
	header := func(name string, value any) func(jwt.MapClaims, map[string]any) {
		return func(_ jwt.MapClaims, head map[string]any) { head[name] = value }
	}
	cases := map[string]struct {
		change func(jwt.MapClaims, map[string]any)
		sign   func(*jwt.Token) (string, error)
	}{
		"another insurer's":    {claim("aud", testHost+"/i/06139992"), own},
		"another host's":       {claim("aud", "https://evil.example/i/00138990"), own},
		"the host alone":       {claim("aud", testHost), own},
		"for nobody":           {claim("aud", nil), own},
		"an empty list":        {claim("aud", []string{}), own},
		"a trust list's type":  {header("typ", "trust+jwt"), own},
		"a status list's type": {header("typ", "statuslist+jwt"), own},
		"a proof's type":       {header("typ", "live+jwt"), own},
		"a usual JWT's type":   {header("typ", "JWT"), own},
		"no type":              {header("typ", nil), own},
		"61 seconds":           {claim("exp", h.now.Add(61*time.Second).Unix()), own},
		"ten minutes":          {claim("exp", h.now.Add(10*time.Minute).Unix()), own},
		"a day":                {claim("exp", h.now.Add(24*time.Hour).Unix()), own},
		"without an end":       {claim("exp", nil), own},
		"without a beginning":  {claim("iat", nil), own},
		"over": {func(c jwt.MapClaims, _ map[string]any) {
			c["iat"], c["exp"] = h.now.Add(-92*time.Second).Unix(), h.now.Add(-32*time.Second).Unix()
		}, own},
		"from the future": {func(c jwt.MapClaims, _ map[string]any) {
			c["iat"], c["exp"] = h.now.Add(32*time.Second).Unix(), h.now.Add(92*time.Second).Unix()
		}, own},
		"of an unlisted counter": {claim("iss", "https://nobody.example"), own},
		"of another listed one":  {claim("iss", "https://another.example"), own},
		"with a slash":           {claim("iss", "https://counter.example/"), own},
		"of nobody":              {claim("iss", nil), own},
		"another key's": {func(jwt.MapClaims, map[string]any) {}, func(token *jwt.Token) (string,
			error) {
			return token.SignedString(other)
		}},
		"another's kid": {header("kid", otherKey.ID), own},
		"no kid":        {header("kid", nil), own},
		"another's kid and key": {header("kid", otherKey.ID), func(token *jwt.Token) (string,
			error) {
			return token.SignedString(other)
		}},
		"HMAC under the public id": {header("alg", "HS256"), func(token *jwt.Token) (string, error) {
			token.Method = jwt.SigningMethodHS256
			return token.SignedString([]byte(key.ID))
		}},
		"unsigned": {header("alg", "none"), func(token *jwt.Token) (string, error) {
			token.Method = jwt.SigningMethodNone
			return token.SignedString(jwt.UnsafeAllowNoneSignatureType)
		}},
		"a signature of zeros": {func(jwt.MapClaims, map[string]any) {}, func(token *jwt.Token) (string,
			error) {
			text, err := own(token)
			return text[:strings.LastIndexByte(text, '.')+1] +
				base64.RawURLEncoding.EncodeToString(make([]byte, 64)), err
		}},
	}
	outside.Refused(t, outside.Servers, len(cases)+3)
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			if code := send(cases[name].change, cases[name].sign); code != http.StatusForbidden {
				t.Errorf("answered with %d", code)
			}
		})
	}
	for _, sent := range []string{"", "Bearer ", "Basic Og=="} {
		if w := h.ask(t, "POST", "/i/00138990/receipt/keys", body,
			func(r *http.Request) { r.Header.Set("Authorization", sent) }); w.Code != http.StatusForbidden {
			t.Errorf("%q: %d", sent, w.Code)
		}
	}
}

// eavesdrop keeps the last call's assertion.
type eavesdrop struct {
	inside
	heard string
}

func (e *eavesdrop) RoundTrip(r *http.Request) (*http.Response, error) {
	e.heard = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	return e.inside.RoundTrip(r)
}

// addedClaims are the claims of a real call beyond those that every assertion has; an id is made anew.
func (h *house) addedClaims(t *testing.T, key credential.Key, jws string) jwt.MapClaims {
	t.Helper()
	listen := &eavesdrop{inside: inside{h}}
	calls := &Insurers{URL: "https://counter.example", Key: key, Client: &http.Client{Transport: listen},
		Now: func() time.Time { return h.now }}
	if _, err := calls.ReceiptKeys(ctx, cityISS, jws); err != nil {
		t.Fatal(err)
	}
	var claims jwt.MapClaims
	if _, _, err := jwt.NewParser().ParseUnverified(listen.heard, &claims); err != nil {
		t.Fatalf("%q: %v", listen.heard, err)
	}
	for _, name := range []string{"iss", "aud", "iat", "exp"} {
		delete(claims, name)
	}
	if _, numbered := claims["jti"]; numbered {
		claims["jti"] = rand.Text() // the call's own is used up
	}
	return claims
}

// A live screen and its receipt: the case takes minutes, and the insurer tells the phones' keys for two hours past its
// end.
func TestAnOldScreenOpensNoReceiptKeys(t *testing.T) {
	h := newHouse(t)
	r := h.enrolled(t)
	h.addReceiptKey(t, "phone")
	calls := h.counterNamed(t, "架空医院", "https://counter.example")
	issued := h.now
	jws := h.live(t, r.Person, "00138990", issued)
	end := issued.Add(90 * time.Second)
	for _, c := range []struct {
		at time.Time
		ok bool
	}{{issued, true}, {end, true}, {end.Add(2 * time.Hour), true}, {end.Add(2*time.Hour + time.Second),
		false}, {end.Add(3 * time.Hour), false},
		{end.Add(24 * time.Hour), false}, {end.Add(90 * 24 * time.Hour), false}} {
		h.now = c.at
		keys, err := calls.ReceiptKeys(ctx, cityISS, jws)
		if (err == nil && len(keys) == 1) != c.ok {
			t.Errorf("%v after its end: %d keys, %v", c.at.Sub(end), len(keys), err)
		}
		if err := calls.LeaveReceipt(ctx, cityISS, jws, map[string][]byte{"phone": make([]byte,
			200)}); err == nil && !c.ok {
			t.Errorf("%v after its end a receipt was taken", c.at.Sub(end))
		}
	}
	h.now = issued
	forged := h.live(t, r.Person, "06139992", h.now)
	for name, text := range map[string]string{"another insurer's": forged, "altered": jws[:len(jws)-4] +
		"AAAA", "none": "", "a signature of zeros": jws[:strings.LastIndexByte(jws, '.')+1] +
		base64.RawURLEncoding.EncodeToString(make([]byte, 64))} {
		if keys, err := calls.ReceiptKeys(ctx, cityISS, text); err == nil {
			t.Errorf("%s: %d keys", name, len(keys))
		}
	}
	outside.Refused(t, outside.Servers, 8)
}
