package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// The bar of docs/benchmarks.md: 99 of 100 verdicts, of so many counters that all ask at the same moment.
const (
	countersAtOnce = 100
	roundsOfScans  = 12
	verdictAtOnce  = 500 * time.Millisecond
)

// judgedScan is a code as a page sends it, and what the server must say of it.
type judgedScan struct {
	name, headline string // a case's; empty: it opens none
	problem        string // then the answer's type ends with it
	text           string
}

// crowdedCounter is a facility's page: its session, and what its staff will scan.
type crowdedCounter struct {
	code    string // of the facility
	name    string
	cookies []*http.Cookie
	scans   []judgedScan
	opened  int
}

// copies are a patient's two saved copies (PDF), of which the insurer has revoked the second.
func (h *testApp) copies(t *testing.T) (good, revoked string) {
	t.Helper()
	r := h.patientOf(t, h.now)
	copyOf := func() string {
		t.Helper()
		w := h.ask(t, "GET", "/people/"+string(r.ID)+"/screen.smart-health-card", nil)
		jws, err := credential.Read(w.Body.String())
		if err != nil {
			t.Fatal(w.Code, err)
		}
		return jws
	}
	good, revoked = copyOf(), copyOf()
	rid, err := credential.DecodeRID((credential.Verifier{Trust: &h.trust, Now: h.now}).Verify(revoked).RID)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := h.insurer.Issuer.Revoke(ctx, clerkOf(cityNumber),
		insurer.CopySelection{RID: rid}); err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	list := h.fetchStatus(t)
	h.statuses = func(string) *credential.StatusList { return list }
	return good, revoked
}

// scansOf are n scans of a counter, of every kind in turn, the first one by the counter's place. Live screens
// are made anew: no two counters see the same one.
func (h *testApp) scansOf(t *testing.T, place, n int, good, revoked string) (all []judgedScan) {
	t.Helper()
	p := h.tokuichi(t).Person
	foreign := p
	foreign.Insurer = unionNumber
	_, strange := issuertest.NewPair(t)
	live := func(ago time.Duration) string { return h.live(t, p, cityNumber, h.now.Add(-ago)) }
	kinds := []func() judgedScan{
		func() judgedScan { return judgedScan{"live", "この画面は本物です", "", live(0)} },
		func() judgedScan { return judgedScan{"a copy", "この写し（PDF）は本物です", "", good} },
		func() judgedScan {
			return judgedScan{"another live", "この画面は本物です", "", live(time.Second)}
		},
		func() judgedScan {
			return judgedScan{"a revoked copy", "この写し（PDF）は取り消されています", "", revoked}
		},
		func() judgedScan {
			return judgedScan{"old", "この画面は古くなっています", "", live(5 * time.Minute)}
		},
		func() judgedScan {
			one, two := live(0), live(time.Second)
			return judgedScan{"another's signature", "この画面は確かめられません", "",
				one[:strings.LastIndex(one, ".")] + two[strings.LastIndex(two, "."):]}
		},
		func() judgedScan {
			return judgedScan{"another insurer's", "この画面は確かめられません", "",
				h.live(t, foreign, cityNumber, h.now)}
		},
		func() judgedScan {
			made, err := credential.Issue(cityISS, strange, credential.Request{Person: p, InsurerName: "架空市",
				Share: 20, Tier: credential.TierLive}, h.now)
			if err != nil {
				t.Fatal(err)
			}
			return judgedScan{"of nobody's key", "この画面は確かめられません", "", made.JWS}
		},
		func() judgedScan {
			return judgedScan{"no code", "", "scan.unreadable", "ABCD234"}
		},
	}
	for i := range n {
		s := kinds[(place+i)%len(kinds)]()
		if s.headline != "" {
			s.text = credential.NumericQR(s.text)
		}
		all = append(all, s)
	}
	return all
}

// crowdOfCounters are facilities of one live server, each with a member of its staff who is signed in and a
// reader whose connection is open.
func crowdOfCounters(t *testing.T) (h *testApp, crowd []*crowdedCounter) {
	t.Helper()
	h, _ = connected(t)
	good, revoked := h.copies(t)
	h.counter.Facilities = counter.StoredFacilities{
		Store: h.store.ForStaff().Facilities,
		URL:   func(string) string { return clinic },
	}
	h.liveHub(t)
	h.onLoopback(t)
	for i := range countersAtOnce {
		h.now = h.now.Add(5 * time.Second) // of begun sign-ins a network has no more in a moment
		code, name := fmt.Sprintf("13188%05d", i), fmt.Sprintf("架空医院%03d", i)
		if err := h.members.Facilities.Add(ctx, staff.Operator{}, staff.Facility{Code: code,
			Name: name}); err != nil {
			t.Fatal(err)
		}
		by := h.joins(t, staff.OfFacility(code), staff.RoleFacilityAdmin, fmt.Sprintf("担当 %d", i))
		by.signIn("")
		pairedBy(t, by, "受付1", "1955-07-01")
		crowd = append(crowd, &crowdedCounter{code: code, name: name, cookies: by.cookieList()})
	}
	for i, c := range crowd {
		c.scans = h.scansOf(t, i, roundsOfScans, good, revoked)
	}
	return h, crowd
}

// calls sends a request of a counter's page over its connection, and returns the whole answer.
func (c *crowdedCounter) calls(client *http.Client, method, path string, body any) (int, []byte, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequest(method, ownName+path, bytes.NewReader(data))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", browserName)
	for _, cookie := range c.cookies {
		r.AddCookie(cookie)
	}
	w, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	return w.StatusCode, text, err
}

// wrong is what is wrong of a scan's answer, empty when it is what must be said.
func (s judgedScan) wrong(status int, answer []byte) string {
	var got struct {
		Type    string
		Verdict struct{ Headline struct{ Ja string } }
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return err.Error()
	}
	switch {
	case s.headline == "" && (status != 422 || !strings.HasSuffix(got.Type, s.problem)),
		s.headline != "" && (status != http.StatusCreated || got.Verdict.Headline.Ja != s.headline):
		return fmt.Sprintf("%s: %d %.300s", s.name, status, answer)
	}
	return ""
}

// A hundred counters of one server that scan at the same moment, again and again, are answered rightly and at
// once, while their readers are connected and their pages ask for the state of things.
func TestAHundredCountersAtOnce(t *testing.T) {
	h, crowd := crowdOfCounters(t)
	stop, polled := make(chan struct{}), make(chan int)
	go func() { // each page asks every five seconds
		every := time.NewTicker(5 * time.Second / countersAtOnce)
		defer every.Stop()
		for n := 0; ; n++ {
			select {
			case <-stop:
				polled <- n
				return
			case <-every.C:
				c := crowd[n%len(crowd)]
				if status, text, err := c.calls(h.client, "GET", "/api/v1/counter/status", nil); err != nil ||
					status != http.StatusOK || !bytes.Contains(text, []byte(c.name)) {
					t.Errorf("the state of %s: %d %v %s", c.name, status, err, text)
				}
			}
		}
	}()
	var mu sync.Mutex
	var times []time.Duration
	began := time.Now()
	for round := range roundsOfScans {
		var all sync.WaitGroup
		gate := make(chan struct{})
		for _, c := range crowd {
			all.Go(func() {
				scan := c.scans[round]
				<-gate
				asked := time.Now()
				status, text, err := c.calls(h.client, "POST", "/api/v1/counter/cases",
					map[string]string{"text": scan.text})
				took := time.Since(asked)
				if err != nil {
					t.Errorf("%s: %v", c.name, err)
				} else if wrong := scan.wrong(status, text); wrong != "" {
					t.Errorf("%s: %s", c.name, wrong)
				}
				if scan.headline != "" {
					c.opened++
				}
				mu.Lock()
				times = append(times, took)
				mu.Unlock()
			})
		}
		close(gate)
		all.Wait()
	}
	whole := time.Since(began)
	close(stop)
	slices.Sort(times)
	at := func(percent int) time.Duration {
		return times[(len(times)*percent+99)/100-1].Round(100 * time.Microsecond)
	}
	t.Logf("%d counters, %d verdicts in %v (%.0f a second), %d pages' states: p50 %v, p95 %v, p99 %v, "+
		"longest %v", len(crowd), len(times), whole.Round(time.Millisecond),
		float64(len(times))/whole.Seconds(), <-polled, at(50), at(95), at(99), at(100))
	testenv.Within(t, "a verdict of 100 counters at once (p99)", at(99), verdictAtOnce)
	for _, c := range crowd {
		_, text, err := c.calls(h.client, "GET", "/api/v1/counter/cases", nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte(`"verdict":`)); n != c.opened {
			t.Errorf("%s has %d cases, not its own %d", c.name, n, c.opened)
		}
		if n := len(h.hub.Status(c.code)); n != 1 {
			t.Errorf("%s has %d readers", c.name, n)
		}
	}
}
