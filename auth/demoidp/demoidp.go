// Package demoidp is an OpenID provider for demonstration and tests: it signs in fictional people, on this
// computer only. It is strict, so that a relying party that works here has done everything right:
// authorization code only, PKCE S256, state and nonce compulsory, private_key_jwt once and for five minutes
// at most, exact redirect addresses, codes once.
//
// It never looks like the State's service: its page says so in its first line.
package demoidp

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/eligibility"
)

// Person is a fictional person who can sign in.
type Person struct {
	Subject   string
	Name      string
	BirthDate eligibility.Date
}

// Config makes a provider.
type Config struct {
	Issuer       string // address under which the provider answers, without trailing slash
	Key          *ecdsa.PrivateKey
	KeyID        string
	ClientID     string
	ClientKey    *ecdsa.PublicKey
	RedirectURLs []string
	People       []Person // whom the page shows
	// Unlisted finds people who can sign in too and stand on no page; nil: there are none
	Unlisted func(subject string) (Person, bool)
	Now      func() time.Time
}

// Provider answers below its issuer's path.
type Provider struct {
	Config
	path string

	mu     sync.Mutex
	codes  map[string]grant
	tokens map[string]grant
	jtis   map[string]time.Time
}

// grant is what a code, and later an access token, stands for.
type grant struct {
	person    Person
	redirect  string
	challenge string
	nonce     string
	at        time.Time
	used      bool
	token     string
}

// ACR is the level of every fictional login, in the words of デジタル認証サービス. Who asks for others only is refused.
const ACR = "aal3"

const (
	codeLife  = 60 * time.Second
	tokenLife = 5 * time.Minute
	maxJWT    = 5 * time.Minute
)

//go:embed page.html page.css
var files embed.FS

var page = template.Must(template.ParseFS(files, "page.html"))

// New returns a provider.
func New(c Config) (*Provider, error) {
	u, err := url.Parse(c.Issuer)
	if err != nil {
		return nil, err
	}
	return &Provider{
		Config: c,
		path:   u.Path,
		codes:  map[string]grant{},
		tokens: map[string]grant{},
		jtis:   map[string]time.Time{},
	}, nil
}

func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	switch route := strings.TrimPrefix(r.URL.Path, p.path); r.Method + " " + route {
	case "GET /.well-known/openid-configuration":
		writeJSON(w, http.StatusOK, p.discovery())
	case "GET /certs":
		writeJSON(w, http.StatusOK, p.jwks())
	case "GET /page.css":
		css, _ := files.ReadFile("page.css") // embedded
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Write(css)
	case "GET /auth":
		p.authorize(w, r)
	case "POST /auth":
		p.decide(w, r)
	case "POST /token":
		p.token(w, r)
	case "GET /userinfo":
		p.userinfo(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (p *Provider) discovery() map[string]any {
	return map[string]any{
		"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/auth",
		"token_endpoint":    p.Issuer + "/token",
		"userinfo_endpoint": p.Issuer + "/userinfo", "jwks_uri": p.Issuer + "/certs",
		"response_types_supported": []string{"code"}, "grant_types_supported": []string{"authorization_code"},
		"subject_types_supported":                          []string{"pairwise"},
		"id_token_signing_alg_values_supported":            []string{"ES256"},
		"token_endpoint_auth_methods_supported":            []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": []string{"ES256"},
		"code_challenge_methods_supported":                 []string{"S256"},
		"scopes_supported":                                 []string{"openid", "name", "birthdate"},
		"authorization_response_iss_parameter_supported":   true,
		"acr_values_supported":                             []string{ACR},
		"claims_supported": []string{"sub", "iss", "aud", "exp", "iat",
			"nonce", "at_hash", "auth_time", "acr", "name", "birthdate"},
	}
}

func (p *Provider) jwks() map[string]any {
	point, err := p.Key.PublicKey.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		return map[string]any{"keys": []any{}}
	}
	b64 := base64.RawURLEncoding
	return map[string]any{"keys": []map[string]string{{
		"kty": "EC",
		"crv": "P-256",
		"use": "sig",
		"alg": "ES256",
		"kid": p.KeyID,
		"x":   b64.EncodeToString(point[1:33]),
		"y":   b64.EncodeToString(point[33:]),
	}}}
}

// request is an authorization request that was found in order.
type request struct {
	redirect, state, nonce, challenge string
}

// read checks an authorization request. Where the client or its redirect address is wrong nothing is sent
// there.
func (p *Provider) read(q url.Values) (request, string, bool) {
	one := func(name string) string {
		if len(q[name]) != 1 {
			return ""
		}
		return q[name][0]
	}
	r := request{one("redirect_uri"), one("state"), one("nonce"), one("code_challenge")}
	if one("client_id") != p.ClientID || !slices.Contains(p.RedirectURLs, r.redirect) {
		return r, "", false
	}
	switch {
	case one("response_type") != "code":
		return r, "unsupported_response_type", true
	case !slices.Contains(strings.Fields(one("scope")), "openid"):
		return r, "invalid_scope", true
	case q.Has("acr_values") && !slices.Contains(strings.Fields(one("acr_values")), ACR):
		return r, "unmet_authentication_requirements", true // OpenID Connect Core Error Code of that name
	case r.state == "" || r.nonce == "" || len(r.nonce) > 255, len(r.challenge) != 43,
		one("code_challenge_method") != "S256":
		return r, "invalid_request", true
	}
	return r, "", true
}

// authorize shows the page on which a fictional person is picked.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	req, problem, known := p.read(r.URL.Query())
	if !known {
		http.Error(w, "client_id or redirect_uri is not registered", http.StatusBadRequest)
		return
	}
	if problem != "" {
		p.back(w, r, req, url.Values{"error": {problem}})
		return
	}
	var b bytes.Buffer
	view := struct {
		Action, CSS string
		People      []Person
	}{p.path + "/auth?" + r.URL.RawQuery, p.path + "/page.css", p.People}
	if err := page.Execute(&b, view); err != nil {
		http.Error(w, "page", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	// No form-action here: after the form browsers apply it to the redirect to the client too.
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Write(b.Bytes())
}

// decide sends the picked person back to the client with a code.
func (p *Provider) decide(w http.ResponseWriter, r *http.Request) {
	req, problem, known := p.read(r.URL.Query())
	if !known || problem != "" {
		http.Error(w, "the request is not in order", http.StatusBadRequest)
		return
	}
	subject := r.PostFormValue("person")
	person, known := p.person(subject)
	if !known {
		p.back(w, r, req, url.Values{"error": {"access_denied"}})
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.sweep()
	p.codes[code] = grant{
		person:    person,
		redirect:  req.redirect,
		challenge: req.challenge,
		nonce:     req.nonce,
		at:        p.Now(),
	}
	p.mu.Unlock()
	p.back(w, r, req, url.Values{"code": {code}})
}

// person is who signs in by a subject.
func (p *Provider) person(subject string) (Person, bool) {
	i := slices.IndexFunc(p.People, func(x Person) bool { return x.Subject == subject })
	if i >= 0 {
		return p.People[i], true
	}
	if p.Unlisted == nil {
		return Person{}, false
	}
	return p.Unlisted(subject)
}

// sweep forgets what is over.
func (p *Provider) sweep() {
	now := p.Now()
	for code, g := range p.codes {
		if now.Sub(g.at) > tokenLife {
			delete(p.codes, code)
		}
	}
	for token, g := range p.tokens {
		if now.Sub(g.at) > tokenLife {
			delete(p.tokens, token)
		}
	}
	for jti, until := range p.jtis {
		if now.After(until) {
			delete(p.jtis, jti)
		}
	}
}

func (p *Provider) back(w http.ResponseWriter, r *http.Request, req request, v url.Values) {
	v.Set("state", req.state)
	v.Set("iss", p.Issuer) // RFC 9207
	http.Redirect(w, r, req.redirect+"?"+v.Encode(), http.StatusSeeOther)
}

// token exchanges a code, once, for an id_token and an access token.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "authorization_code" {
		writeError(w, http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.client(r.PostForm) {
		writeError(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	now := p.Now()
	code := r.PostForm.Get("code")
	g, ok := p.codes[code]
	if ok && g.used { // a code seen twice was stolen: what it gave ends
		delete(p.tokens, g.token)
		delete(p.codes, code)
		ok = false
	}
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if !ok || now.Sub(g.at) > codeLife || g.redirect != r.PostForm.Get("redirect_uri") ||
		subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])),
			[]byte(g.challenge)) != 1 {
		writeError(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	g.used, g.token = true, rand.Text()
	hash := sha256.Sum256([]byte(g.token)) // at_hash: its left half (OpenID Connect Core 3.1.3.6)
	id := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss":       p.Issuer,
		"sub":       g.person.Subject,
		"aud":       p.ClientID,
		"nonce":     g.nonce,
		"iat":       now.Unix(),
		"exp":       now.Add(tokenLife).Unix(),
		"auth_time": g.at.Unix(), // everybody picks a person anew, whatever max_age says
		"acr":       ACR,
		"at_hash":   base64.RawURLEncoding.EncodeToString(hash[:len(hash)/2]),
	})
	id.Header["kid"] = p.KeyID
	signed, err := id.SignedString(p.Key)
	if err != nil {
		writeError(w, http.StatusInternalServerError, "server_error")
		return
	}
	p.codes[code], p.tokens[g.token] = g, grant{person: g.person, at: now}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": g.token,
		"token_type":   "Bearer",
		"expires_in":   int(tokenLife.Seconds()),
		"id_token":     signed,
	})
}

// client verifies the client assertion (private_key_jwt): key, audience, life of at most five minutes, and
// once only.
func (p *Provider) client(form url.Values) bool {
	if form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		return false
	}
	var claims jwt.RegisteredClaims
	_, err := jwt.ParseWithClaims(form.Get("client_assertion"), &claims,
		func(*jwt.Token) (any, error) { return p.ClientKey, nil },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithIssuer(p.ClientID), jwt.WithSubject(p.ClientID),
		jwt.WithAudience(p.Issuer+"/token"),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(p.Now))
	if err != nil || claims.ID == "" || claims.ExpiresAt.Sub(p.Now()) > maxJWT {
		return false
	}
	if _, seen := p.jtis[claims.ID]; seen {
		return false
	}
	p.jtis[claims.ID] = claims.ExpiresAt.Time
	return true
}

// userinfo answers the bearer of an access token, in the form of デジタル認証サービス.
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.Lock()
	g, known := p.tokens[token]
	p.mu.Unlock()
	if !ok || !known || p.Now().Sub(g.at) > tokenLife {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		writeError(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"sub": g.person.Subject, "name": g.person.Name,
		"birthdate": strings.ReplaceAll(g.person.BirthDate.String(), "-", "")})
}

func writeError(w http.ResponseWriter, status int, problem string) {
	writeJSON(w, status, map[string]string{"error": problem})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // a client that left is nobody's error
}
