package testenv

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

func TestFormsFindBytesWhereverTheyStand(t *testing.T) {
	data := make([]byte, 300)
	rand.Read(data)
	for before := range 4 {
		around := slices.Concat(bytes.Repeat([]byte{1}, before), data, []byte("behind"))
		for name, text := range map[string]string{
			"as they are":  string(around),
			"hexadecimal":  hex.EncodeToString(around),
			"HEXADECIMAL":  strings.ToUpper(hex.EncodeToString(around)),
			"base64":       base64.StdEncoding.EncodeToString(around),
			"base64 (URL)": base64.RawURLEncoding.EncodeToString(around),
		} {
			stands := func(form string) bool { return strings.Contains(text, form) }
			if !slices.ContainsFunc(Forms(data), stands) {
				t.Errorf("%s behind %d bytes: not found", name, before)
			}
		}
	}
	other := make([]byte, 300)
	rand.Read(other)
	for _, form := range Forms(data) {
		if strings.Contains(base64.StdEncoding.EncodeToString(other), form) {
			t.Error("found where it is not")
		}
	}
}
