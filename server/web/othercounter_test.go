package web

import (
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
)

// What one counter was given is no other's.

// counterNamed puts a counter server on the trust list and returns how it calls.
func (h *testApp) counterNamed(t *testing.T, name, address string) hostapi.FacilityClient {
	t.Helper()
	_, key := issuertest.NewPair(t)
	h.trust.Counters = append(h.trust.Counters, credential.TrustedCounter{URL: address, Name: name,
		Facility: "1319999991", JWKS: credential.KeySet{key.Public()}})
	calls := &hostapi.Client{Key: key, Client: &http.Client{Transport: inside{h}},
		Now: func() time.Time { return h.now }}
	return calls.For(address)
}

const cityISS = testHost + "/i/00138990"

// madeBy makes a code as the patient's phone does: its spoken form, and the whole of it.
func (h *testApp) madeBy(t *testing.T, r insurer.PersonRecord) (spoken, printed credential.OnlineCode) {
	t.Helper()
	h.now = h.now.Add(10 * time.Second) // a login makes no more of them
	made := answer[madeCode](t, h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/code", struct{}{}), 201)
	printed, err := credential.ReadOnlineCode(made.Address)
	if err != nil || printed.Spoken != made.Code {
		t.Fatalf("%+v %v", made, err)
	}
	return credential.OnlineCode{Spoken: made.Code}, printed
}

func (h *testApp) patientSays(t *testing.T, r insurer.PersonRecord, allow bool) {
	t.Helper()
	path := "/api/v1/people/" + string(r.ID) + "/code/answer"
	if w := h.ask(t, "POST", path, map[string]bool{"allow": allow}); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

// codes_test.go asks the service; here whole counters call, each with its own assertions.
func TestASpokenCodeAllowedForOneCounterIsNoOthers(t *testing.T) {
	h := newTestApp(t)
	r := h.patientOf(t, h.now)
	a, b := h.counterNamed(t, "A医院", "https://a.example"), h.counterNamed(t, "B医院", "https://b.example")
	code, printed := h.madeBy(t, r)
	forged := credential.OnlineCode{Spoken: code.Spoken, Hidden: "AAAAAAAA"}
	for range 2 {
		if _, err := a.Redeem(ctx, cityISS, code); !errors.Is(err, hostapi.ErrCodeWaiting) {
			t.Fatalf("A asks: %v", err)
		}
	}
	tried := 0
	refused := func(when string, of ...credential.OnlineCode) {
		t.Helper()
		for _, code := range of {
			tried++
			if jws, err := b.Redeem(ctx, cityISS, code); !errors.Is(err, hostapi.ErrOnlineCode) {
				t.Errorf("%s, B with %+v got %.20q %v", when, code, jws, err)
			}
		}
	}
	refused("while the patient is asked for A", code, forged)
	said := answer[struct{ State, Facility string }](t,
		h.ask(t, "GET", "/api/v1/people/"+string(r.ID)+"/code", nil),
		200)
	if said.Facility != "A医院" {
		t.Errorf("the patient is asked for %q", said.Facility)
	}
	h.patientSays(t, r, true)
	refused("after the yes to A", code, forged)
	jws, err := a.Redeem(ctx, cityISS, code)
	if err != nil || !(credential.Verifier{Trust: &h.trust, Now: h.now}).Verify(jws).Valid {
		t.Fatalf("A after the yes: %v", err)
	}
	refused("after A had it", code, forged, printed)
	for _, again := range []credential.OnlineCode{code, printed} {
		tried++
		if jws, err := a.Redeem(ctx, cityISS, again); !errors.Is(err, hostapi.ErrOnlineCode) {
			t.Errorf("A for the second time: %.20q %v", jws, err)
		}
	}
	testenv.Refused(t, testenv.Servers, tried)
}

func TestADeniedOrOverCodeIsNobodys(t *testing.T) {
	h := newTestApp(t)
	r := h.patientOf(t, h.now)
	a, b := h.counterNamed(t, "A医院", "https://a.example"), h.counterNamed(t, "B医院", "https://b.example")
	ends := []struct {
		name string
		end  func(t *testing.T)
	}{
		{"denied", func(t *testing.T) { h.patientSays(t, r, false) }},
		{"allowed, 91 seconds old", func(t *testing.T) {
			h.patientSays(t, r, true)
			h.now = h.now.Add(91 * time.Second)
		}},
		{"replaced by the next", func(t *testing.T) { h.madeBy(t, r) }},
	}
	testenv.Refused(t, testenv.Servers, 4*len(ends))
	for _, c := range ends {
		t.Run(c.name, func(t *testing.T) {
			code, printed := h.madeBy(t, r)
			if _, err := a.Redeem(ctx, cityISS, code); !errors.Is(err, hostapi.ErrCodeWaiting) {
				t.Fatal(err)
			}
			c.end(t)
			for _, who := range []hostapi.FacilityClient{a, b} {
				for _, form := range []credential.OnlineCode{code, printed} {
					if jws, err := who.Redeem(ctx, cityISS, form); !errors.Is(err, hostapi.ErrOnlineCode) {
						t.Errorf("%s with %+v: %.20q %v", who.URL(), form, jws, err)
					}
				}
			}
		})
	}
}

func TestOfManyCountersOneRedeemsAScannedCode(t *testing.T) {
	h := newTestApp(t)
	r := h.patientOf(t, h.now)
	var counters []hostapi.FacilityClient
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		counters = append(counters, h.counterNamed(t, name+"医院", "https://"+name+".example"))
	}
	for range 3 {
		_, printed := h.madeBy(t, r)
		var mu sync.Mutex
		var won, refused int
		var all sync.WaitGroup
		for _, c := range counters {
			all.Go(func() {
				_, err := c.Redeem(ctx, cityISS, printed)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case errors.Is(err, hostapi.ErrOnlineCode):
					refused++
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won != 1 || refused != len(counters)-1 {
			t.Errorf("%d got the screen, %d were refused", won, refused)
		}
	}
}

// A live screen and its receipt: a case takes minutes, so the insurer tells the phones' keys and takes
// receipts until seven days past the screen's end.
func TestAnOldScreenOpensNoReceiptKeys(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	id, phone := h.receiptPhone(t)
	sealed, err := hostapi.ReceiptSigner{URL: clinic, Key: h.counter.Receipts.Key}.Seal(
		hostapi.Receipt{At: h.now, Outcome: hostapi.Parked, Method: "N1e"},
		phone.PublicKey().Bytes(),
	)
	if err != nil {
		t.Fatal(err)
	}
	issued := h.now
	jws := h.live(t, r.Person, "00138990", issued)
	end := issued.Add(90 * time.Second)
	times := []struct {
		at time.Time
		ok bool
	}{
		{issued, true}, {end, true}, {end.Add(24 * time.Hour), true}, {end.Add(7 * 24 * time.Hour), true},
		{end.Add(7*24*time.Hour + time.Second), false}, {end.Add(8 * 24 * time.Hour), false},
		{end.Add(30 * 24 * time.Hour), false}, {end.Add(90 * 24 * time.Hour), false},
	}
	one := map[string][]byte{id: sealed}
	for _, c := range times {
		t.Run(c.at.Sub(end).String()+" after its end", func(t *testing.T) {
			h.now = c.at
			keys, err := h.calls.For(clinic).ReceiptKeys(ctx, cityISS, jws)
			if (err == nil && len(keys) == 1) != c.ok {
				t.Errorf("%d keys, %v", len(keys), err)
			}
			if err := h.calls.For(clinic).LeaveReceipt(ctx, cityISS,
				hostapi.Delivery{Credential: jws, Sealed: one}); (err == nil) != c.ok {
				t.Errorf("a receipt: %v", err)
			}
		})
	}
	h.now = issued
	others := map[string]string{
		"another insurer's": h.live(t, r.Person, "06139992", h.now),
		"altered":           jws[:len(jws)-4] + "AAAA",
		"none":              "",
		"a signature of zeros": jws[:strings.LastIndexByte(jws, '.')+1] +
			base64.RawURLEncoding.EncodeToString(
				make([]byte, 64),
			),
	}
	for _, name := range slices.Sorted(maps.Keys(others)) {
		t.Run(name, func(t *testing.T) {
			if keys, err := h.calls.For(clinic).ReceiptKeys(ctx, cityISS, others[name]); err == nil {
				t.Errorf("%d keys", len(keys))
			}
			err := h.calls.For(clinic).LeaveReceipt(ctx, cityISS,
				hostapi.Delivery{Credential: others[name], Sealed: one})
			if err == nil {
				t.Error("a receipt was taken")
			}
		})
	}
	testenv.Refused(t, testenv.Servers, 2*(4+len(others)))
}
