package credential

import (
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
