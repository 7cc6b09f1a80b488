package agents

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	"madoguchi/card/agent"
	"madoguchi/card/virtual"
	"madoguchi/card/wire"
	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
)

// greeted dials, reads the challenge and answers it with a key and what prove makes of the nonce; it returns
// the answer.
func greeted(t *testing.T, url string, der []byte, prove func(nonce []byte) []byte) wire.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, url, offersAll)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	next := func() wire.Message {
		_, data, err := conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m, err := wire.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	challenge := next()
	if challenge.Challenge == nil || len(challenge.Challenge.Nonce) != 32 {
		t.Fatalf("%+v", challenge)
	}
	if err := put(ctx, conn, wire.Message{Type: "hello", Hello: &wire.Hello{Version: wire.Version, Name: "x",
		Key:       der,
		Signature: prove(challenge.Challenge.Nonce), Virtual: true}}); err != nil {
		t.Fatal(err)
	}
	return next()
}

// A paired agent's public key is no secret: only a signature over this connection's nonce by its private half
// connects.
func TestOnlyThePairedKeysProofOverThisNonceConnects(t *testing.T) {
	s, url := open(t, true)
	key := certtest.Key(t)
	other := certtest.Key(t)
	pairedWith(t, s, facility, url, agent.Config{Key: key, Reader: chip{insert(t,
		virtual.Description{BirthDate: tokuichi})}})
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	by := func(k *ecdsa.PrivateKey, nonce []byte) []byte {
		proof, err := wire.Prove(k, nonce)
		if err != nil {
			t.Fatal(err)
		}
		return proof
	}
	var earlier []byte // a proof of the true key over the nonce of a connection before
	if m := greeted(t, url, der, func(nonce []byte) []byte {
		earlier = by(key,
			nonce)
		return earlier
	}); m.Type != "ready" {
		t.Fatalf("the true proof was answered with %+v", m)
	}
	changed := func(nonce []byte, change func([]byte)) []byte {
		other := slices.Clone(nonce)
		change(other)
		return by(key, other)
	}
	cases := map[string]func(nonce []byte) []byte{
		"by another key": func(n []byte) []byte { return by(other, n) },
		"over no nonce":  func([]byte) []byte { return by(key, nil) },
		"over zeros":     func([]byte) []byte { return by(key, make([]byte, 32)) },
		"over a nonce one bit off": func(n []byte) []byte {
			return changed(n,
				func(b []byte) { b[0] ^= 1 })
		},
		"over the last nonce":         func([]byte) []byte { return earlier },
		"over a shorter nonce":        func(n []byte) []byte { return by(key, n[:31]) },
		"at random":                   func([]byte) []byte { b := make([]byte, 71); rand.Read(b); return b },
		"with its last bit changed":   func(n []byte) []byte { b := by(key, n); b[len(b)-1] ^= 1; return b },
		"that is none":                func([]byte) []byte { return nil },
		"of the right form and empty": func([]byte) []byte { return []byte{0x30, 6, 2, 1, 1, 2, 1, 1} },
	}
	testenv.Refused(t, testenv.Card, len(cases))
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			if m := greeted(t, url, der, cases[name]); m.Type != "refused" {
				t.Errorf("answered with %+v", m)
			}
		})
	}
}

// 256 bits of nonce an operation and a connection, so that no old signature of a card or of an agent fits.
func TestEveryOperationHasItsOwnNonce(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		b := newBinding(counter.CardRequest{Facility: facility, CaseID: "CASE", Shown: "jws"})
		if len(b.Nonce) != 32 || len(b.JWS) != 32 || len(b.ID) < 26 || seen[string(b.Nonce)] || seen[b.ID] {
			t.Fatalf("%+v", b)
		}
		seen[string(b.Nonce)], seen[b.ID] = true, true
	}
}

// Eight of 23 characters, 36 bits, which ten minutes and five tries guard.
func TestAPairingCodeIsDrawnFromAllCodes(t *testing.T) {
	count := map[byte]int{}
	for range 1000 {
		code := pairingCode()
		if len(code) != 9 || code[4] != '-' {
			t.Fatalf("%q", code)
		}
		for _, c := range []byte(code[:4] + code[5:]) {
			count[c]++
		}
	}
	if len(count) != 23 {
		t.Errorf("%d different characters", len(count))
	}
	for c, n := range count { // each is expected 348 ± 18 times
		if n < 230 || n > 470 {
			t.Errorf("%q: %d", c, n)
		}
	}
}
