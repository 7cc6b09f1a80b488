package auth

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"

	"madoguchi/eligibility"
)

// Config describes this server at the provider.
type Config struct {
	Issuer      string
	ClientID    string
	Key         crypto.Signer     // proves this client (private_key_jwt); RSA or P-256 as Method wants
	KeyID       string            // kid of the assertion
	Method      jwt.SigningMethod // RS256 at デジタル認証アプリ, ES256 at the demo provider
	Audience    string            // of the assertion; the token endpoint when empty
	RedirectURL string
	Scopes      []string // besides openid: name, birthdate …
	ACRValues   string   // e.g. "aal3 crl"; empty leaves it out
	Client      *http.Client
	Now         func() time.Time
}

// Login signs people in by the authorization code flow with PKCE (S256), state, nonce and private_key_jwt.
type Login struct {
	config Config

	mu       sync.Mutex
	provider *oidc.Provider // found at the first login
	finding  *finding       // under way
}

// finding is one question to the provider, for all who wait for it.
type finding struct {
	done     chan struct{}
	provider *oidc.Provider
	err      error
}

// NewLogin returns a Login; the provider is contacted at the first sign-in.
func NewLogin(c Config) *Login { return &Login{config: c} }

// Flow is what a sign-in must remember between leaving and coming back, in the browser's own session.
type Flow struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Begun    time.Time `json:"begun"`
}

// Identity is who signed in, by the provider's word.
type Identity struct {
	Subject   string           `json:"subject"` // issuer and the provider's sub
	Name      string           `json:"name"`
	BirthDate eligibility.Date `json:"birthDate"`
	At        time.Time        `json:"at"`                // when the callback came, by our clock
	AuthTime  time.Time        `json:"authTime,omitzero"` // when the person proved themselves, if the provider says so
}

const (
	flowLife      = 10 * time.Minute
	proofLife     = 4 * time.Minute // an older proof is asked for anew: with a flow's life it stays under desk.FreshLogin
	assertionLife = 60 * time.Second
	clockLeeway   = 30 * time.Second
	providerTime  = 10 * time.Second
)

// Refusals of a sign-in.
var (
	ErrCancelled = &eligibility.Error{Code: eligibility.Denied, Key: "login.cancelled",
		Ja: "ログインは取りやめました。続けるときは、もう一度「ログイン」を押してください。",
		En: "The login was cancelled. To go on, press “Log in” again."}
	ErrFlow = &eligibility.Error{Code: eligibility.Denied, Key: "login.flow",
		Ja: "ログインの途中で時間が切れたか、別の画面のログインです。最初のページからやり直してください。",
		En: "The login took too long or belongs to another window. Start again from the first page."}
	ErrProvider = &eligibility.Error{Code: eligibility.Unavailable, Key: "login.provider",
		Ja: "ログインのサービスにつながりません。少し待ってから、もう一度お試しください。",
		En: "The sign-in service does not answer. Try again shortly."}
	ErrIdentity = &eligibility.Error{Code: eligibility.Denied, Key: "login.identity",
		Ja: "ログインの結果を確かめられませんでした。最初のページからやり直してください。",
		En: "The result of the login could not be verified. Start again from the first page."}
)

// Begin returns the address to send the browser to, and what to remember for Finish.
func (l *Login) Begin(ctx context.Context) (string, Flow, error) {
	settings, _, err := l.discover(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	flow := Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Begun: l.config.Now()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier),
		oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(proofLife.Seconds())))} // a provider's single sign-on is no proof of now (OpenID Connect Core 3.1.2.1)
	if l.config.ACRValues != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", l.config.ACRValues))
	}
	return settings.AuthCodeURL(flow.State, options...), flow, nil
}

// Finish turns the provider's redirect into an identity. It refuses another state, a flow older than ten minutes, another
// issuer (RFC 9207), and any id_token that is not for this client, this nonce and this time.
func (l *Login) Finish(ctx context.Context, flow Flow, back url.Values) (Identity, error) {
	now := l.config.Now()
	if flow.State == "" || back.Get("state") != flow.State || now.Sub(flow.Begun) > flowLife {
		return Identity{}, ErrFlow
	}
	if iss := back.Get("iss"); iss != "" && iss != l.config.Issuer {
		return Identity{}, ErrIdentity.Because(fmt.Errorf("redirect from issuer %q", iss))
	}
	if e := back.Get("error"); e != "" {
		if e == "access_denied" {
			return Identity{}, ErrCancelled
		}
		return Identity{}, ErrProvider.Because(fmt.Errorf("the provider said %q", e))
	}
	settings, provider, err := l.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, l.config.Client), providerTime)
	defer cancel()
	assertion, err := l.assertion(settings.Endpoint.TokenURL, now)
	if err != nil {
		return Identity{}, err
	}
	token, err := settings.Exchange(ctx, back.Get("code"), oauth2.VerifierOption(flow.Verifier),
		oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
		oauth2.SetAuthURLParam("client_assertion", assertion))
	if err != nil {
		return Identity{}, refusal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: l.config.ClientID, Now: l.config.Now, SupportedSigningAlgs: []string{"ES256", "RS256"}}).Verify(ctx, raw)
	if err != nil || id.Nonce != flow.Nonce || id.IssuedAt.After(now.Add(clockLeeway)) {
		return Identity{}, ErrIdentity.Because(errors.Join(err, errors.New("id_token not verified")))
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return Identity{}, refusal(err)
	}
	return l.identity(id, info, now)
}

// identity reads userinfo's claims. デジタル認証アプリ writes the date of birth as YYYYMMDD (rules.md 5.3), OpenID Connect as
// YYYY-MM-DD.
func (l *Login) identity(id *oidc.IDToken, info *oidc.UserInfo, now time.Time) (Identity, error) {
	var claims struct {
		Name      string `json:"name"`
		BirthDate string `json:"birthdate"`
	}
	if err := info.Claims(&claims); err != nil || info.Subject != id.Subject || id.Subject == "" {
		return Identity{}, ErrIdentity.Because(errors.Join(err, errors.New("userinfo is not the id_token's subject's")))
	}
	birth, err := eligibility.ReadDate(claims.BirthDate)
	if err != nil || birth.IsZero() || claims.Name == "" {
		return Identity{}, ErrIdentity.Because(errors.New("userinfo lacks name or birthdate"))
	}
	var proof struct {
		AuthTime int64 `json:"auth_time"`
	}
	if err := id.Claims(&proof); err != nil {
		return Identity{}, ErrIdentity.Because(err)
	}
	who := Identity{Subject: id.Issuer + "|" + id.Subject, Name: claims.Name, BirthDate: birth, At: now}
	if proof.AuthTime > 0 {
		who.AuthTime = time.Unix(proof.AuthTime, 0)
	}
	return who, nil
}

// refusal tells a provider that refuses from one that is not there.
func refusal(err error) error {
	var retrieve *oauth2.RetrieveError
	if errors.As(err, &retrieve) && retrieve.Response.StatusCode < 500 {
		return ErrIdentity.Because(err)
	}
	return ErrProvider.Because(err)
}

// discover finds the provider's endpoints once. While the provider is slow, all who log in wait for the same answer.
func (l *Login) discover(ctx context.Context) (oauth2.Config, *oidc.Provider, error) {
	provider, err := l.found(ctx)
	if err != nil {
		return oauth2.Config{}, nil, ErrProvider.Because(err)
	}
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams
	return oauth2.Config{ClientID: l.config.ClientID, Endpoint: endpoint, RedirectURL: l.config.RedirectURL,
		Scopes: append([]string{oidc.ScopeOpenID}, l.config.Scopes...)}, provider, nil
}

func (l *Login) found(ctx context.Context) (*oidc.Provider, error) {
	l.mu.Lock()
	if l.provider != nil {
		defer l.mu.Unlock()
		return l.provider, nil
	}
	f := l.finding
	if f == nil {
		f = &finding{done: make(chan struct{})}
		l.finding = f
		go l.find(context.WithoutCancel(ctx), f) // whoever asked first may leave
	}
	l.mu.Unlock()
	select {
	case <-f.done:
		return f.provider, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *Login) find(ctx context.Context, f *finding) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, l.config.Client), providerTime)
	defer cancel()
	f.provider, f.err = oidc.NewProvider(ctx, l.config.Issuer)
	l.mu.Lock()
	l.provider, l.finding = f.provider, nil // after a failure the next login asks again
	l.mu.Unlock()
	close(f.done)
}

// assertion proves this client to the token endpoint (private_key_jwt, RFC 7523), for a minute and once.
func (l *Login) assertion(tokenURL string, now time.Time) (string, error) {
	audience := l.config.Audience
	if audience == "" {
		audience = tokenURL
	}
	token := jwt.NewWithClaims(l.config.Method, jwt.RegisteredClaims{Issuer: l.config.ClientID, Subject: l.config.ClientID,
		Audience: jwt.ClaimStrings{audience}, ID: rand.Text(), IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(assertionLife))})
	token.Header["kid"] = l.config.KeyID
	signed, err := token.SignedString(l.config.Key)
	if err != nil {
		return "", fmt.Errorf("signing the client assertion: %w", err)
	}
	return signed, nil
}

// randomID returns 256 random bits, base64url.
func randomID() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}
