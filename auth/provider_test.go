package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/auth"
	"madoguchi/internal/certtest"
)

const (
	anyToken   = "an-access-token"
	anyPerson  = "p"
	asked      = "aal3"
	otherParty = "RP99999999"
)

// answers is what a provider says, all of it for a test to change before the login begins or comes back.
type answers struct {
	metadata map[string]any
	claims   jwt.MapClaims
	header   map[string]any
	userinfo map[string]any
	back     url.Values
	flow     *auth.Flow
	clock    time.Time // of the relying party when the answer comes
	signWith *ecdsa.PrivateKey
}

// outcome is a login at a provider that says what a test wants: change is called once the flow has begun.
func outcome(t *testing.T, config auth.Config, about func(metadata map[string]any),
	change func(a *answers)) (auth.Identity, error) {
	t.Helper()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	opKey := certtest.Key(t)
	a := answers{signWith: opKey}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	says := func(v func() any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if err := json.NewEncoder(w).Encode(v()); err != nil {
				t.Error(err)
			}
		}
	}
	a.metadata = map[string]any{
		"issuer":                                server.URL,
		"authorization_endpoint":                server.URL + "/auth",
		"token_endpoint":                        server.URL + "/token",
		"userinfo_endpoint":                     server.URL + "/me",
		"jwks_uri":                              server.URL + "/jwks",
		"id_token_signing_alg_values_supported": []string{"ES256"},
		"authorization_response_iss_parameter_supported": true,
	}
	about(a.metadata)
	mux.HandleFunc("/.well-known/openid-configuration", says(func() any { return a.metadata }))
	mux.HandleFunc("/jwks", says(func() any {
		point, err := opKey.PublicKey.Bytes()
		if err != nil {
			t.Error(err)
		}
		b64 := base64.RawURLEncoding
		return map[string]any{"keys": []any{map[string]string{
			"kty": "EC",
			"crv": "P-256",
			"kid": "k",
			"alg": "ES256",
			"use": "sig",
			"x":   b64.EncodeToString(point[1:33]),
			"y":   b64.EncodeToString(point[33:]),
		}}}
	}))
	mux.HandleFunc("/token", says(func() any {
		token := jwt.NewWithClaims(jwt.SigningMethodES256, a.claims)
		token.Header["kid"] = "k"
		for name, value := range a.header {
			token.Header[name] = value
		}
		signed, err := token.SignedString(a.signWith)
		if err != nil {
			t.Error(err)
		}
		return map[string]any{"access_token": anyToken, "token_type": "Bearer", "id_token": signed}
	}))
	mux.HandleFunc("/me", says(func() any { return a.userinfo }))

	a.clock = now
	config.Issuer, config.ClientID, config.Key, config.KeyID = server.URL, clientID, certtest.Key(t), "c"
	config.Method, config.RedirectURL, config.Scopes = jwt.SigningMethodES256, redirect, []string{"name",
		"birthdate"}
	config.Client, config.Now = server.Client(), func() time.Time { return a.clock }
	login := auth.NewLogin(config)
	_, flow, err := login.Begin(context.Background(), rand.Text())
	if err != nil {
		t.Fatal(err)
	}
	a.flow = &flow
	a.claims = jwt.MapClaims{
		"iss":       server.URL,
		"aud":       clientID,
		"sub":       anyPerson,
		"nonce":     flow.Nonce,
		"iat":       now.Unix(),
		"exp":       now.Add(5 * time.Minute).Unix(),
		"auth_time": now.Add(-10 * time.Second).Unix(),
		"acr":       asked,
		"at_hash":   leftHalf(anyToken),
	}
	a.userinfo = map[string]any{"sub": anyPerson, "name": "髙橋 德一", "birthdate": "19550701"}
	a.back = url.Values{"state": {flow.State}, "code": {"x"}, "iss": {server.URL}}
	change(&a)
	return login.Finish(context.Background(), flow, a.back)
}

// leftHalf is the at_hash of a token under ES256 (OpenID Connect Core 3.1.3.6).
func leftHalf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// leftHalf512 is the at_hash that ES512 would have.
func leftHalf512(token string) string {
	sum := sha512.Sum512([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:32])
}
