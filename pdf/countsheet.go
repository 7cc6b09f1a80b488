package pdf

import (
	"strconv"
	"sync"

	"madoguchi/pdf/form"
)

// ParcelCoverSheet is the page that stands before an employer's papers: whose they are and how many, to be
// counted into a parcel.
type ParcelCoverSheet struct {
	Title       string // what follows, e.g. 資格情報のお知らせ
	InsurerName string
	Employer    string // 事業所名; may be empty
	Symbol      string // 記号
	People      int
	Serial      string // of the run
}

func (c ParcelCoverSheet) page() (*form.Form, form.Person, error) {
	composed, err := countForm()
	return composed, form.Person{Values: map[string]string{
		"title":    c.Title,
		"insurer":  c.InsurerName,
		"employer": orElse(c.Employer, "―"),
		"symbol":   orElse(c.Symbol, "―"),
		"people":   strconv.Itoa(c.People) + " 人分",
		"serial":   c.Serial,
	}}, err
}

var countForm = sync.OnceValues(composeCountSheet)

func composeCountSheet() (*form.Form, error) {
	a := beginA4Page()
	a.centredLabel(pageWidth/2, 40, 26, ink, "枚数確認票")
	a.slot(pageWidth/2, 58, 16, right-left, ink, "title", form.Slot{Align: form.Centre, Least: 10})
	const top, high, column = 80.0, 22.0, 66.0
	for i, row := range []struct{ label, slot string }{
		{"保険者", "insurer"},
		{"事業所名", "employer"},
		{"記号", "symbol"},
		{"人数", "people"},
	} {
		y := top + high*float64(i)
		a.line(left, y, right, y, 0.2, hairline)
		a.label(left+4, y+high/2-2.4, 13, ink, row.label)
		a.slot(column+4, y+high/2-4, 22, right-column-8, ink, row.slot, form.Slot{
			Bold:    row.slot == "people",
			Least:   10,
			Lines:   3,
			Leading: 1.1,
			Height:  high - 3,
		})
	}
	a.line(left, top+4*high, right, top+4*high, 0.2, hairline)
	for _, x := range []float64{left, column, right} {
		a.line(x, top, x, top+4*high, 0.2, hairline)
	}
	a.label(left, top+4*high+10, 12, ink, "この票のあとに続く枚数を数えて、確かめてから封入してください。")
	a.label(left, top+4*high+24, 12, ink, "確認者")
	a.line(left+18, top+4*high+30, left+90, top+4*high+30, 0.2, ink)
	a.slot(left, 280, 9, right-left, grey, "serial", form.Slot{Least: 7})
	a.slot(left, 272, 9.5, right-left, ink, form.NotesSlot, form.Slot{Least: 8, Lines: 2, Down: true})
	return a.finish()
}

// blankForm is the back of a count sheet among certificates, which are printed on both sides.
var blankForm = sync.OnceValues(func() (*form.Form, error) {
	a := beginA4Page()
	a.label(left, 280, 9, grey, "（このページは空白です）")
	return a.finish()
})

// Count writes a count sheet before what follows.
func (f *Notices) Count(c ParcelCoverSheet) error {
	page, values, err := c.page()
	if err != nil {
		return err
	}
	_, err = f.w.Page(page, values)
	return err
}

// Count writes a count sheet, front and empty back, before what follows; a sheet of cards that is not full
// ends there.
func (f *Certificates) Count(c ParcelCoverSheet) error {
	if err := f.flush(); err != nil {
		return err
	}
	page, values, err := c.page()
	if err != nil {
		return err
	}
	if _, err = f.w.Page(page, values); err != nil {
		return err
	}
	blank, err := blankForm()
	if err != nil {
		return err
	}
	_, err = f.w.Page(blank, form.Person{})
	return err
}
