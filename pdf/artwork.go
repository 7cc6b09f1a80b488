package pdf

import (
	"bytes"
	"fmt"

	"github.com/signintech/gopdf"

	"madoguchi/pdf/font"
	"madoguchi/pdf/form"
)

// artwork composes a form with gopdf. Positions are millimetres from the upper left, a text's y is its top;
// after the first error all further calls do nothing.
type artwork struct {
	drawing
	texts []form.Text
	codes []form.CodePlace
}

const (
	pointsPerMM = 72 / 25.4
	pageHeight  = 842.0 // points, as gopdf's A4 has it
)

// beginA4Page begins a page of A4.
func beginA4Page() *artwork {
	return newArtwork(gopdf.Config{PageSize: *gopdf.PageSizeA4, Unit: gopdf.UnitMM})
}

// composeOn begins a page of another size, in millimetres. Codes stand on A4 only.
func composeOn(width, height float64) *artwork {
	return newArtwork(gopdf.Config{PageSize: gopdf.Rect{W: width, H: height}, Unit: gopdf.UnitMM})
}

func newArtwork(c gopdf.Config) *artwork {
	gp := &gopdf.GoPdf{}
	gp.Start(c)
	gp.SetNoCompression()
	a := &artwork{drawing: drawing{gp: gp}}
	a.err = gp.AddTTFFontData("body", font.Regular())
	gp.AddPage()
	return a
}

// label draws a text that is the same on every page.
func (a *artwork) label(x, y, size float64, c [3]uint8, text string) {
	a.texts = append(a.texts, form.Text{Text: text})
	a.drawText(x, y, size, c, text)
}

func (a *artwork) boldLabel(x, y, size float64, c [3]uint8, text string) {
	a.texts = append(a.texts, form.Text{Text: text, Bold: true})
	a.drawText(x, y, size, c, text)
}

func (a *artwork) centredLabel(middle, y, size float64, c [3]uint8, text string) {
	a.boldLabel(middle-a.width(size, text)/2, y, size, c, text)
}

// slot draws the placeholder of a value. Width and height are millimetres here.
func (a *artwork) slot(x, y, size, width float64, c [3]uint8, name string, s form.Slot) {
	s.Name, s.Width, s.Height = name, width*pointsPerMM, s.Height*pointsPerMM
	a.texts = append(a.texts, form.Text{Text: "{" + name + "}", Slot: &s})
	a.drawText(x, y, size, c, "{"+name+"}")
}

// code reserves a place for a code whose side is at least side and whose modules are at least module.
func (a *artwork) code(x, y, side, module float64, name string) {
	a.codes = append(a.codes, form.CodePlace{
		Name:   name,
		Alt:    codeWords[name],
		X:      x * pointsPerMM,
		Y:      pageHeight - y*pointsPerMM,
		W:      side * pointsPerMM,
		Module: module * pointsPerMM,
	})
}

// logo reserves a place for the insurer's logo, at most width by height.
func (a *artwork) logo(x, y, width, height float64) {
	a.codes = append(a.codes, form.CodePlace{
		Name: logoName,
		Alt:  codeWords[logoName],
		X:    x * pointsPerMM,
		Y:    pageHeight - y*pointsPerMM,
		W:    width * pointsPerMM,
		High: height * pointsPerMM,
	})
}

// logoName is the mark's name among a page's pictures.
const logoName = "Logo"

// codeWords are the alternative texts of the codes, for screen readers.
var codeWords = map[string]string{
	"State":      "マイナポータルを開くQRコード",
	"Landing":    "資格情報の画面を開くQRコード",
	logoName:     "保険者のマーク",
	"Credential": "保険者の電子署名を受付で確かめるためのQRコード",
}

func (a *artwork) box(x, y, w, h, line float64, c [3]uint8) {
	a.gp.SetStrokeColor(c[0], c[1], c[2])
	a.gp.SetLineWidth(line)
	a.gp.RectFromUpperLeft(x, y, w, h)
}

func (a *artwork) fill(x, y, w, h float64, c [3]uint8) {
	a.gp.SetFillColor(c[0], c[1], c[2])
	a.gp.RectFromUpperLeftWithStyle(x, y, w, h, "F")
}

// sample marks a page of the demo across its middle.
func (a *artwork) sample() {
	a.texts = append(a.texts, form.Text{Text: "見本"})
	a.watermark("見本")
}

// finish returns the form that was composed.
func (a *artwork) finish() (*form.Form, error) {
	if a.err != nil {
		return nil, fmt.Errorf("composing the form: %w", a.err)
	}
	var out bytes.Buffer
	if _, err := a.gp.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("composing the form: %w", err)
	}
	made, err := form.Read(out.Bytes(), a.texts, a.codes)
	if err == nil {
		made.SlotWord = slotWord
	}
	return made, err
}
