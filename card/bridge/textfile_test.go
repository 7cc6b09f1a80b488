package main

import (
	"encoding/hex"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// Windows' editors write a byte order mark, and older ones Shift_JIS or UTF-16 where nobody chose.
func TestFilesOfWindowsEditorsAreReadOrTheirCodingIsNamed(t *testing.T) {
	id, key := publicKey()
	keys := keysJSON(hex.EncodeToString(id), key)
	const mark = "\ufeff"
	headers := map[string]string{"Key-Id": hex.EncodeToString(id)}
	for _, c := range []struct {
		name, card, keys string
		want             string
	}{
		{"everything with a mark", mark + `{"birthDate": "1980-02-17"}`, mark + keys,
			"card.confirmed"},
		{"keys in PEM with a mark", `{"birthDate": "1980-02-17"}`, mark + keysPEM(t, headers, key),
			"card.confirmed"},
		{"a card in Shift_JIS", shiftJIS(t, `{"name": "試験 花子", "birthDate": "1980-02-17"}`), keys,
			"bridge.virtual"},
		{"keys in UTF-16", `{"birthDate": "1980-02-17"}`, utf16(t, keys), "bridge.issuer_keys"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := checked(t, "--birth-date", "1980-02-17", "--virtual", write(t, "card.json", c.card),
				"--issuer-keys", write(t, "keys", c.keys))
			if o.Key != c.want {
				t.Errorf("%s (%s); want %s", o.Key, o.Detail, c.want)
			}
			if c.want != "card.confirmed" && !strings.Contains(o.Detail, "UTF-8") {
				t.Errorf("the coding is not named: %s", o.Detail)
			}
		})
	}
	for _, c := range []struct{ name, settings string }{
		{"settings in Shift_JIS", shiftJIS(t, `{"name": "受付1"}`)},
		{"settings in UTF-16", utf16(t, `{"name": "受付1"}`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := checked(t, "--birth-date", "1980-02-17", "--settings", write(t, "bridge.json", c.settings))
			if o.Key != "bridge.settings" || !strings.Contains(o.Detail, "UTF-8") {
				t.Errorf("%s (%s)", o.Key, o.Detail)
			}
		})
	}
	t.Run("settings with a mark", func(t *testing.T) {
		f := settingsFile{Settings: write(t, "bridge.json", mark+`{"name": "受付1"}`)}
		if got, err := f.load(); err != nil || got != (savedSettings{Name: "受付1"}) {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func shiftJIS(t *testing.T, text string) string {
	t.Helper()
	coded, err := japanese.ShiftJIS.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return coded
}

func utf16(t *testing.T, text string) string {
	t.Helper()
	coded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return coded
}
