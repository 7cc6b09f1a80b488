package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/server/web/kit"
)

// Attacks on a patient's login at a live server: RFC 9700 (OAuth 2.0 Security Best Current Practice) 4.5 code
// injection, 4.7 cross-site request forgery, 4.4 mix-up; OWASP ASVS 5.0 7.2.4 session fixation.

// duel is a live server with a victim, whose login is 髙橋 德一's, and an attacker, who has one too.
type duel struct {
	t                *testing.T
	h                *testApp
	victim, attacker *handset
	session          bool // who begins has a session already
}

func newDuel(t *testing.T) duel {
	t.Helper()
	h := newTestApp(t)
	e, _ := h.atProviderAs(t, func(c *Config) {
		c.FrontDoor = kit.FrontDoor{Address: "https://localhost:8080"}
	})
	return duel{t: t, h: h, victim: phone(e), attacker: phone(e)}
}

// begins sends a browser to the provider, after it has read a notice where it is to have a session.
func (d duel) begins(v *handset, session bool) (address string) {
	d.t.Helper()
	if session {
		notice := "/n/" + d.h.noticeCode(d.t, d.h.tokuichi(d.t))
		if status, _, _ := v.open(d.t, notice, nil); status != http.StatusSeeOther {
			d.t.Fatal(status)
		}
	}
	status, address, _ := v.open(d.t, "/login?here=1", nil)
	if status != http.StatusSeeOther || !strings.Contains(address, "code_challenge=") {
		d.t.Fatalf("%d to %q", status, address)
	}
	return address
}

// plants puts a browser's cookies into another's.
func plants(from, into *handset) { maps.Copy(into.cookies, from.cookies) }

// name is whose login a browser holds: a person's name, or nothing.
func (v *handset) name(t *testing.T) string {
	t.Helper()
	if !v.loggedIn(t) {
		return ""
	}
	_, _, page := v.open(t, "/enrol", nil)
	for _, name := range []string{"髙橋　德一", "別人　一郎"} {
		if strings.Contains(page, name) {
			return name
		}
	}
	return "somebody"
}

// changed is a way back with other parameters.
func changed(t *testing.T, back string, change func(url.Values)) string {
	t.Helper()
	u, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	change(q)
	return u.Path + "?" + q.Encode()
}

func TestAttacksOnALoginOfALiveServer(t *testing.T) {
	const own = "髙橋　德一"
	both := []bool{false, true}
	fromEvil := func(q url.Values) { q.Set("iss", "https://evil.example") }
	cases := []struct {
		name string
		// try ends with the victim's browser holding the login of want, which is nobody's or the victim's own
		try  func(d duel)
		want string
	}{
		{"the victim's session is the attacker's from before the login", func(d duel) {
			d.begins(d.attacker, d.session)
			plants(d.attacker, d.victim)
			back := d.h.pickAs(d.begins(d.victim, false), "p")
			d.victim.open(d.t, back, nil)
			d.attacker.open(d.t, back, nil)
			d.attacker.open(d.t, "/login/wait", url.Values{})
		}, own},
		{"the victim finishes what the attacker began, in the attacker's session", func(d duel) {
			address := d.begins(d.attacker, d.session)
			plants(d.attacker, d.victim)
			back := d.h.pickAs(address, "p")
			d.victim.open(d.t, back, nil)
			d.attacker.open(d.t, back, nil)
			d.attacker.open(d.t, "/login/wait", url.Values{})
			d.attacker.open(d.t, "/login/wait", nil)
		}, own},
		{"the attacker's session has begun another login meanwhile", func(d duel) {
			d.begins(d.attacker, d.session)
			plants(d.attacker, d.victim)
			back := d.h.pickAs(d.begins(d.victim, false), "p")
			d.begins(d.attacker, false)
			d.attacker.open(d.t, back, nil)
			d.attacker.open(d.t, "/login/wait", url.Values{})
		}, ""},
		{"the attacker's own answer in the victim's browser", func(d duel) {
			back := d.h.pickAs(d.begins(d.attacker, d.session), "a")
			d.victim.open(d.t, back, nil)
			d.victim.open(d.t, "/login/wait", url.Values{})
			d.victim.open(d.t, "/login/wait", url.Values{})
		}, ""},
		{"the attacker's own answer while the victim's login is under way", func(d duel) {
			stranger := d.h.pickAs(d.begins(d.attacker, d.session), "a")
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, stranger, nil)
			d.victim.open(d.t, back, nil)
			d.victim.open(d.t, stranger, nil)
		}, own},
		{"the attacker's code under the victim's state", func(d duel) {
			stranger := d.h.pickAs(d.begins(d.attacker, d.session), "a")
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			code := queryOf(d.t, stranger).Get("code")
			d.victim.open(d.t, changed(d.t, back, func(q url.Values) { q.Set("code", code) }), nil)
		}, ""},
		{"the victim's code under the attacker's state", func(d duel) {
			stranger := d.h.pickAs(d.begins(d.attacker, d.session), "a")
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			code := queryOf(d.t, back).Get("code")
			d.attacker.open(d.t, changed(d.t, stranger, func(q url.Values) { q.Set("code", code) }), nil)
		}, ""},
		{"the code of the same browser's other tab", func(d duel) {
			first := d.h.pickAs(d.begins(d.victim, d.session), "p")
			second := d.h.pickAs(d.begins(d.victim, false), "p")
			code := queryOf(d.t, first).Get("code")
			d.victim.open(d.t, changed(d.t, second, func(q url.Values) { q.Set("code", code) }), nil)
		}, ""},
		{"the same answer in another browser", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, back, nil)
			if status, to, _ := d.attacker.open(d.t, back, nil); status != http.StatusForbidden {
				d.t.Errorf("%d to %q", status, to)
			}
		}, own},
		{"the same answer in a browser with the cookies of before", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			plants(d.victim, d.attacker)
			d.victim.open(d.t, back, nil)
			if status, to, _ := d.attacker.open(d.t, back, nil); status != http.StatusForbidden {
				d.t.Errorf("%d to %q", status, to)
			}
		}, own},
		{"the same answer again after the patient has logged out", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, back, nil)
			if !d.victim.loggedIn(d.t) {
				d.t.Fatal("the login was not finished")
			}
			d.victim.open(d.t, "/logout", url.Values{})
			if status, to, _ := d.victim.open(d.t, back, nil); status != http.StatusForbidden {
				d.t.Errorf("%d to %q", status, to)
			}
		}, ""},
		{"the same answer again once the session is over", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, back, nil)
			d.h.now = d.h.now.Add(25 * time.Hour)
			d.victim.open(d.t, back, nil)
		}, ""},
		{"an answer without a state", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, changed(d.t, back, func(q url.Values) { q.Del("state") }), nil)
			d.victim.open(d.t, changed(d.t, back, func(q url.Values) { q.Set("state", "") }), nil)
		}, ""},
		{"an answer with two states", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, changed(d.t, back, func(q url.Values) { q.Add("state", q.Get("state")) }), nil)
		}, ""},
		{"an answer from another issuer (RFC 9207)", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, changed(d.t, back, fromEvil), nil)
		}, ""},
		{"an answer that names no issuer", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, changed(d.t, back, func(q url.Values) { q.Del("iss") }), nil)
		}, ""},
		{"an answer that names two issuers", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, changed(d.t, back, func(q url.Values) {
				q.Add("iss", "https://evil.example")
			}), nil)
		}, ""},
		{"a true answer after one from another issuer", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			d.victim.open(d.t, changed(d.t, back, fromEvil), nil)
			d.victim.open(d.t, back, nil) // a flow is finished once, whatever comes of it
		}, ""},
		{"an answer as a form of the provider's", func(d duel) {
			back := d.h.pickAs(d.begins(d.victim, d.session), "p")
			status, _, _ := d.victim.open(d.t, "/login/callback", queryOf(d.t, back))
			if status != http.StatusMethodNotAllowed {
				d.t.Errorf("%d", status)
			}
		}, ""},
		{"an answer that comes after ten minutes", func(d duel) {
			address := d.begins(d.victim, d.session)
			d.h.now = d.h.now.Add(10*time.Minute + time.Second)
			d.victim.open(d.t, d.h.pickAs(address, "p"), nil)
		}, ""},
	}
	for _, c := range cases {
		for _, session := range both {
			name := c.name + map[bool]string{true: ", with a session", false: ", without"}[session]
			t.Run(name, func(t *testing.T) {
				d := newDuel(t)
				d.session = session
				c.try(d)
				if got := d.victim.name(t); got != c.want {
					t.Errorf("the victim's browser holds the login of %q, want %q", got, c.want)
				}
				if got := d.attacker.name(t); got == own {
					t.Error("the attacker's browser holds the victim's login")
				}
				if _, _, page := d.attacker.open(t, "/enrol", nil); strings.Contains(page, own) {
					t.Error("the attacker reads the victim's name")
				}
			})
		}
	}
	testenv.Refused(t, testenv.SignIn, 2*len(cases))
}

func queryOf(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// An answer that is loaded many times at once makes one login.
func TestAnAnswerLoadedManyTimesAtOnceMakesOneLogin(t *testing.T) {
	for _, session := range []bool{false, true} {
		d := newDuel(t)
		back := d.h.pickAs(d.begins(d.victim, session), "p")
		tabs := make([]*handset, 8)
		var all sync.WaitGroup
		for i := range tabs {
			tabs[i] = phone(d.victim.echo)
			plants(d.victim, tabs[i])
			all.Go(func() { tabs[i].open(t, back, nil) })
		}
		all.Wait()
		logins := slices.DeleteFunc(tabs, func(v *handset) bool { return !v.loggedIn(t) })
		if len(logins) != 1 {
			t.Errorf("with a session %v: %d logins", session, len(logins))
		}
	}
}

// State and nonce are new each time, whatever was there before: two logins share neither.
func TestEachLoginHasItsOwnStateNonceAndChallenge(t *testing.T) {
	d := newDuel(t)
	seen := map[string]bool{}
	for range 5 {
		for _, v := range []*handset{d.victim, d.attacker, phone(d.victim.echo)} {
			q := queryOf(t, d.begins(v, v == d.attacker))
			for _, name := range []string{"state", "nonce", "code_challenge"} {
				if len(q[name]) != 1 || len(q.Get(name)) < 22 || seen[q.Get(name)] { // 128 bits, base64url
					t.Errorf("%s is %q", name, q[name])
				}
				seen[q.Get(name)] = true
			}
		}
	}
}
