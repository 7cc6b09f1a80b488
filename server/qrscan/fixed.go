package qrscan

import (
	"math"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// fixed is a module whose colour every code of a size has in common: finder, timing and alignment patterns
// (ISO/IEC 18004 section 6.3).
type fixed struct {
	x, y float64 // its centre, in modules
	sign float64 // +1 bright, -1 dark
}

// fixedModules lists the fixed modules of a code.
func fixedModules(size int) []fixed {
	var out []fixed
	set := func(x, y int, dark bool) {
		sign := 1.0
		if dark {
			sign = -1
		}
		out = append(out, fixed{float64(x) + 0.5, float64(y) + 0.5, sign})
	}
	for _, centre := range [3][2]int{{3, 3}, {size - 4, 3}, {3, size - 4}} {
		for dy := -4; dy <= 4; dy++ {
			for dx := -4; dx <= 4; dx++ {
				x, y := centre[0]+dx, centre[1]+dy
				if x >= 0 && y >= 0 && x < size && y < size {
					ring := max(dx, -dx, dy, -dy)
					set(x, y, ring != 2 && ring != 4)
				}
			}
		}
	}
	for i := 8; i < size-8; i++ {
		set(i, 6, i%2 == 0)
		set(6, i, i%2 == 0)
	}
	for _, centre := range alignmentCentres(size) {
		for dy := -2; dy <= 2; dy++ {
			for dx := -2; dx <= 2; dx++ {
				set(centre[0]+dx, centre[1]+dy, max(dx, -dx, dy, -dy) != 1)
			}
		}
	}
	return out
}

// alignmentCentres returns the middles of a code's alignment patterns.
func alignmentCentres(size int) [][2]int {
	version, err := decoder.Version_GetVersionForNumber((size - 17) / 4)
	if err != nil {
		return nil
	}
	places := version.GetAlignmentPatternCenters()
	var out [][2]int
	for _, y := range places {
		for _, x := range places {
			if x == 6 && y == 6 || x == 6 && y == size-7 || x == size-7 && y == 6 {
				continue // the finder patterns are there
			}
			out = append(out, [2]int{x, y})
		}
	}
	return out
}

// fit scores how well the fixed modules lie on a plane: 1 when bright and dark ones differ as clearly as in
// the eyes, 0 for a patch that knows nothing of them.
func (g *grid) fit(p *plane, modules []fixed) float64 {
	sum, middle := 0.0, (g.bright+g.dark)/2
	for _, m := range modules {
		sum += m.sign * (p.at(g.point(m.x, m.y)) - middle)
	}
	return 2 * sum / float64(len(modules)) / (g.bright - g.dark)
}

// Measured: codes of version 22 fit to 0.6 and more before their corners are moved and to 0.8 and more after,
// on sheets curved by a module too; three rings that are not a code hardly fit to 0.2.
const (
	leastFit   = 0.3
	leastFixed = 0.45
)

// refineCorners moves the corners in ever smaller steps while the fixed modules fit better. It returns false
// when they do not fit well enough for a code.
func (g *grid) refineCorners(p *plane, modules []fixed) bool {
	best := g.fit(p, modules)
	if best < leastFit {
		return false
	}
	module := g.module()
	for _, step := range []float64{0.8, 0.4, 0.2, 0.1, 0.05} {
		for better, round := true, 0; better && round < 6; round++ {
			better = false
			for i := range g.corner {
				for axis := range 2 {
					for _, move := range []float64{step * module, -step * module} {
						trial := *g
						trial.corner[i][axis] += move
						if !trial.sound() {
							continue
						}
						trial.project()
						if score := trial.fit(p, modules); score > best {
							*g, best, better = trial, score, true
							break
						}
					}
				}
			}
		}
	}
	return best >= leastFixed
}

// anchored returns g with its bottom right corner moved to where the last alignment pattern is seen, the best
// places first; g itself comes last. In perspective the parallelogram may miss it by several modules.
func (g *grid) anchored(p *plane) []grid {
	if g.size < 25 {
		return []grid{*g}
	}
	far := float64(g.size) - 6.5
	ax, ay := g.point(far, far)
	rightX, rightY := g.point(far+1, far)
	downX, downY := g.point(far, far+1)
	ex, ey, fx, fy := rightX-ax, rightY-ay, downX-ax, downY-ay
	reach := min(2+float64(g.size)/8, 12)
	best, bx, by := math.Inf(-1), ax, ay
	for dv := -reach; dv <= reach; dv += 0.5 {
		for du := -reach; du <= reach; du += 0.5 {
			x, y := ax+du*ex+dv*fx, ay+du*ey+dv*fy
			score := -0.15 * math.Hypot(du, dv) // nearer is likelier
			for j := -2.0; j <= 2; j++ {
				for i := -2.0; i <= 2; i++ {
					v := p.at(x+i*ex+j*fx, y+i*ey+j*fy) / 25
					if max(math.Abs(i), math.Abs(j)) == 1 {
						score += v * 2 // 8 bright against 17 dark ones: about equal weights
					} else {
						score -= v
					}
				}
			}
			if score > best {
				best, bx, by = score, x, y
			}
		}
	}
	moved := *g
	for range 8 {
		x, y := moved.point(far, far)
		moved.corner[2][0] += bx - x
		moved.corner[2][1] += by - y
		if !moved.sound() {
			return []grid{*g}
		}
		moved.project()
	}
	return []grid{moved, *g}
}
