package wire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"
)

func TestOnlyTheKeysHolderProvesIt(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	nonce := []byte("nonce")
	signature, err := Prove(key, nonce)
	if err != nil {
		t.Fatal(err)
	}
	if !Proved(der, nonce, signature) {
		t.Error("the holder's proof was refused")
	}
	if Proved(der, []byte("other"), signature) || Proved(der, nonce, signature[:10]) || Proved(nil, nonce, signature) {
		t.Error("a wrong proof was accepted")
	}
}

func TestMessagesAreStrict(t *testing.T) {
	for _, text := range []string{``, `{}`, `{"type":"ready"}`, `{"type":"apdu","check":{}}`, `{"type":"ready","ready":{},"pair":{}}`, `{"type":"ready","ready":{"apdu":"00A4"}}`} {
		if m, err := Decode([]byte(text)); err == nil {
			t.Errorf("%s was read as %+v", text, m)
		}
	}
	if _, err := Decode([]byte(`{"type":"ready","ready":{"facility":"架空医院"}}`)); err != nil {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"type":"check","check":{"id":"1","birthDate":"1955-07-01"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := Decode(data); err == nil && m.Type == "" {
			t.Error("a message without a type")
		}
	})
}
