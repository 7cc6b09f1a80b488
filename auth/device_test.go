package auth

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"madoguchi/internal/certtest"
)

// answer signs as WebCrypto does: r‖s of 32 bytes each.
func answer(t *testing.T, key *ecdsa.PrivateKey, message string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(message))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	raw := make([]byte, 64)
	r.FillBytes(raw[:32])
	s.FillBytes(raw[32:])
	return base64.RawURLEncoding.EncodeToString(raw)
}

func TestANonceIsAnsweredOnlyByItsPhoneForItsUseAndInTime(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	ours := DeviceChallenges{Key: bytes.Repeat([]byte{1}, 32), Host: "hoken.example.jp"}
	theirs := DeviceChallenges{Key: bytes.Repeat([]byte{2}, 32), Host: "hoken.example.jp"}
	key := certtest.Key(t)
	other := certtest.Key(t)
	public, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	nonce, ends := ours.New("phone", now)
	if !ends.Equal(now.Add(2 * time.Minute)) {
		t.Errorf("it ends %v", ends)
	}
	foreign, _ := theirs.New("phone", now)
	longer := nonce[:4] + "_" + nonce[5:] // the end is part of what is authenticated
	good := answer(t, key, "madoguchi-device-1\nenter\nhoken.example.jp\nphone\n"+nonce)
	for _, c := range []struct {
		name                    string
		use                     Use
		phone, nonce, signature string
		at                      time.Time
		ok                      bool
	}{
		{"its answer", UseSignIn, "phone", nonce, good, now.Add(2 * time.Minute), true},
		{"too late", UseSignIn, "phone", nonce, good, now.Add(2*time.Minute + time.Millisecond), false},
		{"another phone", UseSignIn, "other", nonce,
			answer(t, key, DeviceMessage(UseSignIn, ours.Host, "other", nonce)), now, false},
		{"another use", UseAddDevice, "phone", nonce, good, now, false},
		{"another key", UseSignIn, "phone", nonce,
			answer(t, other, DeviceMessage(UseSignIn, ours.Host, "phone", nonce)), now, false},
		{"signed at another site", UseSignIn, "phone", nonce,
			answer(t, key, DeviceMessage(UseSignIn, "evil.example", "phone", nonce)), now, false},
		{"another server's nonce", UseSignIn, "phone", foreign,
			answer(t, key, DeviceMessage(UseSignIn, ours.Host, "phone", foreign)), now, false},
		{"a nonce that was made longer", UseSignIn, "phone", longer,
			answer(t, key, DeviceMessage(UseSignIn, ours.Host, "phone", longer)), now, false},
		{"no nonce", UseSignIn, "phone", "", answer(t, key, DeviceMessage(UseSignIn, ours.Host, "phone", "")),
			now, false},
		{"no signature", UseSignIn, "phone", nonce, "", now, false},
		{"zeros", UseSignIn, "phone", nonce, base64.RawURLEncoding.EncodeToString(make([]byte, 64)), now,
			false},
	} {
		t.Run(c.name, func(t *testing.T) {
			used, until, err := ours.Verify(c.use, c.phone, c.nonce, c.signature, public, c.at)
			if (err == nil) != c.ok {
				t.Errorf("%v", err)
			}
			if c.ok && (len(used) != 24 || !until.Equal(ends)) {
				t.Errorf("%d bytes until %v", len(used), until)
			}
		})
	}
}
