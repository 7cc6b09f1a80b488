package agent

import (
	"testing"

	"madoguchi/card/wire"
	"madoguchi/eligibility"
	"madoguchi/eligibility/oqs"
)

func TestTheNameOfAnAnswerIsComparedAsRegistersWriteNames(t *testing.T) {
	for _, c := range []struct {
		screen, answer, alias string
		want                  wire.Agreement
	}{
		{"山田（佐藤）花子", "山田 花子", "", wire.Equal}, // 協会けんぽ's paper and the OQS
		{"髙橋 德一", "●橋 德一", "", wire.Equal},
		{"吉田 一", "?田 一", "", wire.Equal},
		{"吉田 一", "？田 一", "", wire.Equal},
		{"長谷川 青子", "⻑⾕川 ⻘⼦", "", wire.Equal},
		{"試験 アン", "NGUYEN TEST AN", "試験 アン", wire.Equal},
		{"試験 アン", "●●●", "試験 アン", wire.Equal},
		{"吉田 一", "●●●", "", wire.Missing},
		{"吉田 一", "", "", wire.Missing},
		{"张 三", "張 三", "", wire.Different},
		{"吉田 一", "架空 花子", "", wire.Different},
	} {
		t.Run(c.screen+" / "+c.answer, func(t *testing.T) {
			answer := oqs.Result{Person: eligibility.Person{Name: c.answer, Alias: c.alias}}
			for _, f := range compareItems(wire.Items{Name: c.screen}, answer) {
				if f.Name == "name" && f.Result != c.want {
					t.Errorf("%s, want %s", f.Result, c.want)
				}
			}
		})
	}
}
