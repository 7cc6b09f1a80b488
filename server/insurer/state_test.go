package insurer

import (
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// A code that says 「マイナポータル（国）」 leads nowhere else, however its address is written.
func TestCodeOneLeadsToTheStateOnly(t *testing.T) {
	for _, good := range []string{"https://myna.go.jp/", "https://myna.go.jp",
		"https://myna.go.jp/html/api/medicalexaminfo", stateAddress} {
		if !ofTheState(good) {
			t.Errorf("%s is refused", good)
		}
	}
	bad := []struct{ name, address string }{
		{"another host", "https://evil.example/"},
		{"the State's name before another", "https://myna.go.jp.evil.example/"},
		{"the State's name after a hyphen", "https://evil-myna.go.jp/"},
		{"another office of the State", "https://www.nenkin.go.jp/"},
		{"a host below that is not listed", "https://evil.myna.go.jp/"},
		{"the domain above", "https://go.jp/"},
		{"http", "http://myna.go.jp/"},
		{"no scheme", "myna.go.jp/"},
		{"no scheme but slashes", "//myna.go.jp/"},
		{"a script", "javascript:alert(1)//https://myna.go.jp/"},
		{"a name before the host", "https://myna.go.jp@evil.example/"},
		{"a name and password", "https://a:b@myna.go.jp/"},
		{"a port", "https://myna.go.jp:8443/"},
		{"its own port", "https://myna.go.jp:443/"},
		{"a dot at the end", "https://myna.go.jp./"},
		{"a backslash", `https://evil.example\@myna.go.jp/`},
		{"a backslash after the host", `https://myna.go.jp\.evil.example/`},
		{"a look-alike (Cyrillic а)", "https://mynа.go.jp/"},
		{"punycode", "https://xn--myn-8cd.go.jp/"},
		{"full width", "https://ｍｙｎａ.go.jp/"},
		{"an ideographic full stop", "https://myna。go.jp/"},
		{"an escaped letter", "https://m%79na.go.jp/"},
		{"a line break", "https://myna.go.jp/\nhttps://evil.example/"},
		{"a blank", "https://myna.go.jp/ https://evil.example/"},
		{"a query", "https://myna.go.jp/?to=https://evil.example/"},
		{"a query of plain letters", "https://myna.go.jp/?to=x&a=b"},
		{"a fragment", "https://myna.go.jp/#@evil.example"},
		{"an invisible character", "https://myna.go.jp\u200b/"},
		{"an address of numbers", "https://127.0.0.1/"},
		{"too long", "https://myna.go.jp/" + strings.Repeat("a", 100)},
		{"nothing", "https://"},
	}
	testenv.Refused(t, testenv.Files, len(bad))
	for _, b := range bad {
		t.Run(b.name, func(t *testing.T) {
			if ofTheState(b.address) {
				t.Errorf("%q is taken", b.address)
			}
			address, err := (&Directory{}).stateAddress(Insurer{Branding: Branding{State: b.address}})
			if err == nil {
				t.Errorf("stored, it is printed as %q", address)
			}
		})
	}
}
