package credential

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// header is a JOSE header as far as this program allows one: any other member (jku, jwk, x5c, crit …) is
// refused.
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

// openJWS verifies a compact JWS and returns its header and its payload as sent. choose gives the key for the
// header and reports whether the header is acceptable; the signature is verified before the payload is looked
// at.
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
	raw, err1 := fromBase64(parts[0])
	body, err2 := fromBase64(parts[1])
	signature, err3 := fromBase64(parts[2])
	if err1 != nil || err2 != nil || err3 != nil {
		return header{}, "", nil, nil, errForm
	}
	if err := readExactly(raw, &h); err != nil || h.Alg != "ES256" || h.KID == "" {
		return header{}, "", nil, nil, errHeader
	}
	return h, jws[:len(parts[0])+1+len(parts[1])], body, signature, nil
}

// readable reports whether a payload that nobody vouches for can be read at all. Where characters of a code
// are missing it cannot, since whatever follows them is shifted; what a forger writes can.
func readable(packed []byte) bool {
	body, err := inflate(packed)
	return err == nil && json.Valid(body)
}

// maxPayload caps inflating: a credential's payload is below 3 KB.
const maxPayload = 32 << 10

var flateReaders = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// inflate undoes deflate. It refuses more than maxPayload bytes and trailing bytes.
func inflate(packed []byte) ([]byte, error) {
	source := bytes.NewReader(packed)
	r := flateReaders.Get().(io.ReadCloser)
	defer flateReaders.Put(r)
	if err := r.(flate.Resetter).Reset(source, nil); err != nil {
		return nil, errInflate
	}
	body := bytes.NewBuffer(make([]byte, 0, 4<<10)) // a credential's payload is about 1.3 KB
	n, err := body.ReadFrom(io.LimitReader(r, maxPayload+1))
	if err != nil || n > maxPayload || source.Len() > 0 {
		return nil, errInflate
	}
	return body.Bytes(), nil
}
