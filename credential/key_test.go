package credential

import (
	"encoding/json"
	"strings"
	"testing"
)

// The example key of RFC 7517 appendix A.1 and its thumbprint; the private part is that of appendix A.2.
const rfcKey = `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"`

// thumbprint was computed with Python's hashlib over RFC 7638's canonical form of the key.
const thumbprint = "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"

func TestAKeySetHoldsPublicES256KeysByTheirThumbprintOnly(t *testing.T) {
	var set KeySet
	if err := json.Unmarshal([]byte(`{"keys":[`+rfcKey+`,"use":"sig","kid":"`+thumbprint+`"}]}`), &set); err != nil || len(set) != 1 || set[0].ID != thumbprint {
		t.Fatalf("%v %v", set, err)
	}
	again, err := json.Marshal(set)
	var read KeySet
	if err != nil || json.Unmarshal(again, &read) != nil || len(read) != 1 || !read[0].Key.Equal(set[0].Key) {
		t.Errorf("%s: %v", again, err)
	}
	for name, key := range map[string]string{
		"private":     rfcKey + `,"kid":"` + thumbprint + `","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}`,
		"another kid": rfcKey + `,"kid":"1"}`,
		"no kid":      rfcKey + `}`,
		"another alg": rfcKey + `,"alg":"ES384","kid":"` + thumbprint + `"}`,
		"off curve":   strings.Replace(rfcKey, "4Etl", "4Etm", 1) + `,"kid":"` + thumbprint + `"}`,
		"null":        `null`,
		"RSA":         `{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"1"}`,
	} {
		if err := json.Unmarshal([]byte(`{"keys":[`+key+`]}`), &set); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if text, err := json.Marshal(KeySet(nil)); err != nil || string(text) != `{"keys":[]}` {
		t.Errorf("no keys: %s %v", text, err)
	}
}

func TestAnInsurerOpensWhatAnyOfItsKeysSigned(t *testing.T) {
	retired, current := newKey(t), newKey(t)
	out := issue(t, retired, Request{Tier: Live})
	for name, c := range map[string]struct {
		keys KeySet
		ok   bool
	}{
		"the retired one of two": {KeySet{current.Public(), retired.Public()}, true},
		"another one":            {KeySet{current.Public()}, false},
		"none":                   {nil, false},
	} {
		if _, err := Open(out.JWS, testISS, c.keys); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
