package kit

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
)

// FrontDoor is how a live server is reached: at which address, and through which proxies.
type FrontDoor struct {
	Address string         // as people open it, https
	Proxies []netip.Prefix // networks of the proxy that ends TLS; empty where this server does it itself
}

var (
	errOtherHost   = &eligibility.Error{Code: eligibility.Denied, Key: "request.other_host"}
	errNotProxied  = &eligibility.Error{Code: eligibility.Denied, Key: "request.not_proxied"}
	errPlainHTTP   = &eligibility.Error{Code: eligibility.Denied, Key: "request.plain_http"}
	healthCheckers = []string{"/healthz", "/readyz"} // asked by whoever watches, under any name
)

// Visitor says whose address a request has: the peer's, or behind a proxy the last one of X-Forwarded-For
// that no proxy of ours has. What anybody else wrote into that header counts for nothing.
func (d FrontDoor) Visitor() echo.IPExtractor {
	if len(d.Proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trusted := []echo.TrustOption{
		echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false),
	}
	for _, p := range d.Proxies {
		_, network, err := net.ParseCIDR(p.String())
		if err == nil {
			trusted = append(trusted, echo.TrustIPRange(network))
		}
	}
	return echo.ExtractIPFromXFFHeader(trusted...)
}

// Guard refuses requests for other host names (which also stops DNS rebinding), and behind a proxy those that
// did not come through it, or came to it without TLS. It never looks at X-Forwarded-Host.
func (d FrontDoor) Guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		for _, path := range healthCheckers {
			if r.URL.Path == path {
				return next(c)
			}
		}
		if !d.names(r.Host) {
			return errOtherHost
		}
		if len(d.Proxies) > 0 {
			if !d.proxied(r.RemoteAddr) {
				return errNotProxied
			}
			if proto := r.Header.Values("X-Forwarded-Proto"); len(proto) != 1 || proto[0] != "https" {
				if r.Method == http.MethodGet || r.Method == http.MethodHead {
					return c.Redirect(http.StatusPermanentRedirect, d.Address+r.URL.RequestURI())
				}
				return errPlainHTTP
			}
		}
		return next(c)
	}
}

// names reports whether a Host header is this server's, with or without the usual port.
func (d FrontDoor) names(host string) bool {
	u, err := url.Parse(d.Address)
	if err != nil {
		return false
	}
	usual := func(hostport string) string { return strings.TrimSuffix(strings.ToLower(hostport), ":443") }
	return usual(host) == usual(u.Host)
}

// proxied reports whether a peer is one of our proxies.
func (d FrontDoor) proxied(peer string) bool {
	a, err := netip.ParseAddrPort(peer)
	if err != nil {
		return false
	}
	for _, p := range d.Proxies {
		if p.Contains(a.Addr().Unmap()) {
			return true
		}
	}
	return false
}
