package counter_test

import (
	"errors"
	"strings"
	"testing"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// A code of which keys were lost on the way is scanned again: it opens no case that would stand as refused.
func TestWhatDidNotArriveWholeOpensNoCase(t *testing.T) {
	c := newClinic(t)
	before, err := c.Today(ctx, suzuki)
	fatal(t, err)
	digits := credential.NumericQR(c.jws)
	code := credential.NewOnlineCode(iss)
	address := "HTTPS://LOCALHOST/C/" + code.Printed()
	middle := len(digits) / 2 / 2 * 2 // a character is two digits, behind "shc:/"
	for _, scanned := range []struct{ name, text, key string }{
		{"a digit", digits[:middle] + digits[middle+1:], "scan.incomplete"},
		{"a character of the content", digits[:middle+1] + digits[middle+3:], "scan.incomplete"},
		{"three characters of the content", digits[:middle+1] + digits[middle+7:], "scan.incomplete"},
		{"a character of the signature", digits[:len(digits)-2], "scan.incomplete"},
		{"a character of the header", digits[:15] + digits[17:], "scan.incomplete"},
		{"a key of an address", address[:len(address)-1], "scan.incomplete"},
		{"an input method", "ｈっｔｐｓ：・・ｌおかｌほ", "scan.kana"},
		{"words", "まちがえて貼り付けた文字", "scan.unreadable"},
		{"another address", "https://localhost/about", "scan.unreadable"},
		{"a word", "SATO", "scan.unreadable"},
	} {
		t.Run(scanned.name, func(t *testing.T) {
			view, err := c.Open(ctx, suzuki, scanned.text)
			var refused *eligibility.Error
			if !errors.As(err, &refused) || refused.Key != scanned.key {
				t.Fatalf("%v, %+v", err, view.Verdict.Checks)
			}
			for _, word := range []string{"偽", "書き換え"} {
				if strings.Contains(refused.Message().Text("ja"), word) {
					t.Errorf("it is called forged: %s", refused.Message().Text("ja"))
				}
			}
		})
	}
	if after, err := c.Today(ctx, suzuki); err != nil || len(after) != len(before) {
		t.Errorf("%d cases, before there were %d (%v)", len(after), len(before), err)
	}
}
