//go:build !nodemo

package demo

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"madoguchi/auth/demoidp"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/keys"
)

// docs/facts/test-people.md#insurers and #people: nobody in the demo exists.
func TestInsurersAndPeopleOfTheDemoAreTheFictionalOnes(t *testing.T) {
	fictional := map[eligibility.InsurerNumber]string{
		"00138990": "架空市",
		"06139992": "架空健康保険組合",
		"01139997": "架空協会けんぽ",
	}
	if len(Insurers) != len(fictional) {
		t.Errorf("%d insurers", len(Insurers))
	}
	for _, in := range Insurers {
		t.Run(string(in.Number), func(t *testing.T) {
			number, err := eligibility.ParseInsurerNumber(string(in.Number))
			if err != nil || number != in.Number || fictional[in.Number] != in.Name {
				t.Errorf("%s %s: %v", in.Number, in.Name, err)
			}
			if in.Issuer == "" || in.Telephone == "" {
				t.Errorf("%+v", in)
			}
		})
	}
	born := map[string]string{"髙橋　德一": "1955-07-01", "試験　太郎": "1986-04-12", "試験　花子": "1988-11-30"}
	for _, p := range people {
		t.Run(p.Subject, func(t *testing.T) {
			if born[p.Name] != p.BirthDate.String() {
				t.Errorf("%s born on %s", p.Name, p.BirthDate)
			}
		})
	}
}

// The list names each insurer with all that it publishes, so a next key is known before it signs
// (docs/keys.md).
func TestIssuersAreListedWithAllTheirKeys(t *testing.T) {
	ring, _ := newFolder(t)
	next, err := ring.Rotation.Prepare(city, noon)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Issuers(ring.Rings, noon)
	if err != nil || len(all) != len(Insurers) {
		t.Fatalf("%d issuers, %v", len(all), err)
	}
	seen := map[string]bool{}
	for i, issuer := range all {
		t.Run(issuer.Name, func(t *testing.T) {
			in := Insurers[i]
			if issuer.ISS != "https://localhost:8080/i/"+string(in.Number) || issuer.Name != in.Name ||
				!slices.Equal(issuer.InsurerNumbers, []eligibility.InsurerNumber{in.Number}) {
				t.Errorf("%+v", issuer)
			}
			want := 1
			if in.Number == city {
				want = 2
			}
			if len(issuer.JWKS) != want {
				t.Errorf("%d keys, want %d", len(issuer.JWKS), want)
			}
			for _, key := range issuer.JWKS {
				if seen[key.ID] {
					t.Error("two insurers share a key")
				}
				seen[key.ID] = true
			}
		})
	}
	if !seen[next.JWK.ID] {
		t.Error("the next key is not on the list")
	}
	if err := (&credential.TrustList{Issuers: all}).Check(); err != nil {
		t.Errorf("no trust list holds them: %v", err)
	}
}

// inMemory answers the calls of the demo to itself, as its own pages do.
type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w.Result(), nil
}

// beginner returns what begins a login of the demo: the address to which the browser is sent.
func beginner(t *testing.T, ring *keys.Folder) (begin func() (*url.URL, error)) {
	t.Helper()
	var provider http.Handler
	forward := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { provider.ServeHTTP(w, r) })
	provider, login, err := SignIn(SignInConfig{
		Keys:    ring.Secrets,
		Address: "http://localhost:8080",
		LetIn:   func(http.RoundTripper) http.RoundTripper { return inMemory{forward} },
		Now:     func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() (*url.URL, error) {
		address, _, err := login.Begin(t.Context(), rand.Text())
		if err != nil {
			return nil, err
		}
		return url.Parse(address)
	}
}

// docs/facts/sign-in.md#digital-authentication-service: the authorization code flow with PKCE S256, state and
// nonce, all compulsory.
func TestTheDemosLoginAsksAsTheRealServiceWantsIt(t *testing.T) {
	ring, folder := newFolder(t)
	begin := beginner(t, ring)
	address, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	const at = "http://localhost:8080/demo-idp/auth"
	if got := address.Scheme + "://" + address.Host + address.Path; got != at {
		t.Errorf("it asks at %s", got)
	}
	asked := address.Query()
	for _, c := range []struct{ name, want string }{
		{"response_type", "code"},
		{"redirect_uri", "http://localhost:8080/login/callback"},
		{"code_challenge_method", "S256"},
		{"scope", "openid name birthdate"},
		{"acr_values", demoidp.ACR},
		{"client_id", "*"},
		{"state", "*"},
		{"nonce", "*"},
		{"code_challenge", "*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := asked[c.name]
			if len(got) != 1 || got[0] == "" || c.want != "*" && got[0] != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	again, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if again.Query().Get(name) == asked.Get(name) {
			t.Errorf("%s is the same for two logins", name)
		}
	}
	for _, file := range []string{keys.Client, "demo-idp.pem"} { // docs/keys.md, "The folder"
		if _, err := os.Stat(filepath.Join(folder, "keys", file)); err != nil {
			t.Error(err)
		}
	}
}

// docs/keys.md: a damaged key is refused with its name, and not made anew.
func TestTheDemosLoginDoesNotStartWithADamagedKey(t *testing.T) {
	for _, file := range []string{keys.Client, "demo-idp.pem"} {
		t.Run(file, func(t *testing.T) {
			ring, folder := newFolder(t)
			path := filepath.Join(folder, "keys", file)
			if err := os.WriteFile(path, []byte("no key"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, err := SignIn(SignInConfig{
				Keys:    ring.Secrets,
				Address: "http://localhost:8080",
				LetIn:   func(r http.RoundTripper) http.RoundTripper { return r },
				Now:     func() time.Time { return noon },
			})
			if !errors.Is(err, keys.ErrDamaged) {
				t.Errorf("%v", err)
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != "no key" {
				t.Errorf("the file became %q %v", text, err)
			}
		})
	}
}
