package pdf

import (
	"madoguchi/pdf/form"
)

// sheetKind is what makes one sheet's form differ from another's.
type sheetKind struct {
	rows         uint32 // which of sheetRows have a value, by bit
	masked, demo bool
}

// codeTop is where the code begins: below the longest table.
const codeTop = 214.0

// moduleSize is ten dots of a 600 dpi printer: 0.423 mm (docs/facts/qr-codes.md#on-paper).
const moduleSize = 10 * 25.4 / 600

// composeSheet draws the form of the eligibility sheet.
func composeSheet(kind sheetKind) (*form.Form, error) {
	a := beginA4Page()
	title := "資格情報（写し）"
	if kind.demo {
		a.sample()
		a.label(left+64, 20, 13, ink, "【デモ・見本】")
	}
	a.boldLabel(left, 18, 20, ink, title)
	a.slot(right, 18, 10.5, 70, grey, "made", form.Slot{Align: form.Right})
	a.slot(right, 23.5, 10.5, 70, grey, "telephone", form.Slot{Align: form.Right, Least: 8})
	a.slot(left, 29.5, 11, right-left, ink, "who", form.Slot{Least: 8.5, Lines: 2, Height: 8})
	a.box(left, 37.5, right-left, 16.5, 0.5, ink)
	if kind.masked {
		a.boldLabel(left+4, 40.2, 13, ink, "番号を隠した写しです。医療機関や薬局では使えません")
		a.label(left+4, 47.4, 11, ink, "健康保険に加入していることを、番号を知らせずに示すためのものです。")
	} else {
		a.boldLabel(left+4, 40.2, 13, ink, "提示にはマイナンバーカードが必要です")
		a.label(left+4, 47.4, 11, ink, "この写しだけでは受診できません。受付でマイナンバーカードといっしょに見せてください。")
	}
	a.slot(left, 57.5, 11, right-left, grey, "reading", form.Slot{Least: 8})
	a.slot(left, 65, 24, right-left, ink, "name", form.Slot{
		Least:   12,
		Lines:   2,
		Leading: 1.15,
		Height:  15,
	})
	a.sheetTable(kind)
	if kind.masked {
		a.label(left, codeTop+4, 11, grey, "黒い帯の下に文字はありません。受付で確かめるためのコードは、この写しには付けていません。")
		a.slot(left, codeTop+11, 11, right-left, grey, "until", form.Slot{})
	} else {
		a.sheetCode()
	}
	a.slot(left, 269.5, 9.5, right-left, ink, form.NotesSlot, form.Slot{Least: 8, Lines: 3, Down: true})
	a.slot(left, 284, 9.5, right-left, grey, "origin", form.Slot{Least: 7})
	return a.finish()
}

func (a *artwork) sheetTable(kind sheetKind) {
	const height, value = 8.6, left + 46
	y := 81.0
	for i, r := range sheetRows(Sheet{}) {
		if kind.rows&(1<<i) == 0 {
			continue
		}
		a.line(left, y, right, y, 0.15, hairline)
		a.label(left+1, y+2.4, 11, grey, r.label)
		size, top := 12.0, y+2.2
		if r.large {
			size, top = 15, y+1.7
		}
		if kind.masked && r.masked {
			a.fill(value, y+1.8, 48, height-3.6, ink)
		} else {
			a.slot(value, top, size, right-value, ink, r.label, form.Slot{
				Least:   9,
				Lines:   2,
				Leading: 1.1,
				Height:  7.6,
			})
		}
		y += height
	}
	a.line(left, y, right, y, 0.15, hairline)
}

// sheetCode reserves the place of the credential's code, with its explanation beside it.
func (a *artwork) sheetCode() {
	a.code(left, codeTop, 0, moduleSize, "Credential")
	const x = left + 50
	a.boldLabel(x, codeTop+1, 12, ink, "受付の方へ")
	for i, text := range []string{
		"このコードを読み取ると、保険者が発行したことと、",
		"内容が書き換えられていないことを確かめられます。",
		"カードの持ち主と同じ人かどうかは、",
		"マイナンバーカードで確かめてください。",
	} {
		a.label(x, codeTop+8+float64(i)*5.8, 11, ink, text)
	}
	a.label(x, codeTop+35, 11, grey, "この写しが使えるのは")
	a.slot(x, codeTop+40.5, 13, right-x, ink, "until", form.Slot{Bold: true})
}
