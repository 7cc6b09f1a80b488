package main

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
	"madoguchi/server/web"
)

// What plays other parties in the demo: fictional people, a provider to log in at, and a network that is this program.

// demoHost is the HOST of the demo's iss: SMART Health Cards want https, and the key sets travel in the trust list.
const demoHost = "https://localhost:8080"

// demoInsurers are fictional (docs/facts/test-people.md#insurers).
var demoInsurers = []insurer.Insurer{
	{Number: "00138990", Name: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000"},
	{Number: "06139992", Name: "架空健康保険組合", Issuer: "架空健康保険組合理事長", Telephone: "06-0000-0000"},
	{Number: "01139997", Name: "架空協会けんぽ", Issuer: "架空協会けんぽ理事長", Telephone: "03-0000-0001"},
}

// demoStaff are fictional names to pick from; the demo has no staff sign-in.
var demoStaff = []string{"鈴木", "佐藤", "田中"}

// demoPeople can sign in at the demo provider (docs/facts/test-people.md#people). The sub of each is
// made for the demo.
var demoPeople = []demoidp.Person{
	{Subject: "demo-tokuichi", Name: "髙橋　德一", BirthDate: eligibility.MustDate("1955-07-01")},
	{Subject: "demo-taro", Name: "試験　太郎", BirthDate: eligibility.MustDate("1986-04-12")},
	{Subject: "demo-hanako", Name: "試験　花子", BirthDate: eligibility.MustDate("1988-11-30")},
}

const demoClient = "RP00000001"

// signIn sets up the demo provider and this server as its client.
func (h *house) signIn(s *Settings, config *web.Config, address string) error {
	client, err := h.keys.Signing(keys.Client)
	if err != nil {
		return err
	}
	clientKey, err := credential.NewKey(client)
	if err != nil {
		return err
	}
	providerKey, err := h.keys.Signing("demo-idp.pem")
	if err != nil {
		return err
	}
	named, err := credential.NewKey(providerKey)
	if err != nil {
		return err
	}
	issuer, redirect := address+"/demo-idp", address+"/login/callback"
	provider, err := demoidp.New(demoidp.Config{Issuer: issuer, Key: providerKey, KeyID: named.ID, ClientID: demoClient, ClientKey: client.Public().(*ecdsa.PublicKey),
		RedirectURLs: []string{redirect}, People: demoPeople, Now: h.now})
	if err != nil {
		return fmt.Errorf("starting the demo provider: %w", err)
	}
	config.DemoIDP = provider
	config.Login = auth.NewLogin(auth.Config{
		Issuer:      issuer,
		ClientID:    demoClient,
		Key:         client,
		KeyID:       clientKey.ID,
		Method:      jwt.SigningMethodES256,
		RedirectURL: redirect,
		Scopes:      []string{"name", "birthdate"},
		ACRValues:   demoidp.ACR,
		NoAuthTime:  s.OIDCNoTime,
		NoACR:       s.OIDCNoACR,
		Client:      &http.Client{Timeout: 10 * time.Second, Transport: h.word.LetIn(http.DefaultTransport)},
		Now:         h.now,
	})
	return nil
}
