package card

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
)

// IssuerKey is a public key that signs the certificates of a card's issuing keys (認証局の CV 公開鍵). The operator
// supplies them: they are not on the card and this program ships none but the test key of card/virtual.
type IssuerKey struct {
	// 16 bytes in hexadecimal, as certificates name their issuer; "" fits any certificate
	ID string
	// RSA of 2048 bits or more, or ECDSA on P-384
	Key crypto.PublicKey
}

// IssuerKeys are the keys that a server or an agent trusts.
type IssuerKeys []IssuerKey

var (
	errIssuerKeys = errors.New("card: an issuer key needs keyId (16 bytes, hexadecimal), n and e (base64url)")
	errIssuerKind = errors.New("card: an issuer key is neither RSA of at least 2048 bits nor ECDSA on P-384")
)

// ParseIssuerKeys reads [{"keyId":"hex","n":"base64url","e":"base64url"}], or PEM blocks PUBLIC KEY (RSA or
// P-384), of which a header Key-Id may name the id.
func ParseIssuerKeys(data []byte) (IssuerKeys, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return parsePEMKeys(data)
	}
	var list []struct {
		KeyID string `json:"keyId"`
		N     string `json:"n"`
		E     string `json:"e"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("reading issuer keys: %w", err)
	}
	var keys IssuerKeys
	for _, k := range list {
		n, err1 := base64.RawURLEncoding.DecodeString(k.N)
		e, err2 := base64.RawURLEncoding.DecodeString(k.E)
		if err1 != nil || err2 != nil || len(e) > 4 || !keyID(k.KeyID) {
			return nil, errIssuerKeys
		}
		key := IssuerKey{ID: k.KeyID,
			Key: &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}}
		if _, err := newPublicKey(key.Key); err != nil {
			return nil, errIssuerKind
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func parsePEMKeys(data []byte) (IssuerKeys, error) {
	var keys IssuerKeys
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		data = rest
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		if block.Type != "PUBLIC KEY" || err != nil {
			return nil, fmt.Errorf("reading issuer keys: a PEM block %q is no public key", block.Type)
		}
		id := block.Headers["Key-Id"]
		if id != "" && !keyID(id) {
			return nil, errIssuerKeys
		}
		if _, err := newPublicKey(parsed); err != nil {
			return nil, errIssuerKind
		}
		keys = append(keys, IssuerKey{ID: id, Key: parsed})
	}
	if len(keys) == 0 || len(bytes.TrimSpace(data)) > 0 {
		return nil, errors.New("card: the issuer keys are neither a JSON list nor PEM")
	}
	return keys, nil
}

func keyID(s string) bool {
	id, err := hex.DecodeString(s)
	return err == nil && len(id) == 16 && s == hex.EncodeToString(id)
}
