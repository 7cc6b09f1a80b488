package credential

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/internal/persontest"
)

// The sample issuer key of the SMART Health Cards specification (health-cards, example-00-issuer) with its
// kid.
func TestThumbprintOfTheSpecificationsSampleKey(t *testing.T) {
	var set KeySet
	err := json.Unmarshal([]byte(`{"keys":[{"kty":"EC",
		"kid":"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s","use":"sig","alg":"ES256","crv":"P-256",
		"x":"11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXNxcgw",
		"y":"eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8"}]}`),
		&set)
	if err != nil {
		t.Fatal(err)
	}
}

const testISS = "https://localhost:8080/i/00138990"

var issuedAt = time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan)

// The fictional person 3 of docs/facts/test-people.md#people.
var tokuichi = persontest.Tokuichi(func(p *eligibility.Person) {
	p.Relation = eligibility.Subscriber
	p.CoverageFrom = eligibility.MustDate("2008-04-01")
	p.ValidUntil = eligibility.MustDate("2027-07-31")
})

func newKey(t testing.TB) Key {
	t.Helper()
	private := certtest.Key(t)
	key, err := NewKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func trusting(key Key) *TrustList {
	return &TrustList{Version: 1, Issuers: []TrustedIssuer{{
		ISS:            testISS,
		Name:           "架空市",
		InsurerNumbers: []eligibility.InsurerNumber{"00138990"},
		JWKS:           KeySet{key.Public()},
	}}}
}

func issue(t testing.TB, key Key, r Request) Issued {
	t.Helper()
	r.InsurerName, r.Share = "架空市", 20
	if r.Person.Number == "" {
		r.Person = tokuichi
	}
	out, err := Issue(testISS, key, r, issuedAt)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func copyRequest() Request {
	return Request{Tier: TierSaved, RID: 12345, Expires: eligibility.MustDate("2027-03-01").Time()}
}

func TestEveryTierIsVerifiedAndReadBack(t *testing.T) {
	key := newKey(t)
	offline := Request{Tier: TierOffline, DeviceKeyID: "vFm9fTx1wPugptQy"}
	for _, r := range []Request{{Tier: TierLive}, offline, copyRequest()} {
		out := issue(t, key, r)
		if !out.FitsQR || len(out.JWS) > 1195 {
			t.Errorf("%s: %d characters", r.Tier, len(out.JWS))
		}
		read, err := Read(NumericQR(out.JWS))
		if err != nil || read != out.JWS {
			t.Fatalf("%s: the numeric form does not come back: %v", r.Tier, err)
		}
		b := Verifier{Trust: trusting(key), Now: issuedAt.Add(20 * time.Second)}
		note(t, b, read, nil, "")
		v := b.Verify(read)
		if v.Tier != r.Tier || v.Valid != (r.Tier != TierOffline) {
			t.Errorf("%s: %+v", r.Tier, v.Checks)
		}
		e := v.Eligibility
		if e == nil || e.Insurer != "00138990" || e.Symbol != "国13" || e.Number != "0001234" ||
			e.BranchNumber != "02" ||
			e.Name != "髙橋 德一" || e.Kana != "タカハシ トクイチ" || e.BirthDate != tokuichi.BirthDate ||
			e.Share != 20 || e.ValidUntil != tokuichi.ValidUntil {
			t.Errorf("%s: read back %+v", r.Tier, e)
		}
	}
}

// A forwarded screenshot of a live screen is dead after 90 s and 15 s of leeway
// (docs/facts/smart-health-card.md#tiers).
func TestLiveScreenEndsNinetySecondsAfterIssue(t *testing.T) {
	key := newKey(t)
	jws := issue(t, key, Request{Tier: TierLive}).JWS
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{
		{0, true},
		{100 * time.Second, true},
		{106 * time.Second, false},
		{-44 * time.Second, true},
		{-46 * time.Second, false},
	} {
		t.Run(fmt.Sprint(c.after), func(t *testing.T) {
			note(t, Verifier{Trust: trusting(key), Now: issuedAt.Add(c.after)}, jws, nil, "")
			v := (Verifier{Trust: trusting(key), Now: issuedAt.Add(c.after)}).Verify(jws)
			if v.Valid != c.want {
				t.Errorf("%v after issue: valid %v, %+v", c.after, v.Valid, v.Checks[0])
			}
		})
	}
}

func TestForgeriesAreRefusedEachWithItsOwnCheck(t *testing.T) {
	key, other := newKey(t), newKey(t)
	good := issue(t, key, Request{Tier: TierLive}).JWS
	parts := strings.Split(good, ".")
	flip := func(s string, at int) string { // another base64url character at one place
		c := byte('A')
		if s[at] == 'A' {
			c = 'B'
		}
		return s[:at] + string(c) + s[at+1:]
	}
	foreign := tokuichi
	foreign.Insurer = "06139992"
	stranger := *trusting(key)
	withHeader := func(h string) string {
		input := b64.EncodeToString([]byte(h)) + "." + parts[1]
		s, err := key.Sign(input)
		if err != nil {
			t.Fatal(err)
		}
		return input + "." + s
	}
	for _, c := range []struct {
		name       string
		jws, check string
	}{
		{"payload altered", parts[0] + "." + flip(parts[1], 100) + "." + parts[2], "signature"},
		{"signature altered", parts[0] + "." + parts[1] + "." + flip(parts[2], 10), "signature"},
		{"another key, same kid",
			issue(t, Key{ID: key.ID, signer: other.signer, public: other.public},
				Request{Tier: TierLive}).JWS,
			"signature"},
		{"unknown key", issue(t, other, Request{Tier: TierLive}).JWS, "issuer"},
		{"another insurer", issue(t, key, Request{Tier: TierLive, Person: foreign}).JWS, "insurer"},
		{"alg none", withHeader(`{"alg":"none","zip":"DEF","kid":"` + key.ID + `"}`), "form"},
		{"alg HS256", withHeader(`{"alg":"HS256","zip":"DEF","kid":"` + key.ID + `"}`), "form"},
		{"jwk header", withHeader(`{"alg":"ES256","zip":"DEF","kid":"` + key.ID + `","jwk":{}}`), "form"},
		{"kid twice", withHeader(`{"alg":"ES256","zip":"DEF","kid":"x","kid":"` + key.ID + `"}`), "form"},
		{"typ", withHeader(`{"alg":"ES256","zip":"DEF","kid":"` + key.ID + `","typ":"trust+jwt"}`), "form"},
		{"no zip", withHeader(`{"alg":"ES256","kid":"` + key.ID + `"}`), "form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			note(t, Verifier{Trust: &stranger, Now: issuedAt}, c.jws, nil, "")
			v := Verifier{Trust: &stranger, Now: issuedAt}.Verify(c.jws)
			if v.Valid || v.Checks[0].Name != c.check || v.Checks[0].Result != Failed ||
				v.Eligibility != nil {
				t.Errorf("%+v", v)
			}
		})
	}
}

func TestTiersCannotBeMixed(t *testing.T) {
	key := newKey(t)
	for _, c := range []struct {
		name   string
		change func(*payload)
	}{
		{"hcnf and rid", func(p *payload) { p.HCNF = &hcnf{"vFm9fTx1wPugptQy"}; p.VC.RID = "AAAAB" }},
		{"live for a day", func(p *payload) { p.EXP = p.NBF + 86430 }},
		{"screen for a week", func(p *payload) {
			p.HCNF = &hcnf{"vFm9fTx1wPugptQy"}
			p.EXP = p.NBF + 7*86400
		}},
		{"pdf for a year", func(p *payload) { p.VC.RID = "AAAAB"; p.EXP = p.NBF + 365*86400 }},
		{"no exp", func(p *payload) { p.EXP = 0 }},
		{"rid beyond its range", func(p *payload) { p.VC.RID = "_____" }},
		{"another type", func(p *payload) { p.VC.Type = []string{"https://smarthealth.cards#covid19"} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPayload(testISS, Request{Person: tokuichi, Tier: TierLive, InsurerName: "架空市"},
				issuedAt.Add(-backdate), issuedAt.Add(90*time.Second), true)
			c.change(&p)
			body, err := encodeJSON(p)
			if err != nil {
				t.Fatal(err)
			}
			packed, err := deflate(body, usualLevel)
			if err != nil {
				t.Fatal(err)
			}
			input := signingInput(key.ID, packed)
			signature, err := key.Sign(input)
			if err != nil {
				t.Fatal(err)
			}
			note(t, Verifier{Trust: trusting(key), Now: issuedAt}, input+"."+signature, nil, "")
			v := (Verifier{Trust: trusting(key), Now: issuedAt}).Verify(input + "." + signature)
			if v.Valid || v.Checks[0].Result != Failed {
				t.Errorf("%+v", v.Checks)
			}
		})
	}
}

func TestTrustListIsRefusedWhenItIsNotTheOperators(t *testing.T) {
	root, other, issuer := newKey(t), newKey(t), newKey(t)
	list := *trusting(issuer)
	list.Version, list.IssuedAt, list.ExpiresAt = 7, issuedAt.Unix(), issuedAt.Add(MaxTrustLife).Unix()
	jws, err := SignTrustList(list, root)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := OpenTrustList(jws, root.Public(), issuedAt, 7); err != nil || len(got.Issuers) != 1 {
		t.Fatalf("the operator's own list: %v", err)
	}
	tooLong := list
	tooLong.ExpiresAt++
	long, err := SignTrustList(tooLong, root)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		open func() error
	}{
		{"another signer", func() error {
			_, err := OpenTrustList(jws, other.Public(), issuedAt, 0)
			return err
		}},
		{"rolled back", func() error {
			_, err := OpenTrustList(jws, root.Public(), issuedAt, 8)
			return err
		}},
		{"expired", func() error {
			_, err := OpenTrustList(jws, root.Public(), issuedAt.Add(31*24*time.Hour), 0)
			return err
		}},
		{"from the future", func() error {
			_, err := OpenTrustList(jws, root.Public(), issuedAt.Add(-time.Hour), 0)
			return err
		}},
		{"too long a life", func() error {
			_, err := OpenTrustList(long, root.Public(), issuedAt, 0)
			return err
		}},
		{"a screen in its place", func() error {
			_, err := OpenTrustList(issue(t, root, Request{Tier: TierLive}).JWS, root.Public(), issuedAt, 0)
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.open() == nil {
				t.Errorf("accepted")
			}
		})
	}
}

func TestTextsThatAreNoCredentialAreToldApart(t *testing.T) {
	for _, text := range []string{"", "shc:/", "shc:/1", "shc:/12a4", "https://example.jp/", "a.b", "{}",
		`{"verifiableCredential":[]}`, "shc:/99999999", strings.Repeat("1", 100000)} {
		if jws, err := Read(text); err == nil {
			t.Errorf("%.20q was read as %.20q", text, jws)
		}
	}
}

// The SMART Health Cards specification allows version 22 at level L at most: 105 modules.
func TestQRIsAtMostVersion22(t *testing.T) {
	key := newKey(t)
	qr, err := QRMatrix(issue(t, key, copyRequest()).JWS)
	if err != nil || qr.Size > 105 {
		t.Fatalf("size %d, %v", qr.Size, err)
	}
	// finder patterns (ISO/IEC 18004)
	for _, corner := range [][2]int{{0, 0}, {qr.Size - 1, 0}, {0, qr.Size - 1}} {
		if !qr.Black(corner[0], corner[1]) {
			t.Errorf("no finder pattern at %v", corner)
		}
	}
}
