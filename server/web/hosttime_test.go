package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
)

// apart is a counter whose clock is off from its insurers' by fast: it calls the same test app, which answers
// by the true time.
type apart struct {
	inside
	fast  time.Duration
	asked []string
	body  func(string) string // changes an answer; may be nil
}

func (a *apart) RoundTrip(r *http.Request) (*http.Response, error) {
	a.asked = append(a.asked, r.URL.Path)
	here := a.h.now
	a.h.now = here.Add(-a.fast)
	res, err := a.inside.RoundTrip(r)
	a.h.now = here
	if err == nil && a.body != nil {
		text, _ := io.ReadAll(res.Body)
		res.Body = io.NopCloser(strings.NewReader(a.body(string(text))))
	}
	return res, err
}

// offBy is a test app whose counter's clock is off.
func offBy(t *testing.T, fast time.Duration) (*testApp, *apart) {
	t.Helper()
	h, _ := connected(t)
	way := &apart{inside: inside{h}, fast: fast}
	h.calls.Client.Transport = way
	h.counter.AskTime = h.calls.AskTime
	return h, way
}

func TestAnInsurersSignedTimeTellsAWrongClockFromAnOldScreen(t *testing.T) {
	for _, c := range []struct {
		name     string
		fast     time.Duration // the counter's clock
		age      time.Duration // of the screen, in truth
		headline string
	}{
		{"a fast clock, a new screen", 150 * time.Second, 0, "時計を合わせて、もう一度読み取ってください"},
		{"a fast clock, an old screen", 150 * time.Second, time.Hour, "この画面は古くなっています"},
		{"a right clock, an old screen", 0, 5 * time.Minute, "この画面は古くなっています"},
		{"a slow clock, a new screen", -110 * time.Second, 0, "時計を合わせて、もう一度読み取ってください"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, way := offBy(t, c.fast)
			r := h.tokuichi(t)
			h.session(t, auth.Counter, "鈴木", "{}")
			truth := h.now
			h.now = truth.Add(c.fast)
			v := h.scan(t, h.live(t, r.Person, "00138990", truth.Add(-c.age))).Verdict
			if v.Valid || v.Headline.Ja != c.headline {
				t.Errorf("%+v", v)
			}
			h.scan(t, h.live(t, r.Person, "00138990", truth.Add(-c.age)))
			if len(way.asked) != 1 || way.asked[0] != "/i/00138990/time.jwt" {
				t.Errorf("asked %v", way.asked)
			}
		})
	}
}

func TestAnAnswerThatIsNotTheSignedTimeMovesNoClock(t *testing.T) {
	_, evil := issuertest.NewPair(t)
	city, union := testHost+"/i/00138990", testHost+"/i/06139992"
	h, way := offBy(t, 0)
	forged := func(key credential.Key, iss, nonce string) string {
		jws, err := credential.SignTime(iss, key, nonce, h.now.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return jws
	}
	unionKey, err := h.keys.Rings.IssuerKey("06139992")
	if err != nil {
		t.Fatal(err)
	}
	cityKey, err := h.keys.Rings.IssuerKey("00138990")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, body string }{
		{
			"an empty object",
			"{}",
		}, {"a page", "<html>"}, {"nothing", ""}, {"a date", "2026-11-22T10:42:00+09:00"},
		{"signed by nobody's key", forged(evil, city, "x")},
		{"signed by another insurer of the host", forged(unionKey, city, "x")},
		{"another insurer's own time", forged(unionKey, union, "x")},
		{"an earlier question's answer", forged(cityKey, city, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")},
		{"an answer without a question", forged(cityKey, city, "")},
	}
	testenv.Refused(t, testenv.Trust, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h.calls.Measured.Asked = nil
			way.body = func(string) string { return c.body }
			if h.calls.AskTime(ctx, city) {
				t.Error("it was taken")
			}
			if skew := h.calls.ClockSkew(); skew.Issuers != nil || skew.General != 0 {
				t.Errorf("%+v", skew)
			}
		})
	}
	way.body, h.calls.Measured.Asked = nil, nil
	if !h.calls.AskTime(ctx, city) || h.calls.AskTime(ctx, city) {
		t.Error("the insurer's own answer was not taken, or it was asked twice")
	}
	if h.calls.AskTime(ctx, "https://evil.example/i/00138990") {
		t.Error("an issuer that is not listed was asked")
	}
}

func TestOnlyANonceIsSignedWithTheTime(t *testing.T) {
	h, _ := connected(t)
	w := h.ask(t, "GET", "/i/00138990/time.jwt?nonce=ABCDEFGHIJKLMNOPQRSTUVWXYZ", nil)
	if head := w.Header(); w.Code != http.StatusOK || head.Get("Cache-Control") != "no-store" ||
		head.Get("Content-Type") != "application/time+jwt" {
		t.Errorf("%d %v", w.Code, head)
	}
	bad := []string{
		"",
		"short",
		strings.Repeat("A", 65),
		"ABCDEFGHIJKLMNOP QRST",
		"ABCDEFGHIJKLMNOP\n",
		"ABCDEFGHIJKLMNOPé",
		"<script>alert(1)</script>",
		"ABCDEFGHIJKLMNO=",
	}
	testenv.Refused(t, testenv.Servers, len(bad))
	for _, nonce := range bad {
		w := h.ask(t, "GET", "/i/00138990/time.jwt?nonce="+url.QueryEscape(nonce), nil)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", nonce, w.Code)
		}
	}
	for range 200 {
		w = h.ask(t, "GET", "/i/00138990/time.jwt?nonce=ABCDEFGHIJKLMNOPQRSTUVWXYZ", nil)
	}
	if w.Code != http.StatusTooManyRequests {
		t.Errorf("a crowd of questions from one address: %d", w.Code)
	}
}
