// Package listen is how this server is reached: its certificate, read from files that others renew, and the
// HTTP server's bounds of time and size.
package listen

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookEvery is how often the files are looked at, at most: a renewed certificate counts at the first
// connection after that.
const lookEvery = 10 * time.Second

// Certificate is a TLS certificate in files that somebody else renews (an ACME client, an operator). New
// files are picked up while the server runs. Files that do not belong together, as they do for a moment while
// both are replaced, or that cannot be read, leave the certificate in use as it is.
type Certificate struct {
	cert, key string
	now       func() time.Time

	mu     sync.Mutex
	looked time.Time
	seen   [2]fs.FileInfo
	loaded *tls.Certificate
}

// OpenCertificate reads the certificate with its chain and its private key, both PEM. It returns an error
// when they cannot be read or do not belong together.
func OpenCertificate(cert, key string, now func() time.Time) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key, now: now, looked: now()}
	var err error
	if c.seen, err = c.stat(); err != nil {
		return nil, err
	}
	c.loaded, err = c.load()
	return c, err
}

func (c *Certificate) stat() (infos [2]fs.FileInfo, err error) {
	for i, name := range []string{c.cert, c.key} {
		if infos[i], err = os.Stat(name); err != nil {
			return infos, fmt.Errorf("looking at the server's certificate: %w", err)
		}
	}
	return infos, nil
}

func (c *Certificate) load() (*tls.Certificate, error) {
	loaded, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return nil, fmt.Errorf("reading the server's certificate: %w", err)
	}
	return &loaded, nil
}

// Leaf is the certificate that is in use.
func (c *Certificate) Leaf() *x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.loaded.Leaf
}

// Chain is the certificate that is in use, and behind it those that its file names as its issuers.
func (c *Certificate) Chain() ([]*x509.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var chain []*x509.Certificate
	for _, raw := range c.loaded.Certificate {
		one, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, fmt.Errorf("reading the chain of the server's certificate: %w", err)
		}
		chain = append(chain, one)
	}
	return chain, nil
}

// Get returns the certificate for a connection (tls.Config.GetCertificate).
func (c *Certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if since := now.Sub(c.looked); since >= 0 && since < lookEvery {
		return c.loaded, nil
	}
	c.looked = now
	infos, err := c.stat()
	if err == nil && same(infos[0], c.seen[0]) && same(infos[1], c.seen[1]) {
		return c.loaded, nil
	}
	var renewed *tls.Certificate
	if err == nil {
		renewed, err = c.load()
	}
	if err != nil {
		slog.Warn("renewing the server's certificate; the one in use stays", "error", err)
		return c.loaded, nil
	}
	c.loaded, c.seen = renewed, infos
	slog.Info("the server's certificate was renewed", "until", renewed.Leaf.NotAfter)
	return c.loaded, nil
}

// same reports whether a file is the one that was read: neither replaced nor written to.
func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
