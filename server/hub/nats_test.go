package hub_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/internal/hubtest"
	"madoguchi/internal/natstest"
	"madoguchi/server/hub"
)

func TestNATS(t *testing.T) {
	server := natstest.New(t)
	url := server.URL()
	hubtest.Run(t, hubtest.Engines{
		New: func(t *testing.T) hub.Engine {
			e, err := hub.OpenNATS(hub.NATS{URL: url, Instance: t.Name()}, "test")
			if err != nil {
				t.Fatal(err)
			}
			return e
		},
		Stop:  func(t *testing.T) { server.Stop(t) },
		Start: func(t *testing.T) { server.Start(t) },
	})
}

// guarded is a NATS server that wants TLS, a client's certificate and a user's credentials, with the files by
// which a client is let in.
func guarded(t *testing.T) (right hub.NATS) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	from, until := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC)
	authority := certtest.NewAuthority(t, "試験", from, until)
	pair := func(name string) (cert, key string) {
		private := certtest.Key(t)
		issued := authority.Issue(t, &x509.Certificate{
			SerialNumber: big.NewInt(2),
			Subject:      pkix.Name{CommonName: name},
			NotBefore:    from,
			NotAfter:     until,
			IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
			ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}, &private.PublicKey)
		der, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		return write(name+".pem", inPEM(issued)),
			write(name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	serverCert, serverKey := pair("server")
	own, err := tls.LoadX509KeyPair(serverCert, serverKey)
	if err != nil {
		t.Fatal(err)
	}
	operator, account := nkey(t, nkeys.CreateOperator), nkey(t, nkeys.CreateAccount)
	owner := jwt.NewOperatorClaims(public(t, operator))
	accounts := &server.MemAccResolver{}
	token, err := jwt.NewAccountClaims(public(t, account)).Encode(operator)
	if err == nil {
		err = accounts.Store(public(t, account), token)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := natstest.NewWith(t, server.Options{
		TLS: true,
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{own},
			ClientAuth:   tls.RequireAndVerifyClientCert,
			ClientCAs:    authority.Roots(),
		},
		TrustedOperators: []*jwt.OperatorClaims{owner},
		AccountResolver:  accounts,
	})
	right = hub.NATS{
		URL:         strings.Replace(s.URL(), "nats://", "tls://", 1),
		CA:          write("ca.pem", inPEM(authority.Cert)),
		Credentials: write("user.creds", credentials(t, account)),
	}
	right.Cert, right.Key = pair("client")
	return right
}

func nkey(t *testing.T, create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	t.Helper()
	pair, err := create()
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func public(t *testing.T, pair nkeys.KeyPair) string {
	t.Helper()
	text, err := pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// credentials is a file of credentials of a new user whom an account vouches for.
func credentials(t *testing.T, account nkeys.KeyPair) []byte {
	t.Helper()
	user := nkey(t, nkeys.CreateUser)
	token, err := jwt.NewUserClaims(public(t, user)).Encode(account)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	file, err := jwt.FormatUserConfig(token, seed)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// docs/operator.md, "several instances": the settings by which a guarded NATS is reached. A wrong one is
// named at the start.
func TestAGuardedNATSIsReachedByTheSettingsOnly(t *testing.T) {
	right := guarded(t)
	file := func(data []byte) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	strange := certtest.NewAuthority(t, "他人", time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		name   string
		change func(*hub.NATS)
		field  string // of the error; empty: it is reached
	}{
		{"all right", func(*hub.NATS) {}, ""},
		{"no credentials", func(n *hub.NATS) { n.Credentials = "" }, "MADOGUCHI_HUB_CREDENTIALS"},
		{"credentials of a stranger's account", func(n *hub.NATS) {
			n.Credentials = file(credentials(t, nkey(t, nkeys.CreateAccount)))
		}, "MADOGUCHI_HUB_CREDENTIALS"},
		{"no file of credentials", func(n *hub.NATS) { n.Credentials += ".gone" },
			"MADOGUCHI_HUB_CREDENTIALS"},
		{"no CA", func(n *hub.NATS) { n.CA = "" }, "MADOGUCHI_HUB_CA"},
		{"a stranger's CA", func(n *hub.NATS) {
			n.CA = file(inPEM(strange.Cert))
		}, "MADOGUCHI_HUB_CA"},
		{"no file of the CA", func(n *hub.NATS) { n.CA += ".gone" }, "MADOGUCHI_HUB_CA"},
		{"no certificate", func(n *hub.NATS) { n.Cert, n.Key = "", "" }, "MADOGUCHI_HUB_CERT"},
		{"no file of the key", func(n *hub.NATS) { n.Key += ".gone" }, "MADOGUCHI_HUB_KEY"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := right
			c.change(&n)
			e, err := hub.Open(t.Context(), hub.Setting{Hub: n.URL, NATS: n}, make([]byte, 32))
			var said *eligibility.Error
			switch {
			case c.field == "":
				if err == nil {
					err = errors.Join(e.State(), e.Close())
				}
				if err != nil {
					t.Error(err)
				}
			case !errors.As(err, &said) || said.Key != "hub.refused" || said.Field != c.field:
				t.Errorf("%v", err)
			}
		})
	}
}

func inPEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}
