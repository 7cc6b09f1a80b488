package qrscan

import "math"

// warp says by how many modules a curved or creased sheet lies off its grid. It is measured at the crossings
// of the rows and columns of alignment patterns, and interpolated between them.
type warp struct {
	places []float64      // of the crossings, in modules, the same across and down
	off    [][][2]float64 // by row and column
}

// warp measures how far the alignment patterns lie off the grid. It returns nil for small codes, which have
// too few.
func (g *grid) warp(p *plane) *warp {
	patterns := alignmentCentres(g.size)
	if len(patterns) < 6 {
		return nil
	}
	w := &warp{places: []float64{6.5}}
	for _, pattern := range patterns {
		if pattern[1] == 6 {
			w.places = append(w.places, float64(pattern[0])+0.5)
		}
	}
	w.places = append(w.places, float64(g.size)-6.5)
	for _, y := range w.places {
		row := make([][2]float64, len(w.places))
		for i, x := range w.places {
			row[i] = g.drift(p, x, y, (g.bright-g.dark)/2)
		}
		w.off = append(w.off, row)
	}
	return w
}

// drift looks for an alignment pattern around its place and returns how far away it is; nothing when none is
// clear, as at the finder patterns, where the grid is right.
func (g *grid) drift(p *plane, x, y, clear float64) (off [2]float64) {
	const reach, step = 1.75, 0.25
	best := 0.5 * clear
	for dy := -reach; dy <= reach; dy += step {
		for dx := -reach; dx <= reach; dx += step {
			score := -0.1 * clear * math.Hypot(dx, dy) // nearer is likelier
			for j := -2.0; j <= 2; j++ {
				for i := -2.0; i <= 2; i++ {
					v := p.at(g.point(x+dx+i, y+dy+j))
					if max(math.Abs(i), math.Abs(j)) == 1 {
						score += v / 16 // 8 bright ones weigh as much as the 17 dark ones
					} else {
						score -= v / 34
					}
				}
			}
			if score > best {
				best, off = score, [2]float64{dx, dy}
			}
		}
	}
	return off
}

// at returns how far the point x, y of a code lies off.
func (w *warp) at(x, y float64) (dx, dy float64) {
	i, u := w.cell(x)
	j, v := w.cell(y)
	var out [2]float64
	for axis := range out {
		top := w.off[j][i][axis]*(1-u) + w.off[j][i+1][axis]*u
		bottom := w.off[j+1][i][axis]*(1-u) + w.off[j+1][i+1][axis]*u
		out[axis] = top*(1-v) + bottom*v
	}
	return out[0], out[1]
}

// cell returns between which places a coordinate lies, and how far along; beyond the outer ones it goes on as
// between the last two.
func (w *warp) cell(x float64) (int, float64) {
	i := 0
	for i < len(w.places)-2 && x > w.places[i+1] {
		i++
	}
	return i, (x - w.places[i]) / (w.places[i+1] - w.places[i])
}
