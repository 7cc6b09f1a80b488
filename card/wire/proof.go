package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
)

// Prove signs a connection's nonce with the agent's key.
func Prove(key crypto.Signer, nonce []byte) ([]byte, error) {
	digest := proofDigest(nonce)
	return key.Sign(rand.Reader, digest[:], crypto.SHA256)
}

// VerifyProof reports whether the signature over the nonce is by the key (PKIX DER, P-256).
func VerifyProof(keyDER, nonce, signature []byte) bool {
	parsed, err := x509.ParsePKIXPublicKey(keyDER)
	key, ok := parsed.(*ecdsa.PublicKey)
	digest := proofDigest(nonce)
	return err == nil && ok && key.Curve == elliptic.P256() && ecdsa.VerifyASN1(key, digest[:], signature)
}

func proofDigest(nonce []byte) [32]byte {
	return sha256.Sum256(append([]byte("madoguchi-agent-1"), nonce...))
}

// words are short and told apart by ear.
var words = [...]string{"さくら", "みかん", "かもめ", "たぬき", "つくえ", "ほたる", "いるか", "うさぎ", "えんぴつ", "おにぎり", "かえる", "きつね",
	"くじら", "けやき", "こうま",
	"さんま", "しまうま", "すずめ", "せみ", "そらまめ", "たけのこ", "ちどり", "つばめ", "てがみ", "とんぼ", "なすび", "にわとり", "ぬりえ", "ねこ", "のれん",
	"はまぐり", "ひまわり"}

// PairingWords returns the two words that people compare on both screens. Each side computes them from the
// agent's key and this connection's nonce, so that neither another agent's request nor a server in between
// can pass for the right one.
func PairingWords(keyDER, nonce []byte) []string {
	sum := sha256.Sum256(append(append([]byte("madoguchi-words-1"), keyDER...), nonce...))
	return []string{words[sum[0]%32], words[sum[1]%32]}
}
