package web

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
	"madoguchi/server/hostapi"
	console "madoguchi/server/web/counter"
)

// hosts answers a counter's calls as many servers would, over TLS: each host with the same answer.
type hosts struct {
	answer func(r *http.Request) (status int, header http.Header, body string)
	plain  bool // not over TLS
}

func (h hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	status, header, body := h.answer(r)
	res := &http.Response{
		StatusCode: status,
		Header:     header,
		Body:       io.NopCloser(strings.NewReader(body)),
		Request:    r,
	}
	if !h.plain {
		res.TLS = &tls.ConnectionState{HandshakeComplete: true}
	}
	return res, nil
}

var clockNow = time.Date(2026, 11, 22, 10, 42, 0, 0, time.UTC)

// caller is a counter whose clock stands at clockNow.
func caller(t *testing.T, way http.RoundTripper) (*hostapi.Client, *time.Time) {
	t.Helper()
	_, key := issuertest.NewPair(t)
	now := clockNow
	return &hostapi.Client{
		Key:    key,
		Client: &http.Client{Transport: way},
		Now:    func() time.Time { return now },
	}, &now
}

func dateOf(at time.Time) http.Header { return http.Header{"Date": {at.UTC().Format(http.TimeFormat)}} }

// three are issuers of three hosts; one host serves three issuers.
var (
	three = []string{
		"https://a.example/i/00138990",
		"https://b.example/i/06139992",
		"https://c.example/i/01139997",
	}
	oneHost = []string{
		"https://a.example/i/00138990",
		"https://A.EXAMPLE/i/06139992",
		"https://a.example:8443/i/01139997",
		"https://a.example:9443/i/01139997",
		"https://a.example./i/39131156",
	}
)

func ask(t *testing.T, calls *hostapi.Client, issuers []string) {
	t.Helper()
	for _, iss := range issuers {
		_, _ = calls.For(clinic).ReceiptKeys(ctx, iss, "x") // whatever it answers: only its time counts here
	}
}

// RFC 9110 section 6.6.1 and RFC 9111 sections 3, 4 and 5.1: which Date is surely the origin server's, of
// now.
func TestWhatMayNotMoveTheClock(t *testing.T) {
	back := clockNow.Add(-90 * time.Second)
	with := func(more ...string) func(*http.Request) (int, http.Header, string) {
		return func(*http.Request) (int, http.Header, string) {
			h := dateOf(back)
			for i := 0; i < len(more); i += 2 {
				h[more[i]] = append(h[more[i]], more[i+1])
			}
			return http.StatusOK, h, `{"keys":{}}`
		}
	}
	status := func(code int, more ...string) func(*http.Request) (int, http.Header, string) {
		return func(r *http.Request) (int, http.Header, string) {
			_, h, body := with(more...)(r)
			return code, h, body
		}
	}
	good := with()
	calls, _ := caller(t, hosts{answer: good})
	ask(t, calls, three)
	if got := calls.ClockSkew().General; got != 89500*time.Millisecond { // half a second: a Date cuts off
		t.Fatalf("three hosts agree, and the clock is %v off", got)
	}
	cases := []struct {
		name    string
		way     hosts
		issuers []string
		get     bool
	}{
		{"an error of the server", hosts{answer: status(500)}, three, false},
		{"not found", hosts{answer: status(404)}, three, false},
		{"too many requests", hosts{answer: status(429)}, three, false},
		{"a redirect", hosts{answer: status(302, "Location", "https://elsewhere.example/")}, three, false},
		{
			"a redirect with the method kept, to a good answer",
			hosts{answer: func(r *http.Request) (int, http.Header, string) {
				if r.URL.Path != "/end" {
					return status(307, "Location", "/end")(r)
				}
				return good(r)
			}},
			three,
			false,
		},
		{"not modified", hosts{answer: status(304)}, three, false},
		{"transformed on the way", hosts{answer: status(203)}, three, false},
		{
			"a GET that may be cached",
			hosts{answer: with("Cache-Control", "public, max-age=300")},
			three,
			true,
		},
		{"a GET that does not say", hosts{answer: good}, three, true},
		{"a GET that must be revalidated", hosts{answer: with("Cache-Control", "no-cache")}, three, true},
		{"a POST that may be cached", hosts{answer: with("Cache-Control", "max-age=300")}, three, false},
		{
			"a POST that may be cached by shared caches",
			hosts{answer: with("Cache-Control", "s-maxage=9")},
			three,
			false,
		},
		{
			"a POST with an end",
			hosts{answer: with("Expires", back.Add(time.Hour).Format(http.TimeFormat))},
			three,
			false,
		},
		{"an age", hosts{answer: with("Age", "90")}, three, false},
		{"an age of nothing", hosts{answer: with("Age", "0", "Cache-Control", "no-store")}, three, true},
		{"by a proxy", hosts{answer: with("Via", "1.1 cache.example")}, three, false},
		{"by a cache", hosts{answer: with("X-Cache", "HIT")}, three, false},
		{
			"by a cache that tells by its standard (RFC 9211)",
			hosts{answer: with("Cache-Status", "edge; hit")},
			three,
			false,
		},
		{"stale", hosts{answer: with("Warning", `110 - "Response is Stale"`)}, three, false},
		{"one host alone", hosts{answer: good}, three[:1], false},
		{"two hosts", hosts{answer: good}, three[:2], false},
		{"many insurers of one host", hosts{answer: good}, oneHost, false},
		{"one host asked three times", hosts{answer: good}, []string{three[0], three[0], three[0]}, false},
		{"not over TLS", hosts{answer: good, plain: true}, three, false},
		{
			"no Date",
			hosts{
				answer: func(*http.Request) (int, http.Header, string) {
					return 200, http.Header{}, `{"keys":{}}`
				},
			},
			three,
			false,
		},
		{"a Date that is none", hosts{answer: func(*http.Request) (int, http.Header, string) {
			return 200, http.Header{"Date": {"yesterday"}}, `{"keys":{}}`
		}}, three, false},
		{"two Dates", hosts{answer: with("Date", back.Format(http.TimeFormat))}, three, false},
		{"a Date within the noise", hosts{answer: func(*http.Request) (int, http.Header, string) {
			return 200, dateOf(clockNow.Add(-2 * time.Second)), `{"keys":{}}`
		}}, three, false},
		{"one of three lies", hosts{answer: func(r *http.Request) (int, http.Header, string) {
			if r.URL.Hostname() == "a.example" {
				return 200, dateOf(clockNow.Add(-11 * time.Hour)), `{"keys":{}}`
			}
			return 200, dateOf(clockNow), `{"keys":{}}`
		}}, three, false},
	}
	testenv.Refused(t, testenv.Trust, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			calls, _ := caller(t, c.way)
			if c.get {
				for _, iss := range c.issuers {
					_, _ = calls.Status(ctx, iss)
				}
			} else {
				ask(t, calls, c.issuers)
			}
			if skew := calls.ClockSkew(); skew.General != 0 || skew.Issuers != nil {
				t.Errorf("the clock was moved: %+v", skew)
			}
		})
	}
}

func TestMeasurementsOfTheClockEnd(t *testing.T) {
	running := time.Duration(0)
	start := func() (*hostapi.Client, *time.Time) {
		calls, now := caller(t, hosts{answer: func(*http.Request) (int, http.Header, string) {
			return 200, dateOf(clockNow.Add(-time.Minute)), `{"keys":{}}`
		}})
		running = time.Hour
		calls.Running = func() time.Duration { return running }
		ask(t, calls, three)
		if calls.ClockSkew().General == 0 {
			t.Fatal("nothing was measured")
		}
		return calls, now
	}
	calls, now := start()
	*now, running = now.Add(hostapi.SampleLife), running+hostapi.SampleLife
	if calls.ClockSkew().General == 0 {
		t.Error("a measurement was dropped before its time")
	}
	*now, running = now.Add(time.Second), running+time.Second
	if skew := calls.ClockSkew(); skew.General != 0 {
		t.Errorf("an old measurement counts: %+v", skew)
	}
	calls, now = start()
	*now, running = now.Add(-time.Minute+10*time.Second), running+10*time.Second
	if skew := calls.ClockSkew(); skew.General != 0 {
		t.Errorf("the clock was set since: %+v", skew)
	}
	calls, now = start()
	*now, running = now.Add(time.Hour+10*time.Second), running+10*time.Second
	if skew := calls.ClockSkew(); skew.General != 0 {
		t.Errorf("the clock was set forward since, or the computer slept: %+v", skew)
	}
}

func TestAnAnswerThatTookLongSaysNothingOfTheClock(t *testing.T) {
	now := clockNow
	calls, _ := caller(t, hosts{answer: func(*http.Request) (int, http.Header, string) {
		now = now.Add(11 * time.Second)
		return 200, dateOf(clockNow.Add(-time.Minute)), `{"keys":{}}`
	}})
	calls.Now = func() time.Time { return now }
	ask(t, calls, three)
	if skew := calls.ClockSkew(); skew.General != 0 {
		t.Errorf("%+v", skew)
	}
}

// redeems is a counter that looks an online code up, at issuers whose servers answer with what a test gives.
func redeems(t *testing.T, answer map[string]string) (*hostapi.Client, *testApp) {
	t.Helper()
	h := newTestApp(t)
	calls, _ := caller(t, hosts{answer: func(r *http.Request) (int, http.Header, string) {
		body, err := json.Marshal(map[string]string{"credential": answer[r.URL.Host]})
		if err != nil {
			t.Fatal(err)
		}
		return 200, http.Header{}, string(body)
	}})
	calls.Now, calls.Trust = func() time.Time { return h.now }, h.listed
	return calls, h
}

func TestASignedAnswerSaysSomethingAboutItsIssuerOnly(t *testing.T) {
	answer := map[string]string{}
	calls, h := redeems(t, answer)
	p := h.tokuichi(t).Person
	city, union := testHost+"/i/00138990", testHost+"/i/06139992"
	elsewhere := "https://evil.example/i/06139992"
	_, evil := issuertest.NewPair(t)
	h.trust.Issuers = append(
		h.trust.Issuers,
		credential.TrustedIssuer{
			ISS:            elsewhere,
			Name:           "悪",
			InsurerNumbers: []eligibility.InsurerNumber{"06139992"},
			JWKS:           credential.KeySet{evil.Public()},
		},
	)
	signed := func(iss string, key credential.Key, tier credential.Tier, at time.Time) string {
		t.Helper()
		r := credential.Request{Person: p, InsurerName: "架空市", Share: 20, Tier: tier}
		if r.Person.Insurer = "00138990"; iss != city {
			r.Person.Insurer = "06139992"
		}
		if tier == credential.TierSaved {
			r.RID, r.Expires = 7, at.AddDate(0, 1, 0)
		}
		out, err := credential.Issue(iss, key, r, at)
		if err != nil {
			t.Fatal(err)
		}
		return out.JWS
	}
	cityKey, err := h.keys.Rings.IssuerKey("00138990")
	if err != nil {
		t.Fatal(err)
	}
	unionKey, err := h.keys.Rings.IssuerKey("06139992")
	if err != nil {
		t.Fatal(err)
	}
	back := h.now.Add(-time.Minute)
	good := signed(city, cityKey, credential.TierLive, back)
	answer["localhost:8080"] = good
	if _, err := calls.For(clinic).Redeem(ctx, city, credential.NewOnlineCode(city)); err != nil {
		t.Fatal(err)
	}
	if skew := calls.ClockSkew(); skew.General != 0 || skew.Of(city) != 59500*time.Millisecond ||
		skew.Of(union) != 0 {
		t.Fatalf("%+v", skew)
	}
	other, old := "evil.example", h.now.Add(-11*time.Hour)
	cases := []struct{ name, host, iss, jws string }{
		{
			"another host hands out an old screen",
			other,
			elsewhere,
			signed(city, cityKey, credential.TierLive, old),
		},
		{
			"another host hands out an old screen under our number",
			other,
			elsewhere,
			signed(union, unionKey, credential.TierLive, old),
		},
		{
			"signed by another host's key",
			"localhost:8080",
			city,
			signed(city, evil, credential.TierLive, old),
		},
		{
			"signed by the key of another insurer of the host",
			"localhost:8080",
			city,
			signed(city, unionKey, credential.TierLive, old),
		},
		{
			"a saved copy, which is older than the call",
			"localhost:8080",
			city,
			signed(city, cityKey, credential.TierSaved, old),
		},
		{
			"an issuer that is not listed",
			"localhost:8080",
			city,
			signed(testHost+"/i/01139997", evil, credential.TierLive, old),
		},
		{"an altered screen", "localhost:8080", city, good[:len(good)-4] + "AAAA"},
		{"no screen", "localhost:8080", city, "yes"},
		{"nothing", "localhost:8080", city, ""},
	}
	testenv.Refused(t, testenv.Trust, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			calls.Measured.Issuers = nil
			answer[c.host] = c.jws
			_, _ = calls.For(clinic).Redeem(ctx, c.iss, credential.NewOnlineCode(c.iss))
			if skew := calls.ClockSkew(); skew.Issuers != nil || skew.General != 0 {
				t.Errorf("the clock was moved: %+v", skew)
			}
		})
	}
}

// The way of the fault: an insurer of the list answers with a Date of 11 hours ago, as often as it likes,
// with errors too.
func TestNoInsurerRevivesAnothersOldScreenshot(t *testing.T) {
	h, way := connected(t)
	r := h.enrolled(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	old := h.live(t, r.Person, "00138990", h.now.Add(-11*time.Hour))
	for _, back := range []time.Duration{-11 * time.Hour, -time.Minute, 11 * time.Hour} {
		t.Run(strconv.Itoa(int(back.Minutes())), func(t *testing.T) {
			way.date = h.now.Add(back)
			_, _ = h.calls.Status(ctx, testHost+"/i/06139992")
			_, _ = h.calls.Keys(ctx, testHost+"/i/99999999")
			_, _ = h.calls.For(clinic).ReceiptKeys(ctx, testHost+"/i/06139992", old)
			if v := h.scan(t, old).Verdict; v.Valid || v.Checks[0].Name != "time" {
				t.Errorf("an 11-hour-old screenshot: %+v", v)
			}
			if v := h.scan(t, h.live(t, r.Person, "00138990", h.now)).Verdict; !v.Valid {
				t.Errorf("a new screen, a right clock: %+v", v)
			}
		})
	}
}

// A counter whose PC is wrong, measured by three hosts: what staff read in the case and above the panes.
func TestAWrongClockIsSaidAtTheCounter(t *testing.T) {
	for _, c := range []struct {
		name     string
		fast     time.Duration
		age      time.Duration // of the screen, in truth
		valid    bool
		headline string
		above    string
	}{
		{"a minute", time.Minute, 0, true, "この画面は本物です", "このPCの時計が1分進んでいます"},
		{"a minute, and the screen waited", time.Minute, 60 * time.Second, false, "時計を合わせて、もう一度読み取ってください",
			"このPCの時計が1分進んでいます"},
		{"a minute slow, an old screen", -time.Minute, 2 * time.Minute, false, "この画面は古くなっています",
			"このPCの時計が1分遅れています"},
		{"ten minutes", 10 * time.Minute, 0, false, "時計を合わせて、もう一度読み取ってください", "10分進んでいます。このPCの時計を合わせてください"},
		{"ten minutes slow", -10 * time.Minute, 0, false, "時計を合わせて、もう一度読み取ってください",
			"10分遅れています。このPCの時計を合わせてください"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _ := connected(t)
			r := h.tokuichi(t)
			truth := h.now
			h.now = truth.Add(c.fast)
			h.session(t, auth.Counter, "鈴木", "{}")
			calls, _ := caller(
				t,
				hosts{
					answer: func(*http.Request) (int, http.Header, string) {
						return 200, dateOf(truth), `{"keys":{}}`
					},
				},
			)
			calls.Now = func() time.Time { return h.now }
			ask(t, calls, three)
			h.clockSkew = calls.ClockSkew
			v := h.scan(t, h.live(t, r.Person, "00138990", truth.Add(-c.age))).Verdict
			if v.Valid != c.valid || v.Headline.Ja != c.headline || !v.Valid && v.Next.Ja == "" {
				t.Errorf("%+v", v)
			}
			if c.headline[:len("時計")] == "時計" &&
				!strings.Contains(v.Next.Ja, "このPCの時計を合わせてください。そのあと、患者さんの画面をもう一度読み取ってください") {
				t.Errorf("the next step: %q", v.Next.Ja)
			}
			status := answer[struct{ Clock *console.Sentence }](
				t,
				h.ask(t, "GET", "/api/v1/counter/status", nil),
				200,
			)
			if status.Clock == nil || !strings.Contains(status.Clock.Ja, c.above) {
				t.Errorf("above the panes: %+v", status.Clock)
			}
		})
	}
}
