package testenv

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// SealedFace is a reading of a chip's photo as a page gets it, with what it is bound to.
type SealedFace struct {
	Operation, Case string
	Key, Data       []byte
}

// Open does what a page does, written from docs/bridge.md and RFC 5869 alone, so that it does not share the
// mistakes of what seals.
func (s SealedFace) Open(page *ecdh.PrivateKey) ([]byte, error) {
	agent, err := ecdh.P256().NewPublicKey(s.Key)
	if err != nil {
		return nil, err
	}
	secret, err := page.ECDH(agent)
	if err != nil {
		return nil, err
	}
	own := page.PublicKey().Bytes()
	extract := hmac.New(sha256.New, append(append([]byte{}, s.Key...), own...))
	extract.Write(secret)
	expand := hmac.New(sha256.New, extract.Sum(nil))
	expand.Write([]byte("madoguchi-face-1\x01"))
	block, err := aes.NewCipher(expand.Sum(nil))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	var bound []byte
	for _, part := range []string{"madoguchi-face-1", s.Operation, s.Case, string(s.Key), string(own)} {
		bound = fmt.Appendf(bound, "\x00\x00\x00%c%s", rune(len(part)), part)
	}
	return aead.Open(nil, make([]byte, 12), s.Data, bound)
}

// Forms are the forms in which bytes could stand in a text: pieces of them as they are, in hexadecimal, and
// in base64 at each of its three positions.
func Forms(data []byte) []string {
	var forms []string
	const piece = 24
	for at := 0; at+piece+2 <= len(data); at += 97 {
		part := data[at : at+piece]
		forms = append(forms, string(part), hex.EncodeToString(part), fmt.Sprintf("%X", part))
		for shift := range 3 {
			part := data[at+shift : at+shift+piece-piece%3]
			forms = append(forms, base64.RawStdEncoding.EncodeToString(part),
				base64.RawURLEncoding.EncodeToString(part))
		}
	}
	return forms
}
