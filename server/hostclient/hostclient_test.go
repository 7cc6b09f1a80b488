package hostclient

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

// IANA's special-purpose address registries, RFC 4291, RFC 6052 and the addresses of metadata services in
// providers' manuals.
func TestAddressesThatAreNotTheInternets(t *testing.T) {
	cases := []struct{ name, address string }{
		{"loopback", "127.0.0.1"}, {"another loopback", "127.8.8.8"}, {"loopback, IPv6", "::1"},
		{"loopback as IPv4-mapped IPv6", "::ffff:127.0.0.1"},
		{"loopback as IPv4-compatible IPv6", "::7f00:1"},
		{"unspecified", "0.0.0.0"}, {"this network", "0.1.2.3"}, {"unspecified, IPv6", "::"},
		{"private 10", "10.1.2.3"}, {"private 172", "172.16.0.1"}, {"the last private 172", "172.31.255.255"},
		{"private 192", "192.168.1.1"},
		{"private as IPv4-mapped IPv6", "::ffff:10.1.2.3"}, {"private through NAT64", "64:ff9b::10.1.2.3"},
		{"loopback through NAT64", "64:ff9b::7f00:1"},
		{"through a local NAT64", "64:ff9b:1::808:808"}, {"private through 6to4", "2002:a01:203::1"},
		{"Teredo", "2001:0:1::1"},
		{"a carrier's NAT", "100.64.0.1"}, {"the last of a carrier's NAT", "100.127.255.255"},
		{"link-local", "169.254.7.7"}, {"link-local, IPv6", "fe80::1"},
		{"link-local with a zone", "fe80::1%eth0"}, {"site-local", "fec0::1"},
		{"unique local", "fd12:3456::1"}, {"unique local, fc", "fc00::1"},
		{"metadata", "169.254.169.254"}, {"metadata, IPv6", "fd00:ec2::254"},
		{"metadata in 100.64", "100.100.100.200"},
		{"metadata in 192.0.0", "192.0.0.192"}, {"metadata on a public number", "168.63.129.16"},
		{"metadata as IPv4-mapped IPv6", "::ffff:169.254.169.254"},
		{"multicast", "224.0.0.1"}, {"multicast, IPv6", "ff02::1"}, {"broadcast", "255.255.255.255"},
		{"reserved", "240.0.0.1"},
		{"documentation", "192.0.2.1"}, {"documentation, IPv6", "2001:db8::1"},
		{"benchmarking", "198.18.0.1"},
		{"discard", "100::1"}, {"none", ""},
	}
	testenv.Refused(t, testenv.Servers, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			address, err := netip.ParseAddr(c.address)
			if (err != nil) != (c.address == "") {
				t.Fatalf("the table holds %q: %v", c.address, err)
			}
			if IsPublic(address) {
				t.Errorf("%s counts as public", c.address)
			}
			if c.address == "" {
				return
			}
			dialled := netip.AddrPortFrom(address, 443).String()
			if err := (Config{}).allow("hoken.example.jp", dialled); !errors.Is(err, ErrAddress) {
				t.Errorf("dialling %s: %v", dialled, err)
			}
		})
	}
	for _, good := range []string{"8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2001:4860:4860::8888",
		"2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"} {
		if !IsPublic(netip.MustParseAddr(good)) {
			t.Errorf("%s does not count as public", good)
		}
	}
}

func TestANamedAddressIsReachedForItsOwnHostOnly(t *testing.T) {
	c := Config{Inside: func(host string) []netip.Addr {
		return map[string][]netip.Addr{"closed.example": {netip.MustParseAddr("10.1.2.3"),
			netip.MustParseAddr("fd00::7")},
			"mad.example": {netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("0.0.0.0"),
				netip.MustParseAddr("ff02::1")}}[host]
	}}
	for _, good := range []string{"10.1.2.3:443", "[::ffff:10.1.2.3]:443", "[fd00::7]:8443"} {
		if err := c.allow("closed.example", good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	if err := c.allow("closed.example", "nowhere"); err == nil {
		t.Error("no address was dialled")
	}
	for _, bad := range []struct{ host, address string }{
		{"closed.example", "10.1.2.4:443"},
		{"closed.example", "127.0.0.1:443"},
		{"other.example", "10.1.2.3:443"},
		{"x.closed.example", "10.1.2.3:443"},
		{"mad.example", "169.254.169.254:443"},
		{"mad.example", "0.0.0.0:443"},
		{"mad.example", "[ff02::1]:443"},
	} {
		t.Run(bad.address+" for "+bad.host, func(t *testing.T) {
			if err := c.allow(bad.host, bad.address); !errors.Is(err, ErrAddress) {
				t.Errorf("%s for %s: %v", bad.address, bad.host, err)
			}
		})
	}
}

// server is a TLS server on loopback whose certificate a client trusts; it is reached by its address, which
// counts as named.
func server(t *testing.T, handler http.HandlerFunc) (*httptest.Server, Config) {
	t.Helper()
	s := httptest.NewTLSServer(handler)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s, Config{Roots: roots, Inside: func(host string) []netip.Addr {
		if host != "127.0.0.1" {
			return nil
		}
		return []netip.Addr{netip.MustParseAddr(host)}
	}}
}

func get(t *testing.T, client *http.Client, address string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return string(text), err
}

func TestARedirectIsAnError(t *testing.T) {
	var inner atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inner.Add(1) }))
	defer inside.Close()
	ways := []string{inside.URL + "/router/admin/reboot", "https://localhost:1/", "https://127.0.0.1:1/",
		"/elsewhere", "//127.0.0.1:1/", "file:///etc/passwd", "http://169.254.169.254/latest/",
		"https://hoken.example.jp/"}
	outer, c := server(t, func(w http.ResponseWriter, r *http.Request) {
		status, err := strconv.Atoi(r.URL.Query().Get("status"))
		if err != nil {
			inner.Add(1) // it came back
			return
		}
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(status)
	})
	client := New(c)
	statuses := []int{301, 302, 303, 307, 308}
	testenv.Refused(t, testenv.Servers, len(ways)*len(statuses)*2)
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			for _, status := range statuses {
				address := outer.URL + "/?" + url.Values{"status": {strconv.Itoa(status)},
					"to": {way}}.Encode()
				if _, err := get(t, client, address); !errors.Is(err, ErrRedirect) {
					t.Errorf("%d: %v", status, err)
				}
				res, err := client.Post(address, "application/json", strings.NewReader("{}"))
				if err == nil {
					res.Body.Close()
				}
				if !errors.Is(err, ErrRedirect) {
					t.Errorf("POST, %d: %v", status, err)
				}
			}
		})
	}
	if n := inner.Load(); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

func TestOnlyNamedHostsAreReachedOnThisComputer(t *testing.T) {
	asked := 0
	s, c := server(t, func(w http.ResponseWriter, _ *http.Request) { asked++ })
	if _, err := get(t, New(c), s.URL); err != nil || asked != 1 {
		t.Fatalf("the named address: %v", err)
	}
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	for _, address := range []string{"https://localhost" + port, "https://[::1]" + port,
		"https://[::ffff:127.0.0.1]" + port, "https://127.0.0.2" + port, "https://0.0.0.0" + port,
		"https://0" + port, "https://2130706433" + port} {
		// some resolvers read the last two as addresses, others find no such host
		var unknown *net.DNSError
		if _, err := get(t, New(c), address); !errors.Is(err, ErrAddress) && !errors.As(err, &unknown) ||
			asked != 1 {
			t.Errorf("%s: %v", address, err)
		}
	}
	c.Inside = nil
	if _, err := get(t, New(c), s.URL); !errors.Is(err, ErrAddress) || asked != 1 {
		t.Errorf("not named: %v", err)
	}
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer plain.Close()
	if _, err := get(t, New(c), plain.URL); !errors.Is(err, ErrScheme) || asked != 1 {
		t.Errorf("http: %v", err)
	}
	c.Roots = nil
	c.Inside = func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} }
	if _, err := get(t, New(c), s.URL); err == nil || asked != 1 {
		t.Error("a certificate that nobody trusts was taken")
	}
}

func TestTheEnvironmentsProxyIsNotAsked(t *testing.T) {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	s, c := server(t, func(http.ResponseWriter, *http.Request) {})
	client := New(c)
	if transport := client.Transport.(guardedTransport).next.(*http.Transport); transport.Proxy != nil {
		t.Error("it has a proxy")
	}
	if _, err := get(t, client, s.URL); err != nil {
		t.Error(err)
	}
}

func TestEveryAnswerIsBounded(t *testing.T) {
	zeros := make([]byte, 1<<20)
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	for range 64 {
		if _, err := zip.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	s, c := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		case "/said":
			w.Header().Set("Content-Length", strconv.Itoa(MaxBody+1))
		case "/endless":
			for range 64 {
				if _, err := w.Write(zeros); err != nil {
					return
				}
			}
		case "/headers":
			w.Header().Set("X-Long", strings.Repeat("x", 100<<10))
		case "/slow":
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/silent":
			<-r.Context().Done()
		case "/most":
			for range MaxBody >> 20 {
				w.Write(zeros)
			}
		}
	})
	c.Time = time.Second
	slow := New(c)
	c.Time = time.Minute
	long := New(c)
	cases := []struct {
		path   string
		client *http.Client
		want   error
	}{
		{"/bomb", long, ErrTooLarge},
		{"/said", long, ErrTooLarge},
		{"/endless", long, ErrTooLarge},
		{"/headers", long, nil},
		{"/slow", slow, context.DeadlineExceeded},
		{"/silent", slow, nil},
	}
	testenv.Refused(t, testenv.Servers, len(cases))
	for _, bad := range cases {
		t.Run(bad.path, func(t *testing.T) {
			text, err := get(t, bad.client, s.URL+bad.path)
			if err == nil || bad.want != nil && !errors.Is(err, bad.want) || len(text) > MaxBody {
				t.Errorf("%d bytes, %v", len(text), err)
			}
		})
	}
	if text, err := get(t, long, s.URL+"/most"); err != nil || len(text) != MaxBody {
		t.Errorf("as much as there may be: %d bytes, %v", len(text), err)
	}
}
