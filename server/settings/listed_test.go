package settings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// listed parses a command line of the test's program with a file, and lists its settings by name.
func listed(t *testing.T, text string, args ...string) map[string]Listed {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var p program
	parser, err := kong.New(&p, kong.Resolvers(file), kong.Vars(Help))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Listed{}
	for _, one := range List(parsed, file) {
		all[one.Name] = one
	}
	return all
}

func TestEachSettingIsListedWithWhoseWordItIs(t *testing.T) {
	t.Setenv("MADOGUCHI_URL", "https://environment.example")
	t.Setenv("MADOGUCHI_LOG", "json")
	all := listed(t, "MADOGUCHI_URL=https://file.example\nMADOGUCHI_PROXY=10.0.0.5\nMADOGUCHI_LOG=text\n",
		"--log", "auto")
	for name, want := range map[string]Listed{
		"MADOGUCHI_LOG":   {Value: "auto", Origin: OfFlag},
		"MADOGUCHI_URL":   {Value: "https://environment.example", Origin: OfEnvironment},
		"MADOGUCHI_PROXY": {Value: "10.0.0.5", Origin: OfFile},
		"MADOGUCHI_ADDR":  {Value: "127.0.0.1:8080", Origin: OfDefault},
	} {
		if want.Name = name; all[name] != want {
			t.Errorf("%+v, want %+v", all[name], want)
		}
	}
	var out strings.Builder
	if err := Write(&out, []Listed{all["MADOGUCHI_LOG"], all["MADOGUCHI_URL"]}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "MADOGUCHI_LOG=auto ") ||
		!strings.Contains(lines[1], "環境変数") || !strings.Contains(lines[1], "environment") {
		t.Errorf("%q", lines)
	}
}

func TestNoSecretIsListed(t *testing.T) {
	cases := []struct {
		name, value string
		secret      bool
		want        string
	}{
		{"a secret", "authorization=Bearer hunter2", true, "***"},
		{"no secret yet", "", true, ""},
		{"a database's address", "postgres://user:hunter2@db/x", false, "postgres://user:***@db/x"},
		{"a password with signs", "nats://u:hunter2%40%3A@hub:4222", false, "nats://u:***@hub:4222"},
		{"no password", "postgres://user@db/x", false, "postgres://user@db/x"},
		{"what no address is", "u:hunter2@%zz", false, "***"},
		{"an address that cannot be read", "nats://u:hunter2%zz@h:4222", false, "***"},
		{"a password in the query",
			"postgres://u@db/x?sslmode=verify-full&password=hunter2&sslpassword=hunter3", false,
			"postgres://u@db/x?sslmode=verify-full&password=***&sslpassword=***"},
		{"a query alone", "https://list.example/trust.jwt?ticket=hunter2", false,
			"https://list.example/trust.jwt?ticket=***"},
		{"the second of several", "nats://u:hunter2@h1:4222,nats://u:hunter3@h2:4222", false,
			"nats://u:***@h1:4222,nats://u:***@h2:4222"},
		{"a token", "nats://hunter2@h:4222, tls://hunter3@h2", false, "nats://***@h:4222, tls://***@h2"},
		{"a comma in a password", "nats://u:1,hunter2@h:4222", false, "nats://u:***@h:4222"},
		{"libpq's words", "host=db password=hunter2", false, "***"},
		{"the user's file", "/srv/madoguchi@db/trust", false, "/srv/madoguchi@db/trust"},
		{"several without a secret", "nats://h1:4222,nats://h2:4222", false, "nats://h1:4222,nats://h2:4222"},
		{"a plain address", "https://insurer.example", false, "https://insurer.example"},
	}
	testenv.Refused(t, testenv.Boundaries, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, hidden := masked(c.value, c.secret)
			if got != c.want || strings.Contains(got, "hunter") || hidden != strings.Contains(got, mask) {
				t.Errorf("%q %v, want %q", got, hidden, c.want)
			}
		})
	}
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer hunter2")
	if one := listed(t, "")["OTEL_EXPORTER_OTLP_HEADERS"]; one.Value != mask || !one.Masked {
		t.Errorf("%+v", one)
	}
}

// What a setting cannot be is refused by its name, with what it may be, and without the value.
func TestAWrongValueNamesItsSetting(t *testing.T) {
	cases := []struct{ name, value, allowed string }{
		{"MADOGUCHI_LOG", "hunter2", "auto, text, json"},
		{"MADOGUCHI_OIDC_ALGORITHM", "hunter2", "RS256, ES256"},
		{"MADOGUCHI_NO_WORKER", "hunter2", "true, false"},
		{"MADOGUCHI_DRAIN", "hunter2", "5s, 2m"},
		{"MADOGUCHI_DATABASE_READERS", "hunter2", "0, 4, 16"},
		{"OTEL_TRACES_SAMPLER_ARG", "hunter2", "0, 0.01, 1"},
	}
	testenv.Refused(t, testenv.Boundaries, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(c.name, c.value)
			var p program
			parser, err := kong.New(&p, kong.Vars(Help))
			if err == nil {
				_, err = parser.Parse(nil)
			}
			if err == nil {
				t.Fatal("it is taken")
			}
			var refused *eligibility.Error
			if !errors.As(Refused(parser.Model, err), &refused) || refused.Field != c.name {
				t.Fatalf("%v", err)
			}
			for _, lang := range []string{"ja", "en"} {
				said := refused.Message().Text(lang)
				if !strings.Contains(said, c.name) || !strings.Contains(said, c.allowed) ||
					strings.Contains(said, c.value) {
					t.Errorf("%s", said)
				}
			}
		})
	}
	if err := Refused(&kong.Application{Node: &kong.Node{}}, errors.New("x")); err != nil {
		t.Errorf("%v", err)
	}
}

func TestMetricsHaveAnAddressOfTheirOwn(t *testing.T) {
	cases := []struct {
		name, metrics string
		live          bool
		want          string
		named, ok     bool
	}{
		{"live, told nothing", "", true, "127.0.0.1:9464", false, true},
		{"a demo, told nothing", "", false, "", false, true},
		{"off", "off", true, "", false, true},
		{"named", "10.0.0.5:9464", true, "10.0.0.5:9464", true, true},
		{"a demo on this computer", "127.0.0.1:0", false, "127.0.0.1:0", true, true},
		{"a demo beyond it", "0.0.0.0:9464", false, "", true, false},
		{"the public address", "0.0.0.0:443", true, "", true, false},
		{"no port", "127.0.0.1", true, "", true, false},
	}
	testenv.Refused(t, testenv.Boundaries, 3)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := Settings{Data: t.TempDir(), Addr: "127.0.0.1:8080", Observing: Observing{Metrics: c.metrics}}
			if c.live {
				s = live(t)
				s.Metrics = c.metrics
			}
			got, named, err := s.MetricsAddress()
			if got != c.want || named != c.named || (err == nil) != c.ok {
				t.Errorf("%q %v %v", got, named, err)
			}
			if c.live && (s.CheckServe("insurer") == nil) != c.ok {
				t.Errorf("serve: %v", s.CheckServe("insurer"))
			}
		})
	}
}
