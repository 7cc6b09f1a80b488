package credential

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"testing"
	"time"
)

// proofBench is a screen, its phone and a counter that looks at them.
type proofBench struct {
	issuer, phone Key
	screen        string
	basis         Verifier
}

func newProofBench(t *testing.T) proofBench {
	t.Helper()
	p := proofBench{issuer: newKey(t), phone: newKey(t)}
	p.screen = issue(t, p.issuer, Request{Tier: TierOffline, DeviceKeyID: DeviceKeyID(p.phone.Public())}).JWS
	p.basis = Verifier{Trust: trusting(p.issuer), Now: issuedAt.Add(time.Hour)}
	return p
}

func (p proofBench) proof(t *testing.T, screen string, phone Key, at time.Time, nonce string) string {
	t.Helper()
	proof, err := SignProof(screen, phone, at, nonce)
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

func TestScreenCountsOnlyWithItsPhonesProof(t *testing.T) {
	p := newProofBench(t)
	v := p.basis.Verify(p.screen)
	if v.Valid || !v.AwaitsProof() {
		t.Fatalf("without a proof: %+v", v)
	}
	for _, nonce := range []string{"", "4711"} {
		proof := p.proof(t, p.screen, p.phone, p.basis.Now, nonce)
		note(t, p.basis, p.screen, &proof, nonce)
		proved := v.Prove(proof, p.screen, p.basis, nonce)
		if !proved.Valid || proved.AwaitsProof() {
			t.Errorf("nonce %q: %+v", nonce, proved.Checks)
		}
	}
}

func TestProofsOfAnotherPhoneCardTimeOrCaseAreRefused(t *testing.T) {
	p := newProofBench(t)
	now := p.basis.Now
	twin := issue(t, p.issuer, Request{Tier: TierOffline, DeviceKeyID: DeviceKeyID(p.phone.Public()),
		Person: tokuichi}).JWS
	big, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x, y, err := coordinates(p.phone.public)
	if err != nil {
		t.Fatal(err)
	}
	d := privateJWK(t, p.phone)["d"]
	good := `{"typ":"live+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + y +
		`"}}`
	claims := func(iat, hash, more string) string {
		return `{"iat":` + iat + `,"sd_hash":"` + hash + `"` + more + `}`
	}
	at := "1795312800" // now: 2026-11-22 11:00 JST
	if now.Unix() != 1795312800 {
		t.Fatal("the constant is of another time")
	}
	body := claims(at, cardHash(p.screen), "")
	raw := func(head, body string) string {
		input := b64.EncodeToString([]byte(head)) + "." + b64.EncodeToString([]byte(body))
		s, err := p.phone.Sign(input)
		if err != nil {
			t.Fatal(err)
		}
		return input + "." + s
	}
	if v := p.basis.Verify(p.screen).Prove(raw(good, body), p.screen, p.basis, ""); !v.Valid {
		t.Fatalf("the proof made by hand: %+v", v.Checks)
	}
	fresh := p.proof(t, p.screen, p.phone, now, "")
	in384 := b64.EncodeToString([]byte(strings.Replace(good, "P-256", "P-384", 1))) + "." +
		b64.EncodeToString([]byte(body))
	sum := sha256.Sum256([]byte(in384))
	r, s, err := ecdsa.Sign(rand.Reader, big, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	by384 := in384 + "." +
		b64.EncodeToString(append(r.FillBytes(make([]byte, 48)), s.FillBytes(make([]byte, 48))...))
	for _, c := range []struct {
		name         string
		proof, nonce string
		want         check
	}{
		{"another phone", p.proof(t, p.screen, newKey(t), now, ""), "", proofKey},
		{"another card of the same phone", p.proof(t, twin, p.phone, now, ""), "", proofCard},
		{"46 seconds old", p.proof(t, p.screen, p.phone, now.Add(-46*time.Second), ""), "", proofOld},
		{"a day old", p.proof(t, p.screen, p.phone, now.Add(-24*time.Hour), ""), "", proofOld},
		{"46 seconds ahead", p.proof(t, p.screen, p.phone, now.Add(46*time.Second), ""), "", proofAhead},
		{"a year ahead", p.proof(t, p.screen, p.phone, now.Add(365*24*time.Hour), ""), "", proofAhead},
		{"no nonce where one was given", fresh, "4711", proofNonce},
		{"another nonce", p.proof(t, p.screen, p.phone, now, "4712"), "4711", proofNonce},
		{"the last case's nonce", p.proof(t, p.screen, p.phone, now, "4711"), "0815", proofNonce},
		{"a nonce where none was given", p.proof(t, p.screen, p.phone, now, "4711"), "", proofNonce},
		{"the nonce with a blank", p.proof(t, p.screen, p.phone, now, "4711 "), "4711", proofNonce},
		{"nothing", "", "", proofForm},
		{"the screen itself", p.screen, "", proofForm},
		{"a live screen", issue(t, p.issuer, Request{Tier: TierLive}).JWS, "", proofForm},
		{"private key in the jwk", raw(strings.Replace(good, `"kty"`, `"d":"`+d+`","kty"`, 1), body), "",
			proofForm},
		{"private key as D", raw(strings.Replace(good, `"kty"`, `"D":"`+d+`","kty"`, 1), body), "",
			proofForm},
		{"P-384 in the jwk", by384, "", proofForm},
		{"crv P-384 over a P-256 key", raw(strings.Replace(good, "P-256", "P-384", 1), body), "", proofForm},
		{"kty OKP", raw(strings.Replace(good, `"EC"`, `"OKP"`, 1), body), "", proofForm},
		{"use enc", raw(strings.Replace(good, `"kty"`, `"use":"enc","kty"`, 1), body), "", proofForm},
		{"a point beside the curve", raw(strings.Replace(good, y, x, 1), body), "", proofForm},
		{"short coordinates", raw(strings.Replace(good, x, x[:40], 1), body), "", proofForm},
		{"a coordinate with a line break", raw(strings.Replace(good, x, x[:20]+`\n`+x[20:], 1), body), "",
			proofForm},
		{"alg none", raw(strings.Replace(good, "ES256", "none", 1), body), "", proofForm},
		{"alg HS256", raw(strings.Replace(good, "ES256", "HS256", 1), body), "", proofForm},
		{"another typ", raw(strings.Replace(good, "live+jwt", "JWT", 1), body), "", proofForm},
		{"a kid header beside", raw(strings.Replace(good, `"alg"`, `"kid":"x","alg"`, 1), body), "",
			proofForm},
		{"jwk twice", raw(strings.Replace(good, `"jwk"`, `"jwk":{},"jwk"`, 1), body), "", proofForm},
		{"JWK beside jwk", raw(strings.Replace(good, `"jwk"`, `"JWK":{},"jwk"`, 1), body), "", proofForm},
		{"iat twice", raw(good, claims("1,\"iat\":"+at, cardHash(p.screen), "")), "", proofForm},
		{"iat missing", raw(good, `{"sd_hash":"`+cardHash(p.screen)+`"}`), "", proofForm},
		{"iat a float", raw(good, claims(at+".5", cardHash(p.screen), "")), "", proofForm},
		{"iat a string", raw(good, claims(`"`+at+`"`, cardHash(p.screen), "")), "", proofForm},
		{"iat negative", raw(good, claims("-"+at, cardHash(p.screen), "")), "", proofForm},
		{"iat huge", raw(good, claims("9223372036854775807", cardHash(p.screen), "")), "", proofForm},
		{"an exp beside", raw(good, claims(at, cardHash(p.screen), `,"exp":9999999999`)), "", proofForm},
		{"hash missing", raw(good, `{"iat":`+at+`}`), "", proofCard},
		{"hash in padded base64", raw(good, claims(at, cardHash(p.screen)+"=", "")), "", proofCard},
		{"bytes behind the claims", raw(good, body+"{}"), "", proofForm},
		{"a nonce of a thousand characters",
			raw(good, claims(at, cardHash(p.screen), `,"nonce":"`+strings.Repeat("1", 1000)+`"`)), "",
			proofForm},
		{"signature cut off", fresh[:len(fresh)-2], "", proofForm},
		{"signature with a line break", fresh[:len(fresh)-20] + "\n" + fresh[len(fresh)-20:], "", proofForm},
		{"claims changed", strings.Replace(fresh, ".", ".e", 1), "", proofForm},
	} {
		t.Run(c.name, func(t *testing.T) {
			note(t, p.basis, p.screen, &c.proof, c.nonce)
			v := p.basis.Verify(p.screen).Prove(c.proof, p.screen, p.basis, c.nonce)
			if v.Valid || v.Checks[0].Name != "holder" || v.Checks[0].Result != Failed ||
				v.Checks[0].Key != c.want.failed {
				t.Errorf("valid %v, %+v", v.Valid, v.Checks)
			}
		})
	}
}

// A proof adds to a screen only: it mends no other fault and gives no other tier anything.
func TestProofMendsNothingElse(t *testing.T) {
	p := newProofBench(t)
	late := p.basis
	late.Now = issuedAt.Add(25 * time.Hour)
	proof := p.proof(t, p.screen, p.phone, late.Now, "")
	note(t, late, p.screen, &proof, "")
	v := late.Verify(p.screen).Prove(proof, p.screen, late, "")
	if v.Valid || v.AwaitsProof() || v.Checks[0].Name != "time" {
		t.Errorf("a screen of yesterday: %+v", v.Checks)
	}
	copied := issue(t, p.issuer, copyRequest()).JWS
	v = p.basis.Verify(copied).Prove("rubbish", copied, p.basis, "")
	if !v.Valid {
		t.Errorf("a second code read beside a saved copy: %+v", v.Checks)
	}
	middle := len(p.screen) / 2
	altered := p.screen[:middle] + "AAAA" + p.screen[middle+4:]
	v = p.basis.Verify(altered).Prove(p.proof(t, altered, p.phone, p.basis.Now, ""), altered, p.basis, "")
	if v.Valid {
		t.Error("an altered screen became valid by a proof")
	}
	rotated := p.basis.Verify(p.screen).Prove("x", p.screen, p.basis, "").Prove(p.proof(t, p.screen, p.phone,
		p.basis.Now, ""), p.screen, p.basis, "")
	if !rotated.Valid {
		t.Errorf("the right code after a wrong one: %+v", rotated.Checks)
	}
}

// The second code is told from the first by its type alone
// (docs/facts/smart-health-card.md#proof-by-the-phone).
func TestSecondCodeIsToldFromTheFirst(t *testing.T) {
	p := newProofBench(t)
	if !LooksLikeProof(" "+p.proof(t, p.screen, p.phone, issuedAt, "")) || LooksLikeProof(p.screen) ||
		LooksLikeProof("live+jwt") || LooksLikeProof("") {
		t.Error("a proof and a screen are confused")
	}
}
