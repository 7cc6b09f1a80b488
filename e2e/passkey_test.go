package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"madoguchi/auth/passkey"
)

// create and ask are how a page has the browser answer a ceremony's options.
const (
	create = `navigator.credentials.create({publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(%)})
		.then(made => JSON.stringify(made.toJSON()))`
	ask = `navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(%)})
		.then(answer => JSON.stringify(answer.toJSON()))`
)

// authenticator gives the tab a virtual authenticator of Chromium's: a platform's, with resident keys.
func authenticator(t *testing.T, tab context.Context) webauthn.AuthenticatorID {
	t.Helper()
	devtool(t, tab, webauthn.Enable, webauthn.EnableParams{})
	var id webauthn.AuthenticatorID
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		added, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator,
			webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol:                    webauthn.AuthenticatorProtocolCtap2,
				Transport:                   webauthn.AuthenticatorTransportInternal,
				HasResidentKey:              true,
				HasUserVerification:         true,
				IsUserVerified:              true,
				AutomaticPresenceSimulation: true,
			}})
		id = added.AuthenticatorID
		return err
	}))
	return id
}

// An authenticator that this project did not write: Chromium's makes a passkey, signs in with it and proves
// it, and does not without user verification.
func TestChromiumsAuthenticatorSignsIn(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(
			[]byte(`<!doctype html><html lang="ja"><title>窓口</title><link rel="icon" href="data:,">`))
	}))
	defer site.Close()
	address := strings.Replace(site.URL, "127.0.0.1", "localhost", 1)
	now := func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }
	keys, err := passkey.New(passkey.Config{Address: address, Name: "窓口", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	tab := browser(t, 800, 600, "")
	device := authenticator(t, tab)
	do(t, tab, chromedp.Navigate(address))
	answer := func(how string, options []byte) []byte {
		t.Helper()
		return []byte(await[string](t, tab, strings.Replace(how, "%", string(options), 1)))
	}

	user := passkey.User{Handle: []byte("MEMBERMEMBER2345"), Name: "鈴木 一郎"}
	options, state, err := keys.BeginRegistration(user)
	if err != nil {
		t.Fatal(err)
	}
	made, err := keys.FinishRegistration(user, state, answer(create, options))
	if err != nil || len(made.ID) == 0 || len(made.Public) == 0 {
		t.Fatalf("%+v %v", made, err)
	}
	user.Keys = []passkey.Key{made}

	login := func() (passkey.Key, error) {
		t.Helper()
		options, state, err := keys.BeginLogin()
		if err != nil {
			t.Fatal(err)
		}
		who, used, err := keys.FinishLogin(state, answer(ask, options),
			func(_, handle []byte) (passkey.User, error) { return user, nil })
		if err == nil && who.Name != user.Name {
			t.Errorf("%+v signed in", who)
		}
		return used, err
	}
	used, err := login()
	if err != nil || used.Count <= made.Count {
		t.Fatalf("%+v %v", used, err)
	}
	user.Keys[0].Count = used.Count + 100
	if _, err := login(); !errors.Is(err, passkey.ErrCloned) {
		t.Errorf("a counter that went back: %v", err)
	}
	user.Keys[0].Count = used.Count

	if options, state, err = keys.BeginProof(user); err != nil {
		t.Fatal(err)
	}
	if used, err = keys.FinishProof(user, state, answer(ask, options)); err != nil {
		t.Errorf("%+v %v", used, err)
	}

	// the browser makes no second passkey on the same authenticator
	if options, _, err = keys.BeginRegistration(user); err != nil {
		t.Fatal(err)
	}
	if got := await[string](t, tab, strings.Replace(create, "%", string(options), 1)+
		`.catch(refused => refused.name)`); got != "InvalidStateError" {
		t.Errorf("a second passkey: %s", got)
	}

	// user verification is asked for, and without it there is no answer; where a page asks for less, its
	// answer is refused
	devtool(t, tab, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device})
	if options, state, err = keys.BeginLogin(); err != nil {
		t.Fatal(err)
	}
	if got := await[string](t, tab, strings.Replace(ask, "%", string(options), 1)+
		`.catch(refused => refused.name)`); got != "NotAllowedError" {
		t.Errorf("without user verification: %s", got)
	}
	var weaker map[string]any
	if err := json.Unmarshal(options, &weaker); err != nil {
		t.Fatal(err)
	}
	weaker["userVerification"] = "discouraged"
	asked, err := json.Marshal(weaker)
	if err != nil {
		t.Fatal(err)
	}
	find := func(_, _ []byte) (passkey.User, error) { return user, nil }
	if _, _, err := keys.FinishLogin(state, answer(ask, asked), find); !errors.Is(err,
		passkey.ErrUnverified) {
		t.Errorf("asked for less: %v", err)
	}
}
