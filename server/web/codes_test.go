package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	console "madoguchi/server/web/counter"
)

// twoHosts is a test app whose trust list has, besides 架空市, an issuer whose codes have the same tag: another
// host, that answers as a test says.
type twoHosts struct {
	*testApp
	other string // its iss

	mu    sync.Mutex // a look-up that has its answer leaves the other calls behind
	real  counter.InsurerCalls
	says  func(ctx context.Context) (string, error)
	asked []string
}

// answer sets what the other host says, and who answers for the rest.
func (w *twoHosts) answer(says func(ctx context.Context) (string, error), real counter.InsurerCalls) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.says, w.real = says, real
}

func (w *twoHosts) ReceiptKeys(ctx context.Context, iss, jws string) (map[string][]byte, error) {
	return w.real.ReceiptKeys(ctx, iss, jws)
}

func (w *twoHosts) LeaveReceipt(ctx context.Context, iss string, d hostapi.Delivery) error {
	return w.real.LeaveReceipt(ctx, iss, d)
}

func (w *twoHosts) Redeem(ctx context.Context, iss string, code credential.OnlineCode) (string, error) {
	w.mu.Lock()
	w.asked = append(w.asked, iss)
	says, real := w.says, w.real
	w.mu.Unlock()
	if iss == w.other {
		return says(ctx)
	}
	return real.Redeem(ctx, iss, code)
}

// collide opens a second issuer whose tag is that of 架空市 and puts it first on the list.
func collide(t *testing.T) (*twoHosts, insurer.PersonRecord, credential.Key) {
	t.Helper()
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	h.session(t, auth.Counter, "鈴木", "{}")
	code := credential.NewOnlineCode(testHost + "/i/00138990")
	_, key := issuertest.NewPair(t)
	w := &twoHosts{testApp: h, real: h.counter.Insurers(clinic)}
	for i := 0; w.other == ""; i++ {
		iss := "https://h" + strings.Repeat("x", i%50) + string(rune('a'+i/50%26)) +
			string(rune('a'+i/1300)) + ".example.jp/i/06139992"
		if code.MayBeFrom(
			iss,
		) {
			w.other = iss
		}
	}
	h.trust.Issuers = append(
		[]credential.TrustedIssuer{
			{
				ISS:            w.other,
				Name:           "別の組合",
				InsurerNumbers: []eligibility.InsurerNumber{"06139992"},
				JWKS:           credential.KeySet{key.Public()},
			},
		},
		h.trust.Issuers...)
	h.counter.Insurers = func(string) counter.InsurerCalls { return w }
	return w, r, key
}

// A host on the trust list that answers anything, or nothing, keeps nobody's screen away and passes nothing
// off as it.
func TestNoHostStopsAnothersCode(t *testing.T) {
	w, r, key := collide(t)
	own := func(
		iss string,
		key credential.Key,
		number eligibility.InsurerNumber,
		at time.Time,
		tier credential.Tier,
	) string {
		p := r.Person
		p.Insurer = number
		request := credential.Request{
			Person:      p,
			InsurerName: "別の組合",
			Share:       20,
			Tier:        tier,
			RID:         7,
			Expires:     credential.LatestEnd(at),
		}
		out, err := credential.Issue(iss, key, request, at)
		if err != nil {
			t.Fatal(err)
		}
		return out.JWS
	}
	answers := []struct {
		name string
		says func(ctx context.Context) (string, error)
	}{
		{"waiting", func(context.Context) (string, error) { return "", hostapi.ErrCodeWaiting }},
		{
			"nothing until it is given up",
			func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() },
		},
		{
			"500",
			func(context.Context) (string, error) {
				return "", &hostapi.RefusedCall{Status: 500, Text: "oops"}
			},
		},
		{"429", func(context.Context) (string, error) { return "", auth.ErrTooMany }},
		{"403", func(context.Context) (string, error) { return "", &hostapi.RefusedCall{Status: 403} }},
		{"nothing at all in a good answer", func(context.Context) (string, error) { return "", nil }},
		{"rubbish", func(context.Context) (string, error) { return "rubbish", nil }},
		{
			"a screen of another insurer, well signed",
			func(context.Context) (string, error) { return w.live(t, r.Person, "00138990", w.now), nil },
		},
		{"a number that is not its own", func(context.Context) (string, error) {
			return own(w.other, key, "00138990", w.now, credential.TierLive), nil
		}},
		{"its own screen of five minutes ago", func(context.Context) (string, error) {
			return own(w.other, key, "06139992", w.now.Add(-5*time.Minute), credential.TierLive), nil
		}},
		{"its own screen of tomorrow", func(context.Context) (string, error) {
			return own(w.other, key, "06139992", w.now.Add(24*time.Hour), credential.TierLive), nil
		}},
		{"a saved copy of its own", func(context.Context) (string, error) {
			return own(w.other, key, "06139992", w.now, credential.TierSaved), nil
		}},
		{"a screen under its own name by another key", func(context.Context) (string, error) {
			_, forged := issuertest.NewPair(t)
			return own(w.other, forged, "06139992", w.now, credential.TierLive), nil
		}},
		{"no such code", func(context.Context) (string, error) { return "", hostapi.ErrOnlineCode }},
	}
	testenv.Refused(t, testenv.Servers, len(answers))
	path := "/api/v1/people/" + string(r.ID) + "/code"
	for _, a := range answers {
		t.Run(a.name, func(t *testing.T) {
			w.answer(a.says, w.real)
			w.now = w.now.Add(time.Minute) // the patient's own limit is another test's
			made := answer[madeCode](t, w.ask(t, "POST", path, struct{}{}), 201)
			view := answer[console.CaseJSON](
				t,
				w.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": made.Address}),
				201,
			)
			if !view.Verdict.Valid || view.Verdict.Issuer != testHost+"/i/00138990" ||
				view.Eligibility.Name != "髙橋 德一" {
				t.Errorf("%+v", view.Verdict)
			}
			spoken := answer[madeCode](t, w.ask(t, "POST", path, struct{}{}), 201).Code
			got := w.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": spoken})
			if got.Code != 409 || !strings.Contains(got.Body.String(), "code.waiting") {
				t.Errorf("spoken: %d %s", got.Code, got.Body)
			}
		})
	}
}

// What staff are told when no screen came.
func TestWhatIsSaidWhenNoScreenComes(t *testing.T) {
	w, r, key := collide(t)
	away := func(context.Context) (string, error) { return "", errors.New("no route") }
	hangs := func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }
	none := func(context.Context) (string, error) { return "", hostapi.ErrOnlineCode }
	waiting := func(context.Context) (string, error) { return "", hostapi.ErrCodeWaiting }
	many := func(context.Context) (string, error) { return "", auth.ErrTooMany }
	old := func(context.Context) (string, error) {
		p := r.Person
		p.Insurer = "06139992"
		out, err := credential.Issue(
			w.other,
			key,
			credential.Request{Person: p, InsurerName: "別の組合", Share: 20, Tier: credential.TierLive},
			w.now.Add(-5*time.Minute),
		)
		return out.JWS, err
	}
	for _, c := range []struct {
		name      string
		one, two  func(context.Context) (string, error)
		key, says string
	}{
		{"nobody has it", none, none, "code.unknown", "新しい番号"},
		{"one is away", none, away, "code.insurers_away", "つながらない"},
		{"one hangs", none, hangs, "code.insurers_away", "つながらない"},
		{"one waits", waiting, none, "code.waiting", "「見せる」を押してもらって"},
		{"one waits, one is away", waiting, away, "code.waiting", "別の保険者のサーバーの返事がまだ"},
		{"one waits, one hangs", waiting, hangs, "code.waiting", "別の保険者のサーバーの返事がまだ"},
		{"one waits, one has had enough", waiting, many, "code.waiting", "「見せる」を押してもらって"},
		{"one has had enough", many, none, "request.too_many", "60秒ほど待って"},
		{"one shows an old screen", old, none, "code.unverified", "時計"},
		{"one shows an old screen, one waits", old, waiting, "code.waiting", "別の保険者のサーバーの返事がまだ"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.answer(c.one, &saying{c.two})
			got := w.ask(
				t,
				"POST",
				"/api/v1/counter/cases",
				map[string]string{"text": credential.NewOnlineCode(testHost + "/i/00138990").Spoken},
			)
			if !strings.Contains(got.Body.String(), `problem:`+c.key+`"`) ||
				!strings.Contains(got.Body.String(), c.says) {
				t.Errorf("%d %s", got.Code, got.Body)
			}
		})
	}
}

// saying is an insurer that answers a code as a test says.
type saying struct {
	says func(ctx context.Context) (string, error)
}

func (o *saying) ReceiptKeys(context.Context, string, string) (map[string][]byte, error) {
	return nil, nil
}
func (o *saying) LeaveReceipt(context.Context, string, hostapi.Delivery) error { return nil }
func (o *saying) Redeem(ctx context.Context, _ string, _ credential.OnlineCode) (string, error) {
	return o.says(ctx)
}

func TestOnlyIssuersOfACodesTagAreAsked(t *testing.T) {
	w, r, _ := collide(t)
	w.answer(func(context.Context) (string, error) { return "", hostapi.ErrOnlineCode }, w.real)
	made := answer[madeCode](t, w.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/code", struct{}{}), 201)
	w.scan(t, made.Address)
	var asked []string
	for range 200 { // the screen may be there before the other call has begun
		w.mu.Lock()
		asked = slices.Clone(w.asked)
		w.mu.Unlock()
		if len(asked) >= 2 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, iss := range asked {
		if iss != w.other && iss != testHost+"/i/00138990" {
			t.Errorf("%s was asked", iss)
		}
	}
	if len(asked) != 2 {
		t.Errorf("%d were asked", len(asked))
	}
}

// redeemAs calls the insurer's service as a counter that may claim what it likes.
func (h *testApp) redeemAs(t *testing.T, counter string, code credential.OnlineCode) (string, error) {
	t.Helper()
	return h.insurer.OnlineCodes.Redeem(ctx, hostapi.Host{Insurer: "00138990",
		Server: hostapi.Caller{URL: counter, Name: counter}}, code, &unlimited{})
}

// unlimited counts tries and questions and allows all.
type unlimited struct{ guesses, questions int }

func (u *unlimited) Guess(string, eligibility.InsurerNumber) error { u.guesses++; return nil }
func (u *unlimited) Question(string, audit.PersonID) error         { u.questions++; return nil }

// Whoever has only what can be overheard never gets a screen without the patient's yes.
func TestASpokenCodeAlwaysAsksThePatient(t *testing.T) {
	const a, b = "https://a.example", "https://b.example"
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	path := "/api/v1/people/" + string(r.ID) + "/code"
	fresh := func(t *testing.T) credential.OnlineCode {
		t.Helper()
		h.now = h.now.Add(10 * time.Second) // a login makes no more of them
		made := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
		code, err := credential.ReadOnlineCode(made.Address)
		if err != nil || code.Spoken != made.Code || len(code.Hidden) != 8 {
			t.Fatalf("%+v %v", code, err)
		}
		return code
	}
	answers := func(t *testing.T, allow bool) {
		t.Helper()
		if w := h.ask(t, "POST", path+"/answer", map[string]bool{"allow": allow}); w.Code != 204 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	only := func(c credential.OnlineCode) credential.OnlineCode {
		return credential.OnlineCode{Spoken: c.Spoken}
	}
	type try = struct {
		name string
		play func(t *testing.T) (string, error)
		want *eligibility.Error
	}
	refused := []try{
		{
			"spoken",
			func(t *testing.T) (string, error) { return h.redeemAs(t, a, only(fresh(t))) },
			hostapi.ErrCodeWaiting,
		},
		{"spoken twice", func(t *testing.T) (string, error) {
			c := only(fresh(t))
			_, _ = h.redeemAs(t, a, c)
			return h.redeemAs(t, a, c)
		}, hostapi.ErrCodeWaiting},
		{"another hidden half", func(t *testing.T) (string, error) {
			return h.redeemAs(t, a, credential.OnlineCode{Spoken: fresh(t).Spoken, Hidden: "AAAAAAAA"})
		}, hostapi.ErrOnlineCode},
		{"the hidden half of the code before", func(t *testing.T) (string, error) {
			old := fresh(t)
			return h.redeemAs(t, a, credential.OnlineCode{Spoken: fresh(t).Spoken, Hidden: old.Hidden})
		}, hostapi.ErrOnlineCode},
		{
			"another hidden half while the patient is asked for this counter",
			func(t *testing.T) (string, error) {
				c := fresh(t)
				_, _ = h.redeemAs(t, a, only(c))
				return h.redeemAs(t, a, credential.OnlineCode{Spoken: c.Spoken, Hidden: "AAAAAAAA"})
			},
			hostapi.ErrOnlineCode,
		},
		{"asked for another counter", func(t *testing.T) (string, error) {
			c := only(fresh(t))
			_, _ = h.redeemAs(t, a, c)
			return h.redeemAs(t, b, c)
		}, hostapi.ErrOnlineCode},
		{"allowed for another counter", func(t *testing.T) (string, error) {
			c := only(fresh(t))
			_, _ = h.redeemAs(t, a, c)
			answers(t, true)
			return h.redeemAs(t, b, c)
		}, hostapi.ErrOnlineCode},
		{"denied", func(t *testing.T) (string, error) {
			c := fresh(t)
			_, _ = h.redeemAs(t, a, only(c))
			answers(t, false)
			return h.redeemAs(t, a, c) // even scanned
		}, hostapi.ErrOnlineCode},
		{"used", func(t *testing.T) (string, error) {
			c := fresh(t)
			_, _ = h.redeemAs(t, a, c)
			return h.redeemAs(t, a, c)
		}, hostapi.ErrOnlineCode},
		{"after 90 seconds", func(t *testing.T) (string, error) {
			c := fresh(t)
			h.now = h.now.Add(91 * time.Second)
			return h.redeemAs(t, a, c)
		}, hostapi.ErrOnlineCode},
		{"at another insurer of the same server", func(t *testing.T) (string, error) {
			return h.insurer.OnlineCodes.Redeem(ctx, hostapi.Host{Insurer: "06139992",
				Server: hostapi.Caller{URL: a, Name: a}}, fresh(t), &unlimited{})
		}, hostapi.ErrOnlineCode},
	}
	testenv.Refused(t, testenv.Servers, len(refused))
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			if jws, err := c.play(t); jws != "" || !errors.Is(err, c.want) {
				t.Errorf("%.20q %v", jws, err)
			}
		})
	}
	for _, c := range []try{
		{"scanned", func(t *testing.T) (string, error) { return h.redeemAs(t, a, fresh(t)) }, nil},
		{"scanned while a counter that guessed has the patient asked", func(t *testing.T) (string, error) {
			c := fresh(t)
			_, _ = h.redeemAs(t, b, only(c))
			return h.redeemAs(t, a, c)
		}, nil},
		{"allowed for this counter", func(t *testing.T) (string, error) {
			c := only(fresh(t))
			_, _ = h.redeemAs(t, a, c)
			answers(t, true)
			return h.redeemAs(t, a, c)
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if jws, err := c.play(t); jws == "" || err != nil {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("two counters scan it at once", func(t *testing.T) {
		c := fresh(t)
		var wait sync.WaitGroup
		screens := make(chan string, 8)
		for i := range 8 {
			wait.Go(func() {
				if jws, err := h.insurer.OnlineCodes.Redeem(ctx, hostapi.Host{Insurer: "00138990",
					Server: hostapi.Caller{URL: []string{a, b}[i%2]}}, c, &unlimited{}); err == nil {
					screens <- jws
				}
			})
		}
		wait.Wait()
		if len(screens) != 1 {
			t.Errorf("%d screens for one code", len(screens))
		}
	})
	t.Run("what a counter claims beside the code is nothing", func(t *testing.T) {
		h.session(t, auth.Counter, "鈴木", "{}")
		for _, text := range []string{"HTTPS://LOCALHOST/C/" + fresh(t).Spoken, "http://localhost:8080/c/" +
			strings.ToLower(fresh(t).Spoken)} {
			w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": text})
			if !strings.Contains(
				w.Body.String(),
				"code.",
			) ||
				w.Code < 400 {
				t.Errorf("%s: %d %s", text, w.Code, w.Body)
			}
		}
	})
}

// Waiting for the patient costs nothing; every other look-up is a try, of the counter at the insurer, and a
// question is counted for the patient too: nobody's phone rings without end.
func TestGuessesAndQuestionsAreCounted(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	code := func() credential.OnlineCode {
		c, _, err := h.insurer.OnlineCodes.NewCode(ctx, viewerOf("s"), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	var count unlimited
	redeem := func(c credential.OnlineCode) {
		_, _ = h.insurer.OnlineCodes.Redeem(ctx, hostapi.Host{Insurer: "00138990",
			Server: hostapi.Caller{URL: "https://a.example", Name: "A"}}, c, &count)
	}
	spoken := credential.OnlineCode{Spoken: code().Spoken}
	for range 20 {
		redeem(spoken)
	}
	if count != (unlimited{1, 1}) {
		t.Errorf("after twenty looks at one question: %+v", count)
	}
	redeem(credential.OnlineCode{Spoken: spoken.Spoken, Hidden: "AAAAAAAA"})
	redeem(credential.NewOnlineCode(testHost + "/i/00138990"))
	if count != (unlimited{3, 1}) {
		t.Errorf("after two wrong tries: %+v", count)
	}
	h.session(t, auth.Counter, "鈴木", "{}")
	asked := 0
	for range 15 { // a counter that finds code after code of one patient
		c := code().Spoken
		w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": c})
		if w.Code == http.StatusConflict {
			asked++
		} else if w.Code != http.StatusTooManyRequests {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if asked != 10 {
		t.Errorf("the patient was asked %d times", asked)
	}
}
