package qrscan_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	mathrand "math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/qrscan"
)

// taken returns the bytes that f allocates, freed or not, and how long it takes. Other programs on the
// machine do not count for the first; the second is only printed.
func taken(f func()) (int, time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	at := time.Now()
	f()
	took := time.Since(at)
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc), took
}

func pngChunk(name string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngOf is a PNG of any header (PNG specification section 11.2.2) around packed data.
func pngOf(width, height int, depth, colours, interlaced byte, packed []byte, before ...[]byte) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(width)), uint32(height))
	out := append(
		[]byte("\x89PNG\r\n\x1a\n"),
		pngChunk("IHDR", append(header, depth, colours, 0, 0, interlaced))...)
	for _, chunk := range before {
		out = append(out, chunk...)
	}
	return append(append(out, pngChunk("IDAT", packed)...), pngChunk("IEND", nil)...)
}

// jpegOf is a JPEG of any frame header (ITU-T T.81 section B.2.2), whose scan is cut off.
func jpegOf(frame byte, width, height int, sampling ...byte) []byte {
	out := []byte{0xff, 0xd8, 0xff, 0xdb, 0, 67, 0}
	out = append(out, bytes.Repeat([]byte{1}, 64)...)
	out = append(out, 0xff, frame, 0, byte(8+3*len(sampling)), 8, byte(height>>8), byte(height),
		byte(width>>8), byte(width), byte(len(sampling)))
	for i, s := range sampling {
		out = append(out, byte(i+1), s, 0)
	}
	out = append(out, 0xff, 0xda, 0, byte(6+2*len(sampling)), byte(len(sampling)))
	for i := range sampling {
		out = append(out, byte(i+1), 0)
	}
	return append(out, 0, 63, 0, 0, 0)
}

// What a picture takes when decoded is width × height × bytes a pixel; those are of the standard library's
// decoders.
func TestAPictureIsBoundedByWhatItTakesWhenDecoded(t *testing.T) {
	zeros := deflated(make([]byte, 1<<20))
	transparent := pngChunk("tRNS", []byte{0, 0})
	cases := []struct {
		name string
		data []byte
		want *eligibility.Error
	}{
		{"16-bit RGBA of 17 megapixels", pngOf(4200, 4200, 16, 6, 0, zeros), qrscan.ErrLarge},
		{"16-bit RGB of 60 megapixels", pngOf(7800, 7800, 16, 2, 0, zeros), qrscan.ErrLarge},
		{"16-bit grey with transparency", pngOf(4200, 4200, 16, 0, 0, zeros, transparent), qrscan.ErrLarge},
		{"8-bit RGBA of 36 megapixels", pngOf(6000, 6000, 8, 6, 0, zeros), qrscan.ErrLarge},
		{"8-bit grey with transparency", pngOf(6000, 6000, 8, 0, 0, zeros, transparent), qrscan.ErrLarge},
		{"interlaced RGB of 20 megapixels", pngOf(4500, 4500, 8, 2, 1, zeros), qrscan.ErrLarge},
		{"grey of 81 megapixels", pngOf(9000, 9000, 8, 0, 0, zeros), qrscan.ErrLarge},
		// image/png itself refuses them
		{"sides whose product overflows", pngOf(0x7fffffff, 0x7fffffff, 1, 0, 0, zeros), qrscan.ErrFormat},
		{"a progressive JPEG of 25 megapixels", jpegOf(0xc2, 5000, 5000, 0x22, 0x11, 0x11), qrscan.ErrLarge},
		{"a CMYK JPEG of 25 megapixels", jpegOf(0xc0, 5000, 5000, 0x11, 0x11, 0x11, 0x11), qrscan.ErrLarge},
		{
			"a JPEG of 49 megapixels in full colour",
			jpegOf(0xc0, 7000, 7000, 0x11, 0x11, 0x11),
			qrscan.ErrLarge,
		},
		{"a baseline JPEG of 81 megapixels", jpegOf(0xc0, 9000, 9000, 0x22, 0x11, 0x11), qrscan.ErrLarge},
		{
			"a GIF that promises 65535 a side",
			append(
				[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x00"),
				0x3b,
			),
			qrscan.ErrLarge,
		},
		{
			"a header that promises more than there is",
			pngOf(3000, 3000, 8, 0, 0, deflated(make([]byte, 100))),
			qrscan.ErrFormat,
		},
		{
			"a header that promises less than there is",
			pngOf(30, 30, 8, 0, 0, deflated(make([]byte, 16<<20))),
			qrscan.ErrFormat,
		},
		{"a JPEG without its data", jpegOf(0xc0, 3000, 3000, 0x22, 0x11, 0x11), qrscan.ErrFormat},
		{"a JPEG of no components", jpegOf(0xc0, 3000, 3000), qrscan.ErrFormat},
		{"a picture without pixels", pngOf(0, 30, 8, 0, 0, zeros), qrscan.ErrFormat},
	}
	testenv.Refused(t, testenv.Pictures, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var err error
			bytes, took := taken(func() { _, err = qrscan.Codes(c.data) })
			t.Logf("%d KB, %v", bytes>>10, took)
			if !errors.Is(err, c.want) || bytes > 80<<20 ||
				errors.Is(err, qrscan.ErrLarge) && bytes > 16<<20 {
				t.Errorf("%d KB and %v", bytes>>10, err)
			}
		})
	}
}

// adam7 packs grey pixels in the seven passes of an interlaced PNG (PNG specification section 8.2).
func adam7(m *image.Gray) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	for _, pass := range [7][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4},
		{1, 0, 2, 2}, {0, 1, 1, 2}} {
		for y := pass[1]; y < m.Rect.Dy(); y += pass[3] {
			row := []byte{0}
			for x := pass[0]; x < m.Rect.Dx(); x += pass[2] {
				row = append(row, m.GrayAt(x, y).Y)
			}
			w.Write(row)
		}
	}
	w.Close()
	return b.Bytes()
}

func TestEveryKindOfPictureWithinTheBoundsIsRead(t *testing.T) {
	drawing := drawn(foreign(t, spaceText, qrcode.Medium), with(func(l *style) { l.px = 3 }))
	bounds := drawing.Bounds()
	as := func(m interface {
		image.Image
		Set(x, y int, c color.Color)
	}) image.Image {
		for y := range bounds.Dy() {
			for x := range bounds.Dx() {
				m.Set(x, y, drawing.At(x, y))
			}
		}
		return m
	}
	encoded := func(m image.Image) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	grey := as(image.NewGray(bounds)).(*image.Gray)
	palette := as(image.NewPaletted(bounds, color.Palette{color.Black, color.White})).(*image.Paletted)
	var animated bytes.Buffer
	if err := gif.EncodeAll(&animated, &gif.GIF{Image: []*image.Paletted{palette, palette},
		Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"RGBA", encoded(drawing)},
		{"grey", encoded(grey)},
		{"16-bit grey", encoded(as(image.NewGray16(bounds)))},
		{"16-bit RGB", encoded(as(image.NewRGBA64(bounds)))},
		{"16-bit RGBA", encoded(as(image.NewNRGBA64(bounds)))},
		{"RGBA with transparency", encoded(as(image.NewNRGBA(bounds)))},
		{"paletted", encoded(palette)},
		{"interlaced", pngOf(bounds.Dx(), bounds.Dy(), 8, 0, 1, adam7(grey))},
		{"an animated GIF's first frame", animated.Bytes()},
		{"JPEG", asJPEG(t, drawing, 80)},
		{"a grey JPEG", asJPEG(t, grey, 80)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := qrscan.Codes(c.data); err != nil || !slices.Equal(got, []string{spaceText}) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// noisy is a JPEG without a code: of noise, or of rings that each look like a finder pattern.
func noisy(t *testing.T, side int, rings bool) []byte {
	chance := mathrand.New(mathrand.NewPCG(3, 4))
	m := image.NewGray(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		v := uint8(chance.UintN(256))
		if ring := max(abs(i%side%70-35), abs(i/side%70-35)) / 7; rings {
			v = 220 + v/8
			if ring == 3 || ring < 2 {
				v -= 200
			}
		}
		m.Pix[i] = v
	}
	return asJPEG(t, m, 60)
}

func TestAllPicturesOfAPDFShareTheirWork(t *testing.T) {
	code := asJPEG(t, drawn(foreign(t, spaceText, qrcode.Medium), with(func(l *style) { l.px = 3 })), 80)
	scan := func(data []byte) []byte {
		c, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return picture(
			fmt.Sprintf(
				"/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode",
				c.Width,
				c.Height,
			),
			data,
		)
	}
	noise, rings := scan(noisy(t, 512, false)), scan(noisy(t, 512, true))
	zeros := deflated(make([]byte, 4<<20))
	flat := picture(
		"/Width 2048/Height 2048/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode",
		zeros,
	)
	heavy := picture(
		"/Width 700/Height 700/ColorSpace/DeviceCMYK/BitsPerComponent "+
			"16/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 4/BitsPerComponent 16/Columns 700>>",
		deflated(make([]byte, 700*(700*8+1))),
	)
	times := func(n int, objects ...[]byte) [][]byte { return slices.Repeat(objects, n) }
	cases := []struct {
		name    string
		objects [][]byte
		code    bool
		looked  int // at least
		err     *eligibility.Error
	}{
		{"270 pictures of noise", times(270, noise), false, 50, qrscan.ErrWork},
		{"250 pictures of rings", times(250, rings), false, 20, qrscan.ErrWork},
		{
			"250 pictures of noise, the code in the twentieth",
			append(append(times(19, noise), scan(code)), times(230, noise)...),
			true,
			20,
			nil,
		},
		{
			"a picture of ten thousand megapixels beside the code",
			[][]byte{
				picture("/Width 100000/Height 100000/ColorSpace/DeviceGray/BitsPerComponent 8", zeros),
				scan(code),
			},
			true,
			2,
			nil,
		},
		{
			"a picture of 16-bit colours that would take too much",
			[][]byte{scan(jpegOf(0xc2, 5000, 5000, 0x22, 0x11, 0x11))},
			false,
			1,
			qrscan.ErrLarge,
		},
		{"a hundred empty pages", times(100, flat), false, 5, qrscan.ErrWork},
		{"a thousand heavy predictors", times(1000, heavy), false, 5, qrscan.ErrWork},
		{
			"a JPEG with a long tail",
			times(3, picture(
				"/Width 30/Height 30/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode",
				append(
					noisy(t, 30, false),
					bytes.Repeat([]byte{0xff, 0}, 4<<20)...),
			)),
			false,
			3,
			qrscan.ErrNonePDF,
		},
		{
			"a thousand pictures of 21 pixels",
			times(
				1000,
				picture("/Width 21/Height 21/ColorSpace/DeviceGray/BitsPerComponent 8", make([]byte, 441)),
			),
			false,
			1000,
			qrscan.ErrNonePDF,
		},
		{"three pages without a code", times(3, scan(noisy(t, 1240, false))), false, 3, qrscan.ErrNonePDF},
	}
	testenv.Refused(t, testenv.Pictures, len(cases)-2)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			data := document(c.objects...)
			var found qrscan.Found
			var err error
			bytes, took := taken(func() { found, err = qrscan.Scan(data) })
			t.Logf("%d MB file: %d of %d pictures, %d MB, %v", len(data)>>20, found.Looked, found.Pictures,
				bytes>>20, took)
			if bytes > 1200<<20 {
				t.Errorf("took %d MB", bytes>>20)
			}
			if found.Looked < c.looked || (len(found.Texts) > 0) != c.code {
				t.Errorf("looked at %d of %d, found %q", found.Looked, found.Pictures, found.Texts)
			}
			if c.err == nil && err != nil || c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("said %v", err)
			}
			if errors.Is(err, qrscan.ErrWork) != (found.Looked < found.Pictures && !c.code) {
				t.Errorf("looked at %d of %d and said %v", found.Looked, found.Pictures, err)
			}
		})
	}
}
