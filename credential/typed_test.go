package credential

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// typedTable is testdata/typed.json, which pwa/build tests the console's reading with too.
type typedTable struct {
	JWS, Digits string
	Cases       []struct{ Name, Read, Text string }
}

func readTypedTable(t *testing.T) typedTable {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "typed.json"))
	if err != nil {
		t.Fatal(err)
	}
	var table typedTable
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	return table
}

func TestWhatReadersTypeIsReadWhateverKeyboardsMakeOfIt(t *testing.T) {
	table := readTypedTable(t)
	refused := 0
	for _, c := range table.Cases {
		if c.Read != "credential" {
			refused++
		}
		t.Run(c.Name, func(t *testing.T) {
			jws, err := Read(c.Text)
			switch {
			case c.Read == "credential" && (jws != table.JWS || err != nil):
				t.Errorf("read as %.40q, %v", jws, err)
			case c.Read == "incomplete" && !errors.Is(err, ErrIncomplete):
				t.Errorf("read as %.40q, %v", jws, err)
			case c.Read == "none" && (!errors.Is(err, ErrNoCredential) || errors.Is(err, ErrIncomplete)):
				t.Errorf("read as %.40q, %v", jws, err)
			}
		})
	}
	testenv.Refused(t, testenv.Codes, refused)
	if len(table.Cases) < 50 {
		t.Errorf("only %d cases", len(table.Cases))
	}
}

// Keys that a reader's computer lost take digits out of a code; whatever follows is shifted by them, in the
// digits of two a character and in base64url (RFC 4648 section 5) alike. At each place it is said that a part
// is missing, never that somebody altered the code or that its issuer is not known.
func TestACodeThatLostKeysIsNeverCalledForged(t *testing.T) {
	key := newKey(t)
	jws := issue(t, key, Request{Tier: TierLive}).JWS
	strangers := newKey(t)
	digits := strings.TrimPrefix(NumericQR(jws), "shc:/")
	for _, basis := range []Verifier{
		{Now: issuedAt, Keys: KeySet{key.Public()}},
		{Now: issuedAt, Keys: KeySet{strangers.Public()}},
	} {
		if whole := basis.Verify(jws); whole.Damaged() {
			t.Fatalf("the whole code: %+v", whole.Checks[0])
		}
		for lost := 1; lost <= 7; lost++ {
			for at := 0; at+lost <= len(digits); at++ {
				read, err := Read("shc:/" + digits[:at] + digits[at+lost:])
				if errors.Is(err, ErrIncomplete) {
					continue
				}
				if v := basis.Verify(read); err != nil || !v.Damaged() ||
					v.Headline().Key != "verdict.headline.scan_again" {
					t.Fatalf("%d digits lost at %d: %v, %+v", lost, at, err, v.Checks)
				}
			}
		}
	}
	// a code that says something else was altered
	p := strings.Split(jws, ".")
	body, err := base64.RawURLEncoding.DecodeString(p[1])
	if err != nil {
		t.Fatal(err)
	}
	text, err := inflate(body)
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Replace(text, []byte(`"value":`), []byte(`"Value":`), 1)
	packed, err := deflate(other, flate.BestCompression)
	if err != nil || bytes.Equal(other, text) {
		t.Fatalf("nothing was altered: %v", err)
	}
	p[1] = base64.RawURLEncoding.EncodeToString(packed)
	v := Verifier{Now: issuedAt, Keys: KeySet{key.Public()}}.Verify(strings.Join(p, "."))
	if v.Checks[0].Key != checkSignature.failed {
		t.Errorf("altered: %+v", v.Checks[0])
	}
}

// A code whose end is missing is not called forged: RFC 7518 section 3.4 gives a signature its length.
func TestACodeWhoseEndIsMissingIsNotCalledForged(t *testing.T) {
	key := newKey(t)
	jws := issue(t, key, Request{Tier: TierLive}).JWS
	basis := Verifier{Now: issuedAt, Keys: KeySet{key.Public()}}
	for _, c := range []struct {
		name, jws string
		damaged   bool
	}{
		{"whole", jws, false},
		{"two characters", jws[:len(jws)-2], true},
		{"half of the signature", jws[:len(jws)-43], true},
		{"another signature", jws[:len(jws)-86] + strings.Repeat("A", 86), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := basis.Verify(c.jws)
			if (v.Checks[0].Key == checkDamaged.failed) != c.damaged || v.Valid && c.jws != jws {
				t.Errorf("%+v", v.Checks[0])
			}
		})
	}
}

func TestAnOnlineCodeIsReadWhateverKeyboardsMakeOfIt(t *testing.T) {
	made := NewOnlineCode("https://hoken.example.jp/i/00138990")
	code := made.Spoken
	wide := func(s string) string {
		return strings.Map(func(r rune) rune {
			if '!' <= r && r <= '~' {
				return r + 0xFEE0
			}
			return r
		}, s)
	}
	address := "HTTPS://HOKEN.EXAMPLE.JP/C/" + made.Printed()
	for _, c := range []struct{ name, text string }{
		{"an address whose first key was lost", address[1:]},
		{"an address without its colon", strings.Replace(address, ":", "", 1)},
		{"lower case", strings.ToLower(code)},
		{"full-width", wide(code)},
		{"full-width lower case", wide(strings.ToLower(code))},
		{"in two groups", code[:4] + " - " + code[4:]},
		{"full-width groups", wide(code[:4] + "-" + code[4:])},
		{"U+3000 inside", code[:4] + "\u3000" + code[4:]},
		{"U+200B inside", code[:4] + "\u200b" + code[4:] + "\ufeff"},
		{"U+00A0 inside", "\u00a0" + code[:2] + "\u00a0" + code[2:]},
		{"a line break behind it", code + "\r\n"},
		{"an address", address},
		{"a full-width address", wide(address)},
		{"an address in lower case with a tab", strings.ToLower(address) + "\t"},
		{"an address with U+200B", strings.Replace(address, "/C/", "/\u200bC/", 1)},
		{"an address of a US reader on a Japanese keyboard", strings.Replace(address, ":", "+", 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := OnlineCode{Spoken: code}
			if strings.Contains(c.name, "address") {
				want = made
			}
			if got, err := ReadOnlineCode(c.text); err != nil || got != want {
				t.Errorf("read as %+v, %v", got, err)
			}
		})
	}
}

// Keys that were lost inside of an address leave no whole code at its end: the check character tells one
// missing character (the code's alphabet is a prime, and its weights differ), the length any.
func TestAnAddressThatLostKeysIsIncomplete(t *testing.T) {
	made := NewOnlineCode("https://hoken.example.jp/i/00138990")
	address := "HTTPS://HOKEN.EXAMPLE.JP/C/"
	for _, code := range []string{made.Printed(), made.Spoken} {
		for lost := 1; lost < 8; lost++ {
			for at := 0; at+lost <= len(code); at++ {
				if len(code)-lost == spokenLength {
					continue // its first half alone is a code
				}
				text := address + code[:at] + code[at+lost:]
				if got, err := ReadOnlineCode(text); !errors.Is(err, ErrOnlineIncomplete) {
					t.Errorf("%s read as %+v, %v", text, got, err)
				}
			}
		}
	}
	for _, typed := range []string{made.Spoken[:7], made.Spoken + "A", "保険証"} {
		if _, err := ReadOnlineCode(typed); !errors.Is(err, ErrOnlineCode) ||
			errors.Is(err, ErrOnlineIncomplete) {
			t.Errorf("%s: %v", typed, err)
		}
	}
}
