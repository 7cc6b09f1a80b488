package pdf

import (
	"bytes"
	"strconv"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/pdf/form"
)

// Insert is what the slip for a card case says: the figures that a counter types, in big letters, for people
// who keep it behind the My Number card.
type Insert struct {
	Person      eligibility.Person
	Share       int // percent; 0 is left out
	InsurerName string
	Issuer      string
	MadeOn      eligibility.Date
}

// InsertSheet makes an A4 page with the slip of a card's size (85.6 × 54 mm) to cut out. It is part of the
// insurer's notice and does not stand alone.
func InsertSheet(n Insert, made time.Time) ([]byte, Report, error) {
	composed, err := insertForm()
	if err != nil {
		return nil, Report{}, err
	}
	p := n.Person.WithCleanNames()
	name, reading, notes := shownName(p)
	v := map[string]string{
		"insurer":       n.InsurerName,
		"insurernumber": p.Insurer.Paper(),
		"number":        numberText(p),
		"name":          name,
		"reading":       reading,
		"made":          n.MadeOn.Japanese() + " " + n.Issuer,
	}
	if n.Share > 0 {
		v["share"] = "負担割合 " + strconv.Itoa(n.Share/10) + "割"
	}
	if !p.ValidUntil.IsZero() {
		v["until"] = "有効期限 " + p.ValidUntil.Japanese()
	}
	var out bytes.Buffer
	w := form.NewWriter(&out, form.Info{Title: "カードケース用の資格情報", Author: n.InsurerName,
		Made: made.In(eligibility.Japan)})
	report, err := w.Page(composed, form.Person{Values: v, Reading: p.Kana, Notes: notes})
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), withLostNames(report, p), err
}

var insertForm = sync.OnceValues(composeInsert)

func composeInsert() (*form.Form, error) {
	a := beginA4Page()
	a.boldLabel(left, 22, 18, ink, "カードケース用の資格情報")
	a.label(left, 34, 12, ink, "点線で切り取り、マイナンバーカードのケースに入れてお使いください。")
	a.label(left, 41, 12, ink, "この紙だけでは受診できません。かならずマイナンバーカードといっしょに見せてください。")
	const x, y = left, 56.0
	a.gp.SetCustomLineType([]float64{1.4, 0.9}, 0)
	a.box(x, y, cutWidth, cutHeight, 0.3, ink)
	a.gp.SetLineType("solid")
	const in, wide = x + 4, cutWidth - 8
	a.slot(in, y+3, 10.5, 48, ink, "insurer", form.Slot{
		Least:   6.5,
		Lines:   2,
		Leading: 1.05,
		Height:  6,
	})
	a.slot(x+cutWidth-4, y+2.4, 15, 30, ink, "insurernumber", form.Slot{Align: form.Right, Bold: true})
	a.line(in, y+9.6, x+cutWidth-4, y+9.6, 0.15, hairline)
	a.label(in, y+11, 8, grey, "記号・番号（枝番）")
	a.slot(in, y+14.8, 20, wide, ink, "number", form.Slot{Bold: true, Least: 10})
	a.slot(in, y+24.4, 8.5, wide, ink, "reading", form.Slot{Least: 6})
	a.slot(in, y+28.2, 17, wide, ink, "name", form.Slot{
		Bold:    true,
		Least:   6.5,
		Lines:   3,
		Leading: 1.1,
		Height:  7.8,
	})
	a.slot(in, y+36.6, 11.5, 30, ink, "share", form.Slot{Bold: true})
	a.slot(x+cutWidth-4, y+36.8, 10, 47, ink, "until", form.Slot{Align: form.Right})
	a.line(in, y+42.4, x+cutWidth-4, y+42.4, 0.15, hairline)
	a.boldLabel(in, y+43.8, 10, ink, "マイナンバーカードといっしょに見せてください")
	a.slot(in, y+49, 7.5, wide, grey, "made", form.Slot{Least: 5.5})
	a.slot(left, 120, 9.5, right-left, ink, form.NotesSlot, form.Slot{Least: 8, Lines: 3, Down: true})
	return a.finish()
}
