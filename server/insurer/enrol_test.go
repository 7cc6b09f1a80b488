package insurer

import (
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
)

// The name of a login is tolerated as registers spell names, a name that nobody can read is
// nobody's.
func TestOnlyAReadableNameProvesThePersonOfANotice(t *testing.T) {
	born := eligibility.MustDate("1988-11-30")
	for _, c := range []struct {
		login, name, alias string
		want               bool
	}{
		{"山田 花子", "山田 花子", "", true},
		{"山田 花子", "山田（佐藤）花子", "", true},
		{"長谷川 青子", "⻑⾕川 ⻘⼦", "", true},
		{"佐佐木 花子", "佐々木 花子", "", true},
		{"HANS MUELLER", "MÜLLER HANS", "", true},
		{"吉田 花子", "?田 花子", "", true},
		{"試験 アン", "NGUYEN TEST AN（試験 アン）", "", true},
		{"山田 花子", "●● ●●", "山田 花子", true},
		{"山田 花子", "●● ●●", "", false},
		{"山田 花子", "●●●●", "", false},
		{"●● ●●", "●● ●●", "", false},
		{"山田 花子", "????", "", false},
		{"山田 花子", "〓", "", false},
		{"山田 花子", "●●●子", "", false},
		{"张 三", "張 三", "", false}, // staff ask
		{"佐藤 花子", "山田（佐藤）花子", "", false},
		{"", "", "", false},
	} {
		t.Run(c.login+" / "+c.name, func(t *testing.T) {
			login := auth.Identity{Name: c.login, BirthDate: born}
			got := samePerson(login, eligibility.Person{Name: c.name, Alias: c.alias, BirthDate: born})
			if got != c.want {
				t.Errorf("the same person: %v", got)
			}
		})
	}
}
