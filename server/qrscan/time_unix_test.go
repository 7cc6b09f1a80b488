//go:build unix

package qrscan_test

import (
	"errors"
	"image"
	mathrand "math/rand/v2"
	"syscall"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/server/qrscan"
)

// worked returns the processor time that f takes: other programs on the machine do not count.
func worked(t testing.TB, f func()) time.Duration {
	t.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	f()
	return used() - before
}

// hopeless are photos of 12 megapixels without a code: noise, and a wall of rings that each look like a
// finder pattern.
func hopeless(rings bool) *image.RGBA {
	chance := mathrand.New(mathrand.NewPCG(3, 4))
	m := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	for y := range 3000 {
		for x := range 4000 {
			v := uint8(chance.UintN(256))
			if ring := max(abs(x%70-35), abs(y%70-35)) / 7; rings {
				v = 220 + v/8
				if ring == 3 || ring < 2 {
					v -= 200
				}
			}
			copy(m.Pix[m.PixOffset(x, y):], []byte{v, v, v, 255})
		}
	}
	return m
}

func TestAScreenshotTakesNoSecondAndAHopelessPhotoNoTen(t *testing.T) {
	m, _ := shown(t)
	for _, c := range []struct {
		name  string
		data  []byte
		bound time.Duration
		codes int
		want  error // where there is no code
	}{
		{"screenshot", asPNG(t, pasted(phone(white, black), drawn(m, plain), 40, 500)), time.Second, 1, nil},
		{"noise", asJPEG(t, hopeless(false), 80), 10 * time.Second, 0, qrscan.ErrNone},
		{"rings", asJPEG(t, hopeless(true), 80), 10 * time.Second, 0, qrscan.ErrNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			var err error
			took := worked(t, func() { got, err = qrscan.Codes(c.data) })
			if len(got) != c.codes || !errors.Is(err, c.want) {
				t.Errorf("%s: %d codes, %v", c.name, len(got), err)
			}
			testenv.Within(t, c.name, took, c.bound)
		})
	}
}
