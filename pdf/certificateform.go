package pdf

import (
	"strings"

	"madoguchi/pdf/form"
)

// A card's size is ID-1 (ISO/IEC 7810), as the cut-out's.
const (
	cardWidth  = cutWidth
	cardHeight = cutHeight
)

const (
	// how far a single card's band reaches over its edge, so that a crooked cut leaves no white
	bleed = 3.0
	// around a single card, for crop marks
	margin   = 10.0
	sheetX   = (pageWidth - 2*cardWidth) / 2
	sheetY   = (297 - 5*cardHeight) / 2
	cropMark = 4.0 // length of a mark
)

// composeCertificate draws a form of the 資格確認書: items after 健康保険法施行規則47条
// (docs/facts/official-forms.md#certificate), the look our own.
func composeCertificate(
	layout CertificateLayout,
	kind certificateKind,
	look Branding,
	demo bool,
) (*form.Form, error) {
	var a *artwork
	switch layout {
	case CardSheet:
		a = beginA4Page()
		for i := range kind.cards {
			column, row := i%2, i/2
			if kind.back {
				column = 1 - column // the sheet is turned over its long edge
			}
			a.card(sheetX+float64(column)*cardWidth, sheetY+float64(row)*cardHeight, 0, cardSuffix(i), kind,
				look,
				demo)
		}
		a.sheetMarks(kind.cards, kind.back)
	case CardSingle:
		a = composeOn(cardWidth+2*margin, cardHeight+2*margin)
		a.card(margin, margin, bleed, cardSuffix(0), kind, look, demo)
		a.marks(margin, margin, margin+cardWidth, margin+cardHeight, bleed+1)
	default:
		a = beginA4Page()
		if kind.back {
			a.certificateBack(look, demo)
		} else {
			a.certificateFront(kind, look, demo)
		}
	}
	return a.finish()
}

// sheetMarks draws crop marks outside the cards of a sheet, so that no line lies on a card.
func (a *artwork) sheetMarks(cards int, back bool) {
	rows := (cards + 1) / 2
	first, last := 0, 2
	if cards == 1 { // a single card: fronts stand left, backs right
		last = 1
		if back {
			first, last = 1, 2
		}
	}
	top, bottom := sheetY, sheetY+float64(rows)*cardHeight
	for column := first; column <= last; column++ {
		x := sheetX + float64(column)*cardWidth
		a.line(x, top-1-cropMark, x, top-1, 0.2, hairline)
		a.line(x, bottom+1, x, bottom+1+cropMark, 0.2, hairline)
	}
	from, to := sheetX+float64(first)*cardWidth, sheetX+float64(last)*cardWidth
	for row := range rows + 1 {
		y := sheetY + float64(row)*cardHeight
		a.line(from-1-cropMark, y, from-1, y, 0.2, hairline)
		a.line(to+1, y, to+1+cropMark, y, 0.2, hairline)
	}
}

// marks draws the eight marks at a rectangle's corners, away from it by gap.
func (a *artwork) marks(x1, y1, x2, y2, gap float64) {
	for _, x := range []float64{x1, x2} {
		a.line(x, y1-gap-cropMark, x, y1-gap, 0.2, ink)
		a.line(x, y2+gap, x, y2+gap+cropMark, 0.2, ink)
	}
	for _, y := range []float64{y1, y2} {
		a.line(x1-gap-cropMark, y, x1-gap, y, 0.2, ink)
		a.line(x2+gap, y, x2+gap+cropMark, y, 0.2, ink)
	}
}

// card draws one side of a card with its upper left corner at x, y.
func (a *artwork) card(x, y, over float64, suffix string, kind certificateKind, look Branding, demo bool) {
	if demo {
		a.texts = append(a.texts, form.Text{Text: "見本"})
		a.gp.Rotate(20, x+cardWidth/2, y+cardHeight/2)
		a.drawText(x+cardWidth/2-a.width(44, "見本")/2, y+cardHeight/2-6, 44, pale, "見本")
		a.gp.RotateReset()
	}
	if kind.back {
		a.cardBack(x, y, suffix)
		return
	}
	a.cardFront(x, y, over, suffix, kind, look)
}

func (a *artwork) cardFront(x, y, over float64, suffix string, kind certificateKind, look Branding) {
	const in, wide = 4.0, cardWidth - 8
	colour, letters := look.band()
	a.fill(x-over, y-over, cardWidth+2*over, 8.4+over, colour)
	a.boldLabel(x+in, y+2.4, 10, letters, kind.scheme)
	a.label(x+48.8, y+3.1, 6.5, letters, "有効期限")
	a.slot(x+cardWidth-in, y+2.4, 9.5, 22, letters, "until"+suffix, form.Slot{Align: form.Right, Bold: true,
		Least: 7})

	a.slot(x+in, y+10, 6.5, 40, grey, "numberlabel"+suffix, form.Slot{})
	a.slot(x+in, y+12.8, 13, wide, ink, "number"+suffix, form.Slot{Bold: true, Least: 7})
	a.slot(x+in, y+18.6, 6.5, wide, ink, "reading"+suffix, form.Slot{Least: 5})
	a.slot(x+in, y+22.2, 14.5, wide, ink, "name"+suffix, form.Slot{
		Bold:    true,
		Least:   6.5,
		Lines:   2,
		Leading: 1.08,
		Height:  6.4,
	})

	const label, value, label2, value2 = in, 22.0, 47.0, 61.0
	first, second := value2-value-15, cardWidth-in-value2
	row := func(at float64, l1, slot1, l2, slot2 string) {
		a.label(x+label, at+0.5, 6.5, grey, l1)
		a.slot(x+value, at, 8.5, first, ink, slot1+suffix, form.Slot{Least: 6})
		a.label(x+label2, at+0.5, 6.5, grey, l2)
		a.slot(x+value2, at, 8.5, second, ink, slot2+suffix, form.Slot{Least: 6})
	}
	row(y+29, "生年月日", "birth", "性別", "sex")
	row(y+32.7, "資格取得年月日", "since", "交付年月日", "issued")
	for i, cell := range []string{"1", "2", "3", "4", "5", "6"} {
		at := y + 36.4 + 3.3*float64(i/2)
		l, v, w := label, value, first
		if i%2 == 1 {
			l, v, w = label2, value2, second
		}
		a.slot(x+l, at+0.5, 6.5, v-l-0.6, grey, "label"+cell+suffix, form.Slot{Least: 5})
		a.slot(x+v, at, 8.5, w, ink, "value"+cell+suffix, form.Slot{Least: 6})
	}
	a.line(x+in, y+46.4, x+cardWidth-in, y+46.4, 0.15, hairline)
	a.label(x+in, y+47.9, 6.5, grey, "保険者番号")
	a.slot(x+17, y+47, 10, 22, ink, "insurernumber"+suffix, form.Slot{Bold: true, Least: 8})
	a.slot(x+cardWidth-in, y+47.3, 8, 42, ink, "insurer"+suffix, form.Slot{Align: form.Right, Least: 5,
		Lines: 1})
	a.slot(x+in, y+51.1, 5.5, wide, grey, "issuer"+suffix, form.Slot{Least: 4.5})
}

// donationChoices are the three answers that the Act on organ transplantation asks certificates to offer, in
// our words.
var donationChoices = []string{
	"1　脳死のあと・心臓が止まったあとの、どちらでも提供します",
	"2　心臓が止まったあとにかぎり、提供します",
	"3　提供しません",
}

func (a *artwork) cardBack(x, y float64, suffix string) {
	const in, wide = 4.0, cardWidth - 8
	a.label(x+in, y+3.2, 6.5, ink, "住所（ご自分で書いてください）")
	a.line(x+in, y+9.8, x+cardWidth-in, y+9.8, 0.15, hairline)
	a.line(x+in, y+14.6, x+cardWidth-in, y+14.6, 0.15, hairline)
	a.label(x+in, y+15.8, 6.5, ink, "備考")
	a.slot(x+13, y+15.8, 6.2, wide-9, ink, "remarks"+suffix, form.Slot{
		Least:   4.5,
		Lines:   3,
		Down:    true,
		Leading: 1.12,
		Height:  7.6,
	})
	a.line(x+in, y+23.6, x+cardWidth-in, y+23.6, 0.15, hairline)
	a.label(x+in, y+24.8, 6.5, ink, "臓器提供の意思（書くかどうかは自由です。あてはまる番号を○でかこみます）")
	for i, text := range donationChoices {
		a.label(x+in+1, y+28+2.9*float64(i), 6.5, ink, text)
	}
	a.label(x+in+1, y+36.9, 6, grey, "1か2のとき、提供しない臓器に×：心臓・肺・肝臓・腎臓・膵臓・小腸・眼球")
	a.label(x+in, y+40.6, 6.5, ink, "署名")
	a.line(x+12, y+43.4, x+50, y+43.4, 0.15, hairline)
	a.label(x+52, y+40.6, 6.5, ink, "　　　　年　　月　　日")
	a.line(x+in, y+45, x+cardWidth-in, y+45, 0.15, hairline)
	for i, text := range []string{
		"受診のときは、この確認書を受付に出してください。",
		"人に貸したり、書き換えたりすることはできません。有効期限を過ぎたら使えません。",
		"資格がなくなったとき、記載が変わったときは、すみやかに発行者へお返しください。",
	} {
		a.label(x+in, y+45.9+2.5*float64(i), 5.8, ink, text)
	}
}

// certificateFront draws the front on A4, for people who want it large.
func (a *artwork) certificateFront(kind certificateKind, look Branding, demo bool) {
	if demo {
		a.sample()
	}
	suffix := cardSuffix(0)
	colour, letters := look.band()
	a.fill(left, 20, right-left, 20, colour)
	a.centredLabel(pageWidth/2, 25.6, 24, letters, kind.scheme)
	a.slot(left, 46, 12, 80, ink, "insurer"+suffix, form.Slot{Least: 8, Lines: 2, Down: true})
	a.label(right-62, 45.5, 13, ink, "有効期限")
	a.slot(right, 45, 15, 42, ink, "until"+suffix, form.Slot{Align: form.Right, Bold: true, Least: 11})
	const column = 68.0
	y := 62.0
	row := func(high, size float64, label string, labelSlot bool, slot string, s form.Slot) {
		a.line(left, y, right, y, 0.2, hairline)
		if labelSlot {
			a.slot(left+3, y+high/2-2.1, 11.5, column-left-5, ink, label+suffix, form.Slot{Least: 8})
		} else {
			a.label(left+3, y+high/2-2.1, 11.5, ink, label)
		}
		a.slot(column+4, y+high/2-size*0.18, size, right-column-7, ink, slot+suffix, s)
		y += high
	}
	row(15, 20, "numberlabel", true, "number", form.Slot{Bold: true, Least: 11})
	a.line(left, y, right, y, 0.2, hairline)
	a.label(left+3, y+8.4, 11.5, ink, "氏名")
	a.slot(column+4, y+1.8, 11, right-column-7, ink, "reading"+suffix, form.Slot{Least: 7.5})
	a.slot(column+4, y+9.2, 22, right-column-7, ink, "name"+suffix, form.Slot{
		Bold:    true,
		Least:   10,
		Lines:   3,
		Leading: 1.1,
		Height:  13,
	})
	y += 22
	plain := form.Slot{Least: 10}
	row(12, 15, "生年月日", false, "birth", plain)
	row(12, 15, "性別", false, "sex", plain)
	row(12, 15, "資格取得年月日", false, "since", plain)
	row(12, 15, "交付年月日", false, "issued", plain)
	row(12, 15, "保険者番号", false, "insurernumber", form.Slot{Bold: true})
	// an empty row would invite somebody to write into it
	for _, cell := range strings.Split(kind.cells, "") {
		row(12, 15, "label"+cell, true, "value"+cell, form.Slot{Least: 8.5})
	}
	a.line(left, y, right, y, 0.2, hairline)
	for _, x := range []float64{left, column, right} {
		a.line(x, 62, x, y, 0.2, hairline)
	}
	a.label(left, y+6, 12, ink, "医療機関や薬局の受付で、この確認書を見せてください。")
	a.logo(left, 252, 40, 13)
	a.slot(left, 268, 12, right-left, ink, "issuer"+suffix, form.Slot{Least: 8, Lines: 2, Down: true})
	a.slot(left, 279, 9.5, right-left, ink, form.NotesSlot, form.Slot{Least: 8, Lines: 2, Down: true})
}

// certificateBack draws the back on A4.
func (a *artwork) certificateBack(look Branding, demo bool) {
	if demo {
		a.sample()
	}
	a.boldLabel(left, 22, 14, ink, "住所（ご自分で書いてください）")
	a.line(left, 42, right, 42, 0.2, hairline)
	a.line(left, 54, right, 54, 0.2, hairline)
	a.boldLabel(left, 62, 14, ink, "備考")
	a.slot(left, 70, 13, right-left, ink, "remarks"+cardSuffix(0), form.Slot{
		Least:   9,
		Lines:   3,
		Down:    true,
		Leading: 1.2,
	})
	a.line(left, 92, right, 92, 0.2, hairline)
	a.boldLabel(left, 100, 14, ink, "お使いになる方へ")
	for i, text := range []string{
		"・ 受診のときは、この確認書を受付に出してください。",
		"・ 人に貸したり、書き換えたりすることはできません。",
		"・ 有効期限を過ぎたものは使えません。新しい確認書は期限の前にお送りします。",
		"・ 資格がなくなったとき、住所や氏名が変わったときは、発行者に届け出てください。",
		"・ なくしたときは、すぐに発行者へお電話ください。",
	} {
		a.label(left, 109+7.2*float64(i), 12, ink, text)
	}
	a.line(left, 150, right, 150, 0.2, hairline)
	a.boldLabel(left, 158, 14, ink, "臓器提供の意思（書くかどうかは自由です）")
	a.label(left, 167, 12, ink, "あてはまる番号を○でかこんでください。")
	for i, text := range donationChoices {
		a.label(left+4, 176+8*float64(i), 12, ink, text)
	}
	a.label(left, 202, 12, ink, "1か2をえらんだ方で、提供しない臓器があれば×をつけてください。")
	a.label(left+4, 210, 12, ink, "心臓 ・ 肺 ・ 肝臓 ・ 腎臓 ・ 膵臓 ・ 小腸 ・ 眼球")
	a.label(left, 224, 12, ink, "署名")
	a.line(left+14, 230, left+95, 230, 0.2, hairline)
	a.label(left+104, 224, 12, ink, "　　　　年　　　月　　　日")
	a.slot(left, 280, 9.5, right-left, ink, form.NotesSlot, form.Slot{Least: 8, Lines: 2, Down: true})
}
