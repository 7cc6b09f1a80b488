// Package icon paints the product's icon as PNG files, which home screens want: from static/icon.svg, of which it knows as much as
// that file uses, without another program.
package icon

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strconv"
	"strings"
)

// Shape says how a home screen wants an icon.
type Shape uint8

const (
	Rounded Shape = iota // as the SVG is, transparent beyond its corners
	Full                 // the ground to the edges: the system cuts the corners (iOS, maskable)
	Masked               // Full, with the drawing within the middle four fifths (W3C manifest: maskable's safe zone)
)

// box is a filled rectangle in the SVG's units.
type box struct{ x0, y0, x1, y1 float64 }

type drawing struct {
	side, radius float64
	ground, ink  color.NRGBA
	boxes        []box
}

// Paint returns the icon as PNG, size pixels wide. The SVG must be one rectangle as ground and one path of straight lines along the
// axes; anything else is an error, so that no icon is painted wrongly in silence.
func Paint(svg []byte, size int, shape Shape) ([]byte, error) {
	d, err := parse(svg)
	if err != nil {
		return nil, err
	}
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			img.SetNRGBA(x, y, d.at(x, y, size, shape))
		}
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("writing the icon: %w", err)
	}
	return b.Bytes(), nil
}

const samples = 8 // a side: 64 of a pixel

// at mixes a pixel of its samples.
func (d drawing) at(px, py, size int, shape Shape) color.NRGBA {
	var ground, ink int
	for sy := range samples {
		for sx := range samples {
			x := (float64(px) + (float64(sx)+.5)/samples) * d.side / float64(size)
			y := (float64(py) + (float64(sy)+.5)/samples) * d.side / float64(size)
			if shape == Rounded && !d.within(x, y) {
				continue
			}
			if shape == Masked {
				x, y = d.side/2+(x-d.side/2)/.8, d.side/2+(y-d.side/2)/.8
			}
			if d.inked(x, y) {
				ink++
			} else {
				ground++
			}
		}
	}
	if ground+ink == 0 {
		return color.NRGBA{}
	}
	mix := func(a, b uint8) uint8 { return uint8((int(a)*ground + int(b)*ink + (ground+ink)/2) / (ground + ink)) }
	return color.NRGBA{mix(d.ground.R, d.ink.R), mix(d.ground.G, d.ink.G), mix(d.ground.B, d.ink.B), uint8((ground + ink) * 255 / (samples * samples))}
}

// within reports whether a point lies in the ground with its round corners.
func (d drawing) within(x, y float64) bool {
	dx := max(d.radius-x, x-(d.side-d.radius), 0)
	dy := max(d.radius-y, y-(d.side-d.radius), 0)
	return dx*dx+dy*dy <= d.radius*d.radius
}

func (d drawing) inked(x, y float64) bool {
	for _, b := range d.boxes {
		if x >= b.x0 && x <= b.x1 && y >= b.y0 && y <= b.y1 {
			return true
		}
	}
	return false
}

func parse(svg []byte) (drawing, error) {
	var file struct {
		ViewBox string `xml:"viewBox,attr"`
		Rect    []struct {
			Width  float64 `xml:"width,attr"`
			Height float64 `xml:"height,attr"`
			RX     float64 `xml:"rx,attr"`
			Fill   string  `xml:"fill,attr"`
		} `xml:"rect"`
		Path []struct {
			D      string  `xml:"d,attr"`
			Fill   string  `xml:"fill,attr"`
			Stroke string  `xml:"stroke,attr"`
			Width  float64 `xml:"stroke-width,attr"`
		} `xml:"path"`
		Others []struct {
			XMLName xml.Name
		} `xml:",any"`
	}
	if err := xml.Unmarshal(svg, &file); err != nil {
		return drawing{}, fmt.Errorf("reading the icon: %w", err)
	}
	if len(file.Rect) != 1 || len(file.Path) != 1 || len(file.Others) > 0 || file.Path[0].Fill != "none" || file.Rect[0].Width != file.Rect[0].Height ||
		file.ViewBox != fmt.Sprintf("0 0 %g %g", file.Rect[0].Width, file.Rect[0].Width) {
		return drawing{}, fmt.Errorf("the icon is not one square and one path")
	}
	d := drawing{side: file.Rect[0].Width, radius: file.Rect[0].RX}
	var err error
	if d.ground, err = colour(file.Rect[0].Fill); err != nil {
		return drawing{}, err
	}
	if d.ink, err = colour(file.Path[0].Stroke); err != nil {
		return drawing{}, err
	}
	d.boxes, err = lines(file.Path[0].D, file.Path[0].Width/2)
	return d, err
}

func colour(s string) (color.NRGBA, error) {
	digits := strings.TrimPrefix(s, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 || s == digits {
		return color.NRGBA{}, fmt.Errorf("the icon's colour %q is not #rgb or #rrggbb", s)
	}
	return color.NRGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}, nil
}

var command = regexp.MustCompile(`^\s*([MVHvh])\s*(-?[\d.]+)(?:[\s,]+(-?[\d.]+))?`)

// lines turns a path of straight lines along the axes into boxes half a stroke around each: butt ends, mitred joins.
func lines(path string, half float64) ([]box, error) {
	var boxes []box
	var x, y float64
	open := false // a line of this part has been drawn: the next joins it
	for rest := path; strings.TrimSpace(rest) != ""; {
		m := command.FindStringSubmatch(rest)
		if m == nil || (m[3] != "") != (m[1] == "M") {
			return nil, fmt.Errorf("the icon's path goes on with %q, which is no straight line along an axis", rest)
		}
		rest = rest[len(m[0]):]
		n, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return nil, fmt.Errorf("the icon's path: %w", err)
		}
		x0, y0 := x, y
		switch m[1] {
		case "M":
			x = n
			if y, err = strconv.ParseFloat(m[3], 64); err != nil {
				return nil, fmt.Errorf("the icon's path: %w", err)
			}
			open = false
			continue
		case "V":
			y = n
		case "v":
			y += n
		case "H":
			x = n
		case "h":
			x += n
		}
		b := box{min(x0, x), min(y0, y), max(x0, x), max(y0, y)}
		if x == x0 {
			b.x0, b.x1 = b.x0-half, b.x1+half
		} else {
			b.y0, b.y1 = b.y0-half, b.y1+half
		}
		if open { // the corner that both lines leave out
			boxes = append(boxes, box{x0 - half, y0 - half, x0 + half, y0 + half})
		}
		boxes, open = append(boxes, b), true
	}
	return boxes, nil
}
