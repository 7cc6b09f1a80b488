package settings

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"

	"github.com/alecthomas/kong"
)

func TestTheTrustListsAddressesAreReadFromTheSetting(t *testing.T) {
	for text, want := range map[string]int{"": 0, "10.1.2.3": 1, "10.1.2.3, fd00::7": 2} {
		got, err := (&Settings{TrustAddress: text}).TrustAddresses()
		if err != nil || len(got) != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	bad := []string{
		"localhost",
		"10.0.0.0/8",
		"10.1.2.3:443",
		"x",
		"10.1.2",
		"10.1.2.3;10.1.2.4",
		"010.1.2.3",
		"[fd00::7]",
	}
	testenv.Refused(t, testenv.Boundaries, len(bad))
	for _, bad := range bad {
		if list, err := (&Settings{TrustAddress: bad}).TrustAddresses(); err == nil {
			t.Errorf("%q: %v", bad, list)
		}
	}
}

func TestModesAreToldBySettingsAndKeys(t *testing.T) {
	withKeys := t.TempDir()
	if err := os.MkdirAll(filepath.Join(withKeys, Live, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for _, c := range []struct {
		name string
		s    Settings
		mode string
	}{
		{"nothing set", Settings{Data: empty}, Demo},
		{"address and folder do not count", Settings{Data: empty, Addr: "0.0.0.0:80", Trust: "x"}, Demo},
		{"a public address", Settings{Data: empty, URL: "https://a.example"}, Live},
		{"a client", Settings{Data: empty, OIDCClient: "x"}, Live},
		{"a sign-in service", Settings{Data: empty, OIDCIssuer: "https://op.example"}, Live},
		{"live keys", Settings{Data: withKeys}, Live},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.s.Mode(); got != c.mode || c.s.Folder() != filepath.Join(c.s.Data, c.mode) {
				t.Errorf("%s in %s, want %s", got, c.s.Folder(), c.mode)
			}
		})
	}
}

// live is a whole setting of a live insurer, to be spoilt.
func live(t *testing.T) Settings {
	t.Helper()
	return Settings{
		Data:       t.TempDir(),
		Addr:       "0.0.0.0:443",
		URL:        "https://insurer.example",
		TLSCert:    "cert.pem",
		TLSKey:     "key.pem",
		OIDCIssuer: "https://op.example",
		OIDCClient: "RP1",
	}
}

func TestAServerStartsOnlyWithWholeSettings(t *testing.T) {
	whole := live(t)
	if err := whole.CheckServe("insurer"); err != nil {
		t.Fatalf("whole settings are refused: %v", err)
	}
	cases := []struct {
		name, role string
		spoil      func(*Settings)
		key        string
	}{
		{"both halves", "all", func(*Settings) {}, "settings.role_live"},
		{"http", "insurer", func(s *Settings) { s.URL = "http://insurer.example" }, "settings.url"},
		{"no host", "insurer", func(s *Settings) { s.URL = "https:///x" }, "settings.url"},
		{
			"a path", "insurer",
			func(s *Settings) { s.URL = "https://insurer.example/x" }, "settings.url",
		},
		{
			"a question", "insurer",
			func(s *Settings) { s.URL = "https://insurer.example/?a" }, "settings.url",
		},
		{
			"a user", "insurer",
			func(s *Settings) { s.URL = "https://u@insurer.example" }, "settings.url",
		},
		{"no address", "insurer", func(s *Settings) { s.URL = "" }, "settings.no_url"},
		{"no sign-in service", "insurer", func(s *Settings) { s.OIDCIssuer = "" }, "settings.oidc"},
		{
			"plain http", "insurer",
			func(s *Settings) { s.OIDCIssuer = "http://op.example" }, "settings.oidc",
		},
		{"no client", "insurer", func(s *Settings) { s.OIDCClient = "" }, "settings.oidc"},
		{"no TLS", "counter", func(s *Settings) { s.TLSCert, s.TLSKey = "", "" }, "settings.tls"},
		{"no TLS key", "counter", func(s *Settings) { s.TLSKey = "" }, "settings.tls"},
		{"TLS and a proxy", "counter", func(s *Settings) { s.Proxy = "10.0.0.5" }, "settings.tls"},
		{"no network", "counter", func(s *Settings) { s.Proxy = "proxy.example" }, "settings.proxy"},
		{
			"the demo's port", "counter",
			func(s *Settings) { s.DemoPublish = true }, "settings.demo_publish_live",
		},
		{"no port", "counter", func(s *Settings) { s.Addr = "0.0.0.0" }, "settings.addr"},
		{"a port that nobody has", "counter", func(s *Settings) { s.Addr = ":99999" }, "settings.addr"},
		{
			"such a port of metrics", "counter",
			func(s *Settings) { s.Metrics = ":99999" }, "settings.metrics",
		},
		{
			"no collector", "counter",
			func(s *Settings) { s.OTLPEndpoint = "collector" }, "settings.otlp",
		},
		{
			"no header", "counter",
			func(s *Settings) { s.OTLPEndpoint, s.OTLPHeaders = "http://c.example", "x" },
			"settings.otlp_headers",
		},
		{
			"no share of requests", "counter",
			func(s *Settings) { s.OTLPEndpoint, s.TraceRatio = "http://c.example", math.NaN() },
			"settings.otlp_ratio",
		},
		{"debug for all", "counter", func(s *Settings) { s.Debug = "0.0.0.0:6060" }, "settings.debug"},
		{
			"an end that does not come", "counter",
			func(s *Settings) { s.Drain = 99 * time.Hour }, "settings.drain",
		},
		{
			"an end before its time", "counter",
			func(s *Settings) { s.Drain = -time.Second }, "settings.drain",
		},
		{
			"readers below none", "counter",
			func(s *Settings) { s.DatabaseReaders = -1 }, "settings.connections",
		},
		{
			"too many writers", "counter",
			func(s *Settings) { s.DatabaseWriters = 1e6 }, "settings.connections",
		},
		{
			"a list by http", "counter",
			func(s *Settings) { s.TrustURL = "http://l.example" }, "settings.trust_url",
		},
		{
			"no address of the list", "counter",
			func(s *Settings) { s.TrustAddress = "x" }, "settings.trust_addresses",
		},
		{
			"no address inside", "insurer",
			func(s *Settings) { s.OIDCAddresses = "x" }, "settings.oidc_addresses",
		},
		{"no address of NATS", "counter", func(s *Settings) { s.Hub = "nats://" }, "hub.setting"},
	}
	testenv.Refused(t, testenv.Boundaries, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := live(t)
			c.spoil(&s)
			var e *eligibility.Error
			if err := s.CheckServe(c.role); !errors.As(err, &e) || e.Key != c.key {
				t.Errorf("%v, want %s", err, c.key)
			}
		})
	}
	for _, spoil := range []func(*Settings){
		func(s *Settings) { s.URL = "https://u:hunter2%zz@insurer.example" },
		func(s *Settings) { s.OIDCIssuer = "https://u:hunter2%zz@op.example" },
		func(s *Settings) { s.OTLPEndpoint = "https://u:hunter2%zz@c.example" },
		func(s *Settings) { s.TrustURL = "https://u:hunter2%zz@l.example" },
		func(s *Settings) { s.Hub = "nats://u:hunter2%zz@hub.example" },
	} {
		s := live(t)
		spoil(&s)
		if err := s.CheckServe("insurer"); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("an address that cannot be read, or its password is told: %v", err)
		}
	}
	behind := live(t)
	behind.TLSCert, behind.TLSKey, behind.Proxy = "", "", "10.0.0.5, fd00::/64"
	if err := behind.CheckServe("counter"); err != nil {
		t.Errorf("behind a proxy: %v", err)
	}
	if got, err := behind.Proxies(); err != nil || len(got) != 2 || got[0].String() != "10.0.0.5/32" {
		t.Errorf("%v %v", got, err)
	}
}

// program stands for the command line: the same kinds of flags.
type program struct {
	Settings
	Serve struct{} `cmd:"" default:"withargs"`
}

func TestAFileSaysWhatFlagsAndTheEnvironmentDoNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "madoguchi.conf")
	text := "\ufeff# 架空の設定\r\nMADOGUCHI_URL=https://file.example\r\n\r\n" +
		"MADOGUCHI_DATA = \"/var/lib/madoguchi data\"\nMADOGUCHI_OIDC_ACR_VALUES=\n" +
		"MADOGUCHI_NO_WORKER=true\n" +
		"MADOGUCHI_ADDR=127.0.0.1:1\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("MADOGUCHI_URL", "https://environment.example")
	args := []string{"--config", file, "--addr", "127.0.0.1:2"}
	found, err := Named(args)
	if err != nil {
		t.Fatal(err)
	}
	var p program
	parser, err := kong.New(&p, kong.Resolvers(found), kong.Vars(Help))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	if p.URL != "https://environment.example" || p.Data != "/var/lib/madoguchi data" ||
		p.OIDCAcrValues != "" || !p.NoWorker || p.Addr != "127.0.0.1:2" {
		t.Errorf("%+v", p.Settings)
	}
}

func TestFilesThatSayNothingClearAreRefused(t *testing.T) {
	cases := []struct{ name, text, key string }{
		{"no value", "MADOGUCHI_URL", "settings.file_line"},
		{"no name", "=x", "settings.file_line"},
		{"twice", "MADOGUCHI_URL=a\nMADOGUCHI_URL=b", "settings.file_line"},
		{"a shell's line", "export MADOGUCHI_URL=a", "settings.file_line"},
		{"another file", "MADOGUCHI_CONFIG=a", "settings.file_line"},
		{"a name nobody has", "MADOGUCHI_ULR=https://a.example", "settings.file_name"},
	}
	testenv.Refused(t, testenv.Boundaries, len(cases)+1)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.conf")
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			found, err := ReadFile(file)
			if err == nil {
				var p program
				var parser *kong.Kong
				if parser, err = kong.New(&p, kong.Resolvers(found), kong.Vars(Help)); err == nil {
					_, err = parser.Parse(nil)
				}
			}
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != c.key {
				t.Errorf("%v, want %s", err, c.key)
			}
		})
	}
	if _, err := Named([]string{"--config=" + filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a file that is not there was passed over")
	}
}
