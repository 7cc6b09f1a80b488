package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
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
	"madoguchi/internal/testenv"
	"madoguchi/server/hostapi"
	"madoguchi/server/hostclient"
)

// otherClients may make HTTP clients besides server/hostclient, each for its reason.
var otherClients = map[string]string{
	"card/agent/connection.go": "the agent dials its own server, which its setting names, and follows no redirect",
	"card/bridge/status.go":    "asks the agent on this computer, on loopback",
	"server/demo.go":           "signs in at the demo's provider, which is this server on loopback",
}

// Every call between servers goes through server/hostclient: no other file makes a client, or uses the one
// that net/http has.
func TestOneClientMakesAllCallsBetweenServers(t *testing.T) {
	used := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "data") {
			return filepath.SkipDir
		}
		name := strings.TrimPrefix(filepath.ToSlash(path), "../")
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "server/hostclient/") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, found := range clientsIn(file) {
			if otherClients[name] == "" {
				t.Errorf("%s uses %s: calls between servers go through server/hostclient", name, found)
			}
			used[name] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range otherClients {
		if !used[name] {
			t.Errorf("%s makes no client any more: take its line out", name)
		}
	}
}

// clientsIn names what a file uses of net/http to make calls. A pointer to a client as a type is how one is
// handed on.
func clientsIn(file *ast.File) []string {
	imported := ""
	for _, i := range file.Imports {
		if i.Path.Value == `"net/http"` {
			imported = "http"
			if i.Name != nil {
				imported = i.Name.Name
			}
		}
	}
	if imported == "" {
		return nil
	}
	calls := []string{"Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport", "Client", "Transport", "NewFileTransport"}
	handedOn := map[ast.Node]bool{}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr:
			handedOn[n.X] = true
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == imported && slices.Contains(calls, n.Sel.Name) && !handedOn[n] {
				found = append(found, imported+"."+n.Sel.Name)
			}
		}
		return true
	})
	if imported == "." {
		found = append(found, "net/http without a name")
	}
	return found
}

func TestClientsAreFoundHoweverTheyAreMade(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		want int
	}{
		"a literal":         {`import "net/http"; var c = http.Client{}`, 1},
		"a pointer":         {`import "net/http"; var c = &http.Client{}`, 1},
		"new":               {`import "net/http"; var c = new(http.Client)`, 1},
		"a variable":        {`import "net/http"; var c http.Client`, 1},
		"the default one":   {`import "net/http"; var c = http.DefaultClient`, 1},
		"a default call":    {`import "net/http"; func f() { http.Get("x") }`, 1},
		"another name":      {`import h "net/http"; func f() { h.Post("x", "y", nil) }`, 1},
		"a transport":       {`import "net/http"; var c = &http.Transport{}`, 1},
		"the default way":   {`import "net/http"; var c = http.DefaultTransport`, 1},
		"no name":           {`import . "net/http"; var c = Client{}`, 1},
		"a pointer's type":  {`import "net/http"; type x struct { c *http.Client }`, 0},
		"a handler":         {`import "net/http"; func f(w http.ResponseWriter, r *http.Request) {}`, 0},
		"another package's": {`import http "example.org/http"; var c = http.Client{}`, 0},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x; "+c.code, 0)
		if err != nil {
			t.Fatal(err)
		}
		if found := clientsIn(file); len(found) != c.want {
			t.Errorf("%s: %v", name, found)
		}
	}
}

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
	key := testKey(t)
	iss := insurer.URL + "/i/00138990"
	list := &credential.TrustList{Issuers: []credential.TrustedIssuer{{ISS: iss, Name: "架空市", InsurerNumbers: []eligibility.InsurerNumber{"00138990"}, JWKS: keyList(key)}}}
	config := hostclient.Config{Roots: roots, Inside: named(func() (*credential.TrustList, error) { return list, nil })}
	calls := &hostapi.Client{URL: "https://clinic.example.jp", Key: key, Client: hostclient.New(config), Now: func() time.Time { return moment }}
	ctx := context.Background()
	for name, call := range map[string]func() error{
		"keys":         func() error { _, err := calls.Keys(ctx, iss); return err },
		"endorsements": func() error { _, err := calls.Endorsements(ctx, iss); return err },
		"status":       func() error { _, err := calls.Status(ctx, iss); return err },
		"a code":       func() error { _, err := calls.Redeem(ctx, iss, credential.NewOnlineCode(iss)); return err },
		"receipt keys": func() error { _, err := calls.ReceiptKeys(ctx, iss, "x"); return err },
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
	if _, err := calls.Keys(ctx, iss); err == nil || !strings.Contains(err.Error(), hostclient.ErrAddress.Error()) {
		t.Errorf("an address on this computer that nobody named: %v", err)
	}
}

func TestTheTrustListIsFetchedFromWhereTheOperatorSaidOnly(t *testing.T) {
	root, dir := testKey(t), t.TempDir()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, eligibility.Japan)
	sign := func(version int) string {
		t.Helper()
		signed, err := credential.SignTrustList(credential.TrustList{Version: version, IssuedAt: now.Unix(), ExpiresAt: now.Add(credential.MaxTrustLife).Unix()}, root)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	public, err := json.Marshal(keyList(root))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{trustFile: []byte(sign(1)), rootFile: public} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	newest := sign(2)
	far, _ := trusted(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(newest)) })
	answer := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, far.URL, http.StatusFound) }
	host, roots := trusted(t, func(w http.ResponseWriter, r *http.Request) { answer(w, r) })
	reader, err := newTrustReader(dir, filepath.Join(dir, "version"), host.URL+"/trust.jwt", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(far.Certificate())
	reader.client = hostclient.New(hostclient.Config{Roots: roots, Inside: reader.inside})
	version := func() int {
		t.Helper()
		reader.fetch(context.Background())
		list, err := reader.TrustList()
		if err != nil {
			t.Fatal(err)
		}
		return list.Version
	}
	if version() != 1 {
		t.Error("a redirect was followed")
	}
	answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); _, _ = w.Write([]byte(newest)) }
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
	reader.url = "https://example.com" + port // a name: its addresses are those that the settings name
	for text, want := range map[string]int{"": 0, "10.1.2.3": 1, "10.1.2.3, fd00::7": 2} {
		if reader.addresses, err = (Settings{TrustAddress: text}).trustAddresses(); err != nil || len(reader.inside("EXAMPLE.com")) != want || reader.inside("other.example") != nil {
			t.Errorf("%q: %v %v", text, reader.addresses, err)
		}
	}
	for _, bad := range []string{"localhost", "10.0.0.0/8", "10.1.2.3:443", "x", "10.1.2", "10.1.2.3;10.1.2.4", "010.1.2.3", "[fd00::7]"} {
		if list, err := (Settings{TrustAddress: bad}).trustAddresses(); err == nil {
			t.Errorf("%q: %v", bad, list)
		}
	}
	testenv.Refused(t, testenv.Boundaries, 8)
	if literal := reader.inside("example.com"); slices.Contains(literal, netip.MustParseAddr("127.0.0.1")) {
		t.Error("this computer is inside for a name that nobody gave it")
	}
}
