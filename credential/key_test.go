package credential

import (
	"encoding/json"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// The example key of RFC 7517 appendix A.1 and its thumbprint; the private part is that of appendix A.2.
const rfcKey = `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",` +
	`"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"`

// thumbprint was computed with Python's hashlib over RFC 7638's canonical form of the key.
const thumbprint = "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"

func TestAKeySetHoldsPublicES256KeysByTheirThumbprintOnly(t *testing.T) {
	var set KeySet
	err := json.Unmarshal([]byte(`{"keys":[`+rfcKey+`,"use":"sig","kid":"`+thumbprint+`"}]}`), &set)
	if err != nil || len(set) != 1 || set[0].ID != thumbprint {
		t.Fatalf("%v %v", set, err)
	}
	again, err := json.Marshal(set)
	var read KeySet
	if err != nil || json.Unmarshal(again, &read) != nil || len(read) != 1 || !read[0].Key.Equal(set[0].Key) {
		t.Errorf("%s: %v", again, err)
	}
	for _, c := range []struct {
		name string
		key  string
	}{
		{"private", rfcKey + `,"kid":"` + thumbprint +
			`","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}`},
		{"another kid", rfcKey + `,"kid":"1"}`},
		{"no kid", rfcKey + `}`},
		{"another alg", rfcKey + `,"alg":"ES384","kid":"` + thumbprint + `"}`},
		{"off curve", strings.Replace(rfcKey, "4Etl", "4Etm", 1) + `,"kid":"` + thumbprint + `"}`},
		{"null", `null`},
		{"RSA", `{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"1"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := json.Unmarshal([]byte(`{"keys":[`+c.key+`]}`), &set); err == nil {
				t.Errorf("accepted")
			}
		})
	}
	if text, err := json.Marshal(KeySet(nil)); err != nil || string(text) != `{"keys":[]}` {
		t.Errorf("no keys: %s %v", text, err)
	}
}

// RFC 7517 section 5: implementations should ignore JWKs within a set that use a kty, values or members that
// they do not understand. The foreign keys are those of RFC 7517 appendix A.1, RFC 8037 appendix A.2 and
// made-up members.
func TestAKeySetLosesOnlyTheKeysThatItDoesNotUnderstand(t *testing.T) {
	good := rfcKey + `,"kid":"` + thumbprint + `","use":"sig"}`
	other := newKey(t).Public()
	second, err := json.Marshal(other)
	if err != nil {
		t.Fatal(err)
	}
	p384 := `"crv":"P-384","x":"` + strings.Repeat("A", 64) + `","y":"` + strings.Repeat("A", 64) + `"`
	foreign := []struct{ name, key string }{
		{"RSA",
			`{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbf` +
				`AAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs","e":"AQAB",` +
				`"alg":"RS256","kid":"2011-04-29"}`},
		{"OKP", `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`},
		{"P-384", `{"kty":"EC",` + p384 + `,"kid":"1"}`},
		{"P-384 that calls itself ES256", `{"kty":"EC","alg":"ES256","use":"sig",` + p384 + `,"kid":"1"}`},
		{"for encryption", rfcKey + `,"kid":"` + thumbprint + `","use":"enc"}`},
		{"for signing only", rfcKey + `,"kid":"` + thumbprint + `","key_ops":["sign"]}`},
		{"for no operation", rfcKey + `,"kid":"` + thumbprint + `","key_ops":[]}`},
		{"an unknown kty", `{"kty":"AKP","alg":"ML-DSA-44","pub":"AQAB","kid":"1"}`},
		{"no kty", `{"kid":"1"}`},
		{"no kid", rfcKey + `}`},
		{"a kid that is not the thumbprint", rfcKey + `,"kid":"1"}`},
		{"another alg", rfcKey + `,"kid":"` + thumbprint + `","alg":"ES384"}`},
		{"off the curve", strings.Replace(rfcKey, "4Etl", "4Etm", 1) + `,"kid":"` + thumbprint + `"}`},
		{"a short coordinate", `{"kty":"EC","crv":"P-256","x":"MKBC","y":"4Etl","kid":"1"}`},
		{"padded base64", strings.Replace(rfcKey, `7D4"`, `7D4="`, 1) + `,"kid":"` + thumbprint + `"}`},
		{"a number as a coordinate", `{"kty":"EC","crv":"P-256","x":5,"y":6,"kid":"1"}`},
		{"key_ops as a word", rfcKey + `,"kid":"` + thumbprint + `","key_ops":"verify"}`},
		{"null", `null`},
		{"a text", `"key"`},
	}
	testenv.Refused(t, testenv.Trust, len(foreign))
	for _, c := range foreign {
		t.Run(c.name, func(t *testing.T) {
			for _, text := range []string{c.key + "," + string(second), string(second) + "," + c.key} {
				var set KeySet
				err := json.Unmarshal([]byte(`{"keys":[`+text+`]}`), &set)
				if err != nil || len(set) != 1 || set[0].ID != other.ID {
					t.Errorf("%v %v", set, err)
				}
			}
			var set KeySet
			if err := json.Unmarshal([]byte(`{"keys":[`+c.key+`]}`), &set); err == nil || len(set) > 0 {
				t.Errorf("alone: %v %v", set, err)
			}
			key, err := ReadOnlyKey([]byte(`{"keys":[` + string(second) + "," + c.key + `]}`))
			if err == nil {
				t.Errorf("a root of trust beside it: %v", key.ID)
			}
		})
	}
	for _, c := range []struct {
		name string
		text string
	}{
		{"key_ops with verify", rfcKey + `,"kid":"` + thumbprint + `","key_ops":["verify"]}`},
		{"members of others", rfcKey + `,"kid":"` + thumbprint + `","x5t":"AQAB","ext":true}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var set KeySet
			if err := json.Unmarshal([]byte(`{"keys":[`+c.text+`]}`), &set); err != nil || len(set) != 1 {
				t.Errorf("%v %v", set, err)
			}
		})
	}
	var set KeySet
	twice := strings.Replace(good, `"use"`, `"crlVersion":3,"use"`, 1)
	err = json.Unmarshal([]byte(`{"keys":[`+good+`,`+twice+`,`+good+`]}`), &set)
	if err != nil || len(set) != 1 || set[0].CRLVersion != 3 {
		t.Errorf("one key three times: %+v %v", set, err)
	}
}

func TestAKeySetThatIsBrokenOrPublishesASecretIsRefused(t *testing.T) {
	good := rfcKey + `,"kid":"` + thumbprint + `"}`
	cases := []struct{ name, text string }{
		{"cut off", `{"keys":[` + good},
		{"bytes behind it", `{"keys":[` + good + `]}}`},
		{"no keys", `{}`},
		{"keys null", `{"keys":null}`},
		{"keys as an object", `{"keys":` + good + `}`},
		{"a member twice", `{"keys":[` + strings.Replace(good, `{`, `{"kty":"RSA",`, 1) + `]}`},
		{"keys in another case", `{"Keys":[` + good + `]}`},
		{"not UTF-8", `{"keys":[` + good + `],"x":"` + "\xff" + `"}`},
		{"an EC private key", `{"keys":[` + good + `,` +
			strings.Replace(good, `{`, `{"d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",`, 1) + `]}`},
		{"an empty private member",
			`{"keys":[` + good + `,` + strings.Replace(good, `{`, `{"d":"",`, 1) + `]}`},
		{"an RSA private key",
			`{"keys":[` + good + `,{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB","p":"AQAB"}]}`},
		{"an OKP private key", `{"keys":[` + good + `,{"kty":"OKP","crv":"Ed25519","x":"AQAB","d":"AQAB"}]}`},
		{"a shared secret", `{"keys":[` + good + `,{"kty":"oct","k":"AQAB"}]}`},
	}
	testenv.Refused(t, testenv.Trust, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var set KeySet
			if err := json.Unmarshal([]byte(c.text), &set); err == nil {
				t.Errorf("read as %d keys", len(set))
			}
			if _, err := ReadOnlyKey([]byte(c.text)); err == nil {
				t.Error("taken as a root of trust")
			}
		})
	}
	var empty KeySet
	if err := json.Unmarshal([]byte(`{"keys":[]}`), &empty); err != nil || len(empty) != 0 {
		t.Errorf("an empty set: %v %v", empty, err)
	}
}

func TestAnInsurerOpensWhatAnyOfItsKeysSigned(t *testing.T) {
	retired, current := newKey(t), newKey(t)
	out := issue(t, retired, Request{Tier: TierLive})
	for _, c := range []struct {
		name string
		keys KeySet
		ok   bool
	}{
		{"the retired one of two", KeySet{current.Public(), retired.Public()}, true},
		{"another one", KeySet{current.Public()}, false},
		{"none", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Open(out.JWS, testISS, c.keys); (err == nil) != c.ok {
				t.Errorf("%v", err)
			}
		})
	}
}
