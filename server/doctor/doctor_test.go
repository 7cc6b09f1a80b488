package doctor

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/message"
	"madoguchi/server/datafolder"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
	"madoguchi/server/trust"
)

// keysOf are the catalogue's keys of what a check found that is not good.
func keysOf(all []Finding, check string) (found []string) {
	for _, f := range all {
		if f.Check == check && f.Level != Good {
			found = append(found, f.Key)
		}
	}
	return found
}

func TestAServerThatIsSetUpWellIsAllGood(t *testing.T) {
	for _, c := range []struct {
		role   string
		checks []string // each of them has something good to say
	}{
		{datafolder.RoleInsurer, []string{"settings", "folder", "disk", "database", "audit", "keys",
			"client-key", "certificate", "trust", "trust", "sign-in", "sign-in", "trust-url", "clock"}},
		{datafolder.RoleCounter, []string{"settings", "folder", "disk", "database", "audit", "keys",
			"certificate", "trust", "trust", "card-keys", "agents", "trust-url", "clock"}},
	} {
		t.Run(c.role, func(t *testing.T) {
			all := newWorld(t, c.role).doctor().Examine(t.Context())
			var checks []string
			for _, f := range all {
				checks = append(checks, f.Check)
				if f.Level != Good {
					t.Errorf("%s: %s %s (%s)", f.Check, f.Level, f.Key, f.Detail)
				}
			}
			if !slices.Equal(checks, c.checks) || Worst(all) != 0 {
				t.Errorf("%q, exit code %d", checks, Worst(all))
			}
		})
	}
}

// broken are what can be wrong, each with the one key that says it.
var broken = []struct {
	name  string
	role  string
	harm  func(*world)
	check string
	level Level
	key   string
}{
	{"no https", datafolder.RoleInsurer, func(w *world) { w.s.TLSCert, w.s.TLSKey = "", "" },
		"settings", Refusal, "settings.tls"},
	{"a sign-in address that is none", datafolder.RoleInsurer, func(w *world) { w.s.OIDCAddresses = "here" },
		"settings", Refusal, "settings.oidc_addresses"},
	{"a list's address that is none", datafolder.RoleInsurer, func(w *world) { w.s.TrustAddress = "here" },
		"settings", Refusal, "settings.trust_addresses"},
	{"the role of the demo", datafolder.RoleInsurer, func(w *world) { w.role = datafolder.RoleAll },
		"settings", Refusal, "settings.role_live"},

	{"a file where the folder should be", datafolder.RoleInsurer, func(w *world) {
		w.s.Data = filepath.Join(w.t.TempDir(), "file")
		w.must(os.WriteFile(w.s.Data, nil, 0o600))
	}, "folder", Refusal, "data.folder"},
	{
		"a folder that others can open",
		datafolder.RoleInsurer,
		func(w *world) { w.must(os.Chmod(w.path(), 0o755)) },
		"folder",
		Warning,
		"doctor.folder_open",
	},
	{"a database that others can read", datafolder.RoleInsurer,
		func(w *world) { w.must(os.Chmod(w.path(datafolder.DatabaseFile), 0o644)) },
		"folder", Warning, "doctor.folder_open"},

	{"little space", datafolder.RoleInsurer, func(w *world) { w.free = 1<<30 - 1 },
		"disk", Warning, "doctor.disk_little"},
	{
		"no space",
		datafolder.RoleInsurer,
		func(w *world) { w.free = 100<<20 - 1 },
		"disk",
		Refusal,
		"disk.full",
	},

	{
		"an agent whose messages are no longer understood",
		datafolder.RoleCounter,
		func(w *world) { w.agent("", 1) },
		"agents",
		Warning,
		"doctor.agent_versions_old",
	},

	{"the other role's database", datafolder.RoleInsurer,
		func(w *world) { w.execute(`UPDATE meta SET value = 'live/counter' WHERE name = 'stamp'`) },
		"database", Refusal, "store.stamp"},
	{"a demo's database", datafolder.RoleInsurer,
		func(w *world) { w.execute(`UPDATE meta SET value = 'demo/all' WHERE name = 'stamp'`) },
		"database", Refusal, "store.stamp"},
	{"a newer program's database", datafolder.RoleInsurer, func(w *world) {
		w.execute(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		w.execute(`UPDATE meta SET value = '9999' WHERE name = 'reads_from'`)
	}, "database", Refusal, "store.newer"},
	{"a file that is no database", datafolder.RoleInsurer, func(w *world) {
		w.must(os.WriteFile(w.path(datafolder.DatabaseFile), bytes.Repeat([]byte("x"), 9000), 0o600))
	}, "database", Refusal, "store.unreadable"},

	{"keys that others can read", datafolder.RoleInsurer,
		func(w *world) { w.must(os.Chmod(w.path(datafolder.KeysDir), 0o750)) },
		"keys", Refusal, "keys.rights"},
	{"one key that others can read", datafolder.RoleInsurer,
		func(w *world) { w.must(os.Chmod(w.path(datafolder.KeysDir, keys.ClientRSA), 0o640)) },
		"keys", Refusal, "keys.rights"},
	{"a key that nobody asks for and others can read", datafolder.RoleInsurer, func(w *world) {
		path := w.path(datafolder.KeysDir, "pdf-00138990.pem")
		w.must(errors.Join(os.WriteFile(path, nil, 0o600), os.Chmod(path, 0o640)))
	}, "keys", Refusal, "keys.rights"},
	{"a lost key", datafolder.RoleInsurer,
		func(w *world) { w.must(os.Remove(w.path(datafolder.KeysDir, keys.People))) },
		"keys", Refusal, "keys.gone"},
	{"a damaged key", datafolder.RoleInsurer,
		func(w *world) { w.must(os.Truncate(w.path(datafolder.KeysDir, keys.People), 9)) },
		"keys", Refusal, "keys.damaged"},
	{"another installation's key", datafolder.RoleInsurer, func(w *world) {
		text := strings.Repeat("ab", 32) + "\n"
		w.must(os.WriteFile(w.path(datafolder.KeysDir, keys.People), []byte(text), 0o600))
	}, "keys", Refusal, "keys.other"},
	{"no keys beside the data", datafolder.RoleInsurer,
		func(w *world) { w.must(os.RemoveAll(w.path(datafolder.KeysDir))) }, "keys", Refusal, "keys.gone"},
	{"no client key yet", datafolder.RoleInsurer, func(w *world) { w.s.OIDCAlgorithm = "ES256" },
		"client-key", Warning, "doctor.client_key_none"},

	{"a certificate without its key", datafolder.RoleInsurer, func(w *world) {
		key := w.s.TLSKey
		w.certify("hoken.example", noon, noon.AddDate(1, 0, 0))
		w.s.TLSKey = key
	}, "certificate", Refusal, "settings.certificate"},
	{"another name's certificate", datafolder.RoleInsurer,
		func(w *world) { w.certify("www.hoken.example", noon, noon.AddDate(1, 0, 0)) },
		"certificate", Refusal, "tls.name"},
	{"an expired certificate", datafolder.RoleInsurer,
		func(w *world) { w.certify("hoken.example", noon.AddDate(-1, 0, 0), noon.Add(-time.Second)) },
		"certificate", Refusal, "tls.expired"},
	{"a certificate to come", datafolder.RoleInsurer,
		func(w *world) { w.certify("hoken.example", noon.Add(time.Second), noon.AddDate(1, 0, 0)) },
		"certificate", Refusal, "tls.not_yet"},
	{"a certificate that ends in 29 days", datafolder.RoleInsurer,
		func(w *world) { w.certify("hoken.example", noon.AddDate(0, -2, 0), noon.AddDate(0, 0, 29)) },
		"certificate", Warning, "doctor.certificate_ends"},
	{"a certificate of an unknown authority", datafolder.RoleInsurer, func(w *world) {
		roots := w.ca
		w.ca = newAuthority(w.t)
		w.certify("hoken.example", noon, noon.AddDate(1, 0, 0))
		w.ca = roots
	}, "certificate", Warning, "doctor.certificate_chain"},

	{"a proxy that does not answer", datafolder.RoleInsurer, func(w *world) {
		w.behindProxy(noon.AddDate(1, 0, 0), "ok\n")
		delete(w.hosts, "hoken.example")
	}, "address", Warning, "doctor.address_away"},
	{"a proxy that leads elsewhere", datafolder.RoleInsurer,
		func(w *world) { w.behindProxy(noon.AddDate(1, 0, 0), "It works!") },
		"address", Warning, "doctor.address_away"},
	{"a proxy's certificate that ends in 29 days", datafolder.RoleInsurer,
		func(w *world) { w.behindProxy(noon.AddDate(0, 0, 29), "ok\n") },
		"address", Warning, "doctor.address_ends"},

	{"a provider that is away", datafolder.RoleInsurer, func(w *world) { delete(w.hosts, "login.example") },
		"sign-in", Warning, "doctor.signin_away"},
	{"a provider without metadata", datafolder.RoleInsurer,
		func(w *world) { w.hosts["login.example"] = http.NotFoundHandler() },
		"sign-in", Warning, "doctor.signin_away"},
	{
		"a provider of another name",
		datafolder.RoleInsurer,
		func(w *world) { w.metadata["issuer"] = provider + "/" },
		"sign-in",
		Warning,
		"doctor.signin_issuer",
	},
	{
		"no PKCE",
		datafolder.RoleInsurer,
		func(w *world) { delete(w.metadata, "code_challenge_methods_supported") },
		"sign-in",
		Warning,
		"doctor.signin_pkce",
	},
	{"PKCE without S256", datafolder.RoleInsurer,
		func(w *world) { w.metadata["code_challenge_methods_supported"] = []string{"plain"} },
		"sign-in", Warning, "doctor.signin_pkce"},
	{"passwords for clients only", datafolder.RoleInsurer,
		func(w *world) {
			w.metadata["token_endpoint_auth_methods_supported"] = []string{"client_secret_basic"}
		},
		"sign-in", Warning, "doctor.signin_client_auth"},
	{"another algorithm", datafolder.RoleInsurer,
		func(w *world) { w.metadata["token_endpoint_auth_signing_alg_values_supported"] = []string{"ES256"} },
		"sign-in", Warning, "doctor.signin_algorithm"},
	{"an id_token that nobody here verifies", datafolder.RoleInsurer,
		func(w *world) { w.metadata["id_token_signing_alg_values_supported"] = []string{"HS256"} },
		"sign-in", Warning, "doctor.signin_id_token"},
	{"no level that is asked", datafolder.RoleInsurer,
		func(w *world) { w.metadata["acr_values_supported"] = []string{"aal2"} },
		"sign-in", Warning, "doctor.signin_acr"},

	{"no list at an insurer", datafolder.RoleInsurer, func(w *world) { w.s.Trust = "" },
		"trust", Warning, "doctor.trust_none"},
	{"no list at a counter", datafolder.RoleCounter, func(w *world) { w.s.Trust = "" },
		"trust", Refusal, "settings.trust"},
	{"another signer's list", datafolder.RoleCounter, func(w *world) {
		signed, err := os.ReadFile(filepath.Join(w.s.Trust, trust.ListFile))
		w.must(err)
		w.root, w.s.Trust = issuertest.NewKey(w.t), w.t.TempDir()
		w.publish(noon)
		w.must(os.WriteFile(filepath.Join(w.s.Trust, trust.ListFile), signed, 0o600))
	}, "trust", Refusal, "settings.trust"},
	{"an older list than one that was seen", datafolder.RoleCounter,
		func(w *world) { w.must(os.WriteFile(w.path(datafolder.TrustVersionFile), []byte("7\n"), 0o600)) },
		"trust", Refusal, "settings.trust"},
	{
		"a list that ends in six days",
		datafolder.RoleCounter,
		func(w *world) { w.publish(noon.AddDate(0, 0, -24)) },
		"trust",
		Warning,
		"doctor.trust_ends",
	},
	{
		"a list that ended yesterday",
		datafolder.RoleCounter,
		func(w *world) { w.publish(noon.AddDate(0, 0, -31)) },
		"trust",
		Warning,
		"doctor.trust_grace",
	},
	{
		"a list that ended eight days ago",
		datafolder.RoleCounter,
		func(w *world) { w.publish(noon.AddDate(0, 0, -38)) },
		"trust",
		Refusal,
		"settings.trust",
	},
	{"a facility that is not listed", datafolder.RoleCounter, func(w *world) {
		w.list.Counters[0].Facility = "1319999992"
		w.publish(noon)
	}, "trust", Warning, "doctor.trust_counter"},
	{"a facility at another address", datafolder.RoleCounter, func(w *world) {
		w.list.Counters[0].URL = clinicURL + ".test"
		w.publish(noon)
	}, "trust", Warning, "doctor.trust_counter"},
	{"a facility with another key", datafolder.RoleCounter, func(w *world) {
		w.list.Counters[0].JWKS = w.list.Issuers[1].JWKS
		w.publish(noon)
	}, "trust", Warning, "doctor.trust_counter_key"},
	{"no facility", datafolder.RoleCounter, func(w *world) { w.execute(`DELETE FROM facilities`) },
		"trust", Warning, "doctor.facility_none"},
	{"an insurer that is not listed", datafolder.RoleInsurer, func(w *world) {
		w.list.Issuers = w.list.Issuers[1:]
		w.publish(noon)
	}, "trust", Warning, "doctor.trust_issuer"},
	{"an insurer that may speak for another only", datafolder.RoleInsurer, func(w *world) {
		w.list.Issuers[0].InsurerNumbers = []eligibility.InsurerNumber{otherCity}
		w.publish(noon)
	}, "trust", Warning, "doctor.trust_issuer"},
	{"an insurer with an earlier key", datafolder.RoleInsurer, func(w *world) {
		w.list.Issuers[0].JWKS = w.list.Issuers[1].JWKS
		w.publish(noon)
	}, "trust", Warning, "doctor.trust_issuer_key"},
	{
		"a list's address that is away",
		datafolder.RoleCounter,
		func(w *world) { delete(w.hosts, "list.example") },
		"trust-url",
		Warning,
		"doctor.trust_url_away",
	},
	{"another list at the address", datafolder.RoleCounter, func(w *world) {
		w.hosts["list.example"] = shownCertificate{nil, "e30.e30.e30"}
	}, "trust-url", Warning, "doctor.trust_url_refused"},

	{"a clock that is slow for the provider", datafolder.RoleInsurer, func(w *world) {
		w.theirs = noon.Add(31 * time.Second)
		delete(w.hosts, "other.example")
	}, "clock", Warning, "doctor.clock_off"},
	{"a clock that is fast for an insurer", datafolder.RoleCounter,
		func(w *world) { w.theirs = noon.Add(-31 * time.Second) }, "clock", Warning, "doctor.clock_off"},
	{
		"nobody to ask for the time",
		datafolder.RoleCounter,
		func(w *world) { delete(w.hosts, "other.example") },
		"clock",
		Warning,
		"doctor.clock_unknown",
	},
	{"a time that another key signed", datafolder.RoleCounter, func(w *world) {
		w.other = issuertest.NewKey(w.t)
	},
		"clock", Warning, "doctor.clock_unknown"},

	{"no issuers' keys for cards", datafolder.RoleCounter, func(w *world) { w.s.CardKeys = "" },
		"card-keys", Warning, "doctor.card_keys_none"},
	{"a file of keys that is none", datafolder.RoleCounter,
		func(w *world) { w.must(os.WriteFile(w.s.CardKeys, []byte("x"), 0o600)) },
		"card-keys", Refusal, "settings.card_keys"},
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// execute changes the database behind the program's back.
func (w *world) execute(statement string) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.path(datafolder.DatabaseFile))
	w.must(err)
	_, err = db.Exec(statement)
	w.must(errors.Join(err, db.Close()))
}

func TestWhatIsWrongHasItsOwnSentence(t *testing.T) {
	for _, c := range broken {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.role)
			c.harm(w)
			all := w.doctor().Examine(t.Context())
			if got := keysOf(all, c.check); !slices.Equal(got, []string{c.key}) {
				t.Errorf("%s found %q, want %s", c.check, got, c.key)
			}
			for _, f := range all {
				if f.Key == c.key &&
					(f.Level != c.level || f.NextStep("ja") == "" && f.NextStep("en") != "") {
					t.Errorf("%s is a %s with the next step %q", f.Key, f.Level, f.NextStep("ja"))
				}
			}
			code := map[Level]int{Warning: 1, Refusal: 2}[c.level]
			if c.level == Refusal && Worst(all) != code || c.level == Warning && Worst(all) == 0 {
				t.Errorf("exit code %d, want %d", Worst(all), code)
			}
			_, err := w.doctor().Start(t.Context())
			var refused *eligibility.Error
			switch {
			case c.level == Warning && err != nil:
				t.Errorf("a start is refused: %v", err)
			case c.level == Refusal && (!errors.As(err, &refused) || refused.Key != c.key):
				t.Errorf("a start is refused by %v, want %s", err, c.key)
			}
		})
	}
}

// A place where nothing is yet is no fault, and looking at it makes nothing.
func TestAFirstStartIsGoodAndIsLeftAsItIs(t *testing.T) {
	w := newWorld(t, datafolder.RoleInsurer)
	w.s.Data = filepath.Join(t.TempDir(), "a", "b")
	w.s.Trust = ""
	all := w.doctor().Examine(t.Context())
	for _, check := range []string{"folder", "disk", "database", "keys"} {
		if got := keysOf(all, check); len(got) > 0 {
			t.Errorf("%s: %q", check, got)
		}
	}
	if got := keysOf(all, "client-key"); !slices.Equal(got, []string{"doctor.client_key_none"}) {
		t.Errorf("client-key: %q", got)
	}
	if _, err := os.Stat(filepath.Dir(w.s.Data)); !os.IsNotExist(err) {
		t.Errorf("a folder was made: %v", err)
	}
}

// An examination beside a running server, or as another user, must leave no trace.
func TestAnExaminationChangesNoFile(t *testing.T) {
	w := newWorld(t, datafolder.RoleCounter)
	state := func() (out []string) {
		w.must(filepath.WalkDir(w.s.Data, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			out = append(out, path+" "+string(data))
			return err
		}))
		return out
	}
	before := state()
	w.doctor().Examine(t.Context())
	if after := state(); !slices.Equal(before, after) {
		t.Errorf("%d files before, %d after, or other bytes", len(before), len(after))
	}
}

func TestADemoIsCalledOne(t *testing.T) {
	s := &settings.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"}
	all := Doctor{
		Settings: s,
		Role:     datafolder.RoleAll,
		Now:      func() time.Time { return noon },
	}.Examine(
		t.Context(),
	)
	if len(all) < 5 || all[0].Key != "doctor.demo" || Worst(all) == 2 {
		t.Errorf("%+v", all)
	}
	s.Addr = "0.0.0.0:80"
	all = Doctor{
		Settings: s,
		Role:     datafolder.RoleAll,
		Now:      func() time.Time { return noon },
	}.Examine(
		t.Context(),
	)
	if got := keysOf(all, "settings"); !slices.Equal(got, []string{"settings.loopback"}) || Worst(all) != 2 {
		t.Errorf("%q", got)
	}
}

// The contract of --json and the lines for people: the worst level, and both languages with the remedy.
func TestProgramsAndPeopleReadTheSame(t *testing.T) {
	w := newWorld(t, datafolder.RoleInsurer)
	w.free = 5 << 20
	all := w.doctor().Examine(t.Context())
	data, err := json.Marshal(AnswerOf(all))
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Level    string
		Findings []struct {
			Check, Level, Key, Says, Next, SaysEn, NextEn string
			Args                                          map[string]any
		}
	}
	if err := json.Unmarshal(data, &read); err != nil || read.Level != "refusal" ||
		len(read.Findings) != len(all) {
		t.Fatalf("%s %v", data, err)
	}
	var text strings.Builder
	if err := Write(&text, all); err != nil {
		t.Fatal(err)
	}
	for _, f := range read.Findings {
		if f.Says == "" || f.SaysEn == "" || f.Says == f.SaysEn || (f.Next == "") != (f.NextEn == "") {
			t.Errorf("%+v", f)
		}
		if !strings.Contains(text.String(), f.Says) || !strings.Contains(text.String(), f.Next) {
			t.Errorf("%q is not told to people", f.Says)
		}
		if f.Check == "disk" && (f.Level != "refusal" || f.Key != "disk.full" || f.Args["free"] != "5 MB") {
			t.Errorf("%+v", f)
		}
	}
	if !strings.Contains(text.String(), "\n× ディスク　　　　 ") {
		t.Errorf("no line says what is wrong:\n%s", &text)
	}
}

// Every check has a name for people that fits its column.
func TestEachCheckHasAName(t *testing.T) {
	for _, c := range append(slices.Clone(local), outside...) {
		name := message.New(c.label, nil).Text("ja")
		if name == c.label || len([]rune(name)) > labelWidth {
			t.Errorf("%s is called %q", c.name, name)
		}
	}
}
