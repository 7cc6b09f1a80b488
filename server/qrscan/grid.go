package qrscan

import "math"

// grid lays a code's modules over a plane in perspective. Its four corners are where the centres of the three
// finder patterns lie, and where a fourth at the bottom right would.
type grid struct {
	size   int           // modules a side
	corner [4][2]float64 // top left, top right, bottom right, bottom left
	// the brightness of the eyes' bright rings and of their dark centres
	bright, dark float64
	// the projection of the unit square onto the corners (Heckbert 1989, section 2.2.3)
	a, b, c, d, e, f, g, h float64
}

// grid returns the parallelogram that the three corners span.
func (c corners) grid(p *plane, size int) grid {
	g := grid{size: size}
	g.bright, g.dark = c.tones(p)
	g.corner[0] = [2]float64{c.topLeft.x, c.topLeft.y}
	g.corner[1] = [2]float64{c.topRight.x, c.topRight.y}
	g.corner[3] = [2]float64{c.bottomLeft.x, c.bottomLeft.y}
	g.corner[2] = [2]float64{
		c.topRight.x + c.bottomLeft.x - c.topLeft.x,
		c.topRight.y + c.bottomLeft.y - c.topLeft.y,
	}
	g.project()
	return g
}

// project computes the projection from the corners.
func (g *grid) project() {
	x0, y0 := g.corner[0][0], g.corner[0][1]
	x1, y1 := g.corner[1][0], g.corner[1][1]
	x2, y2 := g.corner[2][0], g.corner[2][1]
	x3, y3 := g.corner[3][0], g.corner[3][1]
	dx1, dx2, dx3 := x1-x2, x3-x2, x0-x1+x2-x3
	dy1, dy2, dy3 := y1-y2, y3-y2, y0-y1+y2-y3
	det := dx1*dy2 - dx2*dy1
	g.g, g.h = (dx3*dy2-dx2*dy3)/det, (dx1*dy3-dx3*dy1)/det
	g.a, g.b, g.c = x1-x0+g.g*x1, x3-x0+g.h*x3, x0
	g.d, g.e, g.f = y1-y0+g.g*y1, y3-y0+g.h*y3, y0
}

// point returns where a point of the code, in modules from its top left corner, lies in the plane.
func (g *grid) point(x, y float64) (float64, float64) {
	u, v := (x-3.5)/float64(g.size-7), (y-3.5)/float64(g.size-7)
	w := 1 / (g.g*u + g.h*v + 1)
	return (g.a*u + g.b*v + g.c) * w, (g.d*u + g.e*v + g.f) * w
}

// sound reports whether the corners still stand as a convex quadrilateral.
func (g *grid) sound() bool {
	for i := range g.corner {
		a, b, c := g.corner[i], g.corner[(i+1)%4], g.corner[(i+2)%4]
		if !((b[0]-a[0])*(c[1]-b[1])-(b[1]-a[1])*(c[0]-b[0]) > 1) {
			return false
		}
	}
	return true
}

// module returns the mean width of a module.
func (g *grid) module() float64 {
	sum := 0.0
	for i := range g.corner {
		a, b := g.corner[i], g.corner[(i+1)%4]
		sum += math.Hypot(a[0]-b[0], a[1]-b[1])
	}
	return sum / 4 / float64(g.size-7)
}
