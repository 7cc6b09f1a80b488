package form

import (
	"bytes"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"testing"
)

// What another inflater makes of a packed code is its picture.
func TestAPackedCodeIsItsPicture(t *testing.T) {
	random := rand.New(rand.NewPCG(18004, 1951))
	for size := 21; size <= 177; size += 4 {
		for _, darks := range []float64{0, 0.5, 1} {
			dark := make([]bool, size*size)
			for i := range dark {
				dark[i] = random.Float64() < darks
			}
			c := &Code{Size: size, Black: func(x, y int) bool { return dark[y*size+x] }}
			packed := c.appendPacked(nil)
			c.Stride = (size+7)/8 + size%3
			c.Dark = make([]byte, size*c.Stride)
			for i, black := range dark {
				if x := i % size; black {
					c.Dark[i/size*c.Stride+x/8] |= 0x80 >> (x % 8)
				}
			}
			if !bytes.Equal(c.appendPacked(nil), packed) {
				t.Errorf("%d modules, %v dark: another picture by the bytes", size, darks)
			}
			in, err := zlib.NewReader(bytes.NewReader(packed))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(in)
			if err != nil || !bytes.Equal(got, c.appendPixels(nil, (size+2*quiet)*scale)) {
				t.Errorf("%d modules, %v dark: %d bytes, %v", size, darks, len(got), err)
			}
		}
	}
}
