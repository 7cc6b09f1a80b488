package pdf

import (
	"bytes"
	"fmt"
	"time"

	"github.com/signintech/gopdf"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pdf/font"
)

// ReceptionSheet composes today's sheet for the reception: one A4 page, what a patient brings at the left,
// the answer with its code, what to say and the next step at the right, what changed within a month in bold
// with a mark, and the last day on which it may hang.
func ReceptionSheet(s eligibility.ReceptionSheet, at time.Time) ([]byte, error) {
	gp := &gopdf.GoPdf{}
	gp.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4, Unit: gopdf.UnitMM})
	if err := gp.AddTTFFontData("body", font.Regular()); err != nil {
		return nil, fmt.Errorf("loading the font: %w", err)
	}
	title := inJapanese("sheet.title", nil)
	gp.SetInfo(gopdf.PdfInfo{Title: title, Author: "Madoguchi", CreationDate: at.In(eligibility.Japan)})
	gp.AddPage()
	d := &drawing{gp: gp}
	const edge, wide = 12.0, 186.0
	d.drawText(edge, 11, 20, ink, title)
	d.drawText(edge+62, 12.5, 12, ink, inJapanese("sheet.day", message.Args{"day": s.Day.Value()}))
	d.drawText(edge+122, 12.5, 12, ink, inJapanese("sheet.use_by", message.Args{"day": s.UseBy.Value()}))
	d.drawText(edge, 21, 9, grey, inJapanese("sheet.legend", nil))
	const top, bottom, room, gap = 26.0, 270.0, wide - 57, 1.5
	tall := func(row eligibility.SheetRow, scale float64) float64 {
		left := d.paragraphHeight(10*scale, 52, row.Brings.Text("ja"))
		right := d.paragraphHeight(10.5*scale, room, sheetAnswer(row)) +
			d.paragraphHeight(9*scale, room, row.Next.Ja())
		if !d.sayFits(row, scale, room) {
			right += 9 * scale * lineHeight
		}
		return max(left, right) + gap*scale
	}
	scale, y := 1.0, bottom+1
	for ; y > bottom && scale > 0.77; scale -= 0.02 { // a day with many rows is written a little smaller
		y = top
		for _, row := range s.Rows {
			y += tall(row, scale)
		}
	}
	if y > bottom {
		return nil, fmt.Errorf("the reception's sheet does not fit on one page: it ends at %.0f mm", y)
	}
	scale += 0.02 // the last that was tried
	y = top
	for _, row := range s.Rows {
		d.line(edge, y, edge+wide, y, 0.2, hairline)
		d.paragraph(edge+1, y+1.2*scale, 10*scale, 52, row.Brings.Text("ja"), row.Changed)
		right := d.paragraph(edge+56, y+1.2*scale, 10.5*scale, room, sheetAnswer(row), true)
		say, at := sheetSay(row), y+1.35*scale
		if !d.sayFits(row, scale, room) {
			at = y + 1.2*scale + right
			right += 9 * scale * lineHeight
		}
		d.drawText(edge+56+room-d.width(9*scale, say), at, 9*scale, ink, say)
		d.paragraph(edge+56, y+1.2*scale+right, 9*scale, room, row.Next.Ja(), row.Changed)
		y += tall(row, scale)
	}
	d.line(edge, y, edge+wide, y, 0.2, hairline)
	d.paragraph(edge, y+1.5, 8.5, wide, eligibility.SheetMark.Text("ja"), false)
	d.paragraph(edge, y+5.5, 8.5, wide, inJapanese("sheet.ask_besides", nil), false)
	sources := message.Sentences{eligibility.RulesKnown(), message.New("sheet.see_rules", nil)}
	d.paragraph(edge, 284, 8, wide, sources.Ja(), false)
	if d.err != nil {
		return nil, fmt.Errorf("composing the reception's sheet: %w", d.err)
	}
	var out bytes.Buffer
	if _, err := gp.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("writing the reception's sheet: %w", err)
	}
	return out.Bytes(), nil
}

// inJapanese is a text of the catalogue: the sheet is printed in Japanese.
func inJapanese(key string, args message.Args) string { return message.New(key, args).Text("ja") }

// sheetSay is what the reception says, in the brackets of speech.
func sheetSay(row eligibility.SheetRow) string { return "「" + row.Say.Text("ja") + "」" }

// sayFits reports whether what the reception says has room at the end of the answer's line.
func (d *drawing) sayFits(row eligibility.SheetRow, scale, room float64) bool {
	return d.width(10.5*scale, sheetAnswer(row))+3+d.width(9*scale, sheetSay(row)) <= room
}

// sheetAnswer is a row's answer with its code and its marks.
func sheetAnswer(row eligibility.SheetRow) string {
	answer := "× " + row.Answer.Ja()
	if row.Code != "" {
		answer = "○ " + string(row.Code) + "　" + row.Answer.Ja()
	}
	if row.Sure != eligibility.Certain {
		answer += "（" + row.Sure.Japanese() + "）"
	}
	if row.Changed {
		answer = "■ " + answer
	}
	return answer
}

// lineHeight is the height of a line of text, in mm, for a size in points.
const lineHeight = 0.3528 * 1.18

// paragraphHeight returns the height that paragraph takes.
func (d *drawing) paragraphHeight(size, width float64, text string) float64 {
	return float64(len(d.breakLines(size, width, text))) * size * lineHeight
}

// paragraph draws a text on as many lines as width asks for, twice with a hair's offset when it is bold (the
// font has one weight), and returns the height taken.
func (d *drawing) paragraph(x, y, size, width float64, text string, bold bool) float64 {
	height := size * lineHeight
	lines := d.breakLines(size, width, text)
	for i, line := range lines {
		d.drawText(x, y+float64(i)*height, size, ink, line)
		if bold {
			d.drawText(x+0.12, y+float64(i)*height, size, ink, line)
		}
	}
	return float64(len(lines)) * height
}
