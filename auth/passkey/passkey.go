// Package passkey lets people in by passkeys: discoverable credentials of Web Authentication Level 3, with
// user verification, and without attestation. It is a thin room over go-webauthn.
//
// A ceremony has two halves. The first returns options for the browser (navigator.credentials.create or get,
// by their parse…FromJSON functions) and a state; the second takes the state and the browser's answer
// (toJSON). The caller keeps the state on the server, hands it back once, and gives the browser nothing but
// a reference to it: an answer is to be had for one challenge, once, within Life.
//
// Whose a passkey is, and which may be used, the caller knows: it finds the User.
package passkey

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"madoguchi/eligibility"
)

// Life is how long a challenge may be answered.
const Life = 5 * time.Minute

// mostAnswer bounds a browser's answer, 64 KiB: with attestation none it has about 1 KiB.
const mostAnswer = 64 << 10

// Refusals. What somebody who guesses could learn from (whether a passkey is known, whose it is, what did not
// fit) is all ErrRefused; the cause is for the log.
var (
	ErrRefused    = &eligibility.Error{Code: eligibility.Denied, Key: "passkey.refused"}
	ErrUnverified = &eligibility.Error{Code: eligibility.Denied, Key: "passkey.unverified"}
	// ErrChallenge is a challenge that is too old, was answered before, or was for something else.
	ErrChallenge = &eligibility.Error{Code: eligibility.Denied, Key: "passkey.challenge"}
	// ErrCloned is a good answer whose signature counter went back (Web Authentication 6.1.1): two
	// authenticators hold the key.
	ErrCloned = &eligibility.Error{Code: eligibility.Denied, Key: "passkey.cloned"}
	ErrKnown  = &eligibility.Error{Code: eligibility.Conflict, Key: "passkey.known"}
	errHost   = &eligibility.Error{Code: eligibility.Invalid, Key: "passkey.host"}
)

// Config says where people sign in.
type Config struct {
	// Address is where browsers find this server, such as https://madoguchi.example.jp: its origin is the
	// only one from which an answer is taken, its host is the RP ID.
	Address string
	Name    string // of the service, as authenticators may show it
	Now     func() time.Time
}

// Passkeys holds the ceremonies of one origin.
type Passkeys struct {
	library *webauthn.WebAuthn
	now     func() time.Time
}

// New returns the ceremonies of an origin. It returns an Error with code Invalid for an address at which no
// browser offers passkeys: one without https that is not localhost, or with an IP address for a host.
func New(c Config) (*Passkeys, error) {
	address, err := url.Parse(c.Address)
	if err != nil {
		return nil, errHost.Because(err)
	}
	host := address.Hostname()
	secure := address.Scheme == "https" || address.Scheme == "http" && host == "localhost"
	if !secure || host == "" || net.ParseIP(host) != nil {
		return nil, errHost.Because(fmt.Errorf("%s is no origin with a host name", c.Address))
	}
	library, err := webauthn.New(&webauthn.Config{
		RPID:                  host,
		RPDisplayName:         c.Name,
		RPOrigins:             []string{address.Scheme + "://" + address.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification:   protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{ // for the browser; the server's own clock decides
			Login:        webauthn.TimeoutConfig{Timeout: Life, TimeoutUVD: Life},
			Registration: webauthn.TimeoutConfig{Timeout: Life, TimeoutUVD: Life},
		},
		// some password managers answer extensions that nobody asked for; none is used here
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, errHost.Because(err)
	}
	return &Passkeys{library: library, now: c.Now}, nil
}

// Key is a registered passkey, as it is stored.
type Key struct {
	ID     []byte // of the credential
	Public []byte // COSE key (RFC 9052)
	// Count is the signature counter; it stays 0 where the authenticator has none, as with passkeys that are
	// carried from device to device.
	Count      uint32
	AAGUID     []byte   // the authenticator's make, 16 bytes; zero where it does not tell
	Synced     bool     // backup eligible: it may be carried to other devices; never changes
	Transports []string // usb, internal, hybrid …: hints for the browser
}

// User is whom passkeys belong to.
type User struct {
	Handle []byte // opaque, at most 64 bytes: it stands in the authenticator and tells nobody's name
	Name   string // as the authenticator shows it
	Keys   []Key
}

// account makes a User one of the library's.
type account struct{ User }

func (a account) WebAuthnID() []byte          { return a.Handle }
func (a account) WebAuthnName() string        { return a.Name }
func (a account) WebAuthnDisplayName() string { return a.Name }
func (a account) WebAuthnCredentials() []webauthn.Credential {
	all := make([]webauthn.Credential, len(a.Keys))
	for i, k := range a.Keys {
		all[i] = k.credential()
	}
	return all
}

func (k Key) credential() webauthn.Credential {
	c := webauthn.Credential{
		ID:            k.ID,
		PublicKey:     k.Public,
		Flags:         webauthn.CredentialFlags{BackupEligible: k.Synced},
		Authenticator: webauthn.Authenticator{AAGUID: k.AAGUID, SignCount: k.Count},
	}
	for _, t := range k.Transports {
		c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
	}
	return c
}

func keyOf(c *webauthn.Credential) Key {
	k := Key{
		ID:     c.ID,
		Public: c.PublicKey,
		Count:  c.Authenticator.SignCount,
		AAGUID: c.Authenticator.AAGUID,
		Synced: c.Flags.BackupEligible,
	}
	for _, t := range c.Transport {
		k.Transports = append(k.Transports, string(t))
	}
	return k
}

// ceremony says what a challenge is for.
type ceremony string

const (
	registration ceremony = "registration"
	login        ceremony = "login"
	proof        ceremony = "proof" // of a known user
)

// state is what the caller keeps between the halves of a ceremony.
type state struct {
	Ceremony ceremony             `json:"ceremony"`
	Until    time.Time            `json:"until"`
	Data     webauthn.SessionData `json:"data"`
}

// begun returns what both sides keep of a ceremony that begins.
func (p *Passkeys) begun(
	of ceremony,
	options any,
	data *webauthn.SessionData,
) (shown, kept []byte, err error) {
	if shown, err = json.Marshal(options); err != nil {
		return nil, nil, fmt.Errorf("writing a passkey's options: %w", err)
	}
	if kept, err = json.Marshal(state{of, p.now().Add(Life), *data}); err != nil {
		return nil, nil, fmt.Errorf("writing a passkey's challenge: %w", err)
	}
	return shown, kept, nil
}

// resume returns the state of a ceremony, or ErrChallenge for that of another one and for one that is over.
func (p *Passkeys) resume(of ceremony, kept, answer []byte) (state, error) {
	var s state
	if err := json.Unmarshal(kept, &s); err != nil {
		return s, ErrChallenge.Because(err)
	}
	if s.Ceremony != of || s.Data.Challenge == "" {
		return s, ErrChallenge.Because(fmt.Errorf("the challenge is for a %s", s.Ceremony))
	}
	if !p.now().Before(s.Until) {
		return s, ErrChallenge.Because(fmt.Errorf("the challenge ended at %v", s.Until))
	}
	if len(answer) > mostAnswer {
		return s, ErrRefused.Because(fmt.Errorf("the answer has %d bytes", len(answer)))
	}
	return s, nil
}

// algorithms are the signatures that are taken, best first; Windows Hello may have RS256 only.
var algorithms = []protocol.CredentialParameter{
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgRS256},
}

// BeginRegistration returns the options with which the browser makes a passkey for a user, and the state for
// FinishRegistration. The browser refuses an authenticator that holds one of the user's Keys.
func (p *Passkeys) BeginRegistration(u User) (options, kept []byte, err error) {
	made, data, err := p.library.BeginRegistration(
		account{u},
		webauthn.WithExclusions(
			webauthn.Credentials(account{u}.WebAuthnCredentials()).CredentialDescriptors(),
		),
		webauthn.WithCredentialParameters(algorithms),
	)
	if err != nil {
		return nil, nil, fmt.Errorf("beginning a passkey's registration: %w", err)
	}
	return p.begun(registration, made.Response, data)
}

// FinishRegistration verifies the browser's answer (Web Authentication 7.1) and returns the new passkey. It
// is ErrKnown when the user has it already; that nobody else has it the caller must see to.
func (p *Passkeys) FinishRegistration(u User, kept, answer []byte) (Key, error) {
	s, err := p.resume(registration, kept, answer)
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Key{}, ErrRefused.Because(err)
	}
	if !parsed.Response.AttestationObject.AuthData.Flags.HasUserVerified() {
		return Key{}, ErrUnverified
	}
	made, err := p.library.CreateCredential(account{u}, s.Data, parsed)
	if err != nil {
		return Key{}, ErrRefused.Because(told(err))
	}
	k := keyOf(made)
	if slices.ContainsFunc(u.Keys, func(known Key) bool { return string(known.ID) == string(k.ID) }) {
		return Key{}, ErrKnown
	}
	return k, nil
}

// BeginLogin returns the options with which the browser asks for any passkey of this origin, and the state
// for FinishLogin.
func (p *Passkeys) BeginLogin() (options, kept []byte, err error) {
	asked, data, err := p.library.BeginDiscoverableLogin()
	if err != nil {
		return nil, nil, fmt.Errorf("beginning a login by passkey: %w", err)
	}
	return p.begun(login, asked.Response, data)
}

// Finder returns the user who has a passkey, by the ids of both as the answer names them. NotFound is refused
// as every other answer that does not fit; another error is handed on.
type Finder func(key, handle []byte) (User, error)

// FinishLogin verifies the browser's answer (Web Authentication 7.2) and returns the user with the passkey as
// it is now: its Count is to be stored. With ErrCloned it returns both, too.
func (p *Passkeys) FinishLogin(kept, answer []byte, find Finder) (User, Key, error) {
	s, err := p.resume(login, kept, answer)
	if err != nil {
		return User{}, Key{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return User{}, Key{}, ErrRefused.Because(err)
	}
	var failed error
	owner, used, err := p.library.ValidatePasskeyLogin(func(key, handle []byte) (webauthn.User, error) {
		u, err := find(key, handle)
		if err == nil && string(u.Handle) != string(handle) {
			err = errors.New("the passkey is another user's")
		}
		failed = err
		return account{u}, err
	}, s.Data, parsed)
	var e *eligibility.Error
	if errors.As(failed, &e) && e.Code != eligibility.NotFound {
		return User{}, Key{}, failed
	}
	if err != nil {
		return User{}, Key{}, refusal(parsed, err)
	}
	known, ok := owner.(account)
	if !ok {
		return User{}, Key{}, fmt.Errorf("the owner of a passkey is a %T", owner)
	}
	if used.Authenticator.CloneWarning {
		return known.User, keyOf(used), ErrCloned
	}
	return known.User, keyOf(used), nil
}

// BeginProof returns the options with which the browser asks for one of a known user's passkeys, and the
// state for FinishProof. It is ErrRefused for a user without any.
func (p *Passkeys) BeginProof(u User) (options, kept []byte, err error) {
	if len(u.Keys) == 0 {
		return nil, nil, ErrRefused.Because(errors.New("the user has no passkey"))
	}
	asked, data, err := p.library.BeginLogin(account{u})
	if err != nil {
		return nil, nil, fmt.Errorf("beginning a proof by passkey: %w", err)
	}
	return p.begun(proof, asked.Response, data)
}

// FinishProof verifies that the browser's answer is this user's (Web Authentication 7.2) and returns the
// passkey as it is now, also with ErrCloned. It is ErrChallenge for a challenge that another user was given.
func (p *Passkeys) FinishProof(u User, kept, answer []byte) (Key, error) {
	s, err := p.resume(proof, kept, answer)
	if err != nil {
		return Key{}, err
	}
	if string(s.Data.UserID) != string(u.Handle) {
		return Key{}, ErrChallenge.Because(errors.New("the challenge is another user's"))
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Key{}, ErrRefused.Because(err)
	}
	used, err := p.library.ValidateLogin(account{u}, s.Data, parsed)
	switch {
	case err != nil:
		return Key{}, refusal(parsed, err)
	case used.Authenticator.CloneWarning:
		return keyOf(used), ErrCloned
	}
	return keyOf(used), nil
}

// refusal tells a user who did not unlock the authenticator what to do; all else is refused alike.
func refusal(answer *protocol.ParsedCredentialAssertionData, err error) error {
	if !answer.Response.AuthenticatorData.Flags.HasUserVerified() {
		return ErrUnverified.Because(told(err))
	}
	return ErrRefused.Because(told(err))
}

// told is an error of the library with the particulars that its text leaves out.
func told(err error) error {
	var e *protocol.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%w (%s)", err, e.DevInfo)
	}
	return err
}
