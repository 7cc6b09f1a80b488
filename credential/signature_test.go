package credential

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// forgeries are texts that differ from a signed one in the signature alone, most of them with one of the
// right length (64 bytes, RFC 7518 3.4). older is another text of the same key; other is a key that has
// nothing to say.
func forgeries(t *testing.T, signed, older string, other Key) map[string]string {
	t.Helper()
	at := strings.LastIndexByte(signed, '.')
	input := signed[:at]
	own, err := b64.DecodeString(signed[at+1:])
	if err != nil || len(own) != 64 {
		t.Fatalf("%d bytes, %v", len(own), err)
	}
	foreign, err := other.Sign(input)
	if err != nil {
		t.Fatal(err)
	}
	random := make([]byte, 64)
	rand.Read(random)
	with := func(change func(s []byte) []byte) string {
		return input + "." + b64.EncodeToString(change(slices.Clone(own)))
	}
	return map[string]string{
		"another key's":         input + "." + foreign,
		"an older text's":       input + older[strings.LastIndexByte(older, '.'):],
		"random":                input + "." + b64.EncodeToString(random),
		"zeros":                 with(func(s []byte) []byte { clear(s); return s }),
		"ones":                  with(func(s []byte) []byte { return slices.Repeat([]byte{0xFF}, 64) }),
		"r is zero":             with(func(s []byte) []byte { clear(s[:32]); return s }),
		"s is zero":             with(func(s []byte) []byte { clear(s[32:]); return s }),
		"r and s change places": with(func(s []byte) []byte { return append(s[32:], s[:32]...) }),
		"a bit of r":            with(func(s []byte) []byte { s[31] ^= 1; return s }),
		"a bit of s":            with(func(s []byte) []byte { s[63] ^= 1; return s }),
		"one byte shorter":      with(func(s []byte) []byte { return s[:63] }),
		"one byte longer":       with(func(s []byte) []byte { return append(s, 0) }),
		"none":                  input + ".",
	}
}

// A text is worth what its signature is worth: for each thing that this package believes, a signature of the
// right length and of the right key's name is not enough.
func TestASignatureOfTheRightLengthIsNotEnough(t *testing.T) {
	key, other, phone := newKey(t), newKey(t), newKey(t)
	earlier := tokuichi
	earlier.Number = "0001235"
	list := *trusting(key)
	list.Version, list.IssuedAt, list.ExpiresAt = 7, issuedAt.Unix(), issuedAt.Add(24*time.Hour).Unix()
	older := list
	older.Version = 6
	trust := func(l TrustList) string {
		text, err := SignTrustList(l, key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	status := func(revoked ...uint32) string {
		text, err := SignStatusList(testISS, key, revoked, Checkpoint{}, issuedAt)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	basis := Verifier{Trust: trusting(key), Now: issuedAt}
	screen := issue(t, key, Request{Tier: TierOffline, DeviceKeyID: DeviceKeyID(phone.Public())}).JWS
	proof := func(at time.Time) string {
		text, err := SignProof(screen, phone, at, "")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	verified := func(text string) error {
		if v := basis.Verify(text); !v.Valid {
			return fmt.Errorf("%+v", v.Checks[0])
		}
		return nil
	}
	opened := func(open func(string, PublicKey, time.Time, int) (*TrustList, error)) func(string) error {
		return func(text string) error { _, err := open(text, key.Public(), issuedAt, 0); return err }
	}
	tried := 0
	for _, c := range []struct {
		what        string
		good, older string
		open        func(string) error
	}{
		{"a live screen", issue(t, key, Request{Tier: TierLive}).JWS, issue(t, key, Request{Tier: TierLive,
			Person: earlier}).JWS, verified},
		{"a saved copy", issue(t, key, copyRequest()).JWS, issue(t, key, Request{Tier: TierLive}).JWS,
			verified},
		{"a card that comes back to its insurer", issue(t, key, copyRequest()).JWS, issue(t, key,
			Request{Tier: TierLive}).JWS, func(text string) error {
			_, err := Open(text, testISS, KeySet{key.Public()})
			return err
		}},
		{"a trust list", trust(list), trust(older), opened(OpenTrustList)},
		{"a kept trust list", trust(list), trust(older), opened(OpenTrustListInGrace)},
		{"a trust list whose time does not count", trust(list), trust(older), func(text string) error {
			_, err := OpenTrustListAtAnyTime(text, key.Public(), 0)
			return err
		}},
		{"a status list", status(), status(12345), func(text string) error {
			_, err := OpenStatusList(text, testISS, KeySet{key.Public()}, issuedAt)
			return err
		}},
		{"a phone's proof", proof(issuedAt), proof(issuedAt.Add(-ProofEvery)), func(text string) error {
			v := basis.Verify(screen).Prove(text, screen, basis, "")
			if v.Valid {
				return nil
			}
			if v.Checks[0].Name != "holder" || v.Checks[0].Result != Failed {
				t.Errorf("not refused for the holder: %+v", v.Checks)
			}
			return fmt.Errorf("%+v", v.Checks[0])
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			if err := c.open(c.good); err != nil {
				t.Fatalf("the true one: %v", err)
			}
			forged := forgeries(t, c.good, c.older, other)
			tried += len(forged)
			for _, name := range slices.Sorted(maps.Keys(forged)) {
				t.Run(name, func(t *testing.T) {
					if c.open(forged[name]) == nil {
						t.Errorf("with the signature %s it is believed", name)
					}
				})
			}
		})
	}
	testenv.Refused(t, testenv.Codes, tried)
}

// RFC 8259 4 leaves open which of two members of one name counts, so none may stand twice, however far apart.
func TestAMemberThatStandsTwiceFarApartIsRefused(t *testing.T) {
	key := newKey(t)
	body := goodPayload(t)
	b := Verifier{Trust: trusting(key), Now: issuedAt.Add(time.Second)}
	if v := b.Verify(signBody(t, key, body)); !v.Valid {
		t.Fatalf("the unchanged payload: %+v", v.Checks)
	}
	before := func(place, more string) string { return strings.Replace(body, place, more+place, 1) }
	cases := map[string]string{
		"iss behind all times":     before(`,"vc":`, `,"iss":"https://other.example/i/00138990"`),
		"nbf behind exp":           before(`,"vc":`, `,"nbf":1795309169`),
		"exp at the very end":      body[:len(body)-1] + `,"exp":1995309290}`,
		"the whole vc again":       body[:len(body)-1] + `,"vc":{}}`,
		"iss twice with one value": body[:len(body)-1] + `,"iss":"` + testISS + `"}`,
		"credentialSubject again":  body[:len(body)-2] + `,"credentialSubject":{}}}`,
		"type behind the subject": body[:len(body)-2] +
			`,"type":["https://smarthealth.cards#health-card"]}}`,
		"resourceType of the bundle": strings.Replace(body, `"type":"collection"`,
			`"type":"collection","resourceType":"Bundle"`, 1),
		"birthDate after the gender": strings.Replace(body, `,"birthDate":`,
			`,"gender":"female","birthDate":"2000-01-01","birthDate":`, 1),
		"escaped": body[:len(body)-1] + `,"\u0069ss":"https://other.example/i/00138990"}`,
	}
	testenv.Refused(t, testenv.Codes, len(cases))
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			if cases[name] == body {
				t.Fatal("nothing was changed")
			}
			mustRefuse(t, b, signBody(t, key, cases[name]), "content")
		})
	}
}

// The trust list says number by number for whom an issuer speaks (保険者番号 of eight digits: kind 2, prefecture
// 2, insurer 3, check digit 1). Sharing digits with one of them is no right.
func TestAnIssuerSpeaksForNoNeighboursNumber(t *testing.T) {
	owner := TrustedIssuer{InsurerNumbers: []eligibility.InsurerNumber{"06139992", "00138990"}}
	for _, n := range owner.InsurerNumbers {
		if !owner.MayIssueFor(n) {
			t.Errorf("not for its own %s", n)
		}
	}
	neighbours := []struct {
		name string
		n    eligibility.InsurerNumber
	}{
		{"the next number", "06139993"},
		{"same kind and place", "06130006"},
		{"same but for the check", "06139991"},
		{"same last six digits", "39139992"},
		{"same first six digits", "06139909"},
		{"a digit shorter", "0613999"},
		{"a digit longer", "061399920"},
		{"without its zeros", "6139992"},
		{"as a paper has it", "138990"},
		{"none", ""},
		{"digits of another width", "０６１３９９９２"},
		{"between blanks", " 06139992"},
	}
	testenv.Refused(t, testenv.Trust, len(neighbours))
	for _, c := range neighbours {
		t.Run(c.name, func(t *testing.T) {
			if owner.MayIssueFor(c.n) {
				t.Errorf("for %q", c.n)
			}
		})
	}
	if (TrustedIssuer{}).MayIssueFor("") {
		t.Error("an issuer of no number speaks for none")
	}
}

// A saved copy ends, at the latest, where the first day of the fourth month after its issue begins in Japan.
func TestACopyThatOutlivesItsFourthMonthIsRefused(t *testing.T) {
	key := newKey(t)
	end := time.Date(2027, 3, 1, 0, 0, 0, 0, eligibility.Japan) // issued on 2026-11-22
	lates := []time.Duration{0, time.Second, time.Minute, time.Hour, 9 * time.Hour, 24 * time.Hour,
		7 * 24 * time.Hour, 31 * 24 * time.Hour, 365 * 24 * time.Hour}
	testenv.Refused(t, testenv.Codes, len(lates)-1)
	for _, late := range lates {
		r := Request{Person: tokuichi, Tier: TierSaved, InsurerName: "架空市", Share: 20, RID: 7}
		body, err := encodeJSON(newPayload(testISS, r, issuedAt.Add(-backdate), end.Add(late), true))
		if err != nil {
			t.Fatal(err)
		}
		v := Verifier{
			Trust: trusting(key),
			Now:   issuedAt.Add(time.Second),
		}.Verify(
			signBody(t, key, string(body)),
		)
		if v.Valid != (late == 0) || late != 0 && v.Checks[0].Name != "content" {
			t.Errorf("%v late: %+v", late, v.Checks)
		}
		r.Expires = end.Add(late)
		if _, err := Issue(testISS, key, r, issuedAt); (err == nil) != (late == 0) {
			t.Errorf("%v late, issued: %v", late, err)
		}
	}
}

// A list is the pinned key's by its signature and by its name: under another's id nobody could tell whose
// signature failed.
func TestAListUnderAnotherKeysIDIsRefused(t *testing.T) {
	root, other := newKey(t), newKey(t)
	list := *trusting(other)
	list.Version, list.IssuedAt, list.ExpiresAt = 7, issuedAt.Unix(), issuedAt.Add(24*time.Hour).Unix()
	for _, id := range []string{other.ID, "", "x", root.ID[:42]} {
		text, err := SignTrustList(list, Key{ID: id, signer: root.signer, public: root.public})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenTrustList(text, root.Public(), issuedAt, 0); err == nil {
			t.Errorf("signed under the id %q it opened", id)
		}
	}
	testenv.Refused(t, testenv.Trust, 4)
}

// RFC 8259 8.2: half of a surrogate pair means something else to every reader; Go makes U+FFFD of it,
// JavaScript keeps it.
func TestHalfASurrogatePairIsRefused(t *testing.T) {
	cases := []string{`\ud800`, `\udfff`, `\uD83D`, `\ud83d\ud83d`, `\ude00\ud83d`, `\ud83dx`, `x\ude00`,
		`\ud83d\u0041`, `\ud83d\n\ude00`}
	testenv.Refused(t, testenv.Codes, len(cases))
	var into struct {
		ISS string `json:"iss"`
	}
	for _, text := range cases {
		if err := readStrict([]byte(`{"iss":"`+text+`"}`), &into); err == nil {
			t.Errorf("%s was read as %q", text, into.ISS)
		}
		if err := readStrict([]byte(`{"`+text+`":1}`), &into); err == nil {
			t.Errorf("%s was read as a name", text)
		}
	}
	if err := readStrict([]byte(`{"iss":"\ud83d\ude00"}`), &into); err != nil || into.ISS != "😀" {
		t.Errorf("a whole pair: %q %v", into.ISS, err)
	}
}

// The five characters after the issuer's tag are drawn evenly from nineteen, the eight hidden ones from
// Base32's 32 (RFC 4648 6): code.go's sums of how far guessing gets rest on that.
func TestAnOnlineCodeIsDrawnFromAllCodes(t *testing.T) {
	const drawn = 3200
	const tag, spoken = 2, 7 // at random are the places from the one to before the other, and all from 8 on
	var seen [16]map[byte]int
	for i := range seen {
		seen[i] = map[byte]int{}
	}
	for range drawn {
		code := NewOnlineCode(testISS)
		if len(code.Spoken) != 8 || len(code.Hidden) != 8 || !code.MayBeFrom(testISS) {
			t.Fatalf("%+v", code)
		}
		for i, c := range []byte(code.Printed()) {
			seen[i][c]++
		}
	}
	for i, count := range seen {
		letters, least, most := "234679ACEFHJKMNRWXY", 80, 280 // each is expected 168 ± 13 times
		if i >= 8 {
			letters, least, most = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 40, 180 // 100 ± 10 times
		}
		if i < tag || i == spoken {
			continue
		}
		for _, c := range letters {
			if n := count[byte(c)]; n < least || n > most {
				t.Errorf("%q at place %d: %d of %d", c, i, n, drawn)
			}
		}
		if len(count) != len(letters) {
			t.Errorf("place %d has %d characters", i, len(count))
		}
	}
	if CodeLife != 90*time.Second {
		t.Errorf("a code lives %v", CodeLife)
	}
}
