package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/internal/passkeytest"
	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// What an attacker tries against members of staff of a live server, beside the sign-in itself
// (TestWrongAnswersOfAPasskeySignNobodyIn).

type reply = *httptest.ResponseRecorder

// copied opens a new browser that holds a copy of all cookies of another.
func (b *staffBrowser) copied(agent string) *staffBrowser {
	thief := b.h.at(b.t)
	thief.agent = agent
	for name, cookie := range b.cookies {
		thief.cookies[name] = cookie
	}
	return thief
}

// titleOf is the key of the problem document that an answer is.
func titleOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	if w.Code < 400 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return decode[kit.ProblemDocument](t, w).Title
}

// proofFor is the passkey's answer for a fresh proof.
func (b *staffBrowser) proofFor(back string) json.RawMessage {
	b.t.Helper()
	return b.uses(b.options("/api/v1/staff/proof/begin", backBody{back}))
}

// mayInvite reports whether the browser's session is fresh enough to invite somebody, and tries to.
func (b *staffBrowser) mayInvite() bool {
	b.t.Helper()
	before := b.h.audited(b.t, "member.invite")
	w := b.form("/staff/members/invite", "name", "山本 四郎", "role", "insurer-admin")
	return w.Code == http.StatusOK || b.h.audited(b.t, "member.invite") != before
}

// Web Authentication 7.2 for the step-up: whatever is wrong with the answer, the session is as stale as
// before, and what is grave is refused.
func TestWrongAnswersProveNothing(t *testing.T) {
	flags := func(a *passkeytest.Answer) { a.Flags &^= passkeytest.UserVerified }
	cases := []struct {
		name string
		do   func(b *staffBrowser) reply
		want string
	}{
		{"the device did not check who it is", func(b *staffBrowser) reply {
			return b.tryProve("/insurer", flags)
		}, "passkey.unverified"},
		{"another site's page asked", func(b *staffBrowser) reply {
			return b.tryProve("/insurer", func(a *passkeytest.Answer) {
				a.Origin = "https://localhost.evil.example"
			})
		}, "passkey.refused"},
		{"inside another site's page", func(b *staffBrowser) reply {
			return b.tryProve("/insurer", func(a *passkeytest.Answer) { a.CrossOrigin = true })
		}, "passkey.refused"},
		{"a registration's answer", func(b *staffBrowser) reply {
			return b.tryProve("/insurer", func(a *passkeytest.Answer) { a.Type = "webauthn.create" })
		}, "passkey.refused"},
		{"a damaged signature", func(b *staffBrowser) reply {
			return b.tryProve("/insurer", func(a *passkeytest.Answer) {
				a.Damage = func(signature []byte) { signature[len(signature)-1] ^= 1 }
			})
		}, "passkey.refused"},
		{"the answer of ten minutes ago", func(b *staffBrowser) reply {
			body := credentialBody{b.proofFor("/insurer"), "/insurer"}
			ref := b.cookies["madoguchi-ceremony"]
			if w := b.send("/api/v1/staff/proof", body); w.Code != http.StatusOK {
				b.t.Fatal(w.Body)
			}
			b.h.now = b.h.now.Add(10 * time.Minute)
			b.cookies[ref.Name] = ref
			return b.send("/api/v1/staff/proof", body)
		}, "passkey.challenge"},
		{"the answer of ten minutes ago to a new challenge", func(b *staffBrowser) reply {
			body := credentialBody{b.proofFor("/insurer"), "/insurer"}
			if w := b.send("/api/v1/staff/proof", body); w.Code != http.StatusOK {
				b.t.Fatal(w.Body)
			}
			b.h.now = b.h.now.Add(10 * time.Minute)
			b.options("/api/v1/staff/proof/begin", backBody{"/insurer"})
			return b.send("/api/v1/staff/proof", body)
		}, "passkey.refused"},
		{"an answer for a sign-in", func(b *staffBrowser) reply {
			credential := b.uses(b.options("/api/v1/staff/signin/begin", struct{}{}))
			return b.send("/api/v1/staff/proof", credentialBody{credential, "/insurer"})
		}, "passkey.challenge"},
		{"a colleague's passkey", func(b *staffBrowser) reply {
			mate := b.h.joins(b.t, staff.OfInsurer("00138990"), staff.RoleInsurerAdmin, "佐藤 次郎")
			options := b.options("/api/v1/staff/proof/begin", backBody{"/insurer"})
			answered, err := mate.device.Sign(mate.device.Keys[0], challengeOf(options))
			if err != nil {
				b.t.Fatal(err)
			}
			return b.send("/api/v1/staff/proof", credentialBody{answered, "/insurer"})
		}, "passkey.refused"},
		{"a colleague's passkey for the colleague's own challenge", func(b *staffBrowser) reply {
			mate := b.h.joins(b.t, staff.OfInsurer("00138990"), staff.RoleInsurerAdmin, "佐藤 次郎")
			mate.signIn("")
			body := credentialBody{mate.proofFor("/insurer"), "/insurer"}
			b.cookies["madoguchi-ceremony"] = mate.cookies["madoguchi-ceremony"]
			return b.send("/api/v1/staff/proof", body)
		}, "passkey.challenge"},
		{"a copy of the passkey", func(b *staffBrowser) reply {
			own, copied := b.device, b.device.Clone()
			b.prove("/insurer")
			b.h.now = b.h.now.Add(auth.FreshProof + time.Second)
			b.device = copied
			defer func() { b.device = own }()
			return b.tryProve("/insurer")
		}, "passkey.cloned"},
		{"nobody is signed in", func(b *staffBrowser) reply {
			body := credentialBody{b.proofFor("/insurer"), "/insurer"}
			out := b.h.at(b.t)
			out.cookies["madoguchi-ceremony"] = b.cookies["madoguchi-ceremony"]
			return out.send("/api/v1/staff/proof", body)
		}, "session.missing"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newTestApp(t)
			h.alive(t)
			b := h.adminSignedIn(t)
			h.now = h.now.Add(auth.FreshProof + time.Second)
			if got := titleOf(t, c.do(b)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if b.mayInvite() {
				t.Error("the session is fresh")
			}
		})
	}
	testenv.Refused(t, testenv.Staff, len(cases))
}

// challengeOf is the challenge of a ceremony's options.
func challengeOf(options []byte) string {
	_, rest, _ := strings.Cut(string(options), `"challenge":"`)
	challenge, _, _ := strings.Cut(rest, `"`)
	return challenge
}

// Web Authentication 7.1 for the passkey of an invitation: after a wrong answer nobody can sign in by it, and
// the invited person still can make one.
func TestWrongAnswersMakeNoPasskey(t *testing.T) {
	cases := []struct {
		name   string
		change func(*passkeytest.Answer)
	}{
		{"the device did not check who it is", func(a *passkeytest.Answer) {
			a.Flags &^= passkeytest.UserVerified
		}},
		{"nobody touched the device", func(a *passkeytest.Answer) { a.Flags &^= passkeytest.UserPresent }},
		{"another site's page asked", func(a *passkeytest.Answer) { a.Origin = "https://evil.example" }},
		{"plain http", func(a *passkeytest.Answer) { a.Origin = "http://localhost" }},
		{"inside another site's page", func(a *passkeytest.Answer) { a.CrossOrigin = true }},
		{"another site's passkey", func(a *passkeytest.Answer) { a.RPID = "evil.example" }},
		{"another challenge", func(a *passkeytest.Answer) { a.Challenge = strings.Repeat("A", 43) }},
		{"a sign-in's answer", func(a *passkeytest.Answer) { a.Type = "webauthn.get" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newTestApp(t)
			h.alive(t)
			code, _, err := h.members.Members.Invite(ctx, staff.Operator{}, staff.NewMember{
				Organisation: staff.OfInsurer("00138990"),
				Name:         "佐藤 次郎",
				Role:         staff.RoleInsurerClerk,
			})
			if err != nil {
				t.Fatal(err)
			}
			b := h.at(t)
			b.get("/staff/invite/" + code)
			made, err := b.device.Create(b.options("/api/v1/staff/invite/begin", struct{}{}), c.change)
			if err != nil {
				t.Fatal(err)
			}
			w := b.send("/api/v1/staff/invite", credentialBody{Credential: made})
			if w.Code != http.StatusForbidden {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			options := b.options("/api/v1/staff/signin/begin", struct{}{})
			answered, err := b.device.Sign(b.device.Keys[0], challengeOf(options))
			if err != nil {
				t.Fatal(err)
			}
			w = b.send("/api/v1/staff/signin", credentialBody{Credential: answered})
			if w.Code != http.StatusForbidden {
				t.Errorf("the passkey signs in: %d", w.Code)
			}
			b.device.Keys = nil
			b.accept("/staff/invite/" + code)
			if next := b.signIn(""); next != "/insurer" {
				t.Errorf("the invited person is led to %s", next)
			}
		})
	}
	testenv.Refused(t, testenv.Staff, 2*len(cases))
}

// A cookie of each kind of session in another browser ends that session and no other; a browser that calls
// itself the same holds no more than the cookie's life.
func TestACookieOfEachKindEndsInAnotherBrowser(t *testing.T) {
	facility := func(h *testApp) staff.Organisation { return staff.OfFacility(h.facility.Code) }
	for _, c := range []struct {
		kind, back, path string
		of               func(*testApp) staff.Organisation
		role             staff.Role
	}{
		{"clerk", "", "/insurer",
			func(*testApp) staff.Organisation { return staff.OfInsurer("00138990") }, staff.RoleInsurerClerk},
		{"counter", "", "/counter", facility, staff.RoleReception},
		{"counter, asked by a program", "", "/api/v1/counter/cases", facility, staff.RoleReception},
		{"admin", "/staff/members", "/staff/members", facility, staff.RoleFacilityAdmin},
		{"operator", "", "/staff/me",
			func(*testApp) staff.Organisation { return staff.TheOperator }, staff.RoleOperator},
	} {
		t.Run(c.kind, func(t *testing.T) {
			h := newTestApp(t)
			h.alive(t)
			b := h.joins(t, c.of(h), c.role, "鈴木 一郎")
			b.signIn(c.back)
			second := h.at(t)
			second.device = b.device
			second.signIn(c.back)
			if w := b.get(c.path); w.Code != http.StatusOK {
				t.Fatalf("its own browser: %d", w.Code)
			}
			for _, agent := range []string{"Mozilla/5.0 (another)", ""} {
				thief := second.copied(agent)
				w := thief.get(c.path)
				if w.Code == http.StatusOK || strings.Contains(w.Body.String(), "鈴木 一郎") {
					t.Errorf("the thief as %q: %d", agent, w.Code)
				}
			}
			if w := second.get(c.path); w.Code == http.StatusOK {
				t.Error("the session whose cookie was carried off goes on")
			}
			if w := b.get(c.path); w.Code != http.StatusOK {
				t.Errorf("the member's other session: %d", w.Code)
			}
			if got := h.audited(t, "session.other_browser"); got != 1 {
				t.Errorf("%d entries in the audit", got)
			}
		})
	}
}

// restarted is the live server after a restart: new services over what is stored.
func (h *testApp) restarted(t *testing.T) {
	t.Helper()
	h.build(t)
	h.alive(t)
}

// Two PCs guess a colleague's PIN at the same time, and go on after a restart: five guesses are compared in
// all, and from then on the right PIN opens nothing until its member has used the passkey.
func TestAPINBearsFiveGuessesOfAllPCsAndOverARestart(t *testing.T) {
	h := newTestApp(t)
	h.alive(t)
	mate := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleReception, "佐藤 次郎")
	mate.signIn("")
	if w := mate.form("/staff/pin", "pin", "2580"); location(t, w) != "/staff/me?said=pin" {
		t.Fatal(w.Code)
	}
	guess := func(pin string) map[string]string {
		return map[string]string{"member": string(mate.member.ID), "pin": pin}
	}
	pcs := []*staffBrowser{h.deskSignedIn(t), h.deskSignedIn(t)}
	if key := titleOf(t, pcs[0].send("/api/v1/staff/acting", guess("1357"))); key != "pin.wrong" {
		t.Error(key)
	}
	h.restarted(t)
	if key := titleOf(t, pcs[1].send("/api/v1/staff/acting", guess("1357"))); key != "pin.wrong" {
		t.Error(key)
	}
	var all sync.WaitGroup
	keys := make([]string, 20)
	for i := range keys {
		pc := pcs[i%2].copied(browserName) // as tabs of it
		all.Go(func() {
			keys[i] = titleOf(t, pc.send("/api/v1/staff/acting", guess(strconv.Itoa(1470+i))))
		})
	}
	all.Wait()
	for i, key := range keys {
		if key != "pin.wrong" && key != "pin.locked" {
			t.Errorf("guess %d: %s", i, key)
		}
	}
	if refused, locked := h.audited(t, "pin.refuse"), h.audited(t, "pin.lock"); refused != 5 || locked != 1 {
		t.Errorf("%d guesses were compared, the PIN was locked %d times", refused, locked)
	}
	h.restarted(t)
	for i, pc := range pcs {
		if key := titleOf(t, pc.send("/api/v1/staff/acting", guess("2580"))); key != "pin.locked" {
			t.Errorf("the right PIN at PC %d after the restart: %s", i, key)
		}
	}
	h.now = h.now.Add(11 * time.Hour)
	if key := titleOf(t, pcs[0].send("/api/v1/staff/acting", guess("2580"))); key != "pin.locked" {
		t.Errorf("hours later: %s", key)
	}
	mate.signIn("")
	if w := pcs[0].send("/api/v1/staff/acting", guess("2580")); w.Code != http.StatusOK {
		t.Errorf("after the passkey: %d %s", w.Code, w.Body)
	}
	testenv.Refused(t, testenv.Staff, 25)
}

// A role that was taken away is worth nothing from the next request on, however fresh the passkey.
func TestARoleThatIsTakenAwayEndsAtOnce(t *testing.T) {
	h := newTestApp(t)
	h.alive(t)
	second := h.joins(t, staff.OfInsurer("00138990"), staff.RoleInsurerAdmin, "山本 四郎")
	second.signIn("")
	first := h.adminSignedIn(t)
	if !second.mayInvite() {
		t.Fatal("an administrator may not invite")
	}
	page := "/staff/members/" + string(second.member.ID)
	if w := first.form(page, "do", "role", "role", "insurer-clerk"); location(t, w) != page+"?said=changed" {
		t.Fatal(w.Code, w.Body)
	}
	if second.mayInvite() {
		t.Error("a clerk invites")
	}
	if w := second.get("/insurer"); location(t, w) != "/staff?back=%2Finsurer" {
		t.Errorf("the administrator's session goes on: %d", w.Code)
	}
	second.signIn("")
	if second.mayInvite() {
		t.Error("a clerk who has signed in invites")
	}
	for _, path := range []string{"/insurer/settings", page} {
		w := second.form(path, "do", "role", "role", "insurer-admin", "insurer", "00138990")
		if w.Code != http.StatusForbidden {
			t.Errorf("a clerk at %s: %d to %s", path, w.Code, location(t, w))
		}
	}
	desk := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleFacilityAdmin, "田中 三月")
	desk.signIn("/staff/members")
	h.deskSignedIn(t) // another administrator stays
	err := h.members.Members.ChangeRole(ctx, staff.Operator{}, desk.member.ID, staff.RoleReception)
	if err != nil {
		t.Fatal(err)
	}
	if w := desk.get("/staff/members"); w.Code == http.StatusOK {
		t.Error("a reception lists the members")
	}
}

// The last administrator who lost the passkey is recovered by the command: what the finder of the device
// holds is worth nothing, the role stays.
func TestTheLastAdministratorIsRecoveredByTheCommand(t *testing.T) {
	h := newTestApp(t)
	h.alive(t)
	lost := h.adminSignedIn(t)
	begun := lost.options("/api/v1/staff/proof/begin", backBody{"/insurer"})
	code, _, err := h.members.Members.Recover(ctx, staff.Operator{}, lost.member.ID)
	if err != nil {
		t.Fatal(err)
	}
	if w := lost.get("/insurer"); w.Code != http.StatusOK {
		t.Errorf("before the link is used: %d", w.Code)
	}
	again := h.at(t)
	again.accept("/staff/invite/" + code)
	if w := lost.get("/insurer"); w.Code != http.StatusSeeOther {
		t.Errorf("the session at the lost device: %d", w.Code)
	}
	answered := lost.send("/api/v1/staff/proof", credentialBody{lost.uses(begun), "/insurer"})
	if answered.Code != http.StatusForbidden {
		t.Errorf("a proof that was begun before: %d", answered.Code)
	}
	if w := lost.trySignIn(""); w.Code != http.StatusForbidden {
		t.Errorf("the lost passkey: %d", w.Code)
	}
	if w := h.at(t).get("/staff/invite/" + code); w.Code != http.StatusNotFound {
		t.Errorf("the link again: %d", w.Code)
	}
	again.signIn("")
	if !again.mayInvite() {
		t.Error("the recovered administrator is none")
	}
}

// After how long a counter's page blanks itself is the own facility's setting. The server keeps the opened PC
// open meanwhile: one touch brings the case back, and who is not the facility's is refused as ever.
func TestACountersPageIsBlankedAsItsFacilitySays(t *testing.T) {
	h := newTestApp(t)
	h.alive(t)
	desk := h.deskSignedIn(t)
	says := func(b *staffBrowser, want time.Duration) {
		t.Helper()
		page := b.get("/counter").Body.String()
		if !strings.Contains(page, `data-blanking="`+strconv.Itoa(int(want/time.Second))+`"`) {
			t.Errorf("the page is not blanked after %v", want)
		}
	}
	says(desk, time.Minute)
	for _, blanking := range []time.Duration{staff.LeastBlanking, staff.MostBlanking} {
		own := staff.Facility{Code: h.facility.Code, Name: h.facility.Name, Blanking: blanking}
		if err := h.members.Facilities.Set(ctx, staff.Operator{}, own); err != nil {
			t.Fatal(err)
		}
		says(desk, blanking)
	}
	jws := h.live(t, h.tokuichi(t).Person, "00138990", h.now)
	made := answer[struct{ ID string }](t,
		desk.send("/api/v1/counter/cases", map[string]string{"text": jws}), http.StatusCreated)
	h.now = h.now.Add(time.Hour)
	if w := desk.get("/api/v1/counter/cases"); !strings.Contains(w.Body.String(), made.ID) {
		t.Errorf("after an hour without a touch the case does not come back: %d", w.Code)
	}
	for name, b := range map[string]*staffBrowser{"nobody": h.at(t), "a clerk": h.adminSignedIn(t)} {
		if w := b.get("/api/v1/counter/cases"); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	h.now = h.now.Add(12 * time.Hour)
	if w := desk.get("/counter"); location(t, w) != "/staff?"+(url.Values{"back": {"/counter"}}).Encode() {
		t.Errorf("in the evening: %d", w.Code)
	}
}
