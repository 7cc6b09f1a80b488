package credential

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

// endorse signs a statement of testISS.
func endorse(t *testing.T, signer Key, version int64, at time.Time, keys ...Key) string {
	t.Helper()
	var set KeySet
	for _, k := range keys {
		set = append(set, k.Public())
	}
	jws, err := SignEndorsement(testISS, signer, version, set, at)
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

func endorsedIDs(list []Endorsement) []string {
	var ids []string
	for _, e := range list {
		for _, k := range e.Keys {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

func TestAChainOfEndorsementsLeadsFromAListedKeyToTheNewestOne(t *testing.T) {
	first, second, third := newKey(t), newKey(t), newKey(t)
	c := EndorsementCheck{
		ISS:    testISS,
		Listed: KeySet{first.Public()},
		Since:  issuedAt.Add(-time.Hour),
		Now:    issuedAt,
	}
	one, two := endorse(t, first, 7, issuedAt, second), endorse(t, second, 8, issuedAt, third)
	for _, text := range []string{one + "\n" + two, one + "\n" + two + "\n"} {
		list, err := c.Open(text)
		if err != nil || !slices.Equal(endorsedIDs(list), []string{second.ID, third.ID}) ||
			list[1].Version != 8 {
			t.Fatalf("%v %+v", err, list)
		}
	}
	stray := newKey(t)
	list, err := c.Open(endorse(t, stray, 6, issuedAt, stray) + "\n" + one)
	if err != nil || !slices.Equal(endorsedIDs(list), []string{second.ID}) {
		t.Errorf("beside a statement by a stranger: %v %v", err, endorsedIDs(list))
	}
	for _, row := range []struct {
		name string
		gone Key
	}{
		{"the listed signer", first},
		{"the signer in the middle", second},
	} {
		t.Run(row.name, func(t *testing.T) {
			c.Gone = func(kid string) bool { return kid == row.gone.ID }
			if list, _ := c.Open(one + "\n" + two); len(endorsedIDs(list)) != 0 {
				t.Errorf("%s is believed no more: %v still follow from it", row.name, endorsedIDs(list))
			}
		})
	}
	c.Gone = func(kid string) bool { return kid == third.ID }
	list, err = c.Open(one + "\n" + two)
	if err != nil || !slices.Equal(endorsedIDs(list), []string{second.ID}) {
		t.Errorf("the last key is gone: %v %v", err, endorsedIDs(list))
	}
}

// RFC 7515, RFC 7517 and docs/trust.md, "New keys": each of these would let somebody else, or an earlier
// time, say which keys sign.
func TestBadEndorsementsAddNoKey(t *testing.T) {
	first, second, other := newKey(t), newKey(t), newKey(t)
	good := endorse(t, first, 7, issuedAt, second)
	_, payload, _, _, err := splitJWS(good)
	if err != nil {
		t.Fatal(err)
	}
	_, encoded, _ := strings.Cut(payload, ".")
	plain, err := b64.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	body := string(plain)
	replace := func(old, with string) string {
		t.Helper()
		if !strings.Contains(body, old) {
			t.Fatalf("no %s in %s", old, body)
		}
		return signJSON(t, first, endorsementType, strings.Replace(body, old, with, 1))
	}
	head := func(header string) string {
		t.Helper()
		input := b64.EncodeToString([]byte(header)) + "." + encoded
		signature, err := sign(input, first)
		if err != nil {
			t.Fatal(err)
		}
		return input + "." + signature
	}
	d := privateJWK(t, second)["d"]
	iat := strconv.FormatInt(issuedAt.Unix(), 10)
	aKey := body[strings.Index(body, `[{`)+1 : strings.Index(body, `}]`)+1]
	var many []Key
	for range maxEndorsedKeys {
		many = append(many, newKey(t))
	}
	full := endorse(t, first, 7, issuedAt, many...)
	_, fullPayload, _, _, err := splitJWS(full)
	if err != nil {
		t.Fatal(err)
	}
	_, fullBody, _ := strings.Cut(fullPayload, ".")
	nine, err := b64.DecodeString(fullBody)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	cases := []struct {
		name, text string
	}{
		{"nothing", ""},
		{"an empty object", "{}"},
		{"a page", "<!doctype html><title>404</title>"},
		{"a bare key set", `{"keys":[` + aKey + `]}`},
		{"signed by the endorsed key itself", signJSON(t, second, endorsementType, body)},
		{"signed by a key that is not listed", signJSON(t, other, endorsementType, body)},
		{"signed by another under the listed key's id",
			signJSON(t, Key{ID: first.ID, signer: other.signer, public: other.public}, endorsementType,
				body)},
		{"another signature", parts[0] + "." + parts[1] + "." + b64.EncodeToString(make([]byte, 64))},
		{"the signature cut off", parts[0] + "." + parts[1] + "."},
		{"type of a trust list", signJSON(t, first, trustType, body)},
		{"type of a counter's assertion", signJSON(t, first, "counter+jwt", body)},
		{"no type", signJSON(t, first, "", body)},
		{"alg none", head(`{"typ":"keyset+jwt","alg":"none","kid":"` + first.ID + `"}`)},
		{"alg HS256", head(`{"typ":"keyset+jwt","alg":"HS256","kid":"` + first.ID + `"}`)},
		{"alg ES384", head(`{"typ":"keyset+jwt","alg":"ES384","kid":"` + first.ID + `"}`)},
		{"a key in the header", head(`{"typ":"keyset+jwt","alg":"ES256","kid":"` + first.ID + `","jwk":{}}`)},
		{"no kid", head(`{"typ":"keyset+jwt","alg":"ES256"}`)},
		{"compressed", head(`{"typ":"keyset+jwt","alg":"ES256","zip":"DEF","kid":"` + first.ID + `"}`)},
		{"another issuer", replace(testISS, "https://other.example/i/00138990")},
		{"no issuer", replace(`"iss":"`+testISS+`",`, "")},
		{"no version", replace(`"version":7,`, "")},
		{"version 0", replace(`"version":7`, `"version":0`)},
		{"a negative version", replace(`"version":7`, `"version":-7`)},
		{"a version that is no number", replace(`"version":7`, `"version":"7"`)},
		{"two versions", replace(`"version":7`, `"version":7,"version":9`)},
		{"no time", replace(`"iat":`+iat+`,`, "")},
		{"from the future", replace(`"iat":`+iat, `"iat":`+strconv.FormatInt(issuedAt.Unix()+61, 10))},
		{"from before the trust list",
			replace(`"iat":`+iat, `"iat":`+strconv.FormatInt(issuedAt.Unix()-3601, 10))},
		{"no keys", replace(aKey, "")},
		{"no set", replace(`,"jwks":{"keys":[`+aKey+`]}`, "")},
		{"a private key", replace(`"kty"`, `"d":"`+d+`","kty"`)},
		{"an RSA key beside", replace(aKey, aKey+`,{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"x"}`)},
		{"a key for encryption", replace(`"use":"sig"`, `"use":"enc"`)},
		{"a key under another's id", replace(`"kid":"`+second.ID, `"kid":"`+first.ID)},
		{"a key twice", replace(aKey, aKey+","+aKey)},
		{"nine keys", signJSON(t, first, endorsementType,
			strings.Replace(string(nine), `"keys":[`, `"keys":[`+aKey+`,`, 1))},
		{"a claim that is not ours", replace(`"version"`, `"exp":9,"version"`)},
		{"a claim in another case", replace(`"version"`, `"ISS":"x","version"`)},
		{"the same twice", good + "\n" + good},
		{"an older one behind", good + "\n" + endorse(t, first, 6, issuedAt, other)},
		{"garbage behind", good + "\nx"},
		{"an empty line between", good + "\n\n" + endorse(t, first, 8, issuedAt, other)},
		{"33 statements", good + strings.Repeat("\n"+good, 32)},
		{"more than 64 KB", good + "\n" + strings.Repeat("A", 64<<10)},
		{"a live screen", issue(t, first, Request{Tier: TierLive}).JWS},
	}
	testenv.Refused(t, testenv.Trust, len(cases))
	c := EndorsementCheck{
		ISS:    testISS,
		Listed: KeySet{first.Public()},
		Since:  issuedAt.Add(-time.Hour),
		Now:    issuedAt,
	}
	if list, err := c.Open(good); err != nil || len(list) != 1 {
		t.Fatal(err)
	}
	for _, bad := range cases {
		t.Run(bad.name, func(t *testing.T) {
			if list, err := c.Open(bad.text); !errors.Is(err, ErrEndorsement) || list != nil {
				t.Errorf("%v %v", err, endorsedIDs(list))
			}
		})
	}
}

func TestNoEndorsementIsSignedThatNobodyWouldTake(t *testing.T) {
	key := newKey(t)
	nine := make(KeySet, maxEndorsedKeys+1)
	for i := range nine {
		nine[i] = key.Public()
	}
	for _, c := range []struct {
		name    string
		version int64
		keys    KeySet
	}{
		{"no version", 0, KeySet{key.Public()}},
		{"no keys", 1, nil},
		{"nine keys", 1, nine},
	} {
		t.Run(c.name, func(t *testing.T) {
			if jws, err := SignEndorsement(testISS, key, c.version, c.keys, issuedAt); err == nil {
				t.Errorf("%s", jws)
			}
		})
	}
}
