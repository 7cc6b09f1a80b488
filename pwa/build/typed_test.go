package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runTyped is a Node program that reads the texts of a table and bursts of keys, and prints what they are.
//
//go:embed testdata/typed.mjs
var runTyped string

// The table is that of package credential: the console tells texts apart as the server does.
func TestTheConsoleReadsWhatReadersTypeAsTheServerDoes(t *testing.T) {
	table := filepath.Join("..", "..", "credential", "testdata", "typed.json")
	data, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		JWS, Digits string
		Cases       []struct{ Name, Read, Text string }
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	codes := func(text string) []string {
		var keys []string
		for _, c := range text {
			switch {
			case '0' <= c && c <= '9':
				keys = append(keys, "Digit"+string(c))
			case 'A' <= c && c <= 'Z':
				keys = append(keys, "Key"+string(c))
			case c == '/':
				keys = append(keys, "Slash")
			case c == ':':
				keys = append(keys, "ShiftLeft", "Semicolon") // on a US keyboard; Quote on a Japanese one
			}
		}
		return keys
	}
	join := func(parts ...[]string) (all []string) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	numpad := func(text string) []string {
		return strings.Fields(strings.NewReplacer("Digit", "Numpad").Replace(strings.Join(codes(text), " ")))
	}
	// byNumbers is a text as a reader types it that holds Alt and types each character's number.
	byNumbers := func(text string) (keys []string) {
		for _, c := range text {
			keys = append(keys, "!AltLeft")
			for _, digit := range fmt.Sprintf("%03d", c) {
				keys = append(keys, "!Numpad"+string(digit))
			}
		}
		return keys
	}
	// placed is a text by the places of its keys, "_" as the given reader types it.
	placed := func(text string, low string) (keys []string) {
		for _, c := range text {
			switch {
			case c == '_':
				keys = append(keys, low)
			case c == '-':
				keys = append(keys, "Minus")
			case c == '.':
				keys = append(keys, "Period")
			case 'A' <= c && c <= 'Z':
				keys = append(keys, "^Key"+string(c))
			default:
				keys = append(keys, codes(strings.ToUpper(string(c)))...)
			}
		}
		return keys
	}
	unplaced := func(text string) (keys []string) {
		for _, c := range text {
			keys = append(keys, "="+string(c))
		}
		return keys
	}
	const address = "HTTPS://HOKEN/C/ACDEFHJK"
	digits := "shc:/" + want.Digits
	bursts := []struct {
		name string
		keys []string
		want string
	}{
		{"a US reader", codes("SHC:/" + want.Digits), digits},
		{"a Japanese reader", join(codes("SHC"), []string{"Quote", "Slash"}, codes(want.Digits)), digits},
		{
			"with CapsLock around the letters",
			join([]string{"CapsLock"}, codes("SHC"), []string{"CapsLock", "Quote", "Slash"},
				codes(want.Digits)),
			digits,
		},
		{
			"in another mode of the input method",
			join([]string{"Lang2", "KanaMode"}, codes("SHC:/"), []string{"NonConvert"}, codes(want.Digits)),
			digits,
		},
		{"on the numeric keypad", join(codes("SHC:/"), []string{"NumLock"}, numpad(want.Digits)), digits},
		{"without a hint", codes(want.Digits), digits},
		{"a short address", codes("HTTPS://HOKEN/C/ACDEFHJK"), "HTTPS://HOKEN/C/ACDEFHJK"},
		{"a longer code", codes("HTTPS://HOKEN/C/ACDEFHJKACDEFHJK"), "HTTPS://HOKEN/C/ACDEFHJKACDEFHJK"},
		{
			"characters by their numbers",
			join([]string{"AltLeft"}, strings.Fields(strings.Repeat("!Numpad0 !Numpad5 !Numpad3 ", 40))),
			"",
		},
		{"an address by its characters' numbers", byNumbers(address), address},
		{"digits by their characters' numbers", byNumbers(strings.ToUpper(digits)), digits},
		{"a JWS of a US reader", placed(want.JWS, "^Minus"), want.JWS},
		{"a JWS of a Japanese reader", placed(want.JWS, "^IntlRo"), want.JWS},
		{"a program that types an address", unplaced(address), address},
		{"a program that types full-width letters", unplaced("ＨＴＴＰＳ：／／ＨＯＫＥＮ／Ｃ／ＡＣＤＥＦＨＪＫ"), address},
		{"a program that types digits", unplaced(digits), digits},
		{"a program that types a JWS", unplaced(want.JWS), want.JWS},
		{"a key lost behind the last slash", codes("HTTPS://HOKEN/C/ACDEFHJ"), "HTTPS://HOKEN/C/ACDEFHJ"},
		{"a telephone number", codes("0312345678"), ""},
		{"letters behind the digits", codes("SHC:/" + want.Digits + "A"), ""},
		{"a word", codes("SATO"), ""},
	}
	keys := make([][]string, len(bursts))
	for i, b := range bursts {
		keys[i] = b.keys
	}
	list, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bursts.json")
	if err := os.WriteFile(file, list, 0o600); err != nil {
		t.Fatal(err)
	}
	absolute, err := filepath.Abs(table)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Texts, Bursts []string }
	out := runNode(t, "counter/typed.ts", "typed.mjs", runTyped, absolute, file)
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Texts) != len(want.Cases) || len(got.Texts) < 50 || len(got.Bursts) != len(bursts) {
		t.Fatalf("%d texts, %d bursts", len(got.Texts), len(got.Bursts))
	}
	for i, c := range want.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if expected := strings.Replace(c.Read, "credential", want.JWS, 1); got.Texts[i] != expected {
				t.Errorf("read as %.60q", got.Texts[i])
			}
		})
	}
	for i, b := range bursts {
		t.Run(b.name, func(t *testing.T) {
			if got.Bursts[i] != b.want {
				t.Errorf("read as %.60q", got.Bursts[i])
			}
		})
	}
}
