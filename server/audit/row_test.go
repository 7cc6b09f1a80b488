package audit

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/credential"
)

// Hashes that Python's hashlib and struct compute by docs/audit.md, "For programs".
func TestARowsHashIsWhatThePageSays(t *testing.T) {
	for want, r := range map[string]Row{
		"880057d14539c15f765410a575cbb940ddfaf5b0ccee0b18f815c80ce455d64a": {
			Sequence: 2,
			At:       1795309200000,
			Actor:    "clerk:鈴木",
			Action:   "people.search",
			Person:   []byte("p"),
			Detail:   "found=1",
			Previous: bytes.Repeat([]byte{7}, 32),
		},
		"01a7eed8f898c6d305bbe7bd3199c058110951d0d5812b3f31dd44bc97f806a2": {
			Sequence: 1,
			Actor:    "system",
			Action:   "start",
			Previous: make([]byte, 32),
		},
	} {
		if sum := r.Sum(); hex.EncodeToString(sum[:]) != want {
			t.Errorf("row %d: %x, want %s", r.Sequence, sum, want)
		}
	}
}

func newKey(t *testing.T) credential.Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := credential.NewKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Another library reads a checkpoint as the JWT that it is; a signature that is bent, cut or of another type
// is none.
func TestACheckpointIsAJWT(t *testing.T) {
	key := newKey(t)
	c := Checkpoint{Chain: Hash{1}.Text(), Sequence: 7, Hash: Hash{2}.Text(), At: 1795309200, Previous: "p"}
	text, err := signCheckpoint(key, c)
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{}
	ours := func(*jwt.Token) (any, error) { return key.Public().Key, nil }
	parsed, err := jwt.ParseWithClaims(text, claims, ours,
		jwt.WithValidMethods([]string{"ES256"}))
	if err != nil || parsed.Header["kid"] != key.ID || claims["seq"] != 7.0 || claims["hash"] != c.Hash {
		t.Errorf("%v %v %v", parsed, claims, err)
	}
	if back, err := openCheckpoint(key.Public(), text); err != nil || back != c {
		t.Errorf("%+v %v", back, err)
	}
	if _, err := openCheckpoint(newKey(t).Public(), text); !errors.Is(err, ErrForeign) {
		t.Errorf("another key: %v", err)
	}
	other, err := credential.SignJWT(key, archiveType, c)
	if err != nil {
		t.Fatal(err)
	}
	bent := []byte(text)
	at := strings.LastIndexByte(text, '.') + 5
	bent[at] ^= 1
	for name, bad := range map[string]string{
		"another type":       other,
		"cut":                text[:len(text)-4],
		"a bent signature":   string(bent),
		"another payload":    strings.Replace(text, ".", ".e30", 1),
		"no signature":       text[:strings.LastIndexByte(text, '.')+1],
		"nothing":            "",
		"the hash of no row": mustSign(t, key, Checkpoint{Sequence: 7, Hash: "short"}),
		"the number 0":       mustSign(t, key, Checkpoint{Hash: c.Hash}),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := openCheckpoint(key.Public(), bad); err == nil {
				t.Error("it was accepted")
			}
		})
	}
}

func mustSign(t *testing.T, key credential.Key, c Checkpoint) string {
	t.Helper()
	text, err := signCheckpoint(key, c)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
