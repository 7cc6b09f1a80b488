//go:build !nodemo

package load

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
)

// phone is a patient's, with its key and what it shows.
type phone struct {
	*visitor
	of     *insured
	id     string
	key    *ecdsa.PrivateKey
	signs  credential.Key
	person string // as the server names the person

	mu      sync.Mutex
	live    string    // the newest live screen
	made    time.Time // of live
	before  string    // the live screen before that
	first   shown     // the first one, to be shown again when it is old
	offline string
}

// shown is a screen with the time at which it was made.
type shown struct {
	jws string
	at  time.Time
}

var b64 = base64.RawURLEncoding

// enterPhones has everybody log in and register the phone.
func (l *run) enterPhones(ctx context.Context) error {
	l.phones = make([]*phone, len(l.insured))
	return each(l.insured, 4, func(i int, p *insured) error {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		signs, err := credential.NewKey(key)
		if err != nil {
			return err
		}
		h := &phone{visitor: l.visitor(2 + i), of: p, id: "load-" + rand.Text(), key: key, signs: signs}
		l.phones[i] = h
		if err := h.enter(ctx); err != nil {
			return fmt.Errorf("registering the phone of %s: %w", p.Number(), err)
		}
		return nil
	})
}

// enter walks from the notice to the first screens.
func (p *phone) enter(ctx context.Context) error {
	began := p.run.Now()
	back, err := p.logIn(ctx)
	if err != nil {
		return err
	}
	p.run.meter.must(back == "/enrol", kindLogin, "the login of %s leads to %s", p.of.Number(), back)
	p.run.meter.took(kindLogin, p.run.Now().Sub(began))
	if _, err := p.call(ctx, call{
		kind:   kindEnrol,
		method: http.MethodPost,
		path:   "/enrol",
		body:   formBody(url.Values{}),
		want:   http.StatusSeeOther,
	}); err != nil {
		return err
	}
	if err := p.addKey(ctx); err != nil {
		return err
	}
	return p.opens(ctx)
}

// logIn goes to the provider and back, and returns where that leads.
func (p *phone) logIn(ctx context.Context) (string, error) {
	step := func(method, path string, b *body) (string, error) {
		a, err := p.call(ctx, call{
			kind:   kindLogin,
			method: method,
			path:   path,
			body:   b,
			want:   http.StatusSeeOther,
			quiet:  true,
		})
		return a.location, err
	}
	if _, err := step(http.MethodGet, p.of.notice, nil); err != nil {
		return "", err
	}
	provider, err := step(http.MethodGet, "/login", nil)
	if err != nil {
		return "", err
	}
	back, err := step(http.MethodPost, provider, formBody(url.Values{"person": {p.of.Subject()}}))
	if err != nil {
		return "", err
	}
	return step(http.MethodGet, back, nil)
}

// proof asks for a nonce and signs it.
func (p *phone) proof(ctx context.Context, use auth.Use) (nonce, signature string, err error) {
	var got struct{ Nonce string }
	if _, err := p.call(ctx, call{
		kind:   kindOpen,
		method: http.MethodPost,
		path:   "/api/v1/phone/nonce",
		body:   jsonBody(map[string]string{"phone": p.id}),
		want:   http.StatusOK,
		into:   &got,
		quiet:  true,
	}); err != nil {
		return "", "", err
	}
	sum := sha256.Sum256([]byte(auth.DeviceMessage(use, p.run.target.url.Host, p.id, got.Nonce)))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		return "", "", err
	}
	both := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return got.Nonce, b64.EncodeToString(both), nil
}

// point are the coordinates of the phone's public key.
func (p *phone) point() map[string]string {
	point, err := p.key.PublicKey.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		panic("load: a key of the phone: " + err.Error()) // it was made on this curve
	}
	return map[string]string{
		"kty": "EC",
		"crv": "P-256",
		"x":   b64.EncodeToString(point[1:33]),
		"y":   b64.EncodeToString(point[33:]),
	}
}

// addKey registers the phone's key.
func (p *phone) addKey(ctx context.Context) error {
	nonce, signature, err := p.proof(ctx, auth.UseAddDevice)
	if err != nil {
		return err
	}
	_, err = p.call(ctx, call{
		kind:   "phone",
		method: http.MethodPut,
		path:   "/api/v1/phone/holder",
		body: jsonBody(map[string]any{
			"id":        p.id,
			"key":       p.point(),
			"nonce":     nonce,
			"signature": signature,
		}),
		want: http.StatusOK,
	})
	return err
}

// opens is the app being opened: the phone comes back by its key, asks whom it shows, and makes both screens.
func (p *phone) opens(ctx context.Context) error {
	began := p.run.Now()
	nonce, signature, err := p.proof(ctx, auth.UseSignIn)
	if err != nil {
		return err
	}
	if _, err := p.call(ctx, call{
		kind:   kindOpen,
		method: http.MethodPost,
		path:   "/api/v1/phone/session",
		body: jsonBody(map[string]string{
			"phone":     p.id,
			"key":       credential.DeviceKeyID(p.signs.Public()),
			"nonce":     nonce,
			"signature": signature,
		}),
		want:  http.StatusNoContent,
		quiet: true,
	}); err != nil {
		return err
	}
	var me struct{ People []struct{ ID, Name string } }
	if _, err := p.call(ctx, call{
		kind:   kindOpen,
		method: http.MethodGet,
		path:   "/api/v1/me",
		want:   http.StatusOK,
		into:   &me,
		quiet:  true,
	}); err != nil {
		return err
	}
	own := len(me.People) == 1 && sameName(me.People[0].Name, p.of.Name)
	p.run.meter.must(own, kindOpen, "the phone of %s shows %d people", p.of.Number(), len(me.People))
	if !own {
		return fmt.Errorf("the phone of %s shows %d people", p.of.Number(), len(me.People))
	}
	p.mu.Lock()
	p.person = me.People[0].ID
	p.mu.Unlock()
	if err := p.makes(ctx, kindLive); err != nil {
		return err
	}
	if err := p.makes(ctx, kindOffline); err != nil {
		return err
	}
	p.run.meter.took(kindOpen, p.run.Now().Sub(began))
	return nil
}

// makes asks for a screen, verifies it and keeps it.
func (p *phone) makes(ctx context.Context, kind string) error {
	p.mu.Lock()
	person := p.person
	p.mu.Unlock()
	want := map[string]string{"tier": string(credential.TierLive)}
	if kind == kindOffline {
		want = map[string]string{"tier": string(credential.TierOffline), "phone": p.id}
	}
	var made struct{ JWS string }
	if _, err := p.call(ctx, call{
		kind:   kind,
		method: http.MethodPost,
		path:   "/api/v1/people/" + person + "/credential",
		body:   jsonBody(want),
		want:   http.StatusOK,
		into:   &made,
	}); err != nil {
		return err
	}
	p.run.verify(kind, made.JWS, p.of.Stranger)
	now := p.run.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if kind == kindOffline {
		p.offline = made.JWS
		return nil
	}
	p.before, p.live, p.made = p.live, made.JWS, now
	if p.first.jws == "" {
		p.first = shown{made.JWS, now}
	}
	return nil
}

// renew makes a live screen again and again, as a phone that is looked at does. Those of a crowd are spread
// over the time between two.
func (p *phone) renew(ctx, coming context.Context, place int) {
	every := p.run.plan.renewal()
	wait := every * time.Duration(place+1) / time.Duration(len(p.run.phones))
	for pause(coming, wait) {
		_ = p.makes(ctx, kindLive) // it was counted
		wait = time.Duration(float64(every) * (0.9 + 0.2*p.run.chance()))
	}
}

// openings opens phones, one after the other, as often as planned.
func (l *run) openings(ctx, coming context.Context) {
	for i := 0; pause(coming, l.gap(l.plan.Openings)); i++ {
		_ = l.phones[i%len(l.phones)].opens(ctx) // it was counted
	}
}

// screens are what the phone can show now.
func (p *phone) screens() (live, before, offline string, first shown) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.live, p.before, p.offline, p.first
}

// secondCode is the code that a phone without network shows beside its screen
// (docs/facts/smart-health-card.md#proof-by-the-phone).
func (p *phone) secondCode(jws string) (string, error) {
	shown := sha256.Sum256([]byte(jws))
	head, err := json.Marshal(map[string]any{"typ": "live+jwt", "alg": "ES256", "jwk": p.point()})
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{
		"iat":     p.run.Now().Unix(),
		"sd_hash": b64.EncodeToString(shown[:]),
	})
	if err != nil {
		return "", err
	}
	input := b64.EncodeToString(head) + "." + b64.EncodeToString(claims)
	signature, err := p.signs.Sign(input)
	return input + "." + signature, err
}
