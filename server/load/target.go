//go:build !nodemo

package load

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
)

var (
	errAddress   = &eligibility.Error{Code: eligibility.Invalid, Key: "load.address", Field: "--address"}
	errElsewhere = &eligibility.Error{Code: eligibility.Denied, Key: "load.elsewhere", Field: "--address"}
	errNoDemo    = &eligibility.Error{Code: eligibility.Denied, Key: "load.no_demo", Field: "--address"}
	errNobody    = &eligibility.Error{Code: eligibility.Unavailable, Key: "load.nobody", Field: "--address"}
)

// target is the server that is loaded.
type target struct {
	url      *url.URL
	loopback bool
	to       string // host:port that is dialled in the address's place; empty: the address itself
}

// newTarget reads an address. One beyond this computer must be named a second time, as host: a slip of the
// finger must load nobody else's server.
func newTarget(address, host string) (target, error) {
	u, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Path != "" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return target{}, errAddress.Because(err)
	}
	ip, err := netip.ParseAddr(u.Hostname())
	t := target{url: u, loopback: u.Hostname() == "localhost" || err == nil && ip.IsLoopback()}
	if !t.loopback && !strings.EqualFold(host, u.Hostname()) {
		return target{}, errElsewhere.With(message.Args{"host": message.Text(u.Hostname())})
	}
	return t, nil
}

// dials returns how a visitor reaches the server. On this computer each comes from an address of its own
// (127.1.0.1 and so on), as they do from the internet: the server's limits count by address. Only Linux
// answers on all of 127.0.0.0/8.
func (t target) dials(visitor int) func(context.Context, string, string) (net.Conn, error) {
	d := &net.Dialer{Timeout: callTakes}
	return func(ctx context.Context, network, to string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(cmp.Or(t.to, to))
		if err != nil {
			return nil, err
		}
		if t.loopback && host == "localhost" {
			host = "127.0.0.1"
		}
		if host == "127.0.0.1" && runtime.GOOS == "linux" {
			own := *d
			own.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 1, byte(visitor/250), byte(1+visitor%250))}
			return own.DialContext(ctx, network, net.JoinHostPort(host, port))
		}
		return d.DialContext(ctx, network, net.JoinHostPort(host, port))
	}
}

// checkDemo refuses any server but a demo: only there may fictional people log in, and nobody else's day is
// disturbed.
func (l *run) checkDemo(ctx context.Context) error {
	v := l.visitor(0)
	status, body, err := v.send(ctx, http.MethodGet, "/demo-idp/.well-known/openid-configuration", nil)
	if err != nil {
		return errNobody.Because(err)
	}
	if status != http.StatusOK || !strings.Contains(string(body), fmt.Sprintf("%q", l.base()+"/demo-idp")) {
		return errNoDemo
	}
	return nil
}

// callTakes bounds one call.
const callTakes = 30 * time.Second
