package kit

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/labstack/echo/v4"

	"madoguchi/internal/testenv"
)

// doorServer answers each request with the visitor's address that limits count by.
func doorServer(d FrontDoor) *echo.Echo {
	k := &Kit{}
	e := echo.New()
	e.IPExtractor, e.HTTPErrorHandler = d.Visitor(), k.Fail
	e.Use(d.Guard)
	e.Any("/*", func(c echo.Context) error { return c.String(http.StatusOK, c.RealIP()) })
	return e
}

// Forwarded headers count from the proxy alone: whoever else writes them is counted under the own address
// (the fault of echo's RealIP, docs/facts/sign-in.md; RFC 7239 section 8.1 on forged values).
func TestForwardedHeadersCountFromTheProxyOnly(t *testing.T) {
	direct := FrontDoor{Address: "https://insurer.example"}
	behind := FrontDoor{Address: "https://insurer.example", Proxies: []netip.Prefix{
		netip.MustParsePrefix("10.0.0.5/32"), netip.MustParsePrefix("fd00::/64"),
	}}
	for _, c := range []struct {
		name      string
		door      FrontDoor
		peer      string
		forwarded []string
		want      string
	}{
		{"nobody between", direct, "192.0.2.7:5000", nil, "192.0.2.7"},
		{"a visitor writes the header", direct, "192.0.2.7:5000", []string{"203.0.113.1"}, "192.0.2.7"},
		{"loopback writes the header", direct, "127.0.0.1:5000", []string{"203.0.113.1"}, "127.0.0.1"},
		{"a private peer writes the header", direct, "10.0.0.5:5000", []string{"203.0.113.1"}, "10.0.0.5"},
		{"through the proxy", behind, "10.0.0.5:5000", []string{"192.0.2.7"}, "192.0.2.7"},
		{"through the proxy by IPv6", behind, "[fd00::9]:5000", []string{"192.0.2.7"}, "192.0.2.7"},
		{
			"the proxy appends to a forged one", behind, "10.0.0.5:5000",
			[]string{"203.0.113.1, 192.0.2.7"}, "192.0.2.7",
		},
		{
			"two headers", behind, "10.0.0.5:5000",
			[]string{"203.0.113.1", "192.0.2.7"}, "192.0.2.7",
		},
		{
			"through two proxies of ours", behind, "10.0.0.5:5000",
			[]string{"192.0.2.7, fd00::1"}, "192.0.2.7",
		},
		{
			"a private address is a visitor like any other", behind, "10.0.0.5:5000",
			[]string{"203.0.113.1, 10.9.9.9"}, "10.9.9.9",
		},
		{
			"a loopback address is a visitor like any other", behind, "10.0.0.5:5000",
			[]string{"203.0.113.1, 127.0.0.1"}, "127.0.0.1",
		},
		{"a value that is no address", behind, "10.0.0.5:5000", []string{"192.0.2.7, x"}, "10.0.0.5"},
		{"no header", behind, "10.0.0.5:5000", nil, "10.0.0.5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Host, r.RemoteAddr = "insurer.example", c.peer
			r.Header["X-Forwarded-For"] = c.forwarded
			r.Header.Set("X-Forwarded-Proto", "https")
			r.Header.Set("X-Real-IP", "203.0.113.2")
			w := httptest.NewRecorder()
			doorServer(c.door).ServeHTTP(w, r)
			if w.Code != http.StatusOK || w.Body.String() != c.want {
				t.Errorf("%d %q, want %s", w.Code, w.Body, c.want)
			}
		})
	}
}

func TestTheFrontDoorRefuses(t *testing.T) {
	const proxy, stranger = "10.0.0.5:5000", "192.0.2.7:5000"
	direct := FrontDoor{Address: "https://insurer.example"}
	port := FrontDoor{Address: "https://insurer.example:8443"}
	behind := direct
	behind.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}
	cases := []struct {
		name, method, host, peer, proto string
		path                            string
		door                            FrontDoor
		want                            int
	}{
		{"its own name", "GET", "insurer.example", stranger, "", "/", direct, 200},
		{"its own name with the usual port", "GET", "Insurer.Example:443", stranger, "", "/", direct, 200},
		{"its own port", "GET", "insurer.example:8443", stranger, "", "/", port, 200},
		{"another port", "GET", "insurer.example:9443", stranger, "", "/", port, 403},
		{"no port where it has one", "GET", "insurer.example", stranger, "", "/", port, 403},
		{"another name", "GET", "evil.example", stranger, "", "/", direct, 403},
		{"a longer name", "GET", "insurer.example.evil.example", stranger, "", "/", direct, 403},
		{"an address", "GET", "192.0.2.1", stranger, "", "/", direct, 403},
		{"no name", "GET", "", stranger, "", "/", direct, 403},
		{"localhost", "POST", "localhost", "127.0.0.1:5000", "", "/", direct, 403},
		{"who watches, under any name", "GET", "192.0.2.1", stranger, "", "/healthz", direct, 200},
		{"a path that only begins so", "GET", "192.0.2.1", stranger, "", "/healthz/x", direct, 403},
		{"through the proxy", "POST", "insurer.example", proxy, "https", "/", behind, 200},
		{"past the proxy", "POST", "insurer.example", stranger, "https", "/", behind, 403},
		{"past it from this computer", "GET", "insurer.example", "127.0.0.1:5", "https", "/", behind, 403},
		{"without TLS at the proxy", "GET", "insurer.example", proxy, "http", "/n/X?y", behind, 308},
		{"without TLS at the proxy, a form", "POST", "insurer.example", proxy, "http", "/", behind, 403},
		{"the proxy does not say", "POST", "insurer.example", proxy, "", "/", behind, 403},
		{"a list of schemes", "POST", "insurer.example", proxy, "https, http", "/", behind, 403},
		{"who watches, past the proxy", "GET", "x", "127.0.0.1:5", "", "/readyz", behind, 200},
	}
	refused := 0
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "https://insurer.example"+c.path, nil)
			r.Host, r.RemoteAddr = c.host, c.peer
			r.Header.Set("X-Forwarded-Host", "insurer.example")
			if c.proto != "" {
				r.Header.Set("X-Forwarded-Proto", c.proto)
			}
			w := httptest.NewRecorder()
			doorServer(c.door).ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%d, want %d", w.Code, c.want)
			}
			if to := w.Header().Get("Location"); w.Code == 308 && to != "https://insurer.example/n/X?y" {
				t.Errorf("it is sent to %s", to)
			}
			if c.want == http.StatusForbidden {
				refused++
			}
		})
	}
	testenv.Refused(t, testenv.Boundaries, refused)
}

// Requests that a proxy forwards over two headers named by different letters are one header to net/http; the
// limit of a flood is the flooder's whatever it writes.
func TestAFloodBehindForgedAddressesIsOneVisitors(t *testing.T) {
	for _, d := range []FrontDoor{
		{Address: "https://insurer.example"},
		{Address: "https://insurer.example", Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32")}},
	} {
		seen := map[string]bool{}
		for i := range 200 {
			r := httptest.NewRequest("GET", "/healthz", nil)
			r.RemoteAddr = "192.0.2.7:5000"
			r.Header.Set("X-Forwarded-For", netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}).String())
			w := httptest.NewRecorder()
			doorServer(d).ServeHTTP(w, r)
			seen[w.Body.String()] = true
		}
		if len(seen) != 1 || !seen["192.0.2.7"] {
			t.Errorf("200 requests of one visitor are counted for %v", seen)
		}
	}
}
