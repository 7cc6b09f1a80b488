package auth_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/internal/testenv"
)

func TestASealedFlowOpensOnlyUnchanged(t *testing.T) {
	seal := auth.FlowSeal{Key: bytes.Repeat([]byte{1}, 32)}
	flow := auth.Flow{
		State:    "s",
		Nonce:    "n",
		Verifier: "v",
		Begun:    time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
	}
	text, err := seal.Seal(flow)
	if err != nil || strings.Contains(text, "s\"") {
		t.Fatal(text, err)
	}
	got, err := seal.Open(text)
	if err != nil || got.State != "s" || got.Verifier != "v" || !got.Begun.Equal(flow.Begun) {
		t.Errorf("%+v %v", got, err)
	}
	empty, err := seal.Seal(auth.Flow{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := auth.FlowSeal{Key: bytes.Repeat([]byte{2}, 32)}.Seal(flow)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(i int) string {
		b := []byte(text)
		b[i] = map[bool]byte{true: 'B', false: 'A'}[b[i] == 'A']
		return string(b)
	}
	cases := []struct{ name, text string }{
		{"nothing", ""},
		{"no base64url", "%%%"},
		{"too short", "AAAA"},
		{"the first byte", changed(0)},
		{"a byte in the middle", changed(len(text) / 2)},
		{"cut off", text[:len(text)-4]},
		{"with a tail", text + "AAAA"},
		{"of another server", other},
		{"of no login", empty},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got, err := seal.Open(c.text); !errors.Is(err, auth.ErrFlow) {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
	testenv.Refused(t, testenv.SignIn, len(cases))
}
