package web

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/auth"
	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/outside"
	"madoguchi/server/desk"
)

// What one counter was given is no other's.

// counterNamed puts a counter server on the trust list and returns how it calls.
func (h *house) counterNamed(t *testing.T, name, address string) *Insurers {
	t.Helper()
	_, key := p256(t)
	h.trust.Counters = append(h.trust.Counters, credential.TrustedCounter{URL: address, Name: name, Facility: "1319999991", JWKS: credential.KeySet{key.Public()}})
	return &Insurers{URL: address, Key: key, Client: &http.Client{Transport: inside{h}}, Now: func() time.Time { return h.now }}
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
	if said := answer[struct{ State, Facility string }](t, h.ask(t, "GET", path, nil), 200); said.Facility != "A医院" {
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
			if w := h.ask(t, "POST", path+"/answer", map[string]bool{"allow": false}); w.Code != http.StatusNoContent {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		},
		"allowed, 91 seconds old": func() {
			if w := h.ask(t, "POST", path+"/answer", map[string]bool{"allow": true}); w.Code != http.StatusNoContent {
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
		code := answer[madeCode](t, h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/code", struct{}{}), 201).Code
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
		{URL: "https://counter.example", Name: "架空医院", Facility: "1319999991", JWKS: credential.KeySet{key.Public()}},
		{URL: "https://another.example", Name: "別の医院", Facility: "1319999992", JWKS: credential.KeySet{otherKey.Public()}}}
	jws := h.live(t, r.Person, "00138990", h.now)
	body := map[string]any{"credential": jws}
	good := func() (jwt.MapClaims, map[string]any) {
		return jwt.MapClaims{"iss": "https://counter.example", "aud": cityISS, "iat": h.now.Unix(), "exp": h.now.Add(time.Minute).Unix()},
			map[string]any{"kid": key.ID, "typ": "counter+jwt"}
	}
	send := func(change func(c jwt.MapClaims, head map[string]any), sign func(*jwt.Token) (string, error)) int {
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
		return h.ask(t, "POST", "/i/00138990/receipt/keys", body, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+text) }).Code
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
		"another key's":          {func(jwt.MapClaims, map[string]any) {}, func(token *jwt.Token) (string, error) { return token.SignedString(other) }},
		"another's kid":          {header("kid", otherKey.ID), own},
		"no kid":                 {header("kid", nil), own},
		"another's kid and key":  {header("kid", otherKey.ID), func(token *jwt.Token) (string, error) { return token.SignedString(other) }},
		"HMAC under the public id": {header("alg", "HS256"), func(token *jwt.Token) (string, error) {
			token.Method = jwt.SigningMethodHS256
			return token.SignedString([]byte(key.ID))
		}},
		"unsigned": {header("alg", "none"), func(token *jwt.Token) (string, error) {
			token.Method = jwt.SigningMethodNone
			return token.SignedString(jwt.UnsafeAllowNoneSignatureType)
		}},
		"a signature of zeros": {func(jwt.MapClaims, map[string]any) {}, func(token *jwt.Token) (string, error) {
			text, err := own(token)
			return text[:strings.LastIndexByte(text, '.')+1] + base64.RawURLEncoding.EncodeToString(make([]byte, 64)), err
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
		if w := h.ask(t, "POST", "/i/00138990/receipt/keys", body, func(r *http.Request) { r.Header.Set("Authorization", sent) }); w.Code != http.StatusForbidden {
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
	calls := &Insurers{URL: "https://counter.example", Key: key, Client: &http.Client{Transport: listen}, Now: func() time.Time { return h.now }}
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

// A live screen and its receipt: the case takes minutes, and the insurer tells the phones' keys for two hours past its end.
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
	}{{issued, true}, {end, true}, {end.Add(2 * time.Hour), true}, {end.Add(2*time.Hour + time.Second), false}, {end.Add(3 * time.Hour), false},
		{end.Add(24 * time.Hour), false}, {end.Add(90 * 24 * time.Hour), false}} {
		h.now = c.at
		keys, err := calls.ReceiptKeys(ctx, cityISS, jws)
		if (err == nil && len(keys) == 1) != c.ok {
			t.Errorf("%v after its end: %d keys, %v", c.at.Sub(end), len(keys), err)
		}
		if err := calls.LeaveReceipt(ctx, cityISS, jws, map[string][]byte{"phone": make([]byte, 200)}); err == nil && !c.ok {
			t.Errorf("%v after its end a receipt was taken", c.at.Sub(end))
		}
	}
	h.now = issued
	forged := h.live(t, r.Person, "06139992", h.now)
	for name, text := range map[string]string{"another insurer's": forged, "altered": jws[:len(jws)-4] + "AAAA", "none": "", "a signature of zeros": jws[:strings.LastIndexByte(jws, '.')+1] + base64.RawURLEncoding.EncodeToString(make([]byte, 64))} {
		if keys, err := calls.ReceiptKeys(ctx, cityISS, text); err == nil {
			t.Errorf("%s: %d keys", name, len(keys))
		}
	}
	outside.Refused(t, outside.Servers, 8)
}

// otherFacility is another clinic's counter on the same server and database.
func (h *house) otherFacility() *desk.Counter {
	other := *h.counter
	other.Facility = desk.Facility{Code: "1319999992", Name: "別の医院"}
	return &other
}

func TestACaseIsNoOtherFacilitys(t *testing.T) {
	h, _ := connected(t)
	_, path := h.scanned(t)
	id := path[strings.LastIndexByte(path, '/')+1:]
	other := h.otherFacility()
	was := answer[struct{ Cases []caseJSON }](t, h.ask(t, "GET", "/api/v1/counter/cases", nil), 200).Cases[0]
	cases := map[string]func() error{
		"record":  func() error { _, err := other.Record(ctx, "鈴木", id, desk.Accepted, "理由"); return err },
		"park":    func() error { _, err := other.Record(ctx, "鈴木", id, desk.Parked, "理由"); return err },
		"visual":  func() error { _, err := other.Visual(ctx, "鈴木", id, []string{"photo"}); return err },
		"prove":   func() error { _, err := other.Prove(ctx, "鈴木", id, "x"); return err },
		"number":  func() error { _, err := other.Challenge(ctx, "鈴木", id); return err },
		"card":    func() error { _, err := other.CheckCard(ctx, "鈴木", "", id); return err },
		"text":    func() error { _, _, err := other.CheckText(ctx, "鈴木", "", id, 2035, "1234"); return err },
		"dates":   func() error { _, _, err := other.CheckDates(ctx, "鈴木", "", id); return err },
		"compare": func() error { _, err := other.CompareOQS(ctx, "鈴木", "", id); return err },
	}
	outside.Refused(t, outside.Counter, len(cases))
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		var e *eligibility.Error
		if err := cases[name](); !errors.As(err, &e) || e.Code != eligibility.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := other.Today(ctx); err != nil || len(all) != 0 {
		t.Errorf("the other facility lists %d cases, %v", len(all), err)
	}
	is := answer[struct{ Cases []caseJSON }](t, h.ask(t, "GET", "/api/v1/counter/cases", nil), 200).Cases[0]
	before, _ := json.Marshal(was)
	after, _ := json.Marshal(is)
	if string(before) != string(after) {
		t.Errorf("it changed:\n%s\n%s", before, after)
	}
}

// A card that was refused is not accepted by giving a reason, by ticking what the eye saw, or by asking for other things.
func TestARefusedCardIsNotAcceptedWithAReason(t *testing.T) {
	h := newHouse(t)
	_, path := h.scanned(t)
	h.useCard(t, virtual.Description{BirthDate: eligibility.MustDate("1986-04-12")})
	if got := decode[caseJSON](t, h.ask(t, "POST", path+"/card-check", map[string]bool{"birthDateConfirmed": true})); got.Card == nil || got.Card.Result != string(card.Refused) {
		t.Fatalf("%+v", got.Card)
	}
	if w := h.ask(t, "POST", path+"/visual", map[string]any{"checks": []string{"photo", "name", "birthDate"}}); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	h.useCard(t, virtual.Description{})
	h.ask(t, "POST", path+"/dates", struct{}{})
	reasons := []string{"", "本人を知っています", "カードの読み取り間違い", " ", "accepted", strings.Repeat("理", 600)}
	outside.Refused(t, outside.Counter, len(reasons))
	for _, reason := range reasons {
		if w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted", "reason": reason}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "case.card_refused") {
			t.Errorf("%.20q: %d %s", reason, w.Code, w.Body)
		}
	}
	if w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "parked", "reason": "別の人のカード"}); w.Code != http.StatusOK {
		t.Errorf("parked: %d %s", w.Code, w.Body)
	}
}

// The offline screen lives a day. A phone proves for as long as it likes; the second code of today does not renew the screen of
// yesterday.
func TestASecondCodeAfterTheScreensDayProvesNothing(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	phone := newPhone(t)
	if w := h.add(t, "A", phone); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	issued := h.now
	made := answer[struct{ JWS string }](t, h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "screen", "phone": "A"}), 200)
	h.now = issued.Add(23*time.Hour + 50*time.Minute)
	h.cookies = nil
	h.session(t, auth.Counter, "鈴木", "{}")
	view := answer[caseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": credential.Numeric(made.JWS)}), 201)
	if !view.Verdict.Awaits {
		t.Fatalf("ten minutes before its end: %+v", view.Verdict)
	}
	prove := func() caseJSON {
		t.Helper()
		text, err := credential.SignProof(made.JWS, phone.key, h.now, "")
		if err != nil {
			t.Fatal(err)
		}
		return answer[caseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases/"+view.ID+"/proof", map[string]string{"text": text}), 200)
	}
	late := []time.Duration{24*time.Hour + 61*time.Second, 25 * time.Hour, 35 * time.Hour}
	outside.Refused(t, outside.Codes, len(late))
	for _, after := range late {
		h.now = issued.Add(after)
		if got := prove(); got.Verdict.Valid || got.Verdict.Checks[0].Name != "time" {
			t.Errorf("%v after its issue: %+v", after, got.Verdict)
		}
		if w := h.ask(t, "POST", "/api/v1/counter/cases/"+view.ID+"/record", map[string]string{"outcome": "accepted", "reason": "本人"}); w.Code != http.StatusConflict {
			t.Errorf("%v after its issue it was accepted: %d", after, w.Code)
		}
	}
}

// A file that one clerk looks at is neither stored, mapped nor dropped by another, at the service as on the page.
func TestAPreviewIsNeitherStoredNorDroppedByAnotherClerk(t *testing.T) {
	h := newHouse(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	at := h.sent(t, "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n")
	id := at[strings.LastIndexByte(at, '/')+1:]
	mine := h.cookies
	clerks := []string{"佐藤", "", "鈴木 ", "鈴"}
	outside.Refused(t, outside.Sessions, 4*len(clerks))
	for _, clerk := range clerks {
		h.cookies = nil
		h.session(t, auth.Clerk, clerk, "{}")
		for step, form := range map[string]url.Values{"/store": {"seen": {"1 0 0"}}, "/drop": nil, "/headings": {"column-0": {"番号"}}} {
			if w := h.form(t, at+step, form); w.Code != http.StatusNotFound {
				t.Errorf("%q at %s: %d", clerk, step, w.Code)
			}
		}
		if err := h.office.StorePreview(ctx, id, clerk, desk.ImportCount{New: 1}); err == nil {
			t.Errorf("%q stored it", clerk)
		}
		if err := h.office.DropPreview(ctx, id, clerk); err != nil {
			t.Fatal(err)
		}
	}
	h.cookies = mine
	if w := h.ask(t, "GET", at, nil); w.Code != http.StatusOK || h.insured(t) != 0 {
		t.Errorf("its own clerk finds it no more: %d, %d people", w.Code, h.insured(t))
	}
	if w := h.form(t, at+"/store", url.Values{"seen": {"1 0 0"}}); w.Code != http.StatusSeeOther || h.insured(t) != 1 {
		t.Errorf("its own clerk's yes: %d, %d people", w.Code, h.insured(t))
	}
}

// Refusing and parking need a reason, for whoever takes the case up again; accepting needs none.
func TestRefusingNeedsAReason(t *testing.T) {
	h := newHouse(t)
	_, path := h.scanned(t)
	for _, outcome := range []string{"refused", "parked"} {
		if w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": outcome}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "case.reason") {
			t.Errorf("%s without a reason: %d %s", outcome, w.Code, w.Body)
		}
	}
	outside.Refused(t, outside.Counter, 2)
	if w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "refused", "reason": "別の人のカード"}); w.Code != http.StatusOK {
		t.Errorf("with one: %d %s", w.Code, w.Body)
	}
}

// A phone's grant is over 90 days after its login, also while a newer session of that login is open in the browser.
func TestAGrantThatIsOverMakesNoOfflineScreen(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	if w := h.add(t, "A", newPhone(t)); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	login := h.now
	for _, c := range []struct {
		at   time.Time
		want *eligibility.Error
	}{{login, nil}, {login.Add(desk.GrantLife - time.Second), nil}, {login.Add(desk.GrantLife), desk.ErrGrantOver}, {login.Add(desk.GrantLife + 24*time.Hour), desk.ErrGrantOver}} {
		h.now = c.at
		_, err := h.office.Offline(ctx, "s", r.ID, "A")
		if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%v after the login: %v", c.at.Sub(login), err)
		}
	}
	for _, phone := range []string{"", "B"} {
		h.now = login
		if _, err := h.office.Offline(ctx, "s", r.ID, phone); err == nil {
			t.Errorf("phone %q was given a screen", phone)
		}
	}
}

// A clerk sees and ends phones of the own insurer's people only.
func TestAClerkEndsPhonesOfTheOwnInsurersPeopleOnly(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	if w := h.add(t, "A", newPhone(t)); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, insurer := range []eligibility.InsurerNumber{"06139992", "01139997", "", "138990"} {
		if phones, err := h.office.PhonesOf(ctx, insurer, r.ID); err == nil {
			t.Errorf("%q sees %d phones", insurer, len(phones))
		}
		for _, phone := range []string{"A", ""} {
			if n, err := h.office.EndPhoneOf(ctx, insurer, r.ID, phone, "鈴木"); err == nil {
				t.Errorf("%q ended %d", insurer, n)
			}
		}
	}
	if phones, err := h.office.PhonesOf(ctx, "00138990", r.ID); err != nil || len(phones) != 1 {
		t.Errorf("its own insurer sees %d phones, %v", len(phones), err)
	}
	outside.Refused(t, outside.Sessions, 12)
}

// A login of two people shows the one that is asked for, and nobody for an id that is none of theirs.
func TestALoginShowsTheAskedPersonOrNobody(t *testing.T) {
	h := newHouse(t)
	r := h.enrolled(t)
	other := h.hanako(t, h.now)
	for name, c := range map[string]struct {
		subject string
		id      desk.PersonID
	}{"another login's person": {"op|x", other.ID}, "the other way round": {"hanako", r.ID}, "an id of nobody": {"op|x", "NOBODY"}, "no id": {"op|x", ""}, "nobody's login": {"op|nobody", r.ID}} {
		if screen, err := h.office.Live(ctx, c.subject, c.id); !errors.Is(err, desk.ErrNotEnrolled) {
			t.Errorf("%s: %+v %v", name, screen, err)
		}
	}
	outside.Refused(t, outside.Sessions, 5)
	h.enrol(t, r, auth.Identity{Subject: "op|x", Name: "髙橋 德一", BirthDate: r.Person.BirthDate, At: h.now})
	screen, err := h.office.Live(ctx, "hanako", other.ID)
	if v := (credential.Basis{Trust: &h.trust, At: h.now}).Verify(screen.JWS); err != nil || v.Eligibility == nil || v.Eligibility.Name != "試験 花子" {
		t.Errorf("%+v %v", v, err)
	}
}

// The staff of the demo are the fictional ones: any other name opens nothing.
func TestOnlyTheOfferedStaffIsPicked(t *testing.T) {
	h := newHouse(t)
	names := []string{"", "佐藤", "鈴木 ", " 鈴木", "鈴", "鈴木鈴木", "admin", "鈴木\x00"}
	outside.Refused(t, outside.Sessions, 2*len(names))
	for _, door := range []string{"/insurer", "/counter"} {
		for _, name := range names {
			if w := h.form(t, door+"/staff", url.Values{"name": {name}}); w.Code < 400 || len(w.Result().Cookies()) > 0 {
				t.Errorf("%q at %s: %d", name, door, w.Code)
			}
		}
		if w := h.form(t, door+"/staff", url.Values{"name": {"鈴木"}}); w.Code != http.StatusSeeOther {
			t.Errorf("鈴木 at %s: %d", door, w.Code)
		}
	}
}

// The ids by which a person, a case, a preview or a notice is found cannot be guessed: at least 80 bits (docs: a notice's code is
// 80, everything else 128 and more).
func TestNothingIsFoundByAShortID(t *testing.T) {
	h := newHouse(t)
	r := h.enrolled(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	at := h.sent(t, "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n")
	_, path := h.scanned(t)
	nonce, err := base64.RawURLEncoding.DecodeString(h.nonce(t, "A"))
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		id   string
		bits int // of one character
		want int
	}{
		"a person":        {string(r.ID), 5, 128},
		"a case":          {path[strings.LastIndexByte(path, '/')+1:], 5, 128},
		"a preview":       {at[strings.LastIndexByte(at, '/')+1:], 5, 128},
		"a notice":        {h.noticeCode(t, r), 5, 80},
		"a phone's nonce": {string(nonce[8:24]), 8, 128},
	} {
		if got := len(c.id) * c.bits; got < c.want {
			t.Errorf("%s: %q has %d bits", what, c.id, got)
		}
	}
}
