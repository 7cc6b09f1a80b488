// Package hostclient makes the one HTTP client for calls between servers: a counter's calls to insurers, and
// the fetching of a trust list. Whom it may call is somebody else's input (a name in a list, whatever DNS
// says of it), so it goes where it was sent and nowhere else: https only, no redirect, no proxy, and no
// address inside this computer's or its neighbours' networks unless whoever vouches for the host named that
// address too. Every answer is bounded, in time and in size, also once it is unpacked.
package hostclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Config says what differs from one caller to another.
type Config struct {
	// Inside returns the addresses that a host of this name may have although they are not public: those that
	// the trust list or the operator's own setting names for it. A host that is named by its address is asked
	// for like any other. nil: none.
	Inside func(host string) []netip.Addr
	Time   time.Duration  // for a whole call; DefaultTime when zero
	Roots  *x509.CertPool // nil: the system's
}

const (
	// DefaultTime is how long a call may take, its answer's body included.
	DefaultTime = 5 * time.Second
	// MaxBody bounds every answer's body after unpacking. The largest there is, a list of revoked copies, has
	// 32 MiB (credential.MaxRID); callers bound what they read further.
	MaxBody = 33 << 20

	maxHeader  = 32 << 10
	dialTime   = 3 * time.Second
	headerTime = 5 * time.Second
	idleTime   = 30 * time.Second
)

// Refusals. They stand in logs; what staff read says that the insurer's server does not answer.
var (
	ErrRedirect = errors.New("hostclient: calls between servers follow no redirect")
	ErrScheme   = errors.New("hostclient: calls between servers go over https only")
	ErrAddress  = errors.New(
		"hostclient: this address is not public, and neither trust list nor settings name it",
	)
	ErrTooLarge = errors.New("hostclient: the answer is too large")
)

// New returns the client.
func New(c Config) *http.Client {
	if c.Time == 0 {
		c.Time = DefaultTime
	}
	transport := &http.Transport{
		Proxy:                  nil, // not even the environment's
		DialContext:            c.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.Roots},
		TLSHandshakeTimeout:    dialTime,
		ResponseHeaderTimeout:  min(headerTime, c.Time),
		IdleConnTimeout:        idleTime,
		MaxIdleConnsPerHost:    2,
		MaxResponseHeaderBytes: maxHeader,
	}
	refuse := func(to *http.Request, _ []*http.Request) error {
		return fmt.Errorf("%w (to %s)", ErrRedirect, to.URL.Host)
	}
	return &http.Client{Transport: guardedTransport{transport}, Timeout: c.Time, CheckRedirect: refuse}
}

// dial connects to a host. The address is looked at when it is dialled, so that a name which DNS answers
// differently the second time leads nowhere either.
func (c Config) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("reading the address of a call: %w", err)
	}
	checkAddress := func(_, dialled string, _ syscall.RawConn) error { return c.allow(host, dialled) }
	dialer := net.Dialer{Timeout: dialTime, Control: checkAddress}
	return dialer.DialContext(ctx, network, address)
}

// allow reports why an address may not be dialled for a host.
func (c Config) allow(host, dialled string) error {
	to, err := netip.ParseAddrPort(dialled)
	if err != nil {
		return fmt.Errorf("reading an address: %w", err)
	}
	address := to.Addr().WithZone("").Unmap()
	if IsPublic(address) {
		return nil
	}
	if c.Inside != nil && !isNeverAllowed(address) {
		for _, named := range c.Inside(host) {
			if named.Unmap() == address {
				return nil
			}
		}
	}
	return fmt.Errorf("%w: %s is %s", ErrAddress, host, address)
}

// guardedTransport refuses what is not https, and bounds the answers.
type guardedTransport struct{ next http.RoundTripper }

func (g guardedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		return nil, ErrScheme
	}
	res, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if res.ContentLength > MaxBody {
		res.Body.Close()
		return nil, ErrTooLarge
	}
	res.Body = &bounded{res.Body, MaxBody}
	return res, nil
}

// bounded is a body of which at most so many bytes are read.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}
