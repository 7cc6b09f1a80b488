package pdf

import (
	"bytes"
	"strconv"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pdf/form"
)

// Poster is what hangs on the wall of a facility for patients whose card the reader does not read. It never
// leads anybody off the reader: that comes first on it.
type Poster struct {
	Facility string
	Address  string      // of the page to which Landing leads, as it is printed below the code
	Landing  *CodeMatrix // the same address as a code
	// Ways are what else is accepted beside or without the card on the day, at most four
	Ways []message.Sentences
	Day  eligibility.Date // as of which the ways are told
	Demo bool
}

// posterWays is how many ways there is room for.
const posterWays = 4

// PosterSheet makes the poster, one A4 page.
func PosterSheet(p Poster, made time.Time) ([]byte, Report, error) {
	composed, err := posterForms[p.Demo]()
	if err != nil {
		return nil, Report{}, err
	}
	values := map[string]string{
		"facility": p.Facility,
		"address":  p.Address,
		"day":      inJapanese("poster.day", message.Args{"day": p.Day.Value()}),
	}
	for i, way := range p.Ways[:min(len(p.Ways), posterWays)] {
		values["way"+strconv.Itoa(i)] = "・" + way.Ja()
	}
	var out bytes.Buffer
	w := form.NewWriter(&out, form.Info{
		Title:  inJapanese("poster.title", nil),
		Author: inJapanese("common.product", nil),
		Made:   made.In(eligibility.Japan),
	})
	report, err := w.Page(composed, form.Person{
		Values: values,
		Codes:  map[string]*CodeMatrix{"Landing": p.Landing},
	})
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), report, err
}

// posterForms are composed when first needed, by whether it is the demo's.
var posterForms = map[bool]func() (*form.Form, error){
	false: sync.OnceValues(func() (*form.Form, error) { return composePoster(false) }),
	true:  sync.OnceValues(func() (*form.Form, error) { return composePoster(true) }),
}

func composePoster(demo bool) (*form.Form, error) {
	a := beginA4Page()
	if demo {
		a.sample()
	}
	const middle = pageWidth / 2
	a.centredLabel(middle, 20, 36, ink, inJapanese("poster.heading1", nil))
	a.centredLabel(middle, 36, 36, ink, inJapanese("poster.heading2", nil))
	a.box(left, 56, right-left, 19, 0.6, ink)
	a.centredLabel(middle, 59.5, 16, ink, inJapanese("poster.reads1", nil))
	a.centredLabel(middle, 67, 16, ink, inJapanese("poster.reads2", nil))

	const steps, column = 86.0, left + 15
	for i, lines := range [][]string{
		{"poster.step1", "poster.step1b"},
		{"poster.step2", "poster.step2b"},
		{"poster.step3", "poster.step3b"},
	} {
		y := steps + 24*float64(i)
		a.boldLabel(left, y-0.8, 30, ink, strconv.Itoa(i+1))
		a.boldLabel(column, y, 17, ink, inJapanese(lines[0], nil))
		a.label(column, y+8.6, 17, ink, inJapanese(lines[1], nil))
	}

	const codes = 161.0
	a.code(left+4, codes, 52, 0.9, "Landing")
	a.slot(left+4, codes+58, 10.5, 82, grey, "address", form.Slot{Least: 7.5, Lines: 2, Down: true})
	const beside, room = left + 68, right - left - 68
	y := codes
	for _, key := range []string{"poster.alone", "poster.ours", "poster.not_state", "poster.not_all"} {
		bold := key == "poster.alone"
		for _, line := range a.breakLines(13, room, inJapanese(key, nil)) {
			if bold {
				a.boldLabel(beside, y, 13, ink, line)
			} else {
				a.label(beside, y, 13, ink, line)
			}
			y += 6.8
		}
		y += 3.2
	}

	for i, line := range a.breakLines(10.5, room, inJapanese("poster.english", nil)) {
		a.label(beside, y+1.5+5*float64(i), 10.5, ink, line)
	}

	const other = 230.0
	a.line(left, other-4, right, other-4, 0.3, hairline)
	a.boldLabel(left, other, 15, ink, inJapanese("poster.others", nil))
	for i := range posterWays {
		name := "way" + strconv.Itoa(i)
		a.slot(left+2, other+9+7*float64(i), 14, right-left-2, ink, name, form.Slot{Least: 9})
	}
	a.slot(left, 279, 12, 105, ink, "facility", form.Slot{Least: 7, Lines: 2, Height: 9, Leading: 1.1})
	a.slot(right, 279, 10, 55, grey, "day", form.Slot{Align: form.Right, Least: 8})
	a.slot(left, 288, 9.5, right-left, ink, form.NotesSlot, form.Slot{Least: 7, Lines: 1})
	return a.finish()
}
