package auth_test

import (
	"errors"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// デジタル認証サービス writes birthdate as YYYYMMDD and gender as 1 or 2
// (docs/facts/sign-in.md#digital-authentication-service), OpenID Connect Core 5.1 and 5.1.1 YYYY-MM-DD,
// words, and an object for the address.
func TestWhatUserinfoMaySayIsRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(user map[string]any)
		want   string // the date of birth
		called string
	}{
		{"YYYYMMDD", func(map[string]any) {}, "1955-07-01", "髙橋 德一"},
		{"YYYY-MM-DD", func(u map[string]any) { u["birthdate"] = "1955-07-01" }, "1955-07-01", "髙橋 德一"},
		{"a leap day", func(u map[string]any) { u["birthdate"] = "20000229" }, "2000-02-29", "髙橋 德一"},
		{"the day is not known", func(u map[string]any) { u["birthdate"] = "19550700" }, "1955-07", "髙橋 德一"},
		{"a name with a full-width blank", func(u map[string]any) { u["name"] = "髙橋　德一" }, "1955-07-01",
			"髙橋　德一"},
		{"gender 1", func(u map[string]any) { u["gender"] = "1" }, "1955-07-01", "髙橋 德一"},
		{"gender 2, a number", func(u map[string]any) { u["gender"] = 2 }, "1955-07-01", "髙橋 德一"},
		{"gender, a word", func(u map[string]any) { u["gender"] = "female" }, "1955-07-01", "髙橋 德一"},
		{"address, a text", func(u map[string]any) { u["address"] = "架空県架空市" }, "1955-07-01", "髙橋 德一"},
		{"address, an object", func(u map[string]any) {
			u["address"] = map[string]any{"formatted": "架空県架空市", "postal_code": "000-0000"}
		}, "1955-07-01", "髙橋 德一"},
		{"null where nothing is read", func(u map[string]any) { u["address"], u["gender"] = nil, nil },
			"1955-07-01", "髙橋 德一"},
		{"for several clients, this one among them", func(u map[string]any) {
			u["aud"] = []string{otherParty, clientID}
		}, "1955-07-01", "髙橋 德一"},
	} {
		t.Run(c.name, func(t *testing.T) {
			who, err := outcome(t, usual, nothing, func(a *answers) { c.change(a.userinfo) })
			if err != nil || who.Name != c.called || who.BirthDate.String() != c.want {
				t.Errorf("%+v %v", who, err)
			}
		})
	}
}

// Everything else is refused, and the log says what was wrong, without the date itself.
func TestWhatUserinfoMaySayIsAllThatIsTaken(t *testing.T) {
	cases := []struct {
		name, claim string
		value       any
		said        string
	}{
		{"slashes", "birthdate", "1955/07/01", "neither"},
		{"the Japanese calendar", "birthdate", "昭和30年7月1日", "neither"},
		{"the Japanese calendar in letters", "birthdate", "S300701", "neither"},
		{"full-width digits", "birthdate", "１９５５０７０１", "neither"},
		{"a blank before", "birthdate", " 19550701", "neither"},
		{"a line end after", "birthdate", "19550701\n", "neither"},
		{"one hyphen", "birthdate", "1955-0701", "neither"},
		{"the year alone (Core 5.1)", "birthdate", "1955", "neither"},
		{"with a time", "birthdate", "1955-07-01T00:00:00Z", "neither"},
		{"the 31st of June", "birthdate", "19550631", "no day"},
		{"month 13", "birthdate", "1955-13-01", "no day"},
		{"the year left out (Core 5.1)", "birthdate", "0000-07-01", "no day"},
		{"a number", "birthdate", 19550701, "reading userinfo"},
		{"an object", "name", map[string]any{"formatted": "髙橋"}, "reading userinfo"},
		{"of another issuer", "iss", "https://elsewhere.example", "issuer"},
		{"for another client", "aud", otherParty, "is for"},
		{"for other clients", "aud", []string{otherParty}, "is for"},
		{"for nobody that can be read", "aud", 7, "audience"},
	}
	for _, c := range cases {
		t.Run(c.claim+": "+c.name, func(t *testing.T) {
			who, err := outcome(t, usual, nothing, func(a *answers) { a.userinfo[c.claim] = c.value })
			var e *eligibility.Error
			if !errors.Is(err, auth.ErrIdentity) || !errors.As(err, &e) {
				t.Fatalf("%+v %v", who, err)
			}
			if cause := errors.Unwrap(e); cause == nil || !strings.Contains(cause.Error(), c.said) ||
				strings.Contains(cause.Error(), "1955") {
				t.Errorf("%v", cause)
			}
		})
	}
	testenv.Refused(t, testenv.SignIn, len(cases))
}
