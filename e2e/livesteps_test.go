package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"os/exec"
	"path/filepath"

	"madoguchi/internal/testenv"
)

// orderCertificate is the authority that answers the host's request.
func (w *liveWorld) orderCertificate(h *liveHost) {
	w.t.Helper()
	h.write("~/tls/cert.pem", w.ca.answer(w.t, h.read("~/tls/request.pem")))
}

// orderPDFCertificate is the authority whose certificates sign documents.
func (w *liveWorld) orderPDFCertificate(h *liveHost) {
	w.t.Helper()
	h.write("~/pdf-cert.pem", w.ca.answer(w.t, h.read("~/pdf-request.pem")))
}

// openSignIn is the sign-in service that registers the insurer as its client: npm's oidc-provider, which
// knows one person.
func (w *liveWorld) openSignIn(h *liveHost) {
	t := w.t
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	question, err := json.Marshal(map[string]any{
		"issuer": "https://login.example",
		"cert":   string(w.ca.issue(t, pkix.Name{}, []string{"login.example"}, key.Public())),
		"key":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client": map[string]any{
			"client_id":                       "RP00000001",
			"redirect_uris":                   []string{h.url() + "/login/callback"},
			"response_types":                  []string{"code"},
			"grant_types":                     []string{"authorization_code"},
			"token_endpoint_auth_method":      "private_key_jwt",
			"token_endpoint_auth_signing_alg": "RS256",
			"id_token_signed_response_alg":    "RS256",
			"require_auth_time":               true,
			"jwks":                            json.RawMessage(h.read("~/client-keys.json")),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	testenv.Need(t, "node")
	cmd := exec.Command("node", "provider.mjs")
	cmd.Dir = filepath.Join(root(t), "auth", "testdata", "provider")
	out := newWatched()
	cmd.Stdout, cmd.Stderr = lines{out}, lines{out}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // it ends by itself
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Logf("oidc-provider: %v\n%s", err, out.lines)
		}
	})
	if _, err := in.Write(append(question, '\n')); err != nil {
		t.Fatal(err)
	}
	out.await(t, `"issuer":"https://login.example"`)
}

// lines hands on what is written to it.
type lines struct{ *watched }

var _ io.Writer = lines{}

func (l lines) Write(p []byte) (int, error) { l.add(string(p)); return len(p), nil }
