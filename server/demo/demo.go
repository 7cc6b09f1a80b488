//go:build !nodemo

package demo

import (
	"crypto/ecdsa"
	"fmt"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/auth"
	"madoguchi/auth/demoidp"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
)

// Built reports whether this program can run the demo.
const Built = true

// Insurers are fictional (docs/facts/test-people.md#insurers).
var Insurers = []insurer.Insurer{
	{Number: "00138990", Name: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000"},
	{Number: "06139992", Name: "架空健康保険組合", Issuer: "架空健康保険組合理事長", Telephone: "06-0000-0000"},
	{Number: "01139997", Name: "架空協会けんぽ", Issuer: "架空協会けんぽ理事長", Telephone: "03-0000-0001"},
}

// Staff are fictional names to pick from; the demo has no staff sign-in.
var Staff = []string{"鈴木", "佐藤", "田中"}

// people can sign in at the demo provider (docs/facts/test-people.md#people). The sub of each is
// made for the demo.
var people = []demoidp.Person{
	{Subject: "demo-tokuichi", Name: "髙橋　德一", BirthDate: eligibility.MustDate("1955-07-01")},
	{Subject: "demo-taro", Name: "試験　太郎", BirthDate: eligibility.MustDate("1986-04-12")},
	{Subject: "demo-hanako", Name: "試験　花子", BirthDate: eligibility.MustDate("1988-11-30")},
}

// unlisted lets the strangers of a crowd in.
func unlisted(subject string) (demoidp.Person, bool) {
	s, ok := strangerOf(subject)
	return demoidp.Person{Subject: subject, Name: s.Name, BirthDate: s.Born}, ok
}

const clientID = "RP00000001"

// SignIn sets up the demo's provider, whose pages begin with /demo-idp, and this server as its client.
func SignIn(c SignInConfig) (http.Handler, *auth.Login, error) {
	client, err := c.Keys.Signing(keys.Client)
	if err != nil {
		return nil, nil, err
	}
	clientKey, err := credential.NewKey(client)
	if err != nil {
		return nil, nil, err
	}
	providerKey, err := c.Keys.Signing("demo-idp.pem")
	if err != nil {
		return nil, nil, err
	}
	named, err := credential.NewKey(providerKey)
	if err != nil {
		return nil, nil, err
	}
	issuer, redirect := c.Address+"/demo-idp", c.Address+"/login/callback"
	provider, err := demoidp.New(demoidp.Config{
		Issuer:       issuer,
		Key:          providerKey,
		KeyID:        named.ID,
		ClientID:     clientID,
		ClientKey:    client.Public().(*ecdsa.PublicKey),
		RedirectURLs: []string{redirect},
		People:       people,
		Unlisted:     unlisted,
		Now:          c.Now,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("starting the demo provider: %w", err)
	}
	return provider, auth.NewLogin(auth.Config{
		Issuer:      issuer,
		ClientID:    clientID,
		Key:         client,
		KeyID:       clientKey.ID,
		Method:      jwt.SigningMethodES256,
		RedirectURL: redirect,
		Scopes:      []string{"name", "birthdate"},
		ACRValues:   demoidp.ACR,
		NoAuthTime:  c.NoAuthTime,
		NoACR:       c.NoACR,
		Client:      &http.Client{Timeout: 10 * time.Second, Transport: c.LetIn(http.DefaultTransport)},
		Now:         c.Now,
	}), nil
}
