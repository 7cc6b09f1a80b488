package credential

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// header is a JOSE header as far as this program allows one: any other member (jku, jwk, x5c, crit …) is refused.
type header struct {
	Alg  string `json:"alg"`
	Zip  string `json:"zip,omitempty"`
	KID  string `json:"kid"`
	Type string `json:"typ,omitempty"`
}

var (
	errForm      = errors.New("not three strict base64url parts")
	errHeader    = errors.New("the header is not ES256 with a kid, or holds more than it may")
	errKey       = errors.New("the key is not one of the issuer's")
	errSignature = errors.New("the signature does not verify")
	errInflate   = errors.New("the payload is not raw DEFLATE, too large, or has trailing bytes")
	errJSON      = errors.New("the payload is not the expected JSON")
)

// openJWS verifies a compact JWS and returns its header and its payload as sent. choose gives the key for the header and
// reports whether the header is acceptable; the signature is verified before the payload is looked at.
func openJWS(jws string, choose func(header) (PublicKey, bool)) (header, []byte, error) {
	h, input, body, signature, err := splitJWS(jws)
	if err != nil {
		return header{}, nil, err
	}
	key, ok := choose(h)
	if !ok {
		return h, nil, errKey
	}
	if err := jwt.SigningMethodES256.Verify(input, signature, key.Key); err != nil {
		return h, nil, errSignature
	}
	return h, body, nil
}

// splitJWS parses without verifying.
func splitJWS(jws string) (h header, input string, body, signature []byte, err error) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return header{}, "", nil, nil, errForm
	}
	raw, err1 := b64.DecodeString(parts[0])
	body, err2 := b64.DecodeString(parts[1])
	signature, err3 := b64.DecodeString(parts[2])
	if err1 != nil || err2 != nil || err3 != nil {
		return header{}, "", nil, nil, errForm
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil || noDuplicates(raw) != nil || h.Alg != "ES256" || h.KID == "" {
		return header{}, "", nil, nil, errHeader
	}
	return h, jws[:len(parts[0])+1+len(parts[1])], body, signature, nil
}

// maxPayload caps inflating: a card's payload is below 3 KB.
const maxPayload = 32 << 10

// inflate undoes deflate. It refuses more than maxPayload bytes and trailing bytes.
func inflate(packed []byte) ([]byte, error) {
	source := bytes.NewReader(packed)
	r := flate.NewReader(source)
	defer r.Close()
	body, err := io.ReadAll(io.LimitReader(r, maxPayload+1))
	if err != nil || len(body) > maxPayload || source.Len() > 0 {
		return nil, errInflate
	}
	return body, nil
}

// noDuplicates refuses a JSON text in which an object names a member twice, or that has anything behind its value:
// readers would disagree on what it says.
func noDuplicates(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := walk(d); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: bytes behind the value", errJSON)
	}
	return nil
}

func walk(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return fmt.Errorf("%w: %w", errJSON, err)
	}
	switch token {
	case json.Delim('{'):
		seen := map[string]bool{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return fmt.Errorf("%w: %w", errJSON, err)
			}
			key, _ := name.(string)
			if seen[key] {
				return fmt.Errorf("%w: %q twice", errJSON, key)
			}
			seen[key] = true
			if err := walk(d); err != nil {
				return err
			}
		}
	case json.Delim('['):
		for d.More() {
			if err := walk(d); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	_, err = d.Token() // the closing delimiter
	return err
}
