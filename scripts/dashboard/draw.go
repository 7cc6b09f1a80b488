package main

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"
)

// Grafana's grid has 24 columns and rows of 30 pixels with 8 between.
const (
	pageWidth = 1600.0
	column    = pageWidth / 24
	row       = 38.0
)

var colours = []string{
	"#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#8ab8ff", "#c0d8ff",
}

var named = map[string]string{"green": "#1a7f37", "orange": "#c4620a", "red": "#c4162a", "text": "#1f2328"}

// page draws a dashboard.
func page(b board, p prometheus) (string, error) {
	var out strings.Builder
	fmt.Fprintf(&out, `<!doctype html><meta charset="utf-8"><title>%s</title><style>
body { margin: 0; font: 13px sans-serif; background: #f4f5f5; }
section { position: absolute; box-sizing: border-box; background: #fff; border: 1px solid #d8d9da;
	padding: 6px; }
section.row { background: none; border: 0; font-weight: bold; }
h2 { margin: 0; font-size: 13px; } .numbers { display: flex; height: 85%%; justify-content: space-around; }
.numbers div { align-self: center; text-align: center; } .numbers b { display: block; font-size: 28px; }
.none { color: #c4162a; text-align: center; } svg { display: block; width: 100%%; }
</style>`, html.EscapeString(b.Title))
	for _, one := range b.Panels {
		lines, err := p.all(one)
		if err != nil {
			return "", fmt.Errorf("%s: %w", one.Title, err)
		}
		g := one.GridPos
		fmt.Fprintf(&out, `<section class="%s"
			style="left: %.0fpx; top: %.0fpx; width: %.0fpx; height: %.0fpx">`, one.Type,
			g.X*column, g.Y*row, g.W*column-8, g.H*row-8)
		fmt.Fprintf(&out, `<h2 title="%s">%s</h2>`, html.EscapeString(one.Description),
			html.EscapeString(one.Title))
		switch {
		case one.Type == "row":
		case len(lines) == 0:
			out.WriteString(`<p class="none">No data</p>`)
		case one.Type == "stat":
			out.WriteString(one.stat(lines))
		default:
			out.WriteString(one.graph(lines, p, g.W*column-22, g.H*row-80))
		}
		out.WriteString("</section>\n")
	}
	return out.String(), nil
}

// stat is a panel of one number each, in the colour of its threshold.
func (p panel) stat(lines []series) string {
	var out strings.Builder
	for _, s := range lines {
		points := s.points()
		if len(points) == 0 {
			continue
		}
		last := points[len(points)-1][1]
		fmt.Fprintf(&out, `<div style="color: %s">%s<b>%s</b></div>`, p.colour(last),
			html.EscapeString(s.legend), html.EscapeString(p.show(last)))
	}
	return `<div class="numbers">` + out.String() + "</div>"
}

// colour is that of the highest threshold that a value has reached.
func (p panel) colour(value float64) string {
	colour := "text"
	for _, s := range p.FieldConfig.Defaults.Thresholds.Steps {
		if s.Value == nil || value >= *s.Value {
			colour = s.Color
		}
	}
	return named[colour]
}

// points are a line's times and values.
func (s series) points() (all [][2]float64) {
	for _, v := range s.Values {
		at, _ := v[0].(float64)
		text, _ := v[1].(string)
		value, err := strconv.ParseFloat(text, 64)
		if err == nil && !math.IsNaN(value) && !math.IsInf(value, 0) {
			all = append(all, [2]float64{at, value})
		}
	}
	return all
}

// graph draws lines over time, with the highest and lowest value, thresholds and the legend.
func (p panel) graph(lines []series, span prometheus, width, height float64) string {
	most := 0.0
	for _, s := range lines {
		for _, at := range s.points() {
			most = math.Max(most, at[1])
		}
	}
	if most == 0 {
		most = 1
	}
	x := func(at float64) float64 {
		return 60 + (at-float64(span.from.Unix()))/span.to.Sub(span.from).Seconds()*(width-64)
	}
	y := func(value float64) float64 { return 4 + (1-value/most/1.05)*(height-20) }
	var out strings.Builder
	fmt.Fprintf(&out, `<svg viewBox="0 0 %.0f %.0f">`, width, height)
	for i := range 5 {
		value := most / 4 * float64(i)
		fmt.Fprintf(&out, `<path d="M60 %.1fH%.0f" stroke="#e5e5e5"/><text x="54" y="%.1f" font-size="10"
			text-anchor="end">%s</text>`, y(value), width, y(value)+3, html.EscapeString(p.show(value)))
	}
	for i := range 4 {
		at := span.from.Add(span.to.Sub(span.from) / 4 * time.Duration(i))
		fmt.Fprintf(&out, `<text x="%.0f" y="%.0f" font-size="10">%s</text>`, x(float64(at.Unix())), height-2,
			at.Format("15:04:05"))
	}
	for _, s := range p.FieldConfig.Defaults.Thresholds.Steps {
		if s.Value != nil && *s.Value <= most*1.05 {
			fmt.Fprintf(&out, `<path d="M60 %.1fH%.0f" stroke="%s" stroke-dasharray="4"/>`, y(*s.Value),
				width, named[s.Color])
		}
	}
	var legend strings.Builder
	for i, s := range lines {
		colour, path := colours[i%len(colours)], ""
		for _, at := range s.points() {
			path += fmt.Sprintf("%.1f,%.1f ", x(at[0]), y(at[1]))
		}
		fmt.Fprintf(&out, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.5"/>`, path, colour)
		fmt.Fprintf(&legend, `<span style="color: %s">▬</span> %s `, colour, html.EscapeString(s.legend))
	}
	return out.String() + "</svg><div>" + legend.String() + "</div>"
}

// show writes a value in the panel's unit, as Grafana does.
func (p panel) show(value float64) string {
	for _, m := range p.FieldConfig.Defaults.Mappings {
		if as, ok := m.Options[strconv.FormatFloat(value, 'f', -1, 64)]; ok {
			return as.Text
		}
	}
	switch p.FieldConfig.Defaults.Unit {
	case "percentunit":
		return short(value*100, 1000, []string{""}) + "%"
	case "s":
		switch {
		case value == 0 || value >= 1 && value < 60:
			return short(value, 1000, []string{" s"})
		case value < 1:
			return short(value*1000, 1000, []string{" ms"})
		case value < 3600:
			return short(value/60, 1000, []string{" min"})
		}
		return short(value/3600, 1000, []string{" h"})
	case "bytes":
		return short(value, 1024, []string{" B", " KiB", " MiB", " GiB", " TiB"})
	case "reqps":
		return short(value, 1000, []string{" req/s", "K req/s"})
	case "cps":
		return short(value, 1000, []string{" c/s", "K c/s"})
	case "ops":
		return short(value, 1000, []string{" ops/s", "K ops/s"})
	}
	return short(value, 1000, []string{"", " K", " Mil", " Bil"})
}

// short writes three digits of a value and the unit that fits.
func short(value, thousand float64, units []string) string {
	at := 0
	for at < len(units)-1 && math.Abs(value) >= thousand {
		value, at = value/thousand, at+1
	}
	return strconv.FormatFloat(value, 'g', 3, 64) + units[at]
}
