package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

var b64 = base64.RawURLEncoding.Strict()

// fromBase64 decodes base64url. Strict alone still skips line breaks, so that one signature would have many
// texts.
func fromBase64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, errForm
	}
	return b64.DecodeString(s)
}

// Key is a P-256 signing key with its id, the RFC 7638 SHA-256 thumbprint of the public key.
type Key struct {
	ID     string
	signer crypto.Signer
	public *ecdsa.PublicKey
}

// NewKey wraps a signer (a key file, an HSM). It returns an error unless its public key is on P-256.
func NewKey(signer crypto.Signer) (Key, error) {
	public, ok := signer.Public().(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return Key{}, errors.New("credential: the signer's key is not on P-256")
	}
	id, err := Thumbprint(public)
	return Key{ID: id, signer: signer, public: public}, err
}

// Public returns the public half for verifying.
func (k Key) Public() PublicKey { return PublicKey{ID: k.ID, Key: k.public} }

// PublicKey is a verification key with its id.
type PublicKey struct {
	ID         string
	Key        *ecdsa.PublicKey
	CRLVersion int // counter of the key's revocation list (RevocationFile); 0 when nothing was ever revoked
}

// Thumbprint returns the RFC 7638 SHA-256 thumbprint of a P-256 key, base64url.
func Thumbprint(public *ecdsa.PublicKey) (string, error) {
	x, y, err := coordinates(public)
	if err != nil {
		return "", err
	}
	// members in lexical order
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`))
	return b64.EncodeToString(sum[:]), nil
}

func coordinates(public *ecdsa.PublicKey) (x, y string, err error) {
	point, err := public.Bytes() // 4 ‖ x ‖ y
	if err != nil || len(point) != 65 {
		return "", "", errors.New("credential: the public key is not a P-256 point")
	}
	return b64.EncodeToString(point[1:33]), b64.EncodeToString(point[33:]), nil
}

// KeySet is an insurer's published keys (RFC 7517, as the SMART Health Cards specification wants them).
type KeySet []PublicKey

// Find returns the key with this id.
func (s KeySet) Find(id string) (PublicKey, bool) {
	for i := range s {
		if s[i].ID == id {
			return s[i], true
		}
	}
	return PublicKey{}, false
}

type jwk struct {
	KTY string `json:"kty"`
	Use string `json:"use,omitempty"`
	// Ops is key_ops (RFC 7517 section 4.3).
	Ops []string `json:"key_ops,omitempty"`
	Alg string   `json:"alg,omitempty"`
	KID string   `json:"kid,omitempty"`
	CRV string   `json:"crv"`
	X   string   `json:"x"`
	Y   string   `json:"y"`
	D   string   `json:"d,omitempty"`
	CRL int      `json:"crlVersion,omitempty"`
}

type jwkSet struct {
	Keys []json.RawMessage `json:"keys"`
}

// errPrivate is returned for a key set that publishes what RFC 7518 keeps private: an owner who does so must
// hear of it.
var errPrivate = errors.New("credential: a key set holds a private key")

// privateMembers are those of RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, and of RFC 8037 section 2.
var privateMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}

// MarshalJSON writes the key as a JWK (RFC 7517).
func (k PublicKey) MarshalJSON() ([]byte, error) {
	x, y, err := coordinates(k.Key)
	if err != nil {
		return nil, err
	}
	return json.Marshal(jwk{
		KTY: "EC",
		Use: "sig",
		Alg: "ES256",
		KID: k.ID,
		CRV: "P-256",
		X:   x,
		Y:   y,
		CRL: k.CRLVersion,
	})
}

// UnmarshalJSON reads a JWK. It refuses a private key, a key whose kid is not its thumbprint, and any other
// kind of key: this program publishes and trusts ES256 only.
func (k *PublicKey) UnmarshalJSON(data []byte) error {
	var j jwk
	if err := readStrict(data, &j); err != nil {
		return fmt.Errorf("reading a key: %w", err)
	}
	if holdsPrivate(data) {
		return errPrivate
	}
	public, err := j.public()
	if err != nil {
		return err
	}
	if public.ID != j.KID {
		return fmt.Errorf("credential: kid %q is not the key's thumbprint", j.KID)
	}
	*k = public
	k.CRLVersion = j.CRL
	return nil
}

// MarshalJSON writes {"keys":[…]}.
func (s KeySet) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Keys []PublicKey `json:"keys"`
	}{append([]PublicKey{}, s...)}) // never null
}

// UnmarshalJSON reads {"keys":[…]}. Keys that PublicKey does not read, as of another kind or for another use,
// are left out (RFC 7517 section 5); a second key with the same thumbprint is the same key, and the higher
// counter of its revocation list counts. It returns an error for a set whose JSON is broken, for one that has
// keys but none to use, and for one that publishes a private key; in the last case s still holds the others.
func (s *KeySet) UnmarshalJSON(data []byte) error {
	var set jwkSet
	if err := readStrict(data, &set); err != nil {
		return fmt.Errorf("reading a key set: %w", err)
	}
	if set.Keys == nil {
		return errors.New("credential: a key set without the member keys")
	}
	var read KeySet
	var private, foreign error
	for _, text := range set.Keys {
		var key PublicKey
		err := key.UnmarshalJSON(text)
		switch {
		case errors.Is(err, errPrivate):
			private = err
		case err != nil:
			foreign = err
		default:
			read = read.merge(key)
		}
	}
	*s = read
	if len(read) == 0 && private == nil {
		return foreign // nil when the set is empty
	}
	return private
}

func (s KeySet) merge(key PublicKey) KeySet {
	for i := range s {
		if s[i].ID == key.ID {
			s[i].CRLVersion = max(s[i].CRLVersion, key.CRLVersion)
			return s
		}
	}
	return append(s, key)
}

// ReadOnlyKey reads a key set that must hold exactly one key and nothing else, as this program writes it for
// a root of trust.
func ReadOnlyKey(data []byte) (PublicKey, error) {
	var set jwkSet
	if err := readStrict(data, &set); err != nil {
		return PublicKey{}, fmt.Errorf("reading a key set: %w", err)
	}
	if len(set.Keys) != 1 {
		return PublicKey{}, fmt.Errorf("credential: %d keys instead of one", len(set.Keys))
	}
	var key PublicKey
	err := key.UnmarshalJSON(set.Keys[0])
	return key, err
}

// holdsPrivate reports whether a key, of whatever kind, has a private member.
func holdsPrivate(key []byte) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(key, &members) != nil {
		return false
	}
	for _, name := range privateMembers {
		if _, there := members[name]; there {
			return true
		}
	}
	return false
}

func (j jwk) public() (PublicKey, error) {
	x, errX := fromBase64(j.X)
	y, errY := fromBase64(j.Y)
	if j.KTY != "EC" || j.CRV != "P-256" || j.Alg != "" && j.Alg != "ES256" ||
		j.Use != "" && j.Use != "sig" ||
		j.Ops != nil && !slices.Contains(j.Ops, "verify") || errX != nil || errY != nil || len(x) != 32 ||
		len(y) != 32 {
		return PublicKey{}, errors.New("credential: not an ES256 key")
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return PublicKey{}, fmt.Errorf("reading a key: %w", err)
	}
	id, err := Thumbprint(public)
	return PublicKey{ID: id, Key: public}, err
}
