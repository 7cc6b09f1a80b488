package qrscan

// code is one code that was read, with its place in the picture as given.
type code struct {
	text   string
	corner [4][2]float64 // clockwise
	side   float64       // mean length of a side, pixels
}

// holds reports whether a point lies inside the code.
func (c *code) holds(x, y float64) bool {
	for i, a := range c.corner {
		b := c.corner[(i+1)%4]
		if (b[0]-a[0])*(y-a[1])-(b[1]-a[1])*(x-a[0]) < 0 {
			return false
		}
	}
	return true
}

// search looks for codes in a picture.
type search struct {
	found []code
	work  *work
}

// view is a picture in one size and polarity with the threes of eyes in it.
type view struct {
	*plane
	scale   float64 // the picture's pixels in one of the plane's
	corners []corners
}

// findCodes finds the codes of a picture: dark on bright, else bright on dark; flat, else in perspective.
func findCodes(p *plane, work *work) []code {
	p, scale := reducePlane(p)
	s := &search{work: work}
	var views []view
	for _, invert := range []bool{false, true} {
		if invert {
			p = p.inverted()
		}
		seen := s.sizes(p, scale)
		if len(s.found) > 0 {
			return s.found
		}
		views = append(views, seen...)
	}
	for _, v := range views {
		s.scan(v, true)
	}
	return s.found
}

// reducePlane halves a picture that is larger than a code needs: one that is readable at all has modules to
// spare then.
func reducePlane(p *plane) (*plane, float64) {
	scale := 1.0
	for p.width*p.height > 24<<20 {
		p, scale = p.halved(), 2*scale
	}
	return p, scale
}

// findFlatCodes finds the codes of a picture that lie flat, dark on bright, in the picture's own size or
// halved: a small part of what codes costs finds most codes. ok is false when the work was used up before.
func findFlatCodes(p *plane, work *work) (found []code, ok bool) {
	p, scale := reducePlane(p)
	s := &search{work: work}
	for q, scale := p, scale; ; q, scale = q.halved(), 2*scale {
		s.first(q, scale)
		if min(q.width, q.height) < 300 {
			return s.found, work.left > 0
		}
	}
}

// sizes looks at a picture in several sizes and returns what it saw: small modules are found at the picture's
// own size or doubled, large ones and noisy ones when it is halved.
func (s *search) sizes(p *plane, scale float64) []view {
	var views []view
	for q, scale := p, scale; ; q, scale = q.halved(), 2*scale {
		views = append(views, s.first(q, scale))
		if min(q.width, q.height) < 300 {
			break
		}
	}
	if len(s.found) == 0 && len(p.pix) <= 4<<20 && s.work.spend(4*len(p.pix)) {
		views = append(views, s.first(p.doubled(), scale/2))
	}
	return views
}

// first finds the eyes of a plane and reads the codes that lie flat.
func (s *search) first(p *plane, scale float64) view {
	v := view{plane: p, scale: scale}
	if !s.work.spend(2 * len(p.pix)) {
		return v
	}
	for _, ink := range []func(*plane) *ink{globalInk, localInk} {
		eyes := ink(p).eyes()
		if n := len(eyes); !s.work.spend(n * n * n) { // about 50 ns for each three of them
			return v
		}
		corners := findTriples(eyes)
		s.scan(view{p, scale, corners}, false)
		v.corners = append(v.corners, corners...)
	}
	return v
}

// scan tries the threes of eyes in a view.
func (s *search) scan(v view, tilted bool) {
	for _, c := range v.corners {
		if s.work.tries <= 0 || s.work.left == 0 {
			return
		}
		if s.isInsideKnown(c, v.scale) {
			continue
		}
		s.work.spend(gridsWork)
		if tilted {
			s.work.spend(tiltWork)
		}
		for _, g := range c.grids(v.plane, tilted) {
			if s.try(v.plane, g, v.scale) {
				break
			}
		}
	}
}

// What three eyes cost, in units of work.
const (
	gridsWork = 1 << 13 // laying the grids over them
	tiltWork  = 1 << 19 // in perspective
	tryWork   = 1 << 18 // settling and reading one grid
)

// isInsideKnown reports whether an eye lies inside a code that was read.
func (s *search) isInsideKnown(c corners, scale float64) bool {
	for _, e := range [3]eye{c.topLeft, c.topRight, c.bottomLeft} {
		for _, f := range s.found {
			if f.holds(e.x*scale, e.y*scale) {
				return true
			}
		}
	}
	return false
}

// try reads a code under a grid.
func (s *search) try(p *plane, g grid, scale float64) bool {
	modules := fixedModules(g.size)
	for _, g := range g.anchored(p) {
		s.work.tries--
		s.work.spend(tryWork)
		if !g.refineCorners(p, modules) {
			continue
		}
		text, ok := g.text(p)
		if !ok {
			continue
		}
		found := code{text: text, side: g.module() * float64(g.size) * scale}
		end := float64(g.size)
		for i, corner := range [4][2]float64{{0, 0}, {end, 0}, {end, end}, {0, end}} {
			x, y := g.point(corner[0], corner[1])
			found.corner[i] = [2]float64{x * scale, y * scale}
		}
		s.found = append(s.found, found)
		return true
	}
	return false
}
