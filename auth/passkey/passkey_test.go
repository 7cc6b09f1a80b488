package passkey_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"madoguchi/auth/passkey"
	"madoguchi/eligibility"
	"madoguchi/internal/passkeytest"
	"madoguchi/internal/testenv"
)

const origin = "https://madoguchi.example.jp"

// site is a server with one member, 鈴木, who has a passkey on an authenticator.
type site struct {
	*passkey.Passkeys
	now    time.Time
	device *passkeytest.Authenticator
	suzuki passkey.User
}

func open(t testing.TB, address string) *site {
	t.Helper()
	s := &site{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	var err error
	s.Passkeys, err = passkey.New(passkey.Config{
		Address: address,
		Name:    "窓口",
		Now:     func() time.Time { return s.now },
	})
	fatal(t, err)
	s.device = &passkeytest.Authenticator{Origin: address, Counts: true}
	s.suzuki = passkey.User{Handle: []byte("MEMBERMEMBER2345"), Name: "鈴木"}
	key, err := s.register(s.device)
	fatal(t, err)
	s.suzuki.Keys = []passkey.Key{key}
	return s
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) register(
	device *passkeytest.Authenticator, changes ...func(*passkeytest.Answer),
) (passkey.Key, error) {
	options, state, err := s.BeginRegistration(s.suzuki)
	if err != nil {
		return passkey.Key{}, err
	}
	answer, err := device.Create(options, changes...)
	if err != nil {
		return passkey.Key{}, err
	}
	return s.FinishRegistration(s.suzuki, state, answer)
}

// find knows 鈴木 alone.
func (s *site) find(key, handle []byte) (passkey.User, error) {
	if !bytes.Equal(key, s.suzuki.Keys[0].ID) {
		return passkey.User{}, &eligibility.Error{Code: eligibility.NotFound, Key: "test.nobody"}
	}
	return s.suzuki, nil
}

func (s *site) login(changes ...func(*passkeytest.Answer)) (passkey.User, passkey.Key, error) {
	options, state, err := s.BeginLogin()
	if err != nil {
		return passkey.User{}, passkey.Key{}, err
	}
	answer, err := s.device.Get(options, changes...)
	if err != nil {
		return passkey.User{}, passkey.Key{}, err
	}
	return s.FinishLogin(state, answer, s.find)
}

func (s *site) prove(changes ...func(*passkeytest.Answer)) (passkey.Key, error) {
	options, state, err := s.BeginProof(s.suzuki)
	if err != nil {
		return passkey.Key{}, err
	}
	answer, err := s.device.Get(options, changes...)
	if err != nil {
		return passkey.Key{}, err
	}
	return s.FinishProof(s.suzuki, state, answer)
}

func TestAPasskeyIsMadeAndLetsIn(t *testing.T) {
	for _, address := range []string{origin, "https://madoguchi.example.jp:8443", "http://localhost:8080"} {
		t.Run(address, func(t *testing.T) {
			s := open(t, address)
			key := s.suzuki.Keys[0]
			if !bytes.Equal(key.ID, s.device.Keys[0].ID) || key.Count != 1 || key.Synced ||
				!slicesAreEqual(key.Transports, "internal") {
				t.Errorf("%+v", key)
			}
			who, used, err := s.login()
			if err != nil || who.Name != "鈴木" || used.Count != 2 || !bytes.Equal(used.Public, key.Public) {
				t.Fatalf("%+v %+v %v", who, used, err)
			}
			s.suzuki.Keys[0] = used
			if used, err = s.prove(); err != nil || used.Count != 3 {
				t.Errorf("%+v %v", used, err)
			}
		})
	}
}

func slicesAreEqual(got []string, want ...string) bool {
	return strings.Join(got, " ") == strings.Join(want, " ")
}

// A passkey that is carried from device to device has no counter: it stays 0 (Web Authentication 6.1.1).
func TestAPasskeyWithoutACounterLetsInAgainAndAgain(t *testing.T) {
	s := open(t, origin)
	s.device = &passkeytest.Authenticator{Origin: origin}
	carried := func(a *passkeytest.Answer) {
		a.Flags |= passkeytest.BackupEligible | passkeytest.BackupState
	}
	key, err := s.register(s.device, carried)
	if err != nil || !key.Synced || key.Count != 0 {
		t.Fatalf("%+v %v", key, err)
	}
	s.suzuki.Keys = []passkey.Key{key}
	for range 3 {
		if _, used, err := s.login(carried); err != nil || used.Count != 0 {
			t.Fatalf("%+v %v", used, err)
		}
	}
}

// The browser is asked for what the design wants: a discoverable credential with user verification, no
// attestation, five minutes; and a new passkey on an authenticator that has none of this member's.
func TestWhatTheBrowserIsAskedFor(t *testing.T) {
	s := open(t, origin)
	made, _, err := s.BeginRegistration(s.suzuki)
	fatal(t, err)
	var create struct {
		RP   struct{ ID, Name string }
		User struct {
			ID, Name string
		}
		Challenge              string
		Timeout                int
		PubKeyCredParams       []struct{ Alg int }
		AuthenticatorSelection struct {
			ResidentKey, UserVerification string
			RequireResidentKey            bool
		}
		ExcludeCredentials []struct{ ID string }
		Attestation        string
	}
	fatal(t, json.Unmarshal(made, &create))
	selection := create.AuthenticatorSelection
	if create.RP.ID != "madoguchi.example.jp" || create.User.Name != "鈴木" || len(create.Challenge) < 22 ||
		create.Timeout != 300_000 || selection.ResidentKey != "required" || !selection.RequireResidentKey ||
		selection.UserVerification != "required" || create.Attestation != "none" ||
		len(create.ExcludeCredentials) != 1 || len(create.PubKeyCredParams) != 3 ||
		create.PubKeyCredParams[0].Alg != -7 { // ES256 (RFC 9053)
		t.Errorf("%s", made)
	}
	if strings.Contains(create.User.ID, "鈴木") {
		t.Error("the handle tells the name")
	}
	asked, _, err := s.BeginLogin()
	fatal(t, err)
	var get struct {
		RPID, UserVerification string
		AllowCredentials       []any
	}
	fatal(t, json.Unmarshal(asked, &get))
	if get.RPID != "madoguchi.example.jp" || get.UserVerification != "required" ||
		len(get.AllowCredentials) != 0 {
		t.Errorf("%s", asked)
	}
}

// wrong are answers that must be refused in each ceremony.
var wrong = []struct {
	name   string
	change func(*passkeytest.Answer)
	want   *eligibility.Error
}{
	{"the user was not verified", func(a *passkeytest.Answer) { a.Flags &^= passkeytest.UserVerified },
		passkey.ErrUnverified},
	{"nobody was present", func(a *passkeytest.Answer) { a.Flags &^= passkeytest.UserPresent },
		passkey.ErrRefused},
	{"neither", func(a *passkeytest.Answer) { a.Flags = 0 }, passkey.ErrUnverified},
	{"another origin", func(a *passkeytest.Answer) { a.Origin = "https://madoguchi.example.com" },
		passkey.ErrRefused},
	{"an origin below this one", func(a *passkeytest.Answer) { a.Origin = "https://a.madoguchi.example.jp" },
		passkey.ErrRefused},
	{"another port", func(a *passkeytest.Answer) { a.Origin += ":8443" }, passkey.ErrRefused},
	{"no https", func(a *passkeytest.Answer) { a.Origin = "http://madoguchi.example.jp" },
		passkey.ErrRefused},
	{"no origin", func(a *passkeytest.Answer) { a.Origin = "" }, passkey.ErrRefused},
	{"inside another site's page", func(a *passkeytest.Answer) { a.CrossOrigin = true }, passkey.ErrRefused},
	{"another RP ID", func(a *passkeytest.Answer) { a.RPID = "example.jp" }, passkey.ErrRefused},
	{"no challenge", func(a *passkeytest.Answer) { a.Challenge = "" }, passkey.ErrRefused},
	{"a challenge of its own", func(a *passkeytest.Answer) { a.Challenge = strings.Repeat("A", 43) },
		passkey.ErrRefused},
	{"backed up, though it never can be",
		func(a *passkeytest.Answer) { a.Flags |= passkeytest.BackupState }, passkey.ErrRefused},
	{"the other type", func(a *passkeytest.Answer) {
		a.Type = map[string]string{
			"webauthn.get":    "webauthn.create",
			"webauthn.create": "webauthn.get",
		}[a.Type]
	}, passkey.ErrRefused},
}

// signedWrong are answers to a challenge that must be refused besides.
var signedWrong = []struct {
	name   string
	change func(*passkeytest.Answer)
	want   *eligibility.Error
}{
	{"the signature's last bit", func(a *passkeytest.Answer) {
		a.Damage = func(signature []byte) { signature[len(signature)-1] ^= 1 }
	}, passkey.ErrRefused},
	{"no signature", func(a *passkeytest.Answer) {
		a.Damage = func(signature []byte) { clear(signature) }
	}, passkey.ErrRefused},
	{"another member's handle", func(a *passkeytest.Answer) { a.Handle = []byte("OTHERMEMBER23456") },
		passkey.ErrRefused},
	{"a passkey that nobody has", func(a *passkeytest.Answer) { a.ID = bytes.Repeat([]byte{7}, 32) },
		passkey.ErrRefused},
	{"suddenly one that can be backed up", func(a *passkeytest.Answer) {
		a.Flags |= passkeytest.BackupEligible
	}, passkey.ErrRefused},
	{"the counter stands still", func(a *passkeytest.Answer) { a.Count = 1 }, passkey.ErrCloned},
	{"the counter is 0 again", func(a *passkeytest.Answer) { a.Count = 0 }, passkey.ErrCloned},
}

func TestWrongAnswersAreRefused(t *testing.T) {
	tries := 0
	try := func(name string, want error, do func(s *site) error) {
		tries++
		t.Run(name, func(t *testing.T) {
			if err := do(open(t, origin)); !errors.Is(err, want) {
				t.Errorf("%v", err)
			}
		})
	}
	for _, c := range wrong {
		try("registration: "+c.name, c.want, func(s *site) error {
			_, err := s.register(&passkeytest.Authenticator{Origin: origin}, c.change)
			return err
		})
	}
	for _, c := range append(wrong, signedWrong...) {
		try("login: "+c.name, c.want, func(s *site) error {
			_, _, err := s.login(c.change)
			return err
		})
		try("proof: "+c.name, c.want, func(s *site) error {
			_, err := s.prove(c.change)
			return err
		})
	}
	testenv.Refused(t, testenv.Staff, tries)
}

// The library says which passkey was cloned, so that it can be locked.
func TestAClonedPasskeyIsNamed(t *testing.T) {
	s := open(t, origin)
	who, key, err := s.login(func(a *passkeytest.Answer) { a.Count = 1 })
	if !errors.Is(err, passkey.ErrCloned) || who.Name != "鈴木" || !bytes.Equal(key.ID, s.suzuki.Keys[0].ID) {
		t.Errorf("%+v %+v %v", who, key, err)
	}
}

// An answer is for one challenge, of one kind, for one member, and for five minutes.
func TestChallengesAreNotInterchangeable(t *testing.T) {
	s := open(t, origin)
	options, first, err := s.BeginLogin()
	fatal(t, err)
	answer, err := s.device.Get(options)
	fatal(t, err)
	_, second, err := s.BeginLogin()
	fatal(t, err)
	made, registration, err := s.BeginRegistration(s.suzuki)
	fatal(t, err)
	other := &passkeytest.Authenticator{Origin: origin}
	created, err := other.Create(made)
	fatal(t, err)
	shown, proof, err := s.BeginProof(s.suzuki)
	fatal(t, err)
	proven, err := s.device.Get(shown)
	fatal(t, err)
	sato := passkey.User{Handle: []byte("OTHERMEMBER23456"), Name: "佐藤", Keys: s.suzuki.Keys}
	began := s.now
	login := func(state, answer []byte) error {
		_, _, err := s.FinishLogin(state, answer, s.find)
		return err
	}
	prove := func(who passkey.User, state, answer []byte) error {
		_, err := s.FinishProof(who, state, answer)
		return err
	}
	register := func(who passkey.User, state, answer []byte) error {
		_, err := s.FinishRegistration(who, state, answer)
		return err
	}
	cases := []struct {
		name string
		late time.Duration
		want error
		do   func() error
	}{
		{"the next login's challenge", 0, passkey.ErrRefused, func() error { return login(second, answer) }},
		{"a registration's for a login", 0, passkey.ErrChallenge,
			func() error { return login(registration, answer) }},
		{"a proof's for a login", 0, passkey.ErrChallenge, func() error { return login(proof, proven) }},
		{"a login's for a proof", 0, passkey.ErrChallenge,
			func() error { return prove(s.suzuki, first, answer) }},
		{"a login's for a registration", 0, passkey.ErrChallenge,
			func() error { return register(s.suzuki, first, created) }},
		{
			"another member's proof",
			0,
			passkey.ErrChallenge,
			func() error { return prove(sato, proof, proven) },
		},
		{"another member's registration", 0, passkey.ErrRefused,
			func() error { return register(sato, registration, created) }},
		{"no state", 0, passkey.ErrChallenge, func() error { return login(nil, answer) }},
		{"an empty state", 0, passkey.ErrChallenge, func() error { return login([]byte("{}"), answer) }},
		{"a login after five minutes", passkey.Life, passkey.ErrChallenge,
			func() error { return login(first, answer) }},
		{"a proof after five minutes", passkey.Life, passkey.ErrChallenge,
			func() error { return prove(s.suzuki, proof, proven) }},
		{"a registration after five minutes", passkey.Life, passkey.ErrChallenge,
			func() error { return register(s.suzuki, registration, created) }},
		{"no JSON", 0, passkey.ErrRefused, func() error { return login(first, []byte("x")) }},
		{"a registration's answer for a login", 0, passkey.ErrRefused,
			func() error { return login(first, created) }},
		{"an answer without end", 0, passkey.ErrRefused,
			func() error { return login(first, append(answer, bytes.Repeat([]byte(" "), 1<<16)...)) }},
		{"something behind the answer", 0, passkey.ErrRefused,
			func() error { return login(first, append(bytes.Clone(answer), "{}"...)) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s.now = began.Add(c.late)
			if err := c.do(); !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
	s.now = began.Add(passkey.Life - time.Second)
	for name, err := range map[string]error{
		"login":        login(first, answer),
		"registration": register(s.suzuki, registration, created),
		"proof":        prove(s.suzuki, proof, proven),
	} {
		if err != nil {
			t.Errorf("%s in time: %v", name, err)
		}
	}
	testenv.Refused(t, testenv.Staff, len(cases))
}

func TestAPasskeyIsRegisteredOnce(t *testing.T) {
	s := open(t, origin)
	if _, err := s.register(s.device); err == nil {
		t.Error("an authenticator made a second passkey for the same member")
	}
	same := func(a *passkeytest.Answer) { a.ID = s.suzuki.Keys[0].ID }
	if _, err := s.register(&passkeytest.Authenticator{Origin: origin}, same); !errors.Is(
		err,
		passkey.ErrKnown,
	) {
		t.Errorf("%v", err)
	}
}

// A store that does not answer is no refusal: the member is told to try again.
func TestAnotherFaultIsHandedOn(t *testing.T) {
	s := open(t, origin)
	options, state, err := s.BeginLogin()
	fatal(t, err)
	answer, err := s.device.Get(options)
	fatal(t, err)
	full := &eligibility.Error{Code: eligibility.Unavailable, Key: "test.full"}
	if _, _, err := s.FinishLogin(state, answer, func(_, _ []byte) (passkey.User, error) {
		return passkey.User{}, full
	}); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	if _, _, err := s.BeginProof(passkey.User{Handle: []byte("x")}); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("without a passkey: %v", err)
	}
}

// Browsers offer passkeys on https and on localhost, and never for an IP address (Web Authentication 5.1.3).
func TestAddressesWithoutPasskeysAreRefused(t *testing.T) {
	never := func() time.Time { return time.Time{} }
	for _, address := range []string{
		"", "madoguchi.example.jp", "http://madoguchi.example.jp", "https://192.0.2.1",
		"http://127.0.0.1:8080", "https://[2001:db8::1]", "https://", "ftp://localhost", "https://a b", "%",
	} {
		t.Run(address, func(t *testing.T) {
			_, err := passkey.New(passkey.Config{Address: address, Name: "窓口", Now: never})
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != "passkey.host" {
				t.Errorf("%v", err)
			}
		})
	}
}
