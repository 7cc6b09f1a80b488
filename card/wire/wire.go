// Package wire holds the messages between a bridge agent and the counter's server, as JSON texts over one WebSocket.
//
// The agent dials out. Server: Challenge → agent: Hello (its key and a signature over the challenge) → server: Pair while
// the key is unknown, then Ready → server: Check, agent: Reply, for as long as both live. The messages name operations,
// never APDUs.
package wire

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// Version of these messages; another one is refused with a sentence.
const Version = 1

// MaxMessage bounds a message in bytes; evidence is about 3 KB.
const MaxMessage = 16 << 10

// Message is any of the messages: exactly the member that Type names is set.
type Message struct {
	Type      string     `json:"type"` // challenge, hello, pair, ready, check, reply, refused
	Challenge *Challenge `json:"challenge,omitempty"`
	Hello     *Hello     `json:"hello,omitempty"`
	Pair      *Pair      `json:"pair,omitempty"`
	Ready     *Ready     `json:"ready,omitempty"`
	Check     *Check     `json:"check,omitempty"`
	Reply     *Reply     `json:"reply,omitempty"`
	Refused   *Refused   `json:"refused,omitempty"`
}

// Challenge opens a connection.
type Challenge struct {
	Version int    `json:"version"`
	Nonce   []byte `json:"nonce"` // 32 bytes, new for each connection
}

// Hello names the agent and proves its key.
type Hello struct {
	Version   int    `json:"version"`
	Name      string `json:"name"` // of the PC, for people
	Key       []byte `json:"key"`  // P-256, PKIX DER
	Signature []byte `json:"signature"`
	Virtual   bool   `json:"virtual"` // it serves a virtual card
}

// Pair tells an unknown agent the code that an administrator types at the counter.
type Pair struct {
	Code  string   `json:"code"`
	Words []string `json:"words"` // both sides show them; they must be the same
}

// Ready says that the agent is paired with a facility.
type Ready struct {
	Facility string `json:"facility"`
}

// Check asks for one birth-date check (card.md 2, step 1).
type Check struct {
	ID        string           `json:"id"`
	BirthDate eligibility.Date `json:"birthDate"`
	Nonce     []byte           `json:"nonce"` // 32 bytes, new for each check
	Facility  string           `json:"facility"`
	Case      string           `json:"case"`
	JWS       []byte           `json:"jws"` // SHA-256 of the credential
}

// Reply answers a check: evidence, or the key of a fault of package card.
type Reply struct {
	ID       string         `json:"id"`
	Evidence *card.Evidence `json:"evidence,omitempty"`
	Fault    string         `json:"fault,omitempty"`
}

// Refused ends a connection for good, with the reason for people.
type Refused struct {
	Ja string `json:"ja"`
	En string `json:"en"`
}

// Encode writes a message.
func Encode(m Message) ([]byte, error) { return json.Marshal(m) }

// ErrMessage is returned for anything that is not a message of this version.
var ErrMessage = errors.New("wire: not a message")

// Decode reads a message. It refuses unknown members, a missing body and a body of another type.
func Decode(data []byte) (Message, error) {
	if len(data) > MaxMessage {
		return Message{}, ErrMessage
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var m Message
	if err := d.Decode(&m); err != nil {
		return Message{}, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	bodies := map[string]bool{"challenge": m.Challenge != nil, "hello": m.Hello != nil, "pair": m.Pair != nil, "ready": m.Ready != nil,
		"check": m.Check != nil, "reply": m.Reply != nil, "refused": m.Refused != nil}
	for name, there := range bodies {
		if there != (name == m.Type) {
			return Message{}, ErrMessage
		}
	}
	if _, known := bodies[m.Type]; !known {
		return Message{}, ErrMessage
	}
	return m, nil
}

// Prove signs a connection's nonce with the agent's key.
func Prove(key crypto.Signer, nonce []byte) ([]byte, error) {
	digest := proofDigest(nonce)
	return key.Sign(rand.Reader, digest[:], crypto.SHA256)
}

// Proved reports whether the signature over the nonce is by the key (PKIX DER, P-256).
func Proved(keyDER, nonce, signature []byte) bool {
	parsed, err := x509.ParsePKIXPublicKey(keyDER)
	key, ok := parsed.(*ecdsa.PublicKey)
	digest := proofDigest(nonce)
	return err == nil && ok && key.Curve == elliptic.P256() && ecdsa.VerifyASN1(key, digest[:], signature)
}

func proofDigest(nonce []byte) [32]byte {
	return sha256.Sum256(append([]byte("madoguchi-agent-1"), nonce...))
}

// words are short and told apart by ear.
var words = [...]string{"さくら", "みかん", "かもめ", "たぬき", "つくえ", "ほたる", "いるか", "うさぎ", "えんぴつ", "おにぎり", "かえる", "きつね", "くじら", "けやき", "こうま",
	"さんま", "しまうま", "すずめ", "せみ", "そらまめ", "たけのこ", "ちどり", "つばめ", "てがみ", "とんぼ", "なすび", "にわとり", "ぬりえ", "ねこ", "のれん", "はまぐり", "ひまわり"}

// Words returns the two words that people compare on both screens: they follow from the agent's key and this connection's
// nonce, so that another agent's request cannot pass for this one.
func Words(keyDER, nonce []byte) []string {
	sum := sha256.Sum256(append(append([]byte("madoguchi-words-1"), keyDER...), nonce...))
	return []string{words[sum[0]%32], words[sum[1]%32]}
}
