package credential

import (
	"encoding/base32"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
	"madoguchi/message"
)

// The eight characters catch one wrong character and two that changed places (docs/phone.md).
func TestMistypedOnlineCodeIsNoticed(t *testing.T) {
	for range 200 {
		made := NewOnlineCode(testISS)
		code := made.Spoken
		for _, form := range []string{code, strings.ToLower(code), code[:4] + "-" + code[4:],
			" " + code[:4] + "　" + code[4:], "HTTPS://LOCALHOST/C/" + code} {
			if got, err := ReadOnlineCode(form); err != nil || got != (OnlineCode{Spoken: code}) {
				t.Fatalf("%q: %q, %v", form, got, err)
			}
		}
		for i := range code {
			for _, c := range codeAlphabet {
				if byte(c) == code[i] {
					continue
				}
				if got, err := ReadOnlineCode(code[:i] + string(c) + code[i+1:]); err == nil {
					t.Fatalf("%q for %q was taken as %q", string(c), code, got)
				}
			}
			if i > 0 && code[i] != code[i-1] {
				got, err := ReadOnlineCode(code[:i-1] + string([]byte{code[i], code[i-1]}) + code[i+1:])
				if err == nil {
					t.Fatalf("two changed places in %q: taken as %q", code, got)
				}
			}
		}
	}
}

// The printed form arrives through keyboards of other layouts and through phones that write addresses their
// own way.
func TestAPrintedCodeIsReadThroughEveryLayout(t *testing.T) {
	made := NewOnlineCode(testISS)
	address := "HTTPS://LOCALHOST/C/" + made.Printed()
	for _, c := range []struct {
		name string
		form string
	}{
		{"as printed", address},
		{"in small letters", strings.ToLower(address)},
		{"a Japanese keyboard", strings.ReplaceAll(address, ":", "+")},
		{"a German keyboard", strings.NewReplacer(":", "Ö", "/", "-").Replace(address)},
		{"a French keyboard", strings.NewReplacer(":", "M", "/", "_").Replace(address)},
		{"full width", "ＨＴＴＰＳ：／／ＬＯＣＡＬＨＯＳＴ／Ｃ／" + made.Printed()},
		{"with blanks at its ends", " " + address + "\r\n"},
		{"without an address", made.Printed()},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := ReadOnlineCode(c.form); err != nil || got != made {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestTextsThatAreNoOnlineCodes(t *testing.T) {
	made := NewOnlineCode(testISS)
	bad := []struct {
		name string
		text string
	}{
		{"nothing", ""},
		{"four characters", "2346"},
		{"letters that look like figures", "OOOOOOOO"},
		{"mixed", "23467OIl"},
		{"a long text", strings.Repeat("2", 301)},
		{"an address without a code", "HTTPS://LOCALHOST/C/"},
		{"a key lost on the way", "HTTPS://LOCALHOST/C/" + made.Printed()[1:]},
		{"the last key lost", "HTTPS://LOCALHOST/C/" + made.Printed()[:15]},
		{"two keys lost", made.Printed()[2:]},
		{"one key twice", made.Printed() + made.Printed()[15:]},
		{"a figure that Base32 has not", made.Printed()[:15] + "1"},
		{"a line break inside", made.Printed()[:14] + "\n7"},
		{"a sign in the middle", made.Printed()[:11] + "/" + made.Printed()[12:]},
		{"padding", made.Printed()[:15] + "="},
		{"two codes", made.Spoken + " " + made.Spoken + " " + made.Spoken},
		{"the hidden half alone", made.Hidden[:7] + "8"},
	}
	testenv.Refused(t, testenv.Servers, len(bad))
	for _, c := range bad {
		t.Run(c.name, func(t *testing.T) {
			if got, err := ReadOnlineCode(c.text); !errors.Is(err, ErrOnlineCode) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// A code says who made it, so that a counter asks nobody else: one issuer in 361 has the same tag.
func TestACodeNamesItsIssuerByItsTag(t *testing.T) {
	others := 0
	for range 20 {
		c := NewOnlineCode(testISS)
		if !c.MayBeFrom(testISS) || (OnlineCode{Spoken: c.Spoken}).MayBeFrom(testISS) != true ||
			(OnlineCode{}).MayBeFrom(testISS) {
			t.Errorf("%q is not its issuer's", c)
		}
	}
	c := NewOnlineCode(testISS)
	for i := range 3400 { // 保険者 in Japan, about
		if c.MayBeFrom("https://hoken.example.jp/i/" + strings.Repeat("0", 4) +
			base32.StdEncoding.EncodeToString([]byte{byte(i >> 8), byte(i)})) {
			others++
		}
	}
	if others < 1 || others > 30 { // 9.4 are expected; 30 would be six deviations off
		t.Errorf("%d of 3,400 others have the same tag", others)
	}
}

// The hidden half decides whether the patient is asked: it has 40 bits and is never the same twice.
func TestTheHiddenHalfCannotBeGuessed(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		c := NewOnlineCode(testISS)
		raw, err := base32.StdEncoding.DecodeString(c.Hidden)
		if err != nil || len(raw)*8 < 40 || seen[c.Hidden] {
			t.Fatalf("%q %v", c.Hidden, err)
		}
		seen[c.Hidden] = true
	}
}

// The page on which a patient reads a code aloud says each of its characters, in each language.
func TestEveryCharacterOfACodeCanBeSaid(t *testing.T) {
	page, err := os.ReadFile("../pwa/src/patient/number.ts")
	if err != nil || !strings.Contains(string(page), `const alphabet = "`+codeAlphabet+`";`) {
		t.Errorf("the page says other characters than %s: %v", codeAlphabet, err)
	}
	for _, l := range message.Languages() {
		sounds := strings.Split(message.New("word.sounds", nil).Text(l.Tag), "・")
		slices.Sort(sounds)
		if said := slices.Compact(sounds); len(said) != len(codeAlphabet) || slices.Contains(said, "") {
			t.Errorf("%s: %d ways to say %d characters: %q", l.Tag, len(said), len(codeAlphabet), said)
		}
	}
}
