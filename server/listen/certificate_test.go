package listen

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"madoguchi/internal/certtest"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// pair writes a certificate of a name, and its key, into a folder.
func pair(t *testing.T, folder, name string) {
	t.Helper()
	key := certtest.Key(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		NotBefore:    noon.Add(-time.Hour),
		NotAfter:     noon.Add(time.Hour),
	}
	cert := certtest.Certificate(t, template, template, &key.PublicKey, key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "cert.pem"), "CERTIFICATE", cert.Raw)
	write(t, filepath.Join(folder, "key.pem"), "PRIVATE KEY", der)
}

func write(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A client that connects sees the name of whichever certificate lies there, without a restart.
func TestACertificateIsPickedUpWhenItsFilesChange(t *testing.T) {
	folder, now := t.TempDir(), noon
	pair(t, folder, "first.example")
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	certificate, err := OpenCertificate(cert, key, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	server := Server(http.NotFoundHandler(), certificate)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	t.Cleanup(func() { server.Close() })
	shown := func() string {
		t.Helper()
		// the test compares names; it trusts nobody
		anybody := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // see above
		conn, err := tls.Dial("tcp", listener.Addr().String(), anybody)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
	}
	steps := []struct {
		name string
		do   func()
		want string
	}{
		{"at the start", func() {}, "first.example"},
		{"renewed a moment ago", func() { pair(t, folder, "second.example") }, "first.example"},
		{"ten seconds later", func() { now = now.Add(lookEvery) }, "second.example"},
		{"half replaced", func() {
			other := t.TempDir()
			pair(t, other, "third.example")
			if err := os.Rename(filepath.Join(other, "cert.pem"), cert); err != nil {
				t.Fatal(err)
			}
			now = now.Add(lookEvery)
		}, "second.example"},
		{"broken", func() {
			if err := os.WriteFile(cert, []byte("no certificate"), 0o600); err != nil {
				t.Fatal(err)
			}
			now = now.Add(lookEvery)
		}, "second.example"},
		{"gone", func() {
			if err := os.Remove(key); err != nil {
				t.Fatal(err)
			}
			now = now.Add(lookEvery)
		}, "second.example"},
		{"whole again", func() {
			pair(t, folder, "fourth.example")
			now = now.Add(lookEvery)
		}, "fourth.example"},
		{"the clock was set back", func() {
			pair(t, folder, "fifth.example")
			now = now.Add(-time.Hour)
		}, "fifth.example"},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			step.do()
			if got := shown(); got != step.want {
				t.Errorf("%s, want %s", got, step.want)
			}
		})
	}
	if got := certificate.Leaf().Subject.CommonName; got != "fifth.example" {
		t.Errorf("Leaf is %s", got)
	}
}

func TestACertificateThatIsNoneStopsTheStart(t *testing.T) {
	folder := t.TempDir()
	pair(t, folder, "one.example")
	other := t.TempDir()
	pair(t, other, "two.example")
	cert := filepath.Join(folder, "cert.pem")
	for _, c := range []struct{ name, key string }{
		{"no key", filepath.Join(folder, "none.pem")},
		{"another's key", filepath.Join(other, "key.pem")},
		{"a certificate as key", cert},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := OpenCertificate(cert, c.key, func() time.Time { return noon }); err == nil {
				t.Error("it was taken")
			}
		})
	}
}
