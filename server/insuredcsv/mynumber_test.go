package insuredcsv

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"madoguchi/eligibility"
)

// validMyNumber makes a number at run time that passes the check digit; none stands in a file.
func validMyNumber() string {
	for d := '0'; d <= '9'; d++ {
		if n := "98765432109" + string(d); eligibility.HoldsMyNumber(n) {
			return n
		}
	}
	panic("no digit fits")
}

func TestAMyNumberRefusesTheWholeFileWithoutEcho(t *testing.T) {
	n := validMyNumber()
	for _, c := range []struct {
		name, text string
	}{
		{"value", "番号,氏名,生年月日,メモ\n1,試験 太郎,1986-04-12,\n2,試験 次郎,1990-05-05," + n + "\n"},
		{"with hyphens", "番号,氏名,生年月日,メモ\n1,試験 太郎,1986-04-12,\n2,試験 次郎,1990-05-05," + n[:4] + "-" + n[4:8] +
			"-" + n[8:] + "\n"},
		{"in the name", "番号,氏名,生年月日,メモ\n1,試験 太郎,1986-04-12,\n2,試験 次郎 " + n + ",1990-05-05,\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Read(strings.NewReader(c.text), Options{Insurer: insurer})
			var e *eligibility.Error
			if r != nil || !errors.Is(err, ErrMyNumber) || !errors.As(err, &e) ||
				!strings.Contains(e.Ja(), "3行目") || strings.Contains(fmt.Sprint(err, e.Ja(), e.En()), n[:4]) {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	for _, heading := range []string{"個人番号", "マイナンバー", "My Number", "ＭＹＮＵＭＢＥＲ", "マイナンバー（12桁）"} {
		if _, err := Read(strings.NewReader("番号,氏名,生年月日,"+heading+"\n1,試験 太郎,1986-04-12,\n"),
			Options{Insurer: insurer}); !errors.Is(err, ErrMyNumber) {
			t.Errorf("heading %s: %v", heading, err)
		}
	}
	// 個人番号カード is the card's name in 番号法 2条7項
	for _, heading := range []string{"マイナ保険証登録", "マイナンバーカード保険証登録", "個人番号カード保険証登録"} {
		if r, err := readWhole(strings.NewReader("番号,氏名,生年月日,"+heading+"\n1,試験 太郎,1986-04-12,有\n"),
			Options{Insurer: insurer}); err != nil || r.Rows[0].Person.Registered != eligibility.Yes {
			t.Errorf("%s: %+v %v", heading, r.Rows, err)
		}
	}
}

// A file of headings may hold a number by a slip of columns: the refusal must not say it again.
func TestAMyNumberAmongTheHeadingsIsNotEchoed(t *testing.T) {
	n := validMyNumber()
	for _, text := range []string{`{"加入者":"` + n + `"}`, `{"` + n + `":"氏名"}`, `{"加入者":"氏名 ` + n + `"}`} {
		_, err := ReadMap(strings.NewReader(text))
		var e *eligibility.Error
		if !errors.As(err, &e) || e.Key != "import.map_my_number" ||
			strings.Contains(fmt.Sprint(err, e.Ja(), e.En()), n[:4]) {
			t.Error("not refused, or echoed")
		}
	}
}
