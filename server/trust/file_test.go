package trust

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/server/hostapi"
	"madoguchi/server/hostclient"
)

// trusted is a TLS server on loopback and what a client needs to trust its certificate.
func trusted(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(handler)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s, roots
}

// An insurer of the list answers with redirects to addresses inside the counter's network, on everything that
// a counter asks.
func TestACounterIsNotSentOnByAnInsurer(t *testing.T) {
	moment := time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan)
	var inside []string
	router := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside = append(inside, r.Method+" "+r.URL.Path)
		w.Header().Set("Date", moment.Add(-10*time.Hour).UTC().Format(http.TimeFormat))
		_, _ = w.Write([]byte(`{"keys":[]}`))
	}))
	defer router.Close()
	insurer, roots := trusted(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, router.URL+"/router/admin/reboot", http.StatusTemporaryRedirect)
	})
	key := issuertest.NewKey(t)
	iss := insurer.URL + "/i/00138990"
	list := &credential.TrustList{
		Issuers: []credential.TrustedIssuer{
			{
				ISS:            iss,
				Name:           "架空市",
				InsurerNumbers: []eligibility.InsurerNumber{"00138990"},
				JWKS:           keyList(key),
			},
		},
	}
	config := hostclient.Config{
		Roots:  roots,
		Inside: Addresses(func() (*credential.TrustList, error) { return list, nil }),
	}
	calls := &hostapi.Client{
		Key:    key,
		Client: hostclient.New(config),
		Now:    func() time.Time { return moment },
	}
	clinic := calls.For("https://clinic.example.jp")
	ctx := context.Background()
	for name, call := range map[string]func() error{
		"keys":         func() error { _, err := calls.Keys(ctx, iss); return err },
		"endorsements": func() error { _, err := calls.Endorsements(ctx, iss); return err },
		"status":       func() error { _, err := calls.Status(ctx, iss); return err },
		"a code": func() error {
			_, err := clinic.Redeem(ctx, iss, credential.NewOnlineCode(iss))
			return err
		},
		"receipt keys": func() error { _, err := clinic.ReceiptKeys(ctx, iss, "x"); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), hostclient.ErrRedirect.Error()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(inside) != 0 {
		t.Errorf("the counter was sent on to %v", inside)
	}
	if skew := calls.ClockSkew(); skew.General != 0 || skew.Issuers != nil {
		t.Errorf("the clock was moved: %+v", skew)
	}
	list.Issuers[0].ISS = "https://hoken.example.jp/i/00138990" // the address stands in the list no more
	calls.Client = hostclient.New(config)
	if _, err := calls.Keys(ctx, iss); err == nil ||
		!strings.Contains(err.Error(), hostclient.ErrAddress.Error()) {
		t.Errorf("an address on this computer that nobody named: %v", err)
	}
}

func TestTheTrustListIsFetchedFromWhereTheOperatorSaidOnly(t *testing.T) {
	root, dir := issuertest.NewKey(t), t.TempDir()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, eligibility.Japan)
	sign := func(version int) string {
		t.Helper()
		signed, err := credential.SignTrustList(
			credential.TrustList{
				Version:   version,
				IssuedAt:  now.Unix(),
				ExpiresAt: now.Add(credential.MaxTrustLife).Unix(),
			},
			root,
		)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	public, err := json.Marshal(keyList(root))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{ListFile: []byte(sign(1)), RootFile: public} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	newest := sign(2)
	far, _ := trusted(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(newest)) })
	answer := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, far.URL, http.StatusFound) }
	host, roots := trusted(t, func(w http.ResponseWriter, r *http.Request) { answer(w, r) })
	reader, err := OpenFile(FileConfig{
		Folder:  dir,
		Version: filepath.Join(dir, "version"),
		URL:     host.URL + "/trust.jwt",
		Now:     func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(far.Certificate())
	reader.client = hostclient.New(hostclient.Config{Roots: roots, Inside: reader.InsideAddresses})
	version := func() int {
		t.Helper()
		reader.Fetch(context.Background())
		list, err := reader.TrustList()
		if err != nil {
			t.Fatal(err)
		}
		return list.Version
	}
	if version() != 1 {
		t.Error("a redirect was followed")
	}
	answer = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(newest))
	}
	if version() != 1 {
		t.Error("an error was taken for the list")
	}
	answer = func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(newest + strings.Repeat(" ", maxTrust)))
	}
	if version() != 1 {
		t.Error("five megabytes were taken for the list")
	}
	answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(newest)) }
	if version() != 2 {
		t.Error("the list was not fetched from the address in the setting")
	}
	port := host.URL[strings.LastIndex(host.URL, ":"):]
	reader.URL = "https://example.com" + port // a name: its addresses are those that the settings name
	for _, addresses := range [][]netip.Addr{nil, {netip.MustParseAddr("10.1.2.3")},
		{netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("fd00::7")}} {
		reader.Addresses = addresses
		if got := reader.InsideAddresses("EXAMPLE.com"); !slices.Equal(got, addresses) ||
			reader.InsideAddresses("other.example") != nil {
			t.Errorf("%v: %v", addresses, got)
		}
	}
	if literal := reader.InsideAddresses("example.com"); slices.Contains(
		literal,
		netip.MustParseAddr("127.0.0.1"),
	) {
		t.Error("this computer is inside for a name that nobody gave it")
	}
}
