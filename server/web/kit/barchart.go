package kit

import (
	"fmt"
	"slices"
	"strconv"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// BarChart is a picture of numbers as the page draws it: an SVG whose unit is a pixel at its own width.
type BarChart struct {
	ID            string
	Title         message.Message
	Half          bool
	Width, Height int
	Base          int  // y of the line on which the bars stand
	Empty         bool // every number is 0: there is nothing to draw
	Bars          []Bar
}

// Bar is one number. A small one is hatched, as high as Smallest is at most, and tells no more than that.
type Bar struct {
	X, Y, Width, Height int
	Middle              int // x of its texts
	Above, Below        int // y of its value, and of its label
	Small               bool
	Value               string // empty for a small one and for nothing
	Label               string // below
}

// Measures of a chart.
const (
	chartTop    = 36 // room for a value
	chartBars   = 160
	chartBottom = 32 // room for a label
	chartWidth  = 1116
	halfWidth   = 540
	chartMargin = 12 // a date below the last bar is wider than the bar
)

// Series is what a chart shows: numbers in their order, each with its label. A HiddenNumber is drawn as a
// small one is.
type Series struct {
	ID      string
	Title   message.Message
	Numbers []int
	Labels  []string
	Half    bool // two of them stand side by side where there is room
}

// NewBarChart draws a series.
func NewBarChart(of Series) BarChart {
	c := BarChart{
		ID:     of.ID,
		Title:  of.Title,
		Half:   of.Half,
		Width:  chartWidth,
		Height: chartTop + chartBars + chartBottom,
		Base:   chartTop + chartBars,
		Empty:  !slices.ContainsFunc(of.Numbers, func(n int) bool { return n != 0 }),
	}
	if c.Half {
		c.Width = halfWidth
	}
	most := Smallest
	for _, n := range of.Numbers {
		most = max(most, n)
	}
	each := (c.Width - 2*chartMargin) / max(len(of.Numbers), 1)
	for i, n := range of.Numbers {
		at := chartMargin + i*each
		b := Bar{X: at + each/8, Width: each * 3 / 4, Middle: at + each/2, Label: of.Labels[i]}
		switch {
		case n == 0:
		case n < Smallest:
			b.Small, b.Height = true, max(8, chartBars*Smallest/most)
		default:
			b.Height, b.Value = max(8, chartBars*n/most), shortNumber(n)
		}
		b.Y = c.Base - b.Height
		b.Above, b.Below = b.Y-8, c.Base+24
		c.Bars = append(c.Bars, b)
	}
	return c
}

// DayLabels are what stands below the bars of days, newest first: their numbers. The oldest bears its month,
// and so does the first of a month that has room beside it.
func DayLabels(days []eligibility.Date) []string {
	labels := make([]string, len(days))
	for i, d := range days {
		before := len(days) - 1 - i // how many days are older
		if labels[i] = strconv.Itoa(d.Day()); before == 0 || before > 1 && d.Day() == 1 {
			labels[i] = fmt.Sprintf("%d/%d", d.Month(), d.Day())
		}
	}
	return labels
}

// shortNumber fits above a narrow bar: 1234, 1.2万, 123万.
func shortNumber(n int) string {
	switch {
	case n < 10_000:
		return strconv.Itoa(n)
	case n < 100_000:
		return fmt.Sprintf("%d.%d万", n/10_000, n/1000%10)
	}
	return strconv.Itoa(n/10_000) + "万"
}
