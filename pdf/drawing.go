package pdf

import (
	"strings"
	"unicode/utf8"

	"github.com/signintech/gopdf"
)

// The page: A4 in millimetres.
const (
	pageWidth = 210.0
	left      = 20.0
	right     = 190.0
)

var (
	ink      = [3]uint8{0x1a, 0x1a, 0x1c}
	grey     = [3]uint8{0x4d, 0x4d, 0x4d}
	hairline = [3]uint8{0x76, 0x76, 0x76}
	pale     = [3]uint8{0xe4, 0xe4, 0xe4}
)

// drawing draws on one page; after the first error all further calls do nothing.
type drawing struct {
	gp  *gopdf.GoPdf
	err error
}

// drawText draws one line of text with its top at y.
func (d *drawing) drawText(x, y, size float64, c [3]uint8, text string) float64 {
	if d.err == nil {
		d.err = d.gp.SetFont("body", "", size)
	}
	if d.err != nil || text == "" {
		return x
	}
	d.gp.SetTextColor(c[0], c[1], c[2])
	d.gp.SetXY(x, y)
	d.err = d.gp.Cell(nil, printable(text))
	return d.gp.GetX()
}

// width measures a line.
func (d *drawing) width(size float64, text string) float64 {
	if d.err == nil {
		d.err = d.gp.SetFont("body", "", size)
	}
	if d.err != nil {
		return 0
	}
	w, err := d.gp.MeasureTextWidth(printable(text))
	d.err = err
	return w
}

// breakLines parts a text into lines of at most width.
func (d *drawing) breakLines(size, width float64, text string) []string {
	var lines []string
	for d.err == nil && d.width(size, text) > width {
		cut, blank := 0, 0
		for i, r := range text {
			if i > 0 && d.width(size, text[:i]) > width {
				break
			}
			cut = i
			if r == ' ' {
				blank = i
			}
		}
		if blank > 0 && !strings.ContainsFunc(text[blank:cut], func(r rune) bool { return r >= 0x3000 }) {
			cut = blank // within Latin words; Japanese may break anywhere
		}
		if cut == 0 {
			break
		}
		cut = keepMarks(text, cut)
		lines = append(lines, text[:cut])
		text = strings.TrimPrefix(text[cut:], " ")
	}
	return append(lines, text)
}

// keepMarks moves a break so that no line begins with a closing mark or ends with an opening one (JIS X 4051
// 行頭禁則, 行末禁則).
func keepMarks(text string, cut int) int {
	for range 3 {
		next, _ := utf8.DecodeRuneInString(text[cut:])
		last, size := utf8.DecodeLastRuneInString(text[:cut])
		if !strings.ContainsRune("、。・）」』ー々ゃゅょっァィゥェォャュョッ？！", next) && !strings.ContainsRune("（「『", last) ||
			size >= cut {
			break
		}
		cut -= size
	}
	return cut
}

func (d *drawing) line(x1, y1, x2, y2, width float64, c [3]uint8) {
	d.gp.SetStrokeColor(c[0], c[1], c[2])
	d.gp.SetLineWidth(width)
	d.gp.Line(x1, y1, x2, y2)
}

func (d *drawing) watermark(text string) {
	size := 60.0
	w := d.width(size, text)
	d.gp.Rotate(35, pageWidth/2, 165)
	d.drawText((pageWidth-w)/2, 153, size, pale, text)
	d.gp.RotateReset()
}
