package qrscan_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"runtime"
	"testing"

	"github.com/skip2/go-qrcode"

	"madoguchi/eligibility"
	"madoguchi/server/qrscan"
)

// promised is a PNG whose header promises more than its body holds.
func promised(width, height uint32) []byte {
	chunk := func(name string, data []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		out = append(append(out, name...), data...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(header, 8, 2, 0, 0, 0))...)
	return append(out, chunk("IDAT", []byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1})...)
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func TestWhatCannotBeReadIsRefusedWithASentence(t *testing.T) {
	page := image.NewRGBA(image.Rect(0, 0, 600, 400))
	fill(page, page.Bounds(), white)
	whole := asPNG(t, drawn(foreign(t, "HELLO WORLD", qrcode.Medium), plain))
	for _, c := range []struct {
		name string
		data []byte
		want *eligibility.Error
	}{
		{"nothing", nil, qrscan.ErrFormat},
		{"a text", []byte("shc:/567629"), qrscan.ErrFormat},
		{"half a picture", whole[:len(whole)/2], qrscan.ErrFormat},
		{"a PDF's header alone", []byte("%PDF-1.7\n"), qrscan.ErrFormat},
		{"a file above 32 MB", make([]byte, qrscan.MaxBytes+1), qrscan.ErrLarge},
		{"a header of ten thousand megapixels", promised(100_000, 100_000), qrscan.ErrLarge},
		{"a header of one endless row", promised(0x7fffffff, 1), qrscan.ErrLarge},
		{"an empty page", asPNG(t, page), qrscan.ErrNone},
		{"a screen without a code", asPNG(t, phone(white, black)), qrscan.ErrNone},
		{"a PDF's picture of ten thousand megapixels",
			document(picture("/Width 100000/Height 100000/ColorSpace/DeviceGray/BitsPerComponent "+
				"8/Filter/FlateDecode",
				deflated(make([]byte, 1<<20)))), qrscan.ErrLarge},
		{"a PDF without a picture", document(), qrscan.ErrNonePDF},
		{"a PDF with a picture of colours unknown",
			document(picture("/Width 100/Height 100/ColorSpace/Pattern/BitsPerComponent 8",
				make([]byte, 10000))), qrscan.ErrNonePDF},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := qrscan.Codes(c.data)
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
			var said *eligibility.Error
			if !errors.As(err, &said) || said.Ja() == "" || said.En() == "" || said.Code == "" {
				t.Errorf("%s: no sentence in two languages", c.name)
			}
		})
	}
}

// Each file would take gigabytes if what it claims or packs were believed.
func TestBombsTakeLittleMemory(t *testing.T) {
	zeros := deflated(make([]byte, 64<<20))
	var packed, overlapping [][]byte
	for range 100 {
		packed = append(packed, object("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", zeros))
	}
	big := make([]byte, 20<<20)
	for i := range 100 {
		overlapping = append(
			overlapping,
			[]byte(
				fmt.Sprintf(
					"%d 0 obj\n<</Subtype/Image/Width 99/Height 99/ColorSpace/DeviceGray/BitsPerComponent "+
						"8/Length %d>>\nstream\n",
					i+1,
					len(big),
				),
			),
		)
	}
	blanks := deflated(bytes.Repeat([]byte(" "), 64<<20))
	var skipped [][]byte
	for range 100 {
		skipped = append(
			skipped,
			picture(
				"/Width 2000/Height 20000/ColorSpace/DeviceGray/BitsPerComponent "+
					"8/Filter[/FlateDecode/ASCIIHexDecode]",
				blanks,
			),
		)
	}
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"object streams", document(packed...)},
		{"overlapping streams", document(append(overlapping, big)...)},
		{"blanks", document(skipped...)},
		{"a wide predictor", document(picture("/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent "+
			"8/Filter/FlateDecode/DecodeParms"+
			"<</Predictor 15/Colors 32/BitsPerComponent 16/Columns 60000000>>", zeros))},
		{"nested arrays", document(bytes.Repeat([]byte("1 0 obj ["), 100_000),
			bytes.Repeat([]byte("["), 5<<20))},
		{"open strings", document(bytes.Repeat([]byte("1 0 obj ("), 1<<20))},
		{"headings", document(bytes.Repeat([]byte("1 0 obj<<>>stream "), 1<<20))},
		{"circular", document([]byte("7 0 obj 8 0 R endobj 8 0 obj 7 0 R endobj\n"),
			picture("/Width 7 0 R/Height 7 0 R/ColorSpace 7 0 R", nil))},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := qrscan.Codes(c.data)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("%s: a code was found", c.name)
			}
			// all that was ever taken, freed or not
			if taken := after.TotalAlloc - before.TotalAlloc; taken > 600<<20 {
				t.Errorf("%s: took %d MB", c.name, taken>>20)
			}
		})
	}
}

func FuzzCodes(f *testing.F) {
	small := asPNG(
		f,
		drawn(foreign(f, "HELLO WORLD", qrcode.Medium), with(func(l *style) { l.px, l.margin = 3, 2 })),
	)
	f.Add(small)
	f.Add(asJPEG(f, drawn(foreign(f, "1", qrcode.Low), with(func(l *style) { l.px, l.margin = 3, 2 })), 70))
	f.Add(promised(30, 30))
	for _, s := range spaces(f) {
		f.Add(s.data)
	}
	f.Add(
		[]byte(
			"%PDF-1.5\n1 0 obj<</Type/ObjStm/N 2/First 9/Length 30>>stream\n2 0 3 4 [1 2](\\053)endstream " +
				"trailer<</Encrypt 9 0 R>>",
		),
	)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		texts, err := qrscan.Codes(data)
		var said *eligibility.Error
		if err != nil && !errors.As(err, &said) {
			t.Errorf("an error without a sentence: %v", err)
		}
		if (err == nil) != (len(texts) > 0) {
			t.Errorf("%d texts and %v", len(texts), err)
		}
	})
}
