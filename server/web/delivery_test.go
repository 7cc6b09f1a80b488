package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
	"madoguchi/server/hostapi"
)

// lyingThere is how many receipts a phone is given.
func (h *testApp) lyingThere(t *testing.T, id string) int {
	t.Helper()
	return len(answer[struct{ Receipts []any }](t, h.ask(t, "GET", "/api/v1/receipts?key="+id, nil),
		http.StatusOK).Receipts)
}

// A counter that did not hear the insurer's answer leaves its receipts again, under the same name. The
// insurer takes them as nothing new, however often: they do not count as one of the three of a day. Another
// record, another counter's and another person's are their own; so are those of a server of before, which
// names nothing.
func TestReceiptsThatAreLeftAgainLieThereOnce(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	id, phone := h.receiptPhone(t)
	_, key := issuertest.NewPair(t)
	h.trust.Counters = append(h.trust.Counters, credential.TrustedCounter{
		URL:      "https://second.example.jp",
		Name:     "架空薬局",
		Facility: "1319999992",
		JWKS:     credential.KeySet{key.Public()},
	})
	others := &hostapi.Client{
		Key:    key,
		Client: &http.Client{Transport: inside{h}},
		Now:    func() time.Time { return h.now },
	}
	good, err := hostapi.ReceiptSigner{URL: clinic, Key: h.counter.Receipts.Key}.Seal(
		hostapi.Receipt{At: h.now, Outcome: hostapi.Parked, Method: "N1e"}, phone.PublicKey().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	const first, next = "AAAAAAAAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBBBBBBBB"
	screen := h.live(t, r.Person, "00138990", h.now)
	lies := 0
	for _, c := range []struct {
		name  string
		by    hostapi.FacilityClient
		id    string
		again bool // it is known
	}{
		{"a record", h.calls.For(clinic), first, false},
		{"the same", h.calls.For(clinic), first, true},
		{"the same a third time", h.calls.For(clinic), first, true},
		{"the same a fourth time", h.calls.For(clinic), first, true},
		{"another record", h.calls.For(clinic), next, false},
		{"another counter's of the same name", others.For("https://second.example.jp"), first, false},
		{"an older server's", others.For("https://second.example.jp"), "", false},
		{"an older server's, again", others.For("https://second.example.jp"), "", false},
		{"the first once more", h.calls.For(clinic), first, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.by.LeaveReceipt(ctx, testHost+"/i/00138990",
				hostapi.Delivery{ID: c.id, Credential: screen, Sealed: map[string][]byte{id: good}})
			if err != nil {
				t.Fatal(err)
			}
			if !c.again {
				lies++
			}
			if n := h.lyingThere(t, id); n != lies {
				t.Errorf("%d receipts, want %d", n, lies)
			}
		})
	}
	for _, name := range []string{first[1:], first + "A", strings.ToLower(first),
		"AAAAAAAAAAAAAAAAAAAAAAAAA1", first + "\n", "架空亀鶴医院"} {
		t.Run("named "+name, func(t *testing.T) {
			err := h.calls.For(clinic).LeaveReceipt(ctx, testHost+"/i/00138990",
				hostapi.Delivery{ID: name, Credential: screen, Sealed: map[string][]byte{id: good}})
			if err == nil || !strings.Contains(err.Error(), "receipt.form") {
				t.Errorf("%v", err)
			}
		})
	}
	testenv.Refused(t, testenv.Servers, 6)
	if n := h.lyingThere(t, id); n != lies {
		t.Errorf("%d receipts after refused ones, want %d", n, lies)
	}
}
