package qrscan

import (
	"cmp"
	"math"
	"slices"
)

// corners are three eyes that may belong to one code.
type corners struct {
	topLeft, topRight, bottomLeft eye
	modules                       float64 // estimate of the distance between two eyes' centres
	// how far it is from a right-angled isosceles triangle of equal eyes
	oddness float64
}

// maxCorners bounds the tries in one plane.
const maxCorners = 200

// findTriples returns the threes of eyes that may be a code, the likeliest first.
func findTriples(eyes []eye) []corners {
	var all []corners
	for i := range eyes {
		for j := i + 1; j < len(eyes); j++ {
			if sizesDiffer(eyes[i], eyes[j]) {
				continue
			}
			for l := j + 1; l < len(eyes); l++ {
				if sizesDiffer(eyes[i], eyes[l]) || sizesDiffer(eyes[j], eyes[l]) {
					continue
				}
				if c, ok := orderCorners(eyes[i], eyes[j], eyes[l]); ok {
					all = append(all, c)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b corners) int { return cmp.Compare(a.oddness, b.oddness) })
	return all[:min(len(all), maxCorners)]
}

func sizesDiffer(a, b eye) bool { return a.module > 1.6*b.module || b.module > 1.6*a.module }

// orderCorners orders three eyes: the right angle is at the top left, and the code is not mirrored.
func orderCorners(a, b, c eye) (corners, bool) {
	ab, bc, ca := distance(a, b), distance(b, c), distance(c, a)
	switch {
	case bc >= ab && bc >= ca: // a is at the right angle
	case ca >= ab:
		a, b, c = b, c, a
	default:
		a, b, c = c, a, b
	}
	bx, by, cx, cy := b.x-a.x, b.y-a.y, c.x-a.x, c.y-a.y
	turn := bx*cy - by*cx
	if turn < 0 {
		b, c = c, b
		bx, by, cx, cy = cx, cy, bx, by
		turn = -turn
	}
	across, down := math.Hypot(bx, by), math.Hypot(cx, cy)
	square := turn / (across * down)
	if across > 1.7*down || down > 1.7*across || !(square > 0.8) {
		return corners{}, false
	}
	// the chord of a turned square is longer by 1/cos of the angle to the nearest axis
	module := (a.module + b.module + c.module) / 3
	module *= max(math.Abs(bx), math.Abs(by)) / across
	modules := (across + down) / 2 / module
	if modules < 10 || modules > 200 {
		return corners{}, false
	}
	spread := max(a.module, b.module, c.module)/min(a.module, b.module, c.module) - 1
	odd := math.Abs(math.Log(across/down)) + (1 - square) + spread
	return corners{topLeft: a, topRight: b, bottomLeft: c, modules: modules, oddness: odd}, true
}

func distance(a, b eye) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }

// tones returns the mean brightness of the bright rings and of the dark centres of the three eyes.
func (c corners) tones(p *plane) (bright, dark float64) {
	ux, uy := c.topRight.x-c.topLeft.x, c.topRight.y-c.topLeft.y
	across := math.Hypot(ux, uy)
	ux, uy = ux/across, uy/across
	upright := max(math.Abs(ux), math.Abs(uy)) // see cornered
	for _, e := range [3]eye{c.topLeft, c.topRight, c.bottomLeft} {
		module := e.module * upright
		for _, d := range [4][2]float64{{ux, uy}, {-ux, -uy}, {-uy, ux}, {uy, -ux}} {
			bright += p.at(e.x+2*module*d[0], e.y+2*module*d[1]) / 12
			dark += p.at(e.x+0.7*module*d[0], e.y+0.7*module*d[1]) / 12
		}
	}
	return bright, dark
}
