// Package passkeytest is an authenticator and the browser before it, in software, for tests: it makes
// passkeys on P-256 and answers challenges as Web Authentication Level 3 describes (6.1 authenticator data,
// 5.8.1 client data, 6.5.4 attestation object with the statement "none"). It knows nothing of the library
// that judges its answers, and a test may have it answer wrongly.
package passkeytest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// Flags of authenticator data (Web Authentication 6.1).
const (
	UserPresent    byte = 0x01
	UserVerified   byte = 0x04
	BackupEligible byte = 0x08
	BackupState    byte = 0x10
	attestedData   byte = 0x40
)

// Authenticator holds passkeys and answers for a browser that has a page of Origin open.
type Authenticator struct {
	Origin string
	// Counts has the signature counter go up; without it the counter stays 0, as with passkeys that are
	// carried from device to device.
	Counts bool
	Keys   []*Key
}

// Key is one passkey.
type Key struct {
	ID, Handle []byte
	RPID       string
	Count      uint32
	private    *ecdsa.PrivateKey
}

// Clone returns a copy of the authenticator with its passkeys: what a thief has who could read it.
func (a *Authenticator) Clone() *Authenticator {
	copied := *a
	copied.Keys = nil
	for _, k := range a.Keys {
		one := *k
		copied.Keys = append(copied.Keys, &one)
	}
	return &copied
}

// Answer is what an authenticator and its browser say, before it is signed.
type Answer struct {
	Type        string // webauthn.create or webauthn.get
	Challenge   string // base64url
	Origin      string
	CrossOrigin bool
	RPID        string
	Flags       byte
	Count       uint32
	ID, Handle  []byte
	// Damage changes the signature, after it was made.
	Damage func(signature []byte)
}

// encoding is the canonical CBOR of CTAP2.
var encoding = func() cbor.EncMode {
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		panic(err)
	}
	return mode
}()

type clientData struct {
	Type        string `json:"type"`
	Challenge   string `json:"challenge"`
	Origin      string `json:"origin"`
	CrossOrigin bool   `json:"crossOrigin"`
}

func (a Answer) clientData() ([]byte, error) {
	return json.Marshal(clientData{a.Type, a.Challenge, a.Origin, a.CrossOrigin})
}

// authenticatorData is what the authenticator signs, without a new key's part.
func (a Answer) authenticatorData() []byte {
	hash := sha256.Sum256([]byte(a.RPID))
	return binary.BigEndian.AppendUint32(append(hash[:], a.Flags), a.Count)
}

// Create answers the options of navigator.credentials.create with a new passkey. Each change is made to the
// answer before the key is.
func (a *Authenticator) Create(options []byte, changes ...func(*Answer)) ([]byte, error) {
	var asked struct {
		Challenge string `json:"challenge"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
		Exclude []struct {
			ID string `json:"id"`
		} `json:"excludeCredentials"`
		Selection struct {
			ResidentKey      string `json:"residentKey"`
			UserVerification string `json:"userVerification"`
		} `json:"authenticatorSelection"`
		Attestation string `json:"attestation"`
	}
	if err := json.Unmarshal(options, &asked); err != nil {
		return nil, err
	}
	if asked.Selection.ResidentKey != "required" || asked.Selection.UserVerification != "required" ||
		asked.Attestation != "none" && asked.Attestation != "" {
		return nil, fmt.Errorf("the options ask for %+v, attestation %q", asked.Selection, asked.Attestation)
	}
	for _, known := range asked.Exclude {
		for _, k := range a.Keys {
			if known.ID == text(k.ID) {
				return nil, errors.New("InvalidStateError: the authenticator has one of these passkeys")
			}
		}
	}
	handle, err := base64.RawURLEncoding.DecodeString(asked.User.ID)
	if err != nil || len(handle) == 0 || len(handle) > 64 {
		return nil, fmt.Errorf("the user's handle is %q", asked.User.ID)
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	answer := Answer{
		Type:      "webauthn.create",
		Challenge: asked.Challenge,
		Origin:    a.Origin,
		RPID:      asked.RP.ID,
		Flags:     UserPresent | UserVerified,
		ID:        make([]byte, 32),
		Handle:    handle,
	}
	rand.Read(answer.ID)
	if a.Counts {
		answer.Count = 1
	}
	for _, change := range changes {
		change(&answer)
	}
	object, err := answer.attestation(private)
	if err != nil {
		return nil, err
	}
	client, err := answer.clientData()
	if err != nil {
		return nil, err
	}
	a.Keys = append(a.Keys, &Key{
		ID:      answer.ID,
		Handle:  answer.Handle,
		RPID:    answer.RPID,
		Count:   answer.Count,
		private: private,
	})
	return answer.public(map[string]any{
		"clientDataJSON":    text(client),
		"attestationObject": text(object),
		"transports":        []string{"internal"},
	})
}

// attestation is the attestation object with a new key's part (Web Authentication 6.5.1; COSE_Key: RFC 9052).
func (a Answer) attestation(private *ecdsa.PrivateKey) ([]byte, error) {
	point, err := private.PublicKey.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		return nil, err
	}
	cose, err := encoding.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	if err != nil {
		return nil, err
	}
	a.Flags |= attestedData
	data := append(a.authenticatorData(), make([]byte, 16)...) // no make is told
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.ID)))
	data = append(append(data, a.ID...), cose...)
	return encoding.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
}

// Get answers the options of navigator.credentials.get with a passkey of the relying party, the latest where
// several would do. Each change is made to the answer before it is signed.
func (a *Authenticator) Get(options []byte, changes ...func(*Answer)) ([]byte, error) {
	var asked struct {
		Challenge        string `json:"challenge"`
		RPID             string `json:"rpId"`
		UserVerification string `json:"userVerification"`
		Allowed          []struct {
			ID string `json:"id"`
		} `json:"allowCredentials"`
	}
	if err := json.Unmarshal(options, &asked); err != nil {
		return nil, err
	}
	if asked.UserVerification != "required" {
		return nil, fmt.Errorf("user verification is %q", asked.UserVerification)
	}
	var key *Key
	for _, k := range a.Keys {
		fits := len(asked.Allowed) == 0
		for _, allowed := range asked.Allowed {
			fits = fits || allowed.ID == text(k.ID)
		}
		if fits && k.RPID == asked.RPID {
			key = k
		}
	}
	if key == nil {
		return nil, errors.New("NotAllowedError: the authenticator has no such passkey")
	}
	return a.Sign(key, asked.Challenge, changes...)
}

// Sign answers a challenge, base64url, with a passkey, whatever was asked for.
func (a *Authenticator) Sign(key *Key, challenge string, changes ...func(*Answer)) ([]byte, error) {
	if a.Counts {
		key.Count++
	}
	answer := Answer{
		Type:      "webauthn.get",
		Challenge: challenge,
		Origin:    a.Origin,
		RPID:      key.RPID,
		Flags:     UserPresent | UserVerified,
		Count:     key.Count,
		ID:        key.ID,
		Handle:    key.Handle,
	}
	for _, change := range changes {
		change(&answer)
	}
	client, err := answer.clientData()
	if err != nil {
		return nil, err
	}
	data := answer.authenticatorData()
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(bytes.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, key.private, signed[:])
	if err != nil {
		return nil, err
	}
	if answer.Damage != nil {
		answer.Damage(signature)
	}
	return answer.public(map[string]any{
		"clientDataJSON":    text(client),
		"authenticatorData": text(data),
		"signature":         text(signature),
		"userHandle":        text(answer.Handle),
	})
}

// public is PublicKeyCredential.toJSON (Web Authentication 5.1).
func (a Answer) public(response map[string]any) ([]byte, error) {
	return json.Marshal(map[string]any{
		"id":                      text(a.ID),
		"rawId":                   text(a.ID),
		"type":                    "public-key",
		"authenticatorAttachment": "platform",
		"clientExtensionResults":  map[string]any{},
		"response":                response,
	})
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
