package credential

import (
	"errors"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

func TestASignedTimeAnswersOneQuestionOnly(t *testing.T) {
	key, other := newKey(t), newKey(t)
	const nonce = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	good, err := SignTime(testISS, key, nonce, issuedAt)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := OpenTime(good, testISS, KeySet{key.Public()}, nonce); err != nil || !at.Equal(issuedAt) {
		t.Fatalf("%v %v", at, err)
	}
	raw, err := encodeJSON(timeClaims{testISS, nonce, issuedAt.Unix()})
	if err != nil {
		t.Fatal(err)
	}
	body := string(raw)
	with := func(old, new string) string {
		return signJSON(t, key, timeType, strings.Replace(body, old, new, 1))
	}
	cases := []struct{ name, jws string }{
		{"another question's answer", with(nonce, "ABCDEFGHIJKLMNOPQRSTUVWXY2")},
		{"no nonce", with(`"nonce":"`+nonce+`",`, "")},
		{"another issuer's answer", with(testISS, "https://other.example/i/00138990")},
		{"another's signature", signJSON(t, other, timeType, body)},
		{"another's signature under the issuer's key id",
			signJSON(t, Key{ID: key.ID, signer: other.signer, public: other.public}, timeType, body)},
		{"another type", signJSON(t, key, statusType, body)},
		{"no type", signJSON(t, key, "", body)},
		{"no time", with(`"iat":`, `"exp":`)},
		{"a time that is text", with(`"iat":`, `"iat":"x","exp":`)},
		{"two times", with(`"iat":`, `"iat":1,"iat":`)},
		{"a time in another case beside", with(`"iat":`, `"IAT":1,"iat":`)},
		{"before the epoch", with(`"iat":`, `"iat":-`)},
		{"cut off", good[:len(good)-4]},
		{"a live screen", issue(t, key, Request{Tier: TierLive}).JWS},
		{"nothing", ""},
	}
	testenv.Refused(t, testenv.Trust, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if at, err := OpenTime(c.jws, testISS, KeySet{key.Public()}, nonce); !errors.Is(err, ErrTime) {
				t.Errorf("%v %v", at, err)
			}
		})
	}
	if _, err := OpenTime(with(nonce, ""), testISS, KeySet{key.Public()}, ""); err == nil {
		t.Error("a question without a nonce was answered")
	}
}
