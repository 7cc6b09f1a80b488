package doctor

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"madoguchi/server/datafolder"
	"madoguchi/server/listen"
	"madoguchi/server/trust"
)

// serveTLS serves a handler at a name of this computer, with the certificate of the world's settings, as a
// server of this program does, and returns its address.
func (w *world) serveTLS(handler http.Handler) string {
	w.t.Helper()
	certificate, err := w.s.Certificate(w.now)
	w.must(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	server := listen.Server(handler, certificate)
	go func() { _ = server.ServeTLS(listener, "", "") }()
	w.t.Cleanup(func() { server.Close() })
	return "https://localhost:" + listen.Port(listener)
}

// The real client, names, TLS and all, against a server on this computer that plays the provider, the list's
// publisher, and this server behind its proxy.
func TestARealServerIsExaminedOverTLS(t *testing.T) {
	w := newWorld(t, datafolder.RoleInsurer)
	w.certify("localhost", noon.AddDate(-49, 0, 0), noon.AddDate(49, 0, 0)) // TLS goes by the real time
	mux := http.NewServeMux()
	address := w.serveTLS(mux)
	w.metadata["issuer"] = address
	mux.HandleFunc("/.well-known/openid-configuration", func(to http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(to).Encode(w.metadata)
	})
	mux.HandleFunc("/trust.jwt", func(to http.ResponseWriter, r *http.Request) {
		http.ServeFile(to, r, filepath.Join(w.s.Trust, trust.ListFile))
	})
	mux.HandleFunc(
		"/healthz",
		func(to http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(to, "ok\n") },
	)
	w.s.OIDCIssuer, w.s.OIDCAddresses = address, "127.0.0.1"
	w.s.TrustURL, w.s.TrustAddress = address+"/trust.jwt", "127.0.0.1"
	w.s.URL, w.s.TLSCert, w.s.TLSKey, w.s.Proxy = address, "", "", "127.0.0.1"
	real := Doctor{Settings: &w.s, Role: w.role, Now: w.now, Roots: w.ca.Roots()}

	all := real.Examine(t.Context())
	for _, check := range []string{"settings", "address", "sign-in", "trust-url"} {
		good := slices.ContainsFunc(all, func(f Finding) bool { return f.Check == check && f.Level == Good })
		if got := keysOf(all, check); len(got) > 0 || !good {
			t.Errorf("%s: %q", check, got)
		}
	}
	// the server told its real time, by net/http; the world's is another day
	if got := keysOf(all, "clock"); !slices.Equal(got, []string{"doctor.clock_off"}) {
		t.Errorf("clock: %q", got)
	}

	// an address that neither the internet has nor the settings name is not called
	w.s.OIDCAddresses = ""
	if got := keysOf(real.Examine(t.Context()), "sign-in"); !slices.Equal(
		got,
		[]string{"doctor.signin_away"},
	) {
		t.Errorf("an unnamed loopback address: %q", got)
	}
	// and nobody is believed by an unknown authority
	real.Roots = newAuthority(t).Roots()
	for _, f := range real.Examine(t.Context()) {
		if f.Check == "address" &&
			(f.Key != "doctor.address_away" || !strings.Contains(f.Detail, "certificate")) {
			t.Errorf("a false certificate: %s (%s)", f.Key, f.Detail)
		}
	}
}
