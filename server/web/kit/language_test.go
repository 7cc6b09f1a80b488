package kit

import (
	"strings"
	"testing"
)

// A header of 32 KB is read four times a page: only its beginning counts (RFC 9110 12.5.4 knows no order but
// the weights').
func TestALongAcceptLanguageCostsNothing(t *testing.T) {
	for header, want := range map[string]string{
		"vi, en;q=0.5" + strings.Repeat(", qaa;q=0.1", 3000): "vi",
		"en;q=0.2, zh-Hans;q=0.9":                            "zh-Hans",
		strings.Repeat("en,", 10_000):                        "en",
		strings.Repeat("a", 32_000):                          "ja",
		"":                                                   "ja",
	} {
		if got := preferredLanguage(header); got != want {
			t.Errorf("%.30q: %s, want %s", header, got, want)
		}
		if n := testing.AllocsPerRun(3, func() { preferredLanguage(header) }); n > 1000 {
			t.Errorf("%.30q: %.0f allocations", header, n)
		}
	}
}
