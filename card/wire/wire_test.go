package wire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"testing"

	"madoguchi/internal/certtest"
)

func TestOnlyTheKeysHolderProvesIt(t *testing.T) {
	key := certtest.Key(t)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	nonce := []byte("nonce")
	signature, err := Prove(key, nonce)
	if err != nil {
		t.Fatal(err)
	}
	if !VerifyProof(der, nonce, signature) {
		t.Error("the holder's proof was refused")
	}
	if VerifyProof(der, []byte("other"), signature) || VerifyProof(der, nonce, signature[:10]) ||
		VerifyProof(nil, nonce, signature) {
		t.Error("a wrong proof was accepted")
	}
}

// The form is right, the key or its curve is not: the handshake knows P-256 alone.
func TestAProofByAnotherKeyOrOfAnotherCurveIsNone(t *testing.T) {
	type named struct {
		name string
		key  *ecdsa.PrivateKey
	}
	var keys []named
	for _, c := range []struct {
		name  string
		curve elliptic.Curve
	}{
		{"its own", elliptic.P256()},
		{"another", elliptic.P256()},
		{"P-384", elliptic.P384()},
		{"P-521", elliptic.P521()},
	} {
		key, err := ecdsa.GenerateKey(c.curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, named{c.name, key})
	}
	nonce := make([]byte, 32)
	for _, claimed := range keys {
		der, err := x509.MarshalPKIXPublicKey(&claimed.key.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		for _, signer := range keys {
			proof, err := Prove(signer.key, nonce)
			if err != nil {
				t.Fatal(err)
			}
			want := claimed.name == signer.name && claimed.key.Curve == elliptic.P256()
			if VerifyProof(der, nonce, proof) != want {
				t.Errorf("%s signs for %s: accepted is not %v", signer.name, claimed.name, want)
			}
			// signed as something else: without the handshake's own word before it
			digest := sha256.Sum256(nonce)
			bare, err := ecdsa.SignASN1(rand.Reader, signer.key, digest[:])
			if err != nil {
				t.Fatal(err)
			}
			if VerifyProof(der, nonce, bare) {
				t.Errorf("%s signs the bare nonce for %s: accepted", signer.name, claimed.name)
			}
		}
	}
}

func TestMessagesAreStrict(t *testing.T) {
	for _, text := range []string{``, `{}`, `{"type":"ready"}`, `{"type":"apdu","check":{}}`,
		`{"type":"ready","ready":{},"pair":{}}`, `{"type":"ready","ready":{"apdu":"00A4"}}`} {
		if m, err := Decode([]byte(text)); err == nil {
			t.Errorf("%s was read as %+v", text, m)
		}
	}
	if _, err := Decode([]byte(`{"type":"ready","ready":{"facility":"架空医院"}}`)); err != nil {
		t.Error(err)
	}
}

func TestWhatADecodeRefusesIsNotQuoted(t *testing.T) {
	for _, text := range []string{`{"type":"ready","架空県架空市":1}`, `{"type":"ready","ready":{}} 架空県架空市`,
		`架空県架空市`} {
		if _, err := Decode([]byte(text)); err != ErrMessage {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"type":"check","check":{"id":"1","birthDate":"1955-07-01",` +
		`"nonce":"AAAA","facility":"1","case":"C","jws":"AAAA"}}`,
		`{"type":"hello","hello":{"version":2,"name":"受付","key":"AAAA","signature":"AAAA",` +
			`"virtual":true,"oqs":false}}`,
		`{"type":"text","text":{"id":"1","birthDate":"1955-07-01","expiryYear":2035,"code":"1234"}}`,
		`{"type":"reply","reply":{"id":"1","text":{"outcome":"confirmed",` +
			`"key":"card.text_confirmed","reading":{"name":"試験","address":"",` +
			`"birthDate":"1955-07-01","sex":"male"},"triesLeft":3}}}`,
		`{"type":"reply","reply":{"id":"1","dates":{"outcome":"refused","key":"k",` +
			`"from":"2026-04-01","until":"2031-04-01"}}}`,
		`{"type":"oqs","oqs":{"id":"1","facility":"1","items":{"insurer":"00138990",` +
			`"birthDate":"1955-00-00","share":20}}}`,
		`{"type":"reply","reply":{"id":"1","compared":[{"name":"number","result":"equal"}]}}`,
		`{"type":"ready","ready":{}}x`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(data)
		if err != nil {
			if err != ErrMessage {
				t.Errorf("the error quotes something: %v", err)
			}
			return
		}
		if m.Type == "" {
			t.Error("a message without a type")
		}
		again, err := Encode(m)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if len(again) > MaxMessage {
			return // escaping can make it longer
		}
		if _, err := Decode(again); err != nil {
			t.Errorf("what was written cannot be read: %s", again)
		}
	})
}
