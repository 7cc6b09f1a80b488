package credential

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/json"
	"maps"
	"math/big"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

const peerFolder = "testdata/peer"

// peer runs a script of testdata/peer with npm's jose, kill-the-clipboard and zxing-wasm, and reads its
// answer.
func peer(t *testing.T, script string, input, output any, env ...string) {
	t.Helper()
	testenv.Need(t, "node")
	testenv.NeedFile(t, peerFolder+"/node_modules", "npm ci in credential/"+peerFolder)
	question, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", script)
	cmd.Dir, cmd.Stdin = peerFolder, bytes.NewReader(question)
	cmd.Env = append(cmd.Environ(), env...)
	var problems strings.Builder
	cmd.Stderr = &problems
	answer, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, problems.String())
	}
	if err := json.Unmarshal(answer, output); err != nil {
		t.Fatalf("%s answered %.200q: %v", script, answer, err)
	}
}

// privateJWK gives a key to programs that are not ours.
func privateJWK(t *testing.T, key Key) map[string]string {
	t.Helper()
	x, y, err := coordinates(key.public)
	if err != nil {
		t.Fatal(err)
	}
	d, err := key.signer.(*ecdsa.PrivateKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"kty": "EC", "crv": "P-256", "x": x, "y": y, "d": b64.EncodeToString(d)}
}

// mustRefuse checks that a card is not valid, tells nothing of its person, and that the worst check is the
// right one.
func mustRefuse(t *testing.T, b Verifier, jws, check string) {
	t.Helper()
	note(t, b, jws, nil, "")
	v := b.Verify(jws)
	if v.Valid || v.Checks[0].Result != Failed || v.Checks[0].Name != check {
		t.Errorf("valid %v, %+v, want a failed %q", v.Valid, v.Checks, check)
	}
	if check != "time" && check != "revocation" && v.Eligibility != nil {
		t.Errorf("a card that was refused for its %s shows %+v", check, v.Eligibility)
	}
}

// Tokens that jose and Node made (testdata/peer/forge.mjs).
func TestForgedHeadersAndSignaturesAreRefused(t *testing.T) {
	key := newKey(t)
	card := issue(t, key, Request{Tier: TierLive}).JWS
	var forged map[string]string
	peer(t, "forge.mjs",
		map[string]any{"issuer": privateJWK(t, key), "kid": key.ID, "payload": strings.Split(card, ".")[1]},
		&forged)
	b := Verifier{Trust: trusting(key), Now: issuedAt.Add(time.Second)}
	note(t, b, forged["the true card"], nil, "")
	if v := b.Verify(forged["the true card"]); !v.Valid {
		t.Fatalf("the card that jose signed with the issuer's key: %+v", v.Checks)
	}
	delete(forged, "the true card")
	if len(forged) < 90 {
		t.Errorf("only %d attacks were made", len(forged))
	}
	for _, name := range slices.Sorted(maps.Keys(forged)) {
		jws := forged[name]
		t.Run(name, func(t *testing.T) {
			check := "form"
			switch {
			case strings.HasPrefix(name, "kid leads elsewhere"):
				check = "issuer"
			case strings.HasPrefix(name, "HMAC under"), strings.HasSuffix(name, "under the name ES256"),
				strings.HasPrefix(name, "r and s"),
				strings.HasPrefix(name, "s of"), strings.HasPrefix(name, "signature one byte"),
				name == "DER signature", name == "the payload detached",
				name == "attacker's key under the true kid":
				check = "signature"
			}
			mustRefuse(t, b, jws, check)
		})
	}
}

// ECDSA's (r, n−s) verifies where (r, s) does, and RFC 7518 section 3.4 does not forbid it: jose,
// kill-the-clipboard and Go accept both. So do we, since refusing would refuse half of what other signers
// make; therefore a card's text is nobody's identity, and whatever must happen once hangs on a nonce, a rid
// or a code. The content is the same signed bytes.
func TestTheOtherFormOfASignatureSaysTheSame(t *testing.T) {
	key := newKey(t)
	card := issue(t, key, Request{Tier: TierLive}).JWS
	parts := strings.Split(card, ".")
	signature, err := b64.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	s := new(big.Int).SetBytes(signature[32:])
	s.Sub(key.public.Curve.Params().N, s).FillBytes(signature[32:])
	other := parts[0] + "." + parts[1] + "." + b64.EncodeToString(signature)
	b := Verifier{Trust: trusting(key), Now: issuedAt}
	first, second := b.Verify(card), b.Verify(other)
	if other == card || !first.Valid || !second.Valid || *first.Eligibility != *second.Eligibility {
		t.Errorf("%+v\n%+v", first, second)
	}
	holder := newKey(t)
	screen := issue(t, key, Request{Tier: TierOffline, DeviceKeyID: DeviceKeyID(holder.Public())}).JWS
	proof, err := SignProof(card, holder, issuedAt, "")
	if err != nil {
		t.Fatal(err)
	}
	if v := b.Verify(screen).Prove(proof, screen, b, ""); v.Valid {
		t.Error("a proof over one text served for another")
	}
}
