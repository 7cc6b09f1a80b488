package wire

import (
	"bytes"
	"testing"

	"madoguchi/internal/wiretest"
)

// Programs of the release before are in use beside those of this one: what they say is read, and what is said
// to them has the form that they know, byte for byte.
func TestWhatVersionFourSaidIsReadAndSaidAlike(t *testing.T) {
	said := map[string]bool{}
	for _, line := range wiretest.Version4(t) {
		said[line.From+" "+line.Type] = true
		m, err := Decode(line.Text)
		if err != nil {
			t.Errorf("%s %s: %v", line.From, line.Type, err)
			continue
		}
		again, err := Encode(m)
		if err != nil || !bytes.Equal(again, line.Text) {
			t.Errorf("%s %s is said anew as\n%s\nnot\n%s\n%v", line.From, line.Type, again, line.Text, err)
		}
	}
	if len(said) != 10 { // all types but the answers' own
		t.Errorf("recorded: %v", said)
	}
}

// What an agent proves with has not changed either.
func TestTheProofOfVersionFourCounts(t *testing.T) {
	challenge, err := Decode(wiretest.Said4(t, "server", "challenge"))
	if err != nil {
		t.Fatal(err)
	}
	hello, err := Decode(wiretest.Said4(t, "agent", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	if !VerifyProof(hello.Hello.Key, challenge.Challenge.Nonce, hello.Hello.Signature) {
		t.Error("the recorded proof is refused")
	}
}

// Each subprotocol stands for one version, and none for those before the first.
func TestTheSubprotocolSaysTheVersion(t *testing.T) {
	for i, protocol := range Protocols() {
		if got := AgreedVersion(protocol); got != Version-i {
			t.Errorf("%s: version %d", protocol, got)
		}
	}
	for _, none := range []string{"", "madoguchi.bridge.4", "madoguchi.bridge.6", "chat"} {
		if got := AgreedVersion(none); got != 0 {
			t.Errorf("%q: version %d", none, got)
		}
	}
}
