package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/internal/passkeytest"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// browserName is what the browsers of members call themselves; their sessions are bound to it.
const browserName = "Mozilla/5.0 (test)"

// staffBrowser is a member of staff at a browser of their own, with a passkey.
type staffBrowser struct {
	t       *testing.T
	h       *testApp
	cookies map[string]*http.Cookie
	device  *passkeytest.Authenticator
	member  staff.Member
	agent   string // User-Agent
}

// at returns a new browser before the test app, with an authenticator.
func (h *testApp) at(t *testing.T) *staffBrowser {
	return &staffBrowser{
		t:       t,
		h:       h,
		cookies: map[string]*http.Cookie{},
		device:  &passkeytest.Authenticator{Origin: "http://localhost:8080", Counts: true},
		agent:   browserName,
	}
}

// joins invites somebody by a command and has them make a passkey; they are not signed in yet.
func (h *testApp) joins(t *testing.T, of staff.Organisation, role staff.Role, name string) *staffBrowser {
	t.Helper()
	code, v, err := h.members.Members.Invite(ctx, staff.Operator{}, staff.NewMember{
		Organisation: of,
		Name:         name,
		Role:         role,
	})
	if err != nil {
		t.Fatal(err)
	}
	b := h.at(t)
	b.accept("/staff/invite/" + code)
	if b.member, err = h.members.SignIn.Member(ctx, v.Member); err != nil {
		t.Fatal(err)
	}
	return b
}

// adminSignedIn and deskSignedIn are administrators of 架空市 and of the facility, who have just signed in.
func (h *testApp) adminSignedIn(t *testing.T) *staffBrowser {
	t.Helper()
	b := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerAdmin, "山田 管理")
	b.signIn("")
	return b
}

func (h *testApp) deskSignedIn(t *testing.T) *staffBrowser {
	t.Helper()
	b := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleFacilityAdmin, "田中 三月")
	b.signIn("")
	return b
}

// cookieList is what the browser holds.
func (b *staffBrowser) cookieList() []*http.Cookie {
	var all []*http.Cookie
	for _, c := range b.cookies {
		all = append(all, c)
	}
	return all
}

// do sends a request as the browser does, and keeps the cookies of the answer.
func (b *staffBrowser) do(r *http.Request) *httptest.ResponseRecorder {
	b.t.Helper()
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:50000"
	r.Header.Set("User-Agent", b.agent)
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := b.h.answered(b.t, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c
		}
	}
	return w
}

func (b *staffBrowser) get(path string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *staffBrowser) form(path string, pairs ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *staffBrowser) send(path string, body any) *httptest.ResponseRecorder {
	b.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(data)))
	r.Header.Set("Content-Type", "application/json")
	return b.do(r)
}

// options begins a ceremony and returns what the browser is asked.
func (b *staffBrowser) options(path string, body any) []byte {
	b.t.Helper()
	return answer[struct{ Options json.RawMessage }](b.t, b.send(path, body), http.StatusOK).Options
}

// uses answers options with a passkey.
func (b *staffBrowser) uses(options []byte, changes ...func(*passkeytest.Answer)) json.RawMessage {
	b.t.Helper()
	credential, err := b.device.Get(options, changes...)
	if err != nil {
		b.t.Fatal(err)
	}
	return credential
}

type credentialBody struct {
	Credential json.RawMessage `json:"credential"`
	Back       string          `json:"back,omitempty"`
}

type backBody struct {
	Back string `json:"back"`
}

// accept opens an invitation's link and makes the passkey.
func (b *staffBrowser) accept(link string) {
	b.t.Helper()
	w := b.get(link)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/staff/invite" {
		b.t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	credential, err := b.device.Create(b.options("/api/v1/staff/invite/begin", struct{}{}))
	if err != nil {
		b.t.Fatal(err)
	}
	next := answer[struct{ Next string }](b.t,
		b.send("/api/v1/staff/invite", credentialBody{Credential: credential}), http.StatusOK).Next
	if next != "/staff?said=made" {
		b.t.Fatal(next)
	}
}

// trySignIn uses the passkey at the sign-in.
func (b *staffBrowser) trySignIn(
	back string,
	changes ...func(*passkeytest.Answer),
) *httptest.ResponseRecorder {
	b.t.Helper()
	credential := b.uses(b.options("/api/v1/staff/signin/begin", struct{}{}), changes...)
	return b.send("/api/v1/staff/signin", credentialBody{credential, back})
}

// signIn signs in and returns where the browser is led.
func (b *staffBrowser) signIn(back string) string {
	b.t.Helper()
	return answer[struct{ Next string }](b.t, b.trySignIn(back), http.StatusOK).Next
}

// tryProve uses the passkey for a fresh proof.
func (b *staffBrowser) tryProve(
	back string,
	changes ...func(*passkeytest.Answer),
) *httptest.ResponseRecorder {
	b.t.Helper()
	credential := b.uses(b.options("/api/v1/staff/proof/begin", backBody{back}), changes...)
	return b.send("/api/v1/staff/proof", credentialBody{credential, back})
}

func (b *staffBrowser) prove(back string) string {
	b.t.Helper()
	return answer[struct{ Next string }](b.t, b.tryProve(back), http.StatusOK).Next
}

// memberNamed is the ID of the member of 00138990 with a name.
func memberNamed(t *testing.T, h *testApp, name string) staff.MemberID {
	t.Helper()
	all, err := h.members.Members.List(ctx, staff.Operator{}, staff.OfInsurer("00138990"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if m.Name == name {
			return m.ID
		}
	}
	t.Fatalf("%s is no member", name)
	return ""
}

// passkeyID is the id of a browser's passkey as options name it.
func passkeyID(b *staffBrowser) string {
	return base64.RawURLEncoding.EncodeToString(b.device.Keys[0].ID)
}

// insurerPerson is a person of 00138990 by the ID.
func insurerPerson(id string) insurer.PersonRecord {
	r := insurer.PersonRecord{ID: audit.PersonID(id)}
	r.Person.Insurer = "00138990"
	return r
}

// alive serves the test app's data as a live server does: without the demo.
func (h *testApp) alive(t *testing.T) {
	t.Helper()
	clock := func() time.Time { return h.now }
	hub := h.hub
	if hub == nil {
		hub = agents.New(
			agents.Config{Store: h.store.ForAgents(), Now: clock, Names: func(string) string { return "" }},
		)
	}
	h.echo = newSite(Config{
		Insurer:     h.insurer,
		Background:  ctx,
		Now:         clock,
		Ready:       h.store.Ping,
		Counter:     h.counter,
		Readers:     hub,
		CounterCall: hostapi.TrustedCounters(h.listed, h.insurer.Receipts.FirstUse, clock),
		Listed:      h.listed,
		Login: auth.NewLogin(
			auth.Config{Issuer: "http://127.0.0.1:1/none", Client: &http.Client{}, Now: clock},
		),
		Members:   h.members,
		FrontDoor: kit.FrontDoor{Address: "https://localhost:8080"},
		Sessions: &auth.Sessions{
			Store:     h.store.Sessions(),
			Now:       clock,
			EndStolen: h.members.Sessions.EndStolen,
		},
	})
}
