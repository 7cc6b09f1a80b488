package qrscan

// plane is a picture's brightness, 0 black to 255 white. Positions are continuous: the pixel in column x
// covers x to x+1.
type plane struct {
	width, height int
	pix           []uint8
}

func newPlane(width, height int) *plane {
	return &plane{width: width, height: height, pix: make([]uint8, width*height)}
}

// at returns the brightness at a point, interpolated between the four nearest pixel centres; outside lies the
// edge's.
func (p *plane) at(x, y float64) float64 {
	x, y = clampIndex(x-0.5, p.width), clampIndex(y-0.5, p.height)
	x0, y0 := int(x), int(y)
	fx, fy := x-float64(x0), y-float64(y0)
	right, below := 1, p.width
	if x0+1 >= p.width {
		right = 0
	}
	if y0+1 >= p.height {
		below = 0
	}
	i := y0*p.width + x0
	top := float64(p.pix[i])*(1-fx) + float64(p.pix[i+right])*fx
	bottom := float64(p.pix[i+below])*(1-fx) + float64(p.pix[i+below+right])*fx
	return top*(1-fy) + bottom*fy
}

// clampIndex moves a position into a side's pixels; what is not a number goes to the first one.
func clampIndex(v float64, side int) float64 {
	if !(v > 0) {
		return 0
	}
	return min(v, float64(side-1))
}

// halved averages each two by two pixels: it also smooths the noise of photos and of JPEG.
func (p *plane) halved() *plane {
	h := newPlane(p.width/2, p.height/2)
	for y := range h.height {
		a := p.pix[2*y*p.width:]
		b := p.pix[(2*y+1)*p.width:]
		row := h.pix[y*h.width : (y+1)*h.width]
		for x := range row {
			row[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
	}
	return h
}

// doubled interpolates, so that the edges of modules of two or three pixels fall where they were drawn.
func (p *plane) doubled() *plane {
	d := newPlane(2*p.width, 2*p.height)
	for y := range d.height {
		for x := range d.width {
			d.pix[y*d.width+x] = uint8(p.at((float64(x)+0.5)/2, (float64(y)+0.5)/2) + 0.5)
		}
	}
	return d
}

func (p *plane) inverted() *plane {
	n := newPlane(p.width, p.height)
	for i, v := range p.pix {
		n.pix[i] = 255 - v
	}
	return n
}
