package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"madoguchi/card"
	"madoguchi/eligibility"
)

const (
	// MaxFaceMessage bounds a reply with a sealed face.
	MaxFaceMessage = 64 << 10
	// MaxSealedFace bounds what is sealed: the chip's file is at most 32 KB, with its bytes in base64.
	MaxSealedFace = 46 << 10
)

// FaceTries asks how many tries 照合番号B has left for the photo. None is used.
type FaceTries struct {
	ID       string `json:"id"`
	Facility string `json:"facility"`
}

// Face asks for one reading of the photo and of name and address as pictures with 照合番号B. Like those of
// Text, ExpiryYear and Code are neither stored nor logged.
type Face struct {
	Binding
	BirthDate  eligibility.Date `json:"birthDate"`
	ExpiryYear int              `json:"expiryYear"`
	Code       string           `json:"code"`
	Tries      int              `json:"tries"` // as staff have seen them; else no try is used
	Page       []byte           `json:"page"`  // the page's public key, made for this one reading
}

// FaceReply answers Face. Evidence and Sealed are there only after a good end; the server verifies Evidence.
type FaceReply struct {
	Evidence  *card.FaceEvidence `json:"evidence,omitempty"`
	Sealed    *SealedFace        `json:"sealed,omitempty"`
	TriesLeft *int               `json:"triesLeft,omitempty"` // as in TextReply, beside Reply.Fault
}

// SealedFace are card.FacePictures, as JSON, that nobody but the page can read.
type SealedFace struct {
	Key  []byte `json:"key"`  // the agent's public key, made for this one reading
	Data []byte `json:"data"` // AES-256-GCM
}

// FacePoint reads a public key for the sealing: an uncompressed point of P-256 (SEC 1 2.3.3).
func FacePoint(key []byte) (*ecdh.PublicKey, error) { return ecdh.P256().NewPublicKey(key) }

// SealFace seals what a card shows to the page that asked: ECDH on P-256 with a key made here and now,
// HKDF-SHA-256 (RFC 5869; salt: both public keys, the agent's first), AES-256-GCM with a nonce of zeros,
// since no key seals twice. The operation, the case and both keys are bound as associated data: what is
// sealed for one reading opens for no other. A server that exchanges the keys could read along; one that only
// relays and stores cannot (docs/bridge.md#the-chips-own-photo). The secret, the key and the text are
// overwritten afterwards; copies that the libraries made are not.
func SealFace(q *Face, pictures card.FacePictures) (*SealedFace, error) {
	page, err := FacePoint(q.Page)
	if err != nil {
		return nil, fmt.Errorf("reading the page's key: %w", err)
	}
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	secret, err := once.ECDH(page)
	if err != nil {
		return nil, fmt.Errorf("agreeing on a key: %w", err)
	}
	defer clear(secret)
	public := once.PublicKey().Bytes()
	salt := append(append([]byte{}, public...), q.Page...)
	key, err := hkdf.Key(sha256.New, secret, salt, "madoguchi-face-1", 32)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(pictures)
	if err != nil {
		return nil, fmt.Errorf("writing what the card shows: %w", err)
	}
	defer clear(plain)
	if len(plain)+aead.Overhead() > MaxSealedFace {
		return nil, fmt.Errorf("%d bytes are too many to seal", len(plain))
	}
	bound := faceData(q.ID, q.Case, public, q.Page)
	return &SealedFace{public, aead.Seal(nil, make([]byte, aead.NonceSize()), plain, bound)}, nil
}

// faceData is the associated data: each part behind its length in four bytes, the highest first.
func faceData(id, caseID string, agent, page []byte) []byte {
	var data []byte
	for _, part := range [][]byte{[]byte("madoguchi-face-1"), []byte(id), []byte(caseID), agent, page} {
		data = append(binary.BigEndian.AppendUint32(data, uint32(len(part))), part...)
	}
	return data
}
