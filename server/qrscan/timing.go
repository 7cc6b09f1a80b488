package qrscan

import (
	"cmp"
	"math"
	"slices"
)

// grids returns the grids that the timing patterns between the corners allow, the best first: the number of
// modules and the perspective are those with which bright and dark alternate most clearly along row 6 and
// column 6. None is returned where no timing pattern is. With tilted false only parallelograms are tried,
// which is many times faster.
func (c corners) grids(p *plane, tilted bool) []grid {
	type scored struct {
		grid
		score float64
	}
	if bright, dark := c.tones(p); bright-dark < 12 {
		return nil // an even patch: nothing could be read there
	}
	var all []scored
	for size := 21; size <= 177; size += 4 {
		between := float64(size - 7)
		if between < 0.8*c.modules-2 || between > 1.25*c.modules+2 {
			continue
		}
		g := c.grid(p, size)
		score := (g.timing(p, false) + g.timing(p, true)) / 2 // on a curved sheet one of them may be lost
		if tilted {
			g, score = c.tilt(p, size)
		}
		if score > 0.35 {
			all = append(all, scored{g, score})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	var out []grid
	for _, s := range all[:min(len(all), 3)] {
		out = append(out, s.grid)
	}
	return out
}

// maxTilt is the perspective that is looked for: the far side of a code at least about two thirds of the near
// one.
const maxTilt = 0.4

// tilt finds the perspective in which the timing patterns alternate best. Along row 6 only one of its two
// numbers counts and along column 6 only the other, so that each is found by itself; the first guess of the
// second one comes from how much smaller the eyes at the far side are.
func (c corners) tilt(p *plane, size int) (grid, float64) {
	guess := func(far eye) float64 {
		return min(max(math.Pow(c.topLeft.module/far.module, 2.0/3)-1, -maxTilt), maxTilt)
	}
	across, down := guess(c.topRight), guess(c.bottomLeft)
	base := c.grid(p, size)
	step := 2 / float64(size-7) // moves the pattern's middle by a quarter of a module
	best := func(score func(float64) float64) (float64, float64) {
		at, most := 0.0, math.Inf(-1)
		for v := -maxTilt; v <= maxTilt; v += step {
			if s := score(v); s > most {
				at, most = v, s
			}
		}
		return at, most
	}
	var rows, columns float64
	for range 2 {
		across, rows = best(func(v float64) float64 {
			g := base.tilted(v, down)
			return g.timing(p, false)
		})
		if rows < 0.3 {
			return base, rows
		}
		down, columns = best(func(v float64) float64 {
			g := base.tilted(across, v)
			return g.timing(p, true)
		})
	}
	return base.tilted(across, down), min(rows, columns)
}

// tilted returns the grid with the same three corners in another perspective.
func (g *grid) tilted(across, down float64) grid {
	t := *g
	x0, y0 := g.corner[0][0], g.corner[0][1]
	x1, y1 := g.corner[1][0], g.corner[1][1]
	x3, y3 := g.corner[3][0], g.corner[3][1]
	w := 1 + across + down
	t.corner[2] = [2]float64{(x1*(1+across) + x3*(1+down) - x0) / w, (y1*(1+across) + y3*(1+down) - y0) / w}
	t.project()
	return t
}

// timing scores the timing pattern of row 6 or column 6: 1 when bright and dark alternate as clearly as in
// the eyes.
func (g *grid) timing(p *plane, down bool) float64 {
	sum := (g.bright + g.dark) / 2 // the pattern has one dark module more than bright ones
	for i := 8; i < g.size-8; i++ {
		x, y := float64(i)+0.5, 6.5
		if down {
			x, y = y, x
		}
		v := p.at(g.point(x, y))
		if i%2 == 0 {
			v = -v
		}
		sum += v
	}
	return 2 * sum / float64(g.size-16) / (g.bright - g.dark)
}
