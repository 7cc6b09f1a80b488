package pdf

import (
	"sync"

	"madoguchi/pdf/form"
)

// noticeKind is what makes one notice's form differ from another's.
type noticeKind struct{ dated, demo bool }

// noticeForms are composed when first needed.
var noticeForms = func() map[noticeKind]func() (*form.Form, error) {
	forms := map[noticeKind]func() (*form.Form, error){}
	for _, kind := range []noticeKind{{false, false}, {false, true}, {true, false}, {true, true}} {
		forms[kind] = sync.OnceValues(func() (*form.Form, error) { return composeNotice(kind) })
	}
	return forms
}()

const (
	edge      = 192.0 // the text's right edge
	cutWidth  = 85.6  // of the cut-out, as a card (ISO/IEC 7810 ID-1)
	cutHeight = 54.0
	cutLeft   = edge - cutWidth
	cutTop    = 203.0
)

var tableHeadColour = [3]uint8{0xf2, 0xf2, 0xf2}

// composeNotice draws the form of the 資格情報のお知らせ: fields and their order after the ministry's sample
// (docs/facts/official-forms.md#notice), the look our own.
func composeNotice(kind noticeKind) (*form.Form, error) {
	a := beginA4Page()
	if kind.demo {
		a.sample()
	}
	// what the window of an envelope shows
	a.slot(left, 16, 12, 85, ink, "postcode", form.Slot{})
	a.slot(left, 22.5, 12, 85, ink, "address", form.Slot{Least: 10, Lines: 3, Down: true})
	a.slot(left, 41, 15, 85, ink, "addressee", form.Slot{
		Least:  9,
		Lines:  3,
		Down:   true,
		Height: 12.5,
	})
	a.slot(edge, 16, 11.5, 75, ink, "issued", form.Slot{Align: form.Right})
	a.slot(edge, 22.5, 11.5, 75, ink, "issuer", form.Slot{
		Align:   form.Right,
		Least:   9.5,
		Lines:   4,
		Down:    true,
		Leading: 1.5,
	})

	a.logo(edge-30, 46.8, 30, 8)

	a.centredLabel((left+edge)/2, 56, 23, ink, "資格情報のお知らせ")
	a.label(left, 70, 11.5, ink, "あなたの加入する健康保険の資格情報を、下記のとおりお知らせします。")
	a.box(left, 77.5, edge-left, 11.5, 0.6, ink)
	a.boldLabel(left+4, 81.2, 11.8, ink, "このお知らせだけでは受診できません。マイナンバーカードといっしょにお持ちください。")
	a.noticeTable(kind)
	a.noticeCodes()
	a.cutOut(kind)
	a.slot(left, 276, 9.5, edge-left, ink, form.NotesSlot, form.Slot{Least: 8, Lines: 3, Down: true})
	a.slot(left, 287, 9, 120, grey, "origin", form.Slot{Least: 7.5, Lines: 2})
	a.slot(edge, 287, 9, 48, grey, "serial", form.Slot{Align: form.Right, Least: 7})
	return a.finish()
}

func (a *artwork) noticeTable(kind noticeKind) {
	const top, high, column = 93.0, 11.6, 72.0
	type row struct{ label, slot string }
	rows := []row{{"保険者名（保険者番号）", "insurer"}, {"記号・番号（枝番）", "number"}, {"氏名", "name"}}
	if kind.dated {
		rows = append(rows, row{"負担割合", "share"}, row{"発効期日 ／ 有効期限", "dates"})
	}
	rows = append(rows, row{"", "since"}, row{"交付年月日", "made"})
	height := func(r row) float64 {
		if r.slot == "name" {
			return high + 5.4
		}
		return high
	}
	end := top
	for _, r := range rows {
		end += height(r)
	}
	a.fill(left, top, column-left, end-top, tableHeadColour)
	y := top
	for _, r := range rows {
		h := height(r)
		a.line(left, y, edge, y, 0.15, hairline)
		if r.label == "" {
			a.slot(left+4, y+h/2-2, 11.5, column-left-6, ink, r.slot+"label", form.Slot{})
		} else {
			a.label(left+4, y+h/2-2, 11.5, ink, r.label)
		}
		if r.slot == "name" {
			a.slot(column+4, y+1.2, 12, edge-column-6, ink, "reading", form.Slot{Least: 7.5})
			a.slot(column+4, y+8, 16, edge-column-6, ink, r.slot, form.Slot{
				Least:   8.5,
				Lines:   3,
				Leading: 1.1,
				Height:  10,
			})
		} else {
			a.slot(column+4, y+h/2-2.6, 15, edge-column-6, ink, r.slot, form.Slot{
				Least:   10,
				Lines:   2,
				Leading: 1.1,
				Height:  9.6,
			})
		}
		y += h
	}
	a.line(left, y, edge, y, 0.15, hairline)
	for _, x := range []float64{left, column, edge} {
		a.line(x, top, x, y, 0.15, hairline)
	}
}

func (a *artwork) noticeCodes() {
	for i, text := range []string{
		"スマートフォンをお持ちの方は、下のコード",
		"からご自身の資格情報を見ることができます。",
		"カードの読み取りができないときは、その画面",
		"をカードといっしょに受付で見せてください。",
	} {
		a.label(left, 197+5.6*float64(i), 11, ink, text)
	}
	a.code(left, 227, 25, 0.42, "State")
	a.code(left+42, 227, 25, 0.42, "Landing")
	a.boldLabel(left, 254.5, 11, ink, "① マイナポータル")
	a.boldLabel(left, 259.3, 11, ink, "（国のサイト）")
	a.slot(left+42, 254.5, 11, 41, ink, "screen", form.Slot{
		Bold:    true,
		Least:   7.5,
		Lines:   4,
		Down:    true,
		Leading: 1.24,
		Height:  13.2,
	})
	a.slot(left, 269.5, 11, 80, ink, "code", form.Slot{Least: 9})
}

// cutOut draws the part to cut out at the lower right, of a card's size.
func (a *artwork) cutOut(kind noticeKind) {
	a.label(cutLeft, cutTop-6, 10, grey, "切り取り線（切り取ってカードと持ち歩けます）")
	a.gp.SetCustomLineType([]float64{1.4, 0.9}, 0)
	a.box(cutLeft, cutTop, cutWidth, cutHeight, 0.3, ink)
	a.gp.SetLineType("solid")
	const x, value = cutLeft + 4, cutLeft + 31
	a.boldLabel(x, cutTop+3.4, 12, ink, "資格情報のお知らせ")
	a.slot(cutLeft+cutWidth-4, cutTop+4.2, 9.5, 38, ink, "cutissued", form.Slot{Align: form.Right})
	type row struct{ label, slot string }
	rows := []row{{"交付者名", "cutissuer"}, {"記号・番号（枝番）", "cutnumber"}, {"氏名", "cutname"}}
	step, size := 9.0, 12.5
	if kind.dated {
		rows = append(rows, row{"負担割合", "cutshare"}, row{"有効期限", "cutuntil"}, row{"発効期日", "cutfrom"})
		step, size = 5.4, 11
	}
	y := cutTop + 10.6
	if !kind.dated {
		y += 3
	}
	for _, r := range rows {
		s := form.Slot{Bold: r.slot == "cutnumber" || r.slot == "cutname", Least: 8}
		if r.slot == "cutname" || r.slot == "cutissuer" {
			s.Lines, s.Leading, s.Least, s.Height = 3, 1.05, 6.5, step+2
		}
		if r.slot == "cutname" && kind.dated {
			y++ // a long name needs the room of a line and a half
		}
		a.label(x, y+(size-9)*0.18, 9, grey, r.label)
		a.slot(value, y, size, cutLeft+cutWidth-3-value, ink, r.slot, s)
		y += step
		if r.slot == "cutname" && kind.dated {
			y++
		}
	}
	a.line(x, cutTop+cutHeight-8.2, cutLeft+cutWidth-4, cutTop+cutHeight-8.2, 0.15, hairline)
	a.boldLabel(x, cutTop+cutHeight-6.2, 10, ink, "受診の際はマイナンバーカードもあわせて必要です")
	for i, text := range []string{"この部分だけでも、マイナンバーカードと", "いっしょに見せることができます。"} {
		a.label(cutLeft, cutTop+cutHeight+2+4.8*float64(i), 10.5, grey, text)
	}
}
