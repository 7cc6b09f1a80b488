package keys

import (
	"crypto"
	"encoding/base64"
	"encoding/json"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"madoguchi/eligibility"
)

// ClientRSA is the file of the RSA key that proves this server to the sign-in service, where that wants
// RS256: PKCS #8 PEM.
const ClientRSA = "client-rsa.pem"

// ClientKey proves this server to the sign-in service (private_key_jwt).
type ClientKey struct {
	crypto.Signer
	ID     string            // kid: the key's thumbprint (RFC 7638)
	Method jwt.SigningMethod // RS256 or ES256
}

// ClientFile is the file of the key for an algorithm, RS256 or ES256.
func ClientFile(algorithm string) string {
	if algorithm == "ES256" {
		return Client
	}
	return ClientRSA
}

var errAlgorithm = &eligibility.Error{Code: eligibility.Invalid, Key: "settings.oidc_algorithm"}

// ClientKey returns the key for an algorithm, RS256 or ES256, made on the first call, or the errors of
// Secret.
func (s *Secrets) ClientKey(algorithm string) (ClientKey, error) {
	switch algorithm {
	case "ES256":
		signer, err := s.Signing(Client)
		if err != nil {
			return ClientKey{}, err
		}
		return named(signer, jwt.SigningMethodES256)
	case "RS256":
		data, err := s.files.load(ClientRSA, newRSA)
		if err != nil {
			return ClientKey{}, err
		}
		signer, err := s.files.signerOf(ClientRSA, data)
		if err != nil {
			return ClientKey{}, err
		}
		return named(signer, jwt.SigningMethodRS256)
	}
	return ClientKey{}, errAlgorithm
}

// named gives a key its id.
func named(signer crypto.Signer, method jwt.SigningMethod) (ClientKey, error) {
	k := ClientKey{Signer: signer, Method: method}
	thumbprint, err := k.jwk().Thumbprint(crypto.SHA256)
	k.ID = base64.RawURLEncoding.EncodeToString(thumbprint)
	return k, err
}

func (k ClientKey) jwk() *jose.JSONWebKey {
	return &jose.JSONWebKey{Key: k.Public(), KeyID: k.ID, Algorithm: k.Method.Alg(), Use: "sig"}
}

// PublicSet is the key set (RFC 7517 section 5) to register at the sign-in service, as indented JSON.
func (k ClientKey) PublicSet() ([]byte, error) {
	return json.MarshalIndent(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{*k.jwk()}}, "", "  ")
}
