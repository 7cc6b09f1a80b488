package credential

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
)

// picture draws a QR as a PNG: 4 pixels a module, 4 modules of quiet zone (ISO/IEC 18004).
func picture(t testing.TB, qr QR) []byte {
	t.Helper()
	const scale, quiet = 4, 4
	side := (qr.Size + 2*quiet) * scale
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			c, r := x/scale-quiet, y/scale-quiet
			img.SetGray(x, y, color.Gray{Y: 255})
			if c >= 0 && r >= 0 && c < qr.Size && r < qr.Size && qr.Black(c, r) {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// authority makes a certificate authority for this run and a server certificate for localhost; it returns the
// authority's certificate as a PEM file.
func authority(t *testing.T) (file string, server tls.Certificate) {
	t.Helper()
	make := func(template, parent *x509.Certificate, signer *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
		key := certtest.Key(t)
		if signer == nil {
			parent, signer = template, key
		}
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		return der, key
	}
	root := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "test authority"},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	rootDER, rootKey := make(root, nil, nil)
	der, key := make(&x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: "localhost"},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, root, rootKey)
	file = filepath.Join(t.TempDir(), "authority.pem")
	err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER}), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return file, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// insurerSite publishes an insurer's keys and revocation lists as the SMART Health Cards specification wants
// them.
func insurerSite(t *testing.T, files map[string][]byte) (address, authorityFile string) {
	t.Helper()
	file, certificate := authority(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write(body); err != nil {
			t.Error(err)
		}
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, file
}

type peerCard struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"` // jws, numeric, file, png
	Value     string `json:"value"`
	Directory string `json:"directory"`
}

// A verifier that was not written here agrees (docs/facts/smart-health-card.md#verifiers-by-others).
// kill-the-clipboard fetches the keys from the card's iss by itself, and the revocation lists when it
// is given a directory.
func TestVerifierThatWasNotWrittenHereAgrees(t *testing.T) {
	key, stranger := newKey(t), newKey(t)
	files := map[string][]byte{}
	address, authorityFile := insurerSite(t, files)
	const here = "/i/00138990"
	iss := address + here
	published := key.Public()
	published.CRLVersion = 3
	keys, err := json.Marshal(KeySet{published})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	// "A rid followed by a timestamp marks as revoked the cards that were issued before it" (specification,
	// Revocation).
	list, err := RevocationFile(key.ID, 3, []string{EncodeRID(1), EncodeRID(2) + ".1600000000",
		EncodeRID(3) + ".4000000000"})
	if err != nil {
		t.Fatal(err)
	}
	files[here+"/.well-known/jwks.json"], files[here+"/.well-known/crl/"+key.ID+".json"] = keys, list

	card := func(key Key, r Request, at time.Time) string {
		if r.Person.Number == "" {
			r.Person = tokuichi
		}
		r.InsurerName, r.Share = "架空市", 20
		if r.Tier == TierSaved {
			r.Expires = LatestEnd(at)
		}
		out, err := Issue(iss, key, r, at)
		if err != nil || !out.FitsQR {
			t.Fatal(err)
		}
		return out.JWS
	}
	var cards []peerCard
	want := map[string]string{} // the error that must be named; "" accepts
	add := func(name, kind, value, directory, refusal string) {
		cards, want[name] = append(cards, peerCard{name, kind, value, directory}), refusal
	}
	folder := t.TempDir()
	for _, c := range []struct {
		tier Tier
		r    Request
	}{
		{TierLive, Request{Tier: TierLive}},
		{TierOffline, Request{Tier: TierOffline, DeviceKeyID: "vFm9fTx1wPugptQy"}},
		{TierSaved, Request{Tier: TierSaved, RID: 12345}},
	} {
		t.Run(fmt.Sprint(c.tier), func(t *testing.T) {
			jws := card(key, c.r, now)
			qr, err := QRMatrix(jws)
			if err != nil {
				t.Fatal(err)
			}
			drawn := picture(t, qr)
			name := string(c.tier)
			if err := os.WriteFile(filepath.Join(folder, name+".png"), drawn, 0o600); err != nil {
				t.Fatal(err)
			}
			seen := scanned(t, filepath.Join(folder, name+".png"))
			if read, err := Read(seen); err != nil || read != jws {
				t.Errorf("%s: zbarimg read %.40q, %v", name, seen, err)
			}
			add(name+" as text", "jws", jws, "", "")
			add(name+" as digits", "numeric", NumericQR(jws), "", "")
			add(name+" as a file", "file", string(CardFile(jws)), "", "")
			add(name+" from a picture, by zxing", "png", base64.StdEncoding.EncodeToString(drawn), "", "")
			add(name+" from a picture, by zbar", "numeric", seen, "", "")
			add(name+" with the directory", "jws", jws, iss, "")
			parts, other := strings.Split(jws, "."), c.r
			other.Person = tokuichi
			other.Person.Number = "7654321"
			add(name+" with the payload of another", "jws",
				parts[0]+"."+strings.Split(card(key, other, now), ".")[1]+"."+parts[2], "",
				"SignatureVerificationError")
			add(name+" by a key that is not the issuer's", "jws", card(stranger, c.r, now), "",
				"VerificationError: No matching key")
			add(name+" by another key under the issuer's kid", "jws",
				card(Key{ID: key.ID, signer: stranger.signer, public: stranger.public}, c.r, now), "",
				"SignatureVerificationError")
			add(name+" of half a year ago", "jws", card(key, c.r, now.AddDate(0, -6, 0)), "",
				"ExpirationError")
		})
	}
	add(
		"a live screen of 91 seconds ago",
		"jws",
		card(key, Request{Tier: TierLive}, now.Add(-91*time.Second)),
		"",
		"ExpirationError",
	)
	add(
		"a revoked copy without the directory",
		"jws",
		card(key, Request{Tier: TierSaved, RID: 1}, now),
		"",
		"",
	)
	add("a revoked copy", "jws", card(key, Request{Tier: TierSaved, RID: 1}, now), iss, "SHCRevokedError")
	add(
		"a copy issued after its rid was revoked",
		"jws",
		card(key, Request{Tier: TierSaved, RID: 2}, now),
		iss,
		"",
	)
	add(
		"a copy issued before its rid was revoked",
		"jws",
		card(key, Request{Tier: TierSaved, RID: 3}, now),
		iss,
		"SHCRevokedError",
	)

	var answers []struct {
		Name     string `json:"name"`
		Accepted bool   `json:"accepted"`
		Error    string `json:"error"`
		Text     string `json:"text"`
	}
	peer(t, "verify.mjs", cards, &answers, "NODE_EXTRA_CA_CERTS="+authorityFile)
	if len(answers) != len(cards) {
		t.Fatalf("%d answers for %d cards", len(answers), len(cards))
	}
	for _, a := range answers {
		refusal := want[a.Name]
		if a.Accepted != (refusal == "") || !strings.HasPrefix(a.Error, refusal) ||
			a.Accepted && a.Text != "00138990:国13:0001234:02" {
			t.Errorf("%s: accepted %v, %q, %q; want %q", a.Name, a.Accepted, a.Error, a.Text, refusal)
		}
	}
}

// scanned is what zbarimg reads in a picture.
func scanned(t *testing.T, file string) string {
	t.Helper()
	testenv.Need(t, "zbarimg")
	out, err := exec.Command("zbarimg", testenv.ZbarArgs(file)...).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// The form of the specification's section Revocation, with ctr as a number, as crlVersion is, and the members
// in its order.
func TestRevocationFileHasTheSpecificationsForm(t *testing.T) {
	got, err := RevocationFile("kid", 1, nil)
	if want := `{"kid":"kid","method":"rid","ctr":1,"rids":[]}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	// "The identifier SHALL use the base64url alphabet and be no longer than 24 characters."
	for _, index := range []uint32{0, 1, 12345, MaxRID - 1} {
		rid := EncodeRID(index)
		if back, err := DecodeRID(rid); err != nil || back != index || len(rid) > 24 {
			t.Errorf("%d: %q, %d, %v", index, rid, back, err)
		}
	}
	for _, bad := range []string{"", "AAAA", "AAAAAA", "AAA=A", "IAAAA", "_____", "AAA A", "ああ"} {
		if n, err := DecodeRID(bad); err == nil {
			t.Errorf("%q is %d", bad, n)
		}
	}
}
