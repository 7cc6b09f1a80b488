package main

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"madoguchi/internal/testenv"
)

//go:embed testdata/picture.mjs
var runPicture string

// The sides come from headers that Go's encoders write, or that the formats' specifications give: PNG section
// 11.2.2, T.81 section B.2.2, RFC 9649 (WebP), ISO/IEC 23008-12 section 6.5.3 (AVIF).
func TestTheConsoleKnowsAPicturesSizeBeforeItIsDecoded(t *testing.T) {
	encoded := func(encode func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	grey, deep := image.NewGray(image.Rect(0, 0, 300, 200)), image.NewRGBA64(image.Rect(0, 0, 300, 200))
	palette := image.NewPaletted(image.Rect(0, 0, 300, 200), color.Palette{color.Black, color.White})
	small := encoded(func(b *bytes.Buffer) error { return png.Encode(b, grey) })
	photo := encoded(func(b *bytes.Buffer) error { return jpeg.Encode(b, grey, nil) })
	huge := bytes.Clone(small)
	binary.BigEndian.PutUint32(huge[16:], 20000)
	binary.BigEndian.PutUint32(huge[20:], 20000)
	hugePhoto := bytes.Clone(photo)
	frame := bytes.Index(hugePhoto, []byte{0xff, 0xc0})
	copy(hugePhoto[frame+5:], []byte{0xff, 0xff, 0xff, 0xff})
	progressive := bytes.Clone(hugePhoto)
	progressive[frame+1] = 0xc2
	second := slices.Concat(photo[:frame], photo[frame:frame+13], hugePhoto[frame:])
	cases := []struct {
		name string
		data []byte
		want int
	}{
		{"PNG", small, 300 * 200 * 4},
		{"16-bit PNG", encoded(func(b *bytes.Buffer) error { return png.Encode(b, deep) }), 300 * 200 * 8},
		{"JPEG", photo, 300 * 200 * 4},
		{"GIF", encoded(func(b *bytes.Buffer) error { return gif.Encode(b, palette, nil) }), 300 * 200 * 4},
		{"BMP", []byte("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00" +
			"\x2c\x01\x00\x00\x38\xff\xff\xff"), 300 * 200 * 4},
		{"WebP", []byte("RIFF\x20\x00\x00\x00WEBPVP8 \x14\x00\x00\x00" +
			"\x10\x00\x00\x9d\x01\x2a\x2c\x01\xc8\x00"), 300 * 200 * 4},
		{"lossless WebP", []byte("RIFF\x20\x00\x00\x00WEBPVP8L\x14\x00\x00\x00" +
			"\x2f\x2b\xc1\x31\x00\x00"), 300 * 200 * 4},
		{"extended WebP", []byte("RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00" +
			"\x00\x00\x00\x00\x2b\x01\x00\xc7\x00\x00"), 300 * 200 * 4},
		{"AVIF", []byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avif" +
			"\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x01\x2c\x00\x00\x00\xc8"), 300 * 200 * 8},
		{"a PNG of 400 megapixels", huge, 20000 * 20000 * 4},
		{"a JPEG of 65535 a side", hugePhoto, 65535 * 65535 * 4},
		{"a progressive JPEG of 65535 a side", progressive, 65535 * 65535 * 4},
		{"a JPEG with a small frame before the large one", second, 65535 * 65535 * 4},
		{"a WebP of 16384 a side", []byte("RIFF\x20\x00\x00\x00WEBPVP8L\x14\x00\x00\x00" +
			"\x2f\xff\xff\xff\x0f\x00"), 16384 * 16384 * 4},
		{"cut off", small[:20], 0},
		{"nothing", nil, 0},
		{"a PDF", []byte("%PDF-1.7\n%....................."), 0},
		{"an SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"/>`), 0},
	}
	files := make([]string, len(cases))
	for i, c := range cases {
		files[i] = base64.StdEncoding.EncodeToString(c.data)
	}
	list, err := json.Marshal(files)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "files.json")
	if err := os.WriteFile(name, list, 0o600); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Bytes []int
		Most  int
	}
	out := runNode(t, "counter/picture.ts", "picture.mjs", runPicture, name)
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got.Bytes[i] != c.want {
				t.Errorf("%d bytes, want %d", got.Bytes[i], c.want)
			}
		})
		if c.want == 0 || c.want > got.Most {
			refused++
		}
	}
	if refused != 9 {
		t.Errorf("%d are refused", refused)
	}
	testenv.Refused(t, testenv.Pictures, refused)
}
