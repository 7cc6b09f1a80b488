package credential

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/flate"
)

// Whatever arrives, nothing panics, nothing grows without bound, two readers agree, and what is called valid
// was signed by us. `make fuzz` runs each target for FUZZTIME. The other reader is go-json-experiment, which
// is strict by design.

// fuzzKey is the P-256 key of RFC 6979 appendix A.2.5, so that kept inputs stay signed.
func fuzzKey(t testing.TB) Key {
	t.Helper()
	d, err := hex.DecodeString("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
	if err != nil {
		t.Fatal(err)
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
	if err != nil {
		t.Fatal(err)
	}
	key, err := NewKey(steadySigner{private})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// steadySigner signs by RFC 6979: with the same signature for the same input, the fuzzer sees the same path
// twice.
type steadySigner struct{ *ecdsa.PrivateKey }

func (s steadySigner) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.PrivateKey.Sign(nil, digest, opts)
}

// signedPart is what a JWS's signature covers.
func signedPart(jws string) string { return jws[:max(strings.LastIndexByte(jws, '.'), 0)] }

func FuzzReadFindsOnlyWhatVerifiersCanTake(f *testing.F) {
	jws := issue(f, fuzzKey(f), copyRequest()).JWS
	for _, s := range []string{jws, NumericQR(jws), string(CardFile(jws)), "shc:/", "SHC:/0000010001",
		"\ufeff a.b.c ", `{"verifiableCredential":["a.b.c"]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		jws, err := Read(text)
		if err != nil {
			return
		}
		for _, form := range []string{jws, NumericQR(jws), string(CardFile(jws))} {
			if again, err := Read(form); len(form) <= maxText && (err != nil || again != jws) {
				t.Errorf("%.60q became %.60q, %v", jws, again, err)
			}
		}
		if _, err := QRMatrix(jws); err != nil && len(jws) <= MaxJWS {
			t.Errorf("%d characters have no QR: %v", len(jws), err)
		}
	})
}

func FuzzInflateAgreesWithAnotherDecompressor(f *testing.F) {
	packed, err := deflate([]byte(goodPayload(f)), usualLevel)
	if err != nil {
		f.Fatal(err)
	}
	bomb, err := deflate(make([]byte, 1<<20), usualLevel)
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{packed, bomb, {3, 0}, {1, 0, 0, 0xff, 0xff}, packed[:50],
		append(bytes.Clone(packed), packed...)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		body, err := inflate(packed)
		if err != nil {
			return
		}
		var other bytes.Buffer
		_, err = other.ReadFrom(flate.NewReader(bytes.NewReader(packed)))
		if err != nil || !bytes.Equal(body, other.Bytes()) || len(body) > maxPayload {
			t.Errorf("%d bytes here, %d there, %v", len(body), other.Len(), err)
		}
	})
}

func FuzzStrictJSONAgreesWithAnotherReader(f *testing.F) {
	for _, s := range []string{goodPayload(f), `{"a":1,"a":2}`, `{"iss":1,"ISS":2}`, `{"is\u0073":1,"iss":2}`,
		`"\ud842\udfb7"`, `"\ud842"`, `{"a":[{"b":null},{"b":[]}]}`, "\ufeff{}", `{} {}`, "[1e400]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var kept jsontext.Value // both keep the text, so that only its form is judged
		mine := readStrict(data, &kept)
		theirs := jsontext.Value(data).IsValid()
		if mine == nil && !theirs {
			t.Errorf("%q is taken here only", data)
		}
		if mine != nil && theirs {
			for _, ours := range []string{"too deep", "too many members", "in another case",
				"exceeded max depth"} {
				if strings.Contains(mine.Error(), ours) {
					return
				}
			}
			t.Errorf("%q is refused here only: %v", data, mine)
		}
	})
}

func FuzzPayloadMeansTheSameToAnotherReader(f *testing.F) {
	key := fuzzKey(f)
	good := goodPayload(f)
	for _, s := range []string{good, strings.Replace(good, `"exp"`, `"EXP"`, 1),
		strings.Replace(good, `,"vc":{`, `,"hcnf":null,"vc":{"rid":"AAAAB",`, 1), "{}", "null", "[]"} {
		f.Add(s)
	}
	b := Verifier{Trust: trusting(key), Now: issuedAt}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > maxPayload {
			return
		}
		v := b.Verify(signBody(t, key, body))
		if v.Eligibility == nil {
			return
		}
		var theirs payload
		if err := json.Unmarshal([]byte(body), &theirs, json.RejectUnknownMembers(true)); err != nil {
			t.Fatalf("only this program can read %s: %v", body, err)
		}
		tier, shaped := theirs.tier()
		e, ok := theirs.eligibilityOf()
		if !shaped || !ok || tier != v.Tier || e != *v.Eligibility || theirs.ISS != v.Issuer ||
			theirs.EXP != v.ExpiresAt.Unix() {
			t.Errorf("%s is read as %+v here and as %+v there", body, v, theirs)
		}
	})
}

func FuzzWhatVerifyCallsValidWasSignedByUs(f *testing.F) {
	key := fuzzKey(f)
	b := Verifier{Trust: trusting(key), Now: issuedAt}
	var signed []string
	offline := Request{Tier: TierOffline, DeviceKeyID: "vFm9fTx1wPugptQy"}
	for _, r := range []Request{{Tier: TierLive}, offline, copyRequest()} {
		jws := issue(f, key, r).JWS
		signed = append(signed, signedPart(jws))
		f.Add(jws)
	}
	f.Add("..")
	f.Add("eyJhbGciOiJub25lIn0..")
	f.Fuzz(func(t *testing.T, jws string) {
		v := b.Verify(jws)
		if (v.Valid || v.Eligibility != nil) && !slices.Contains(signed, signedPart(jws)) {
			t.Errorf("%q was never signed: %+v", jws, v)
		}
		if len(v.Checks) == 0 {
			t.Errorf("%q: no word on what is wrong", jws)
		}
		v.Headline()
		opened, err := Open(jws, testISS, KeySet{key.Public()})
		if err == nil && !slices.Contains(signed, signedPart(jws)) {
			t.Errorf("%q was opened: %+v", jws, opened)
		}
	})
}

func FuzzProofThatCountsWasMadeByThePhone(f *testing.F) {
	phone := fuzzKey(f)
	issuer := newKey(f)
	screen := issue(f, issuer, Request{Tier: TierOffline, DeviceKeyID: DeviceKeyID(phone.Public())}).JWS
	b := Verifier{Trust: trusting(issuer), Now: issuedAt}
	v := b.Verify(screen)
	var signed []string
	for _, nonce := range []string{"", "4711"} {
		proof, err := SignProof(screen, phone, issuedAt, nonce)
		if err != nil {
			f.Fatal(err)
		}
		signed = append(signed, signedPart(proof))
		f.Add(proof, nonce)
	}
	f.Add("a.b.c", "")
	f.Fuzz(func(t *testing.T, proof, nonce string) {
		LooksLikeProof(proof)
		if v.Prove(proof, screen, b, nonce).Valid &&
			!slices.Contains(signed, signedPart(strings.TrimSpace(proof))) {
			t.Errorf("%q was never signed", proof)
		}
	})
}

func FuzzStatusListBitsComeBack(f *testing.F) {
	for _, indices := range [][]uint32{nil, {0}, {7, 8, 4000}, {1 << 20}} {
		packed, err := packBits(indices)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	f.Add(zlibOf(f, bytes.Repeat([]byte{0xff}, 1<<20)))
	f.Fuzz(func(t *testing.T, packed []byte) {
		set, err := unpackBits(packed)
		if err != nil {
			return
		}
		again, err := (&StatusList{set: set}).Packed()
		if err != nil {
			t.Fatal(err)
		}
		back, err := unpackBits(again)
		if err != nil || !slices.Equal(set.few, back.few) || set.bits == nil && set.count != len(set.few) ||
			set.count != back.count || !bytes.Equal(set.bits, back.bits) || !slices.IsSorted(set.few) {
			t.Errorf("%d indices became %d, %v", set.count, back.count, err)
		}
	})
}

func FuzzListsMeanTheSameToAnotherReader(f *testing.F) {
	root := fuzzKey(f)
	list := *trusting(root)
	list.Version, list.IssuedAt, list.ExpiresAt = 7, issuedAt.Unix(), issuedAt.Add(MaxTrustLife).Unix()
	body, err := encodeJSON(list)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(body))
	f.Add(`{"version":1,"iat":1,"exp":18446744075,"issuers":null,"counters":null}`)
	f.Add(`{"iss":"` + testISS + `","sub":"` + testISS +
		`/status.jwt","iat":1,"exp":2,"status_list":{"bits":1,"lst":"eJxjAAAAAQAB"},"chain":{}}`)
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > maxPayload || !jsontext.Value(body).IsValid() {
			return
		}
		if mine, err := OpenTrustListAtAnyTime(signJSON(t, root, trustType, body), root.Public(),
			0); err == nil {
			var theirs TrustList
			if err := json.Unmarshal([]byte(body), &theirs); err != nil {
				t.Fatalf("only this program can read %s: %v", body, err)
			}
			same := mine.Version == theirs.Version && mine.ExpiresAt == theirs.ExpiresAt &&
				len(mine.Issuers) == len(theirs.Issuers) && reflect.DeepEqual(mine.Issuers, theirs.Issuers)
			if !same && len(mine.Issuers) > 0 {
				t.Errorf("%s is read as %+v and as %+v", body, mine, theirs)
			}
			if mine.ExpiresAt-mine.IssuedAt > 30*86400 {
				t.Errorf("a list of %d seconds", mine.ExpiresAt-mine.IssuedAt)
			}
		}
		list, err := OpenStatusList(signJSON(t, root, statusType, body), testISS, KeySet{root.Public()},
			issuedAt)
		if err == nil && list.ExpiresAt.Sub(list.IssuedAt) > StatusLife ||
			err != nil && !errors.Is(err, ErrStatusList) {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func FuzzOnlineCodeIsReadTheSameAgain(f *testing.F) {
	f.Add("HTTPS://LOCALHOST/C/" + NewOnlineCode(testISS).Printed())
	f.Add(NewOnlineCode(testISS).Spoken)
	f.Add("２３４６－７９ＡＣ")
	f.Add("http://x/c/ㅤ")
	f.Fuzz(func(t *testing.T, text string) {
		code, err := ReadOnlineCode(text)
		if err != nil {
			return
		}
		if len(code.Spoken) != spokenLength || strings.Trim(code.Spoken, codeAlphabet) != "" ||
			len(code.Hidden) != 0 && len(code.Hidden) != hiddenLength {
			t.Errorf("%q is read as %q", text, code)
		}
		if again, err := ReadOnlineCode(code.Printed()); err != nil || again != code {
			t.Errorf("%q: %q, %v", code, again, err)
		}
	})
}
