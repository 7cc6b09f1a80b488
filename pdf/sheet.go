package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/signintech/gopdf"

	"madoguchi/eligibility"
	"madoguchi/pdf/font"
	"madoguchi/pdf/form"
)

// Code is a QR's modules without quiet zone.
type Code = form.Code

// Sheet is what the eligibility sheet (資格情報の写し) shows.
type Sheet struct {
	Person      eligibility.Person
	Share       int    // percent; 0 = not decided by age alone, left to the papers of 70 and over
	InsurerName string // 保険者名
	Issuer      string // 交付者名
	Telephone   string
	Registered  eligibility.Date // the insurer's data are of this day
	IssuedAt    time.Time
	Expires     eligibility.Date // the first day on which the copy no longer counts
	Code        Code
	Demo        bool
}

// The page: A4 in millimetres.
const (
	pageWidth  = 210.0
	left       = 20.0
	right      = 190.0
	moduleSize = 10 * 25.4 / 600 // ten dots of a 600 dpi printer: 0.423 mm (facts: pdf.md 6)
)

var (
	ink      = [3]uint8{0x1a, 0x1a, 0x1c}
	grey     = [3]uint8{0x4d, 0x4d, 0x4d}
	hairline = [3]uint8{0x76, 0x76, 0x76}
	pale     = [3]uint8{0xe4, 0xe4, 0xe4}
)

// EligibilitySheet composes one A4 page: the eligibility as text, its code, and that it does not stand alone.
func EligibilitySheet(s Sheet) ([]byte, error) {
	d, err := begin(s)
	if err != nil {
		return nil, err
	}
	if s.Demo {
		d.watermark("見本")
		d.say(left+62, 19.5, 14, ink, "【デモ・見本】")
	}
	d.head(s)
	d.person(s)
	d.rows(80, sheetRows(s))
	if err := d.code(s); err != nil {
		return nil, err
	}
	d.foot(s)
	if d.err != nil {
		return nil, fmt.Errorf("composing the sheet: %w", d.err)
	}
	var out bytes.Buffer
	if _, err := d.gp.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("writing the sheet: %w", err)
	}
	return out.Bytes(), nil
}

// drawing is a page under the pen; the first error stays and the rest is left out.
type drawing struct {
	gp    *gopdf.GoPdf
	names printable
	err   error
}

func begin(s Sheet) (*drawing, error) {
	gp := &gopdf.GoPdf{}
	gp.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4, Unit: gopdf.UnitMM})
	if err := gp.AddTTFFontData("body", font.Regular); err != nil {
		return nil, fmt.Errorf("loading the font: %w", err)
	}
	gp.SetInfo(gopdf.PdfInfo{Title: "資格情報（写し）", Author: s.InsurerName, CreationDate: s.IssuedAt.In(eligibility.Japan)})
	gp.AddPage()
	return &drawing{gp: gp}, nil
}

// say draws one line of text with its top at y.
func (d *drawing) say(x, y, size float64, c [3]uint8, text string) float64 {
	if d.err == nil {
		d.err = d.gp.SetFont("body", "", size)
	}
	if d.err != nil || text == "" {
		return x
	}
	d.gp.SetTextColor(c[0], c[1], c[2])
	d.gp.SetXY(x, y)
	d.err = d.gp.Cell(nil, d.names.text(text))
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
	var quiet printable
	w, err := d.gp.MeasureTextWidth(quiet.text(text))
	d.err = err
	return w
}

// block draws a text as large as size allows within width: smaller down to least, then on several lines, broken at blanks
// where there are some. It returns the height that the lines take.
func (d *drawing) block(x, y, size, least, width float64, c [3]uint8, text string) float64 {
	for size > least && d.width(size, text) > width {
		size -= 0.5
	}
	height := size * 0.3528 * 1.25 // points to millimetres, with a quarter of leading
	lines := d.broken(size, width, text)
	for i, line := range lines {
		d.say(x, y+float64(i)*height, size, c, line)
	}
	return float64(len(lines)) * height
}

// broken parts a text into lines of at most width.
func (d *drawing) broken(size, width float64, text string) []string {
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

// keepMarks moves a break so that no line begins with a closing mark or ends with an opening one (JIS X 4051 行頭禁則, 行末禁則).
func keepMarks(text string, cut int) int {
	for range 3 {
		next, _ := utf8.DecodeRuneInString(text[cut:])
		last, size := utf8.DecodeLastRuneInString(text[:cut])
		if !strings.ContainsRune("、。・）」』ー々ゃゅょっァィゥェォャュョッ？！", next) && !strings.ContainsRune("（「『", last) || size >= cut {
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
	d.say((pageWidth-w)/2, 153, size, pale, text)
	d.gp.RotateReset()
}

func (d *drawing) head(s Sheet) {
	d.say(left, 18, 20, ink, "資格情報（写し）")
	issued := s.IssuedAt.In(eligibility.Japan)
	d.sayRight(right, 18, 10.5, grey, eligibility.DateOf(issued).Japanese()+issued.Format(" 15:04")+" 作成")
	d.sayRight(right, 23.5, 10.5, grey, "電話 "+s.Telephone)
	who := s.InsurerName + " 発行・マイナポータルの画面ではありません"
	d.block(left, 29, 11, 9, right-left, ink, who)
	d.gp.SetStrokeColor(ink[0], ink[1], ink[2])
	d.gp.SetLineWidth(0.5)
	d.gp.RectFromUpperLeft(left, 37, right-left, 16)
	d.say(left+4, 39.6, 13, ink, "提示にはマイナンバーカードが必要です")
	d.say(left+4, 46.4, 10.5, ink, "この写しだけでは受診できません。受付でマイナンバーカードと一緒に見せてください。")
}

func (d *drawing) sayRight(x, y, size float64, c [3]uint8, text string) {
	d.say(x-d.width(size, text), y, size, c, text)
}

func (d *drawing) person(s Sheet) {
	y := 57 + d.block(left, 57, 11, 8, right-left, grey, s.Person.Kana)
	d.block(left, y+1.5, 24, 13, right-left, ink, s.Person.Name)
}

type sheetRow struct {
	label, value string
	large        bool // figures that staff type
}

// sheetRows are the items in the order of the patient's screen; unknown ones are left out.
func sheetRows(s Sheet) []sheetRow {
	p := s.Person
	share := ""
	if s.Share > 0 {
		share = strconv.Itoa(s.Share/10) + "割"
	}
	subscriber := p.Relation.Japanese()
	if p.SubscriberName != "" {
		subscriber += "（被保険者 " + p.SubscriberName + "）"
	}
	all := []sheetRow{
		{"生年月日", p.BirthDate.Japanese(), false},
		{"保険者番号", p.Insurer.Paper(), true},
		{"記号", p.Symbol, true},
		{"番号", p.Number, true},
		{"枝番", p.BranchNumber, true},
		{"負担割合", share, true},
		{"性別", p.Sex.Japanese(), false},
		{"通称名", p.Alias, false},
		{"本人・家族の別", subscriber, false},
		{"資格取得年月日", p.QualifiedOn.Japanese(), false},
		{"発効期日", p.ValidFrom.Japanese(), false},
		{"有効期限", p.ValidUntil.Japanese(), false},
		{"限度額適用区分", p.Limit.Japanese(), false},
		{"保険者名", s.InsurerName, false},
		{"資格情報の登録日", s.Registered.Japanese(), false},
	}
	rows := all[:0]
	for _, r := range all {
		if r.value != "" {
			rows = append(rows, r)
		}
	}
	return rows
}

func (d *drawing) rows(y float64, rows []sheetRow) {
	const height, value = 8.4, left + 46
	for _, r := range rows {
		d.line(left, y, right, y, 0.15, hairline)
		d.say(left+1, y+2.5, 10.5, grey, r.label)
		size, top := 12.0, y+2.2
		if r.large {
			size, top = 15, y+1.6
		}
		if lines := d.broken(9, right-value, r.value); len(lines) > 1 {
			top = y + 0.6 // two small lines fill the row
		}
		d.block(value, top, size, 9, right-value, ink, r.value)
		y += height
	}
	d.line(left, y, right, y, 0.15, hairline)
}

// codeTop is where the code begins: below the longest table.
const codeTop = 212.0

// code draws the QR as a one-bit picture of whole printer dots, with its quiet zone, and what it is for beside it.
func (d *drawing) code(s Sheet) error {
	const dots, quiet = 10, 4
	n := s.Code.Size + 2*quiet
	img := image.NewPaletted(image.Rect(0, 0, n*dots, n*dots), color.Palette{color.White, color.Black})
	for y := range s.Code.Size * dots {
		for x := range s.Code.Size * dots {
			if s.Code.Black(x/dots, y/dots) {
				img.SetColorIndex(x+quiet*dots, y+quiet*dots, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return fmt.Errorf("drawing the code: %w", err)
	}
	holder, err := gopdf.ImageHolderByBytes(b.Bytes())
	if err != nil {
		return fmt.Errorf("drawing the code: %w", err)
	}
	side := float64(n) * moduleSize
	// the quiet zone may hang over the margin: the modules then line up with the text
	if err := d.gp.ImageByHolder(holder, left-quiet*moduleSize, codeTop, &gopdf.Rect{W: side, H: side}); err != nil {
		return fmt.Errorf("drawing the code: %w", err)
	}
	x := left + side + 3
	end := s.Expires.AddDays(-1)
	d.say(x, codeTop+4, 12, ink, "受付の方へ")
	for i, text := range []string{
		"このコードを読み取ると、保険者が発行したことと、",
		"内容が書き換えられていないことを確かめられます。",
		"カードの持ち主と同じ人かどうかは、",
		"マイナンバーカードで確かめてください。",
	} {
		d.say(x, codeTop+11+float64(i)*5.6, 10.5, ink, text)
	}
	d.say(x, codeTop+36, 10.5, grey, "この写しが使えるのは")
	d.say(x, codeTop+41.5, 12, ink, end.Japanese()+"まで")
	return nil
}

func (d *drawing) foot(s Sheet) {
	y := 268.0
	for _, note := range d.names.notes {
		d.say(left, y, 9, grey, note)
		y += 4.5
	}
	d.say(left, 281, 9, grey, s.Issuer+"　写し・マイナンバーカードと一緒に")
}
