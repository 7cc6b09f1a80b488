package qrscan

import "github.com/makiuchi-d/gozxing"

// tones are the brightnesses of a code's modules, row by row.
type tones struct {
	size int
	at   []float64
}

// sample takes the brightness at each module's middle, off the grid by w unless that is nil.
func (g *grid) sample(p *plane, w *warp) tones {
	t := tones{g.size, make([]float64, 0, g.size*g.size)}
	for y := range g.size {
		for x := range g.size {
			mx, my := float64(x)+0.5, float64(y)+0.5
			if w != nil {
				dx, dy := w.at(mx, my)
				mx, my = mx+dx, my+dy
			}
			t.at = append(t.at, p.at(g.point(mx, my)))
		}
	}
	return t
}

// sharpened takes away what blur brought over from the four neighbours.
func (t tones) sharpened(by float64) tones {
	out := tones{t.size, make([]float64, len(t.at))}
	for y := range t.size {
		for x := range t.size {
			v := t.at[y*t.size+x]
			around := (t.near(x-1, y, v) + t.near(x+1, y, v) + t.near(x, y-1, v) + t.near(x, y+1, v)) / 4
			out.at[y*t.size+x] = v + by*(v-around)
		}
	}
	return out
}

func (t tones) near(x, y int, beyond float64) float64 {
	if x < 0 || y < 0 || x >= t.size || y >= t.size {
		return beyond
	}
	return t.at[y*t.size+x]
}

// bits parts the modules into dark and bright ones: each against the middle between the dark and the bright
// ones of its neighbourhood, because light is uneven.
func (t tones) bits() *gozxing.BitMatrix {
	const block, reach = 8, 10
	m, err := gozxing.NewSquareBitMatrix(t.size)
	if err != nil {
		return nil
	}
	for by := 0; by < t.size; by += block {
		for bx := 0; bx < t.size; bx += block {
			threshold := t.threshold(bx+block/2-reach, by+block/2-reach, bx+block/2+reach, by+block/2+reach)
			for y := by; y < min(by+block, t.size); y++ {
				for x := bx; x < min(bx+block, t.size); x++ {
					if t.at[y*t.size+x] < threshold {
						m.Set(x, y)
					}
				}
			}
		}
	}
	return m
}

// threshold finds the middle between the dark and the bright modules of a rectangle.
func (t tones) threshold(x0, y0, x1, y1 int) float64 {
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, t.size), min(y1, t.size)
	threshold := 0.0
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			threshold += t.at[y*t.size+x]
		}
	}
	threshold /= float64((y1 - y0) * (x1 - x0))
	for range 3 {
		var dark, bright, darks, brights float64
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				if v := t.at[y*t.size+x]; v < threshold {
					dark, darks = dark+v, darks+1
				} else {
					bright, brights = bright+v, brights+1
				}
			}
		}
		if darks == 0 || brights == 0 {
			break
		}
		threshold = (dark/darks + bright/brights) / 2
	}
	return threshold
}

// text samples and reads a code under a grid that fits: as it is, without the blur of neighbours, as a curved
// sheet.
func (g *grid) text(p *plane) (string, bool) {
	for _, w := range []*warp{nil, g.warp(p)} {
		t := g.sample(p, w)
		for _, sharpen := range []float64{0, 0.5, 1} {
			if text, ok := t.sharpened(sharpen).read(); ok {
				return text, true
			}
		}
	}
	return "", false
}

// read corrects and reads the modules.
func (t tones) read() (string, bool) {
	bits := t.bits()
	if bits == nil {
		return "", false
	}
	words, err := correctErrors(bits)
	if err != nil {
		return "", false
	}
	return readSegments(words, (t.size-17)/4)
}
