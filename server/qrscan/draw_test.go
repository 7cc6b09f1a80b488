package qrscan_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	mathrand "math/rand/v2"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/persontest"
)

// matrix is a code to be drawn.
type matrix struct {
	size  int
	black func(x, y int) bool
}

// shown issues a credential of the densest kind, version 22, and returns its code and the code's text.
func shown(t testing.TB) (matrix, string) {
	t.Helper()
	key := issuertest.NewKey(t)
	issued, err := credential.Issue(
		"https://shikaku.kakuu-kenkouhoken.example.jp/i/00138990",
		key,
		credential.Request{Tier: credential.TierSaved, RID: 12345,
			Expires: eligibility.MustDate("2027-03-01").Time(),
			Person: persontest.Tokuichi(func(p *eligibility.Person) {
				p.Relation = eligibility.Subscriber
				p.CoverageFrom = eligibility.MustDate("2008-04-01")
				p.ValidUntil = eligibility.MustDate("2027-07-31")
			}),
			InsurerName: "架空県山川町北谷村国民健康保険広域連合", Share: 20},
		time.Date(2026, 11, 22, 10, 0, 0, 0, eligibility.Japan),
	)
	if err != nil {
		t.Fatal(err)
	}
	m, err := credential.QRMatrix(issued.JWS)
	if err != nil {
		t.Fatal(err)
	}
	if m.Size != 105 {
		t.Fatalf("the code has %d modules a side, not the 105 of version 22", m.Size)
	}
	return matrix{m.Size, m.Black}, credential.NumericQR(issued.JWS)
}

// foreign makes a code with another encoder (skip2/go-qrcode).
func foreign(t testing.TB, text string, level qrcode.RecoveryLevel) matrix {
	t.Helper()
	q, err := qrcode.New(text, level)
	if err != nil {
		t.Fatal(err)
	}
	q.DisableBorder = true
	bits := q.Bitmap()
	return matrix{len(bits), func(x, y int) bool { return bits[y][x] }}
}

// style says how a code is drawn.
type style struct {
	px         float64 // pixels a module
	quiet      float64 // modules around it
	turn       float64 // degrees, clockwise
	tilt       float64 // perspective: how much the upper side is farther away
	bend       float64 // modules by which the middle of a curved sheet lies higher
	ink, paper color.RGBA
	page       color.RGBA // beyond the quiet zone
	margin     int        // pixels of page around it
}

var (
	black = color.RGBA{0, 0, 0, 255}
	white = color.RGBA{255, 255, 255, 255}
	plain = style{px: 9, quiet: 4, ink: black, paper: white, page: white, margin: 20}
)

// drawn draws a code by looking up what lies at some points of each pixel: no library resamples anything.
func drawn(m matrix, l style) *image.RGBA {
	side := (float64(m.size) + 2*l.quiet) * l.px
	sin, cos := math.Sincos(l.turn * math.Pi / 180)
	extent := int(math.Ceil(side*(math.Abs(sin)+math.Abs(cos)))) + 2*l.margin
	out := image.NewRGBA(image.Rect(0, 0, extent, extent))
	middle := float64(extent) / 2
	n := 2
	if l.px < 4 {
		n = 4
	}
	for py := range extent {
		for px := range extent {
			var r, g, b int
			for i := range n * n {
				x := float64(px) + (float64(i%n)+0.5)/float64(n) - middle
				y := float64(py) + (float64(i/n)+0.5)/float64(n) - middle
				x, y = x*cos+y*sin, y*cos-x*sin
				if l.tilt > 0 {
					deep := 1 / (1 - l.tilt*(0.5-y/side))
					x, y = x*deep, y*deep
				}
				y += l.bend * l.px * math.Cos(math.Pi*x/side)
				c := l.page
				if math.Abs(x) <= side/2 && math.Abs(y) <= side/2 {
					c = l.paper
				}
				mx, my := math.Floor(x/l.px+float64(m.size)/2), math.Floor(y/l.px+float64(m.size)/2)
				if mx >= 0 && my >= 0 && mx < float64(m.size) && my < float64(m.size) &&
					m.black(int(mx), int(my)) {
					c = l.ink
				}
				r, g, b = r+int(c.R), g+int(c.G), b+int(c.B)
			}
			out.SetRGBA(px, py, color.RGBA{uint8(r / n / n), uint8(g / n / n), uint8(b / n / n), 255})
		}
	}
	return out
}

// blurred softens a picture by three box filters of the given radius, which is nearly a Gaussian.
func blurred(in *image.RGBA, radius int) *image.RGBA {
	out := in
	for range 3 {
		out = box(box(out, radius, 1, 0), radius, 0, 1)
	}
	return out
}

func box(in *image.RGBA, radius, dx, dy int) *image.RGBA {
	bounds := in.Bounds()
	out := image.NewRGBA(bounds)
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			for c := range 4 {
				sum, n := 0, 0
				for i := -radius; i <= radius; i++ {
					if (image.Point{x + i*dx, y + i*dy}).In(bounds) {
						sum += int(in.Pix[in.PixOffset(x+i*dx, y+i*dy)+c])
						n++
					}
				}
				out.Pix[out.PixOffset(x, y)+c] = uint8(sum / n)
			}
		}
	}
	return out
}

// lit adds a photo's light and grain: brightness falls off to the right, and each pixel is off by chance.
func lit(in *image.RGBA, fall float64, grain int) *image.RGBA {
	chance := mathrand.New(mathrand.NewPCG(7, 7))
	out := image.NewRGBA(in.Bounds())
	for i, v := range in.Pix {
		if i%4 == 3 {
			out.Pix[i] = 255
			continue
		}
		light := 0.9 - fall*float64(i%in.Stride)/float64(in.Stride)
		out.Pix[i] = uint8(min(max(30+float64(v)*light*0.85+float64(chance.IntN(2*grain+1)-grain), 0), 255))
	}
	return out
}

// pasted puts one picture onto another.
func pasted(onto, in *image.RGBA, x, y int) *image.RGBA {
	for row := range in.Bounds().Dy() {
		copy(onto.Pix[onto.PixOffset(x, y+row):], in.Pix[row*in.Stride:row*in.Stride+4*in.Bounds().Dx()])
	}
	return onto
}

// phone draws a screen of 390 × 844 points at 3 pixels a point, full of what looks like text, fields and
// icons.
func phone(paper, ink color.RGBA) *image.RGBA {
	chance := mathrand.New(mathrand.NewPCG(1, 2))
	out := image.NewRGBA(image.Rect(0, 0, 1170, 2532))
	fill(out, out.Bounds(), paper)
	for y := 40; y < 2480; y += 64 { // lines of characters made of strokes
		for x := 48; x < 1100; x += 44 {
			for range 5 {
				w, h := 4+chance.IntN(30), 4
				if chance.IntN(2) == 0 {
					w, h = h, w
				}
				at := image.Pt(x+chance.IntN(20), y+chance.IntN(20))
				fill(out, image.Rectangle{at, at.Add(image.Pt(w, h))}, ink)
			}
		}
	}
	for i := range 6 { // icons: rings like those of a code
		at := image.Pt(60+i*180, 2300)
		fill(out, image.Rect(at.X, at.Y, at.X+84, at.Y+84), ink)
		fill(out, image.Rect(at.X+12, at.Y+12, at.X+72, at.Y+72), paper)
		fill(out, image.Rect(at.X+24, at.Y+24, at.X+60, at.Y+60), ink)
	}
	return out
}

func fill(m *image.RGBA, r image.Rectangle, c color.RGBA) {
	r = r.Intersect(m.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			m.SetRGBA(x, y, c)
		}
	}
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
