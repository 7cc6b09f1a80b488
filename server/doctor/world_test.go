package doctor

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/internal/issuertest"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/durable"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
	"madoguchi/server/staff"
	"madoguchi/server/trust"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)

const (
	city       eligibility.InsurerNumber = "00138990"
	otherCity  eligibility.InsurerNumber = "06139992"
	clinic                               = "1319999991"
	insurerURL                           = "https://hoken.example"
	clinicURL                            = "https://clinic.example"
	provider                             = "https://login.example"
	otherISS                             = "https://other.example/i/06139992"
	listURL                              = "https://list.example/trust.jwt"
)

// started are data folders that have been started once, by role: each world gets a copy.
var started = map[string]startedFolder{}

type startedFolder struct {
	data            string
	counter, issuer credential.PublicKey
}

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	code := m.Run()
	for _, s := range started {
		os.RemoveAll(s.data)
	}
	os.Exit(code)
}

// world is a live server that is set up well, with everybody whom it asks, for a test to break.
type world struct {
	t        *testing.T
	s        settings.Settings
	role     string
	at       time.Time // this server's clock
	free     uint64
	hosts    map[string]http.Handler // who answers, by host name
	theirs   time.Time               // the other insurer's and the provider's clock
	metadata map[string]any          // of the provider
	list     credential.TrustList    // before it was signed
	root     credential.Key          // of the trust list
	ca       authority
	other    credential.Key // of the other insurer
}

// newWorld sets a server of a role up: its folder has been started once.
func newWorld(t *testing.T, role string) *world {
	t.Helper()
	w := &world{t: t, role: role, at: noon, free: 50 << 30, theirs: noon, ca: newAuthority(t)}
	w.s = settings.Settings{
		Data:          t.TempDir(),
		Addr:          "0.0.0.0:443",
		URL:           insurerURL,
		OIDCIssuer:    provider,
		OIDCClient:    "RP1",
		OIDCAlgorithm: "RS256",
		OIDCAcrValues: "aal3 crl",
		TrustURL:      listURL,
	}
	if role == datafolder.RoleCounter {
		w.s.URL, w.s.OIDCIssuer, w.s.OIDCClient = clinicURL, "", ""
		w.s.CardKeys = filepath.Join(t.TempDir(), "cards.pem")
		w.ca.writePublic(w.s.CardKeys)
	}
	w.certify(w.s.URL[len("https://"):], noon.AddDate(0, 0, -1), noon.AddDate(0, 3, 0))
	w.root, w.other = issuertest.NewKey(t), issuertest.NewKey(t)
	first, ok := started[role]
	if !ok {
		first = w.start()
		started[role] = first
	}
	w.must(os.CopyFS(w.s.Data, os.DirFS(first.data)))
	w.must(filepath.WalkDir(w.s.Data, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return errors.Join(err, os.Chmod(path, 0o600)) // whatever the umask
	}))
	w.list = credential.TrustList{
		Issuers: []credential.TrustedIssuer{
			{
				ISS:            insurerURL + "/i/" + string(city),
				Name:           "架空市",
				InsurerNumbers: []eligibility.InsurerNumber{city},
				JWKS:           credential.KeySet{first.issuer},
			},
			{
				ISS:            otherISS,
				Name:           "架空健康保険組合",
				InsurerNumbers: []eligibility.InsurerNumber{otherCity},
				JWKS:           credential.KeySet{w.other.Public()},
			},
		},
		Counters: []credential.TrustedCounter{{
			URL:      clinicURL,
			Name:     "架空医院",
			Facility: clinic,
			JWKS:     credential.KeySet{first.counter},
		}},
	}
	w.s.Trust = t.TempDir()
	w.publish(noon)
	w.metadata = map[string]any{
		"issuer":                                           provider,
		"code_challenge_methods_supported":                 []string{"plain", "S256"},
		"token_endpoint_auth_methods_supported":            []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": []string{"RS256"},
		"id_token_signing_alg_values_supported":            []string{"RS256"},
		"acr_values_supported":                             []string{"aal3", "aal2"},
		"authorization_response_iss_parameter_supported":   true,
	}
	w.hosts = map[string]http.Handler{
		"login.example": http.HandlerFunc(w.answerMetadata),
		"other.example": http.HandlerFunc(w.answerTime),
		"list.example": http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
			http.ServeFile(to, r, filepath.Join(w.s.Trust, trust.ListFile))
		}),
	}
	return w
}

// start makes a data folder as the first start does, with a facility or an insurer's key.
func (w *world) start() startedFolder {
	w.t.Helper()
	data, err := os.MkdirTemp("", "doctor")
	w.must(err)
	f, err := datafolder.Open(w.t.Context(), datafolder.Options{
		Path: filepath.Join(data, settings.Live),
		Mode: settings.Live,
		Role: w.role,
		Host: w.s.Host(),
		Now:  w.now,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Store.Close()
	counterKey, err := f.Keys.SigningKey(keys.Counter)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() {
		witness, err := f.Verify(w.t.Context())
		if err == nil {
			err = witness.Look(w.t.Context(), true)
		}
		w.must(err)
	}()
	if w.role == datafolder.RoleCounter {
		err = f.Store.ForStaff().Facilities.AddFacility(w.t.Context(),
			facilityOf(clinic),
			audit.Entry{At: noon, Actor: "test", Action: "facility.add"})
		if err != nil {
			w.t.Fatal(err)
		}
		return startedFolder{data, counterKey.Public(), issuertest.NewKey(w.t).Public()}
	}
	issuing, err := f.Keys.Rings.Issuer(city, noon)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := f.Keys.ClientKey(w.s.OIDCAlgorithm); err != nil {
		w.t.Fatal(err)
	}
	return startedFolder{data, counterKey.Public(), issuing.Current.Public()}
}

func facilityOf(code string) staff.Facility {
	return staff.Facility{Code: code, Name: "架空医院", Blanking: time.Minute}
}

func (w *world) now() time.Time { return w.at }

// publish signs the list at a time, for 30 days.
func (w *world) publish(at time.Time) {
	w.t.Helper()
	p := trust.Publication{Draft: w.list, Root: w.root, Folder: w.s.Trust, Days: 30, Now: at}
	if _, err := p.Publish(); err != nil {
		w.t.Fatal(err)
	}
}

// certify gives the server a certificate of the world's authority for a name.
func (w *world) certify(name string, from, until time.Time) {
	w.t.Helper()
	folder := w.t.TempDir()
	w.s.TLSCert, w.s.TLSKey = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	w.ca.issue(w.s.TLSCert, w.s.TLSKey, name, from, until)
}

// behindProxy puts the server behind a proxy, which shows a certificate that ends at a time.
func (w *world) behindProxy(until time.Time, says string) {
	w.s.TLSCert, w.s.TLSKey, w.s.Proxy = "", "", "10.0.0.5"
	w.hosts["hoken.example"] = shownCertificate{&x509.Certificate{NotAfter: until}, says}
}

// shownCertificate is a proxy as fakeNetwork answers for it.
type shownCertificate struct {
	leaf *x509.Certificate
	says string
}

func (s shownCertificate) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, s.says)
}

func (w *world) answerMetadata(to http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/.well-known/openid-configuration" {
		http.NotFound(to, r)
		return
	}
	to.Header().Set("Date", w.theirs.UTC().Format(http.TimeFormat))
	_ = json.NewEncoder(to).Encode(w.metadata)
}

func (w *world) answerTime(to http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/i/06139992/time.jwt" {
		http.NotFound(to, r)
		return
	}
	signed, err := credential.SignTime(otherISS, w.other, r.URL.Query().Get("nonce"), w.theirs)
	if err != nil {
		w.t.Error(err)
	}
	_, _ = io.WriteString(to, signed)
}

// RoundTrip is the network: https to the hosts that answer, nothing else.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, ok := w.hosts[r.URL.Host]
	if !ok || r.URL.Scheme != "https" {
		return nil, fmt.Errorf("nobody answers at %s", r.URL)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	res := recorder.Result()
	res.Request, res.TLS = r, &tls.ConnectionState{}
	if proxy, ok := handler.(shownCertificate); ok {
		res.TLS.PeerCertificates = []*x509.Certificate{proxy.leaf}
	}
	return res, nil
}

func (w *world) doctor() Doctor {
	return Doctor{
		Settings: &w.s,
		Role:     w.role,
		Now:      w.now,
		Client: func(func(string) []netip.Addr) *http.Client {
			return &http.Client{Transport: w}
		},
		Free:  func(string) (uint64, error) { return w.free, nil },
		Roots: w.ca.Roots(),
	}
}

// path is a path in the data folder.
func (w *world) path(name ...string) string {
	return filepath.Join(append([]string{w.s.Folder()}, name...)...)
}

// authority is a certification authority that writes what it issues.
type authority struct {
	t *testing.T
	certtest.Authority
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	return authority{t, certtest.NewAuthority(t, "Test CA", noon.AddDate(-50, 0, 0), noon.AddDate(50, 0, 0))}
}

// issue writes a certificate for a DNS name or an address, and its key.
func (a authority) issue(certFile, keyFile, name string, from, until time.Time) {
	a.t.Helper()
	key := certtest.Key(a.t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		NotBefore:    from,
		NotAfter:     until,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{name},
	}
	cert := a.Issue(a.t, template, &key.PublicKey)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(certFile, "CERTIFICATE", cert.Raw)
	a.write(keyFile, "PRIVATE KEY", private)
}

func (a authority) write(file, kind string, data []byte) {
	a.t.Helper()
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data})
	if err := durable.WriteFile(file, text, durable.Options{}); err != nil {
		a.t.Fatal(err)
	}
}

// writePublic writes the public half of a key of its own, as the file of card issuers' keys has it.
func (a authority) writePublic(file string) {
	a.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		a.t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(file, "PUBLIC KEY", public)
}
