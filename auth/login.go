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
	"golang.org/x/sync/singleflight"

	"madoguchi/eligibility"
)

// Config describes this server as a client (relying party) of the OpenID provider.
type Config struct {
	Issuer      string
	ClientID    string
	Key         crypto.Signer     // proves this client (private_key_jwt); RSA or P-256 as Method wants
	KeyID       string            // kid of the assertion
	Method      jwt.SigningMethod // RS256 at デジタル認証サービス, ES256 at the demo provider
	Audience    string            // of the assertion; the token endpoint when empty
	RedirectURL string
	Scopes      []string // besides openid: name, birthdate …
	ACRValues   string   // e.g. "aal3 crl"; empty leaves it out, and then any level will do
	NoAuthTime  bool     // the provider gives no auth_time, whatever its metadata say
	NoACR       bool     // the provider gives no acr, whatever its metadata say
	Client      *http.Client
	Now         func() time.Time
}

// Login signs people in by the authorization code flow with PKCE (S256), state, nonce and private_key_jwt.
type Login struct {
	config Config

	mu        sync.Mutex
	provider  *oidc.Provider     // found at the first login
	discovery singleflight.Group // one request for its metadata, shared by all logins that wait for it
}

// NewLogin returns a Login; the provider is contacted at the first sign-in.
func NewLogin(c Config) *Login { return &Login{config: c} }

// Flow is what must be kept in the browser's session between the redirect to the provider and the callback.
type Flow struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Begun    time.Time `json:"begun"`
}

// Identity is the person who signed in, as the provider states it.
type Identity struct {
	Subject   string           `json:"subject"` // issuer and the provider's sub
	Name      string           `json:"name"`
	BirthDate eligibility.Date `json:"birthDate"`
	At        time.Time        `json:"at"` // when the callback came, by our clock
	// when the person proved themselves, by the provider's word, and at which level; zero and empty where it
	// gives none
	AuthTime time.Time `json:"authTime,omitzero"`
	ACR      string    `json:"acr,omitempty"`
}

// AuthenticatedAt returns when the person proved themselves. Where the provider gives no auth_time that is
// only known to lie before the callback: at is the callback's time and stated is false.
func (id Identity) AuthenticatedAt() (at time.Time, stated bool) {
	if id.AuthTime.IsZero() {
		return id.At, false
	}
	return id.AuthTime, true
}

// Assurance describes for the audit what a login rests on: its level (acr), and whether the time of
// authentication comes from the provider.
func (id Identity) Assurance() string {
	level, timed := "acr "+id.ACR, "auth_time"
	if id.ACR == "" {
		level = "acr not given"
	}
	if _, stated := id.AuthenticatedAt(); !stated {
		timed = "auth_time not given, time of the callback"
	}
	return level + "; " + timed
}

// FlowLife is how long a login may be under way.
const FlowLife = 10 * time.Minute

const (
	// an older proof is asked for anew: with a flow's life it stays under insurer.FreshLogin
	proofLife     = 4 * time.Minute
	assertionLife = 60 * time.Second
	clockLeeway   = 30 * time.Second
	providerTime  = 10 * time.Second
)

// Refusals of a sign-in.
var (
	ErrCancelled = &eligibility.Error{Code: eligibility.Denied, Key: "login.cancelled"}
	ErrFlow      = &eligibility.Error{Code: eligibility.Denied, Key: "login.flow"}
	ErrProvider  = &eligibility.Error{Code: eligibility.Unavailable, Key: "login.provider"}
	ErrIdentity  = &eligibility.Error{Code: eligibility.Denied, Key: "login.identity"}
	// ErrTimedOut is for a login that took longer than FlowLife, or too long at the provider.
	ErrTimedOut = &eligibility.Error{Code: eligibility.Denied, Key: "login.timed_out"}
	// ErrUnfinished is for a login that the person could not get through at the provider.
	ErrUnfinished = &eligibility.Error{Code: eligibility.Denied, Key: "login.unfinished"}
)

// Begin returns the address to send the browser to, and what to remember for Finish. The state is one that
// nobody can guess.
func (l *Login) Begin(ctx context.Context, state string) (string, Flow, error) {
	found, err := l.discover(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	flow := Flow{
		State:    state,
		Nonce:    rand.Text(),
		Verifier: oauth2.GenerateVerifier(),
		Begun:    l.config.Now(),
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier),
		// a provider's single sign-on is no proof of now (OpenID Connect Core 3.1.2.1)
		oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(proofLife.Seconds())))}
	if l.config.ACRValues != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", l.config.ACRValues))
	}
	return found.settings.AuthCodeURL(flow.State, options...), flow, nil
}

// Finish turns the provider's redirect into an identity. It refuses another state, a flow older than ten
// minutes, another issuer (RFC 9207), and any id_token that is not for this client, this nonce, this time,
// the age and the level that were asked (checkCallback, checkIDToken). Clocks may differ by half a minute.
func (l *Login) Finish(ctx context.Context, flow Flow, back url.Values) (Identity, error) {
	now := l.config.Now()
	switch age := now.Sub(flow.Begun); {
	case flow.State == "", age < -clockLeeway:
		return Identity{}, ErrFlow
	case age > FlowLife:
		return Identity{}, ErrTimedOut
	}
	code, err := l.checkCallback(flow, back, func() (bool, error) {
		found, err := l.discover(ctx)
		return found.meta.PromisesIssuer, err
	})
	if err != nil {
		return Identity{}, err
	}
	found, err := l.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, l.config.Client), providerTime)
	defer cancel()
	assertion, err := l.assertion(found.settings.Endpoint.TokenURL, now)
	if err != nil {
		return Identity{}, err
	}
	token, err := found.settings.Exchange(ctx, code, oauth2.VerifierOption(flow.Verifier),
		oauth2.SetAuthURLParam("client_assertion_type",
			"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
		oauth2.SetAuthURLParam("client_assertion", assertion))
	if err != nil {
		return Identity{}, providerError(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.provider.Verifier(&oidc.Config{
		ClientID:             l.config.ClientID,
		Now:                  l.config.Now,
		SupportedSigningAlgs: []string{"ES256", "RS256"},
	}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, ErrIdentity.Because(fmt.Errorf("id_token not verified: %w", err))
	}
	how, err := l.checkIDToken(id, tokenContext{flow, token.AccessToken, found.meta, now})
	if err != nil {
		return Identity{}, ErrIdentity.Because(fmt.Errorf("id_token refused: %w", err))
	}
	info, err := found.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return Identity{}, providerError(err)
	}
	who, err := l.readIdentity(id, how, info, now)
	if err != nil {
		return Identity{}, ErrIdentity.Because(err)
	}
	return who, nil
}

// providerError distinguishes a provider that refused from one that cannot be reached.
func providerError(err error) error {
	var retrieve *oauth2.RetrieveError
	if errors.As(err, &retrieve) && retrieve.Response.StatusCode < 500 {
		return ErrIdentity.Because(err)
	}
	return ErrProvider.Because(err)
}

// discovered is a provider's metadata as this client uses them.
type discovered struct {
	provider *oidc.Provider
	settings oauth2.Config
	meta     metadata
}

// discover fetches the provider's metadata once. While the provider is slow, all logins wait for the same
// request.
func (l *Login) discover(ctx context.Context) (discovered, error) {
	provider, err := l.discoverOnce(ctx)
	if err != nil {
		return discovered{}, ErrProvider.Because(err)
	}
	d := discovered{provider: provider}
	if err := provider.Claims(&d.meta); err != nil {
		return discovered{}, ErrProvider.Because(fmt.Errorf("reading the provider's metadata: %w", err))
	}
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams
	d.settings = oauth2.Config{
		ClientID:    l.config.ClientID,
		Endpoint:    endpoint,
		RedirectURL: l.config.RedirectURL,
		Scopes:      append([]string{oidc.ScopeOpenID}, l.config.Scopes...),
	}
	return d, nil
}

func (l *Login) discoverOnce(ctx context.Context) (*oidc.Provider, error) {
	if provider := l.knownProvider(); provider != nil {
		return provider, nil
	}
	found := l.discovery.DoChan("", func() (any, error) {
		return l.fetchMetadata(context.WithoutCancel(ctx)) // whoever asked first may leave
	})
	select {
	case f := <-found:
		if f.Err != nil {
			return nil, f.Err // the next login asks again
		}
		return f.Val.(*oidc.Provider), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// knownProvider returns the provider once it was found.
func (l *Login) knownProvider() *oidc.Provider {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.provider
}

func (l *Login) fetchMetadata(ctx context.Context) (*oidc.Provider, error) {
	if provider := l.knownProvider(); provider != nil { // while this login came here
		return provider, nil
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, l.config.Client), providerTime)
	defer cancel()
	provider, err := oidc.NewProvider(ctx, l.config.Issuer)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.provider = provider
	return provider, nil
}

// assertion proves this client to the token endpoint (private_key_jwt, RFC 7523), for a minute and once.
func (l *Login) assertion(tokenURL string, now time.Time) (string, error) {
	audience := l.config.Audience
	if audience == "" {
		audience = tokenURL
	}
	token := jwt.NewWithClaims(l.config.Method, jwt.RegisteredClaims{
		Issuer:    l.config.ClientID,
		Subject:   l.config.ClientID,
		Audience:  jwt.ClaimStrings{audience},
		ID:        rand.Text(),
		IssuedAt:  jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(now.Add(assertionLife)),
	})
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
