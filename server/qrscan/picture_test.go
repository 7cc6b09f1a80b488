package qrscan_test

import (
	"fmt"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"madoguchi/internal/testenv"
	"madoguchi/server/qrscan"
)

// with returns the plain style with changes.
func with(change func(*style)) style {
	l := plain
	change(&l)
	return l
}

var (
	navy   = color.RGBA{20, 30, 90, 255}
	cream  = color.RGBA{255, 250, 230, 255}
	ash    = color.RGBA{220, 220, 220, 255}
	coal   = color.RGBA{30, 30, 34, 255}
	blue   = color.RGBA{20, 60, 200, 255}
	silver = color.RGBA{200, 210, 220, 255}
)

// sample is a picture of a code. With zbar set, zbarimg reads it too; it copes neither with inverted codes
// nor with much blur or perspective at this density.
type sample struct {
	name string
	zbar bool
	data func(t *testing.T, m matrix) []byte
}

func samples() []sample {
	clean := func(l style) func(*testing.T, matrix) []byte {
		return func(t *testing.T, m matrix) []byte { return asPNG(t, drawn(m, l)) }
	}
	lossy := func(l style) func(*testing.T, matrix) []byte {
		return func(t *testing.T, m matrix) []byte { return asJPEG(t, drawn(m, l), 70) }
	}
	soft := func(l style, radius int) func(*testing.T, matrix) []byte {
		return func(t *testing.T, m matrix) []byte { return asJPEG(t, blurred(drawn(m, l), radius), 70) }
	}
	photo := func(l style) func(*testing.T, matrix) []byte {
		return func(t *testing.T, m matrix) []byte {
			return asJPEG(t, lit(blurred(drawn(m, l), 1), 0.4, 12),
				70)
		}
	}
	screen := func(paper, ink color.RGBA, l style) func(*testing.T, matrix) []byte {
		return func(t *testing.T, m matrix) []byte {
			return asPNG(t, pasted(phone(paper, ink), drawn(m, l), 40, 500))
		}
	}
	var all []sample
	for _, px := range []float64{2.5, 2.7, 3.3, 4, 9, 12} {
		all = append(
			all,
			sample{
				fmt.Sprintf("clean, %g pixels a module", px),
				true,
				clean(with(func(l *style) { l.px = px })),
			},
			sample{
				fmt.Sprintf("JPEG of quality 70, %g pixels a module", px),
				true,
				lossy(with(func(l *style) { l.px = px })),
			},
		)
	}
	for _, turn := range []float64{90, 180, 270, 3, -7, 45} {
		for _, px := range []float64{2.5, 5.3} {
			all = append(
				all,
				sample{
					fmt.Sprintf("turned by %g°, %g pixels a module", turn, px),
					true,
					clean(with(func(l *style) { l.turn, l.px = turn, px })),
				},
			)
		}
	}
	dark := with(func(l *style) { l.px, l.ink, l.paper, l.page = 8.5, white, black, black })
	return append(
		all,
		sample{
			"quiet zone of one module on black",
			true,
			clean(with(func(l *style) { l.quiet, l.page, l.px = 1, black, 6 })),
		},
		sample{
			"no quiet zone on a grey page",
			true,
			clean(with(func(l *style) { l.quiet, l.page, l.px = 0, silver, 6 })),
		},
		sample{
			"quiet zone of two modules on blue",
			true,
			clean(with(func(l *style) { l.quiet, l.page, l.px = 2, blue, 6 })),
		},
		sample{"navy on cream", true, lossy(with(func(l *style) { l.ink, l.paper, l.px = navy, cream, 6 }))},
		sample{
			"dark mode",
			false,
			clean(with(func(l *style) { l.ink, l.paper, l.page, l.px = white, black, black, 6 })),
		},
		sample{
			"dark mode in greys, 4 pixels a module",
			false,
			lossy(with(func(l *style) { l.ink, l.paper, l.page, l.px = ash, coal, coal, 4 })),
		},
		sample{"blurred over a module, 4 pixels a module", false, soft(with(func(l *style) { l.px = 4 }), 1)},
		sample{"blurred over a module, 9 pixels a module", false, soft(plain, 4)},
		sample{
			"photo, turned by 4°, slightly tilted",
			false,
			photo(with(func(l *style) { l.px, l.turn, l.tilt = 6, 4, 0.05 })),
		},
		sample{
			"photo, turned by 184°, tilted",
			false,
			photo(with(func(l *style) { l.px, l.turn, l.tilt = 6, 184, 0.15 })),
		},
		sample{
			"photo, turned by -12°, strongly tilted",
			false,
			photo(with(func(l *style) { l.px, l.turn, l.tilt = 8, -12, 0.3 })),
		},
		sample{
			"photo of a curved sheet",
			false,
			photo(with(func(l *style) { l.px, l.turn, l.bend = 7, 2, 1.2 })),
		},
		sample{"phone screenshot", true, screen(white, black, with(func(l *style) { l.px = 9 }))},
		sample{"phone screenshot in dark mode, the code too", false, screen(black, white, dark)},
		sample{
			"phone screenshot in dark mode, but not the code",
			true,
			screen(black, white, with(func(l *style) { l.px = 8.5 })),
		},
	)
}

// file is a sample's name as a file.
func (s sample) file(data []byte) string {
	ending := ".png"
	if data[0] == 0xff {
		ending = ".jpg"
	}
	return strings.NewReplacer(" ", "_", ",", "", "°", "").Replace(s.name) + ending
}

func TestADenseCodeIsReadFromEveryKindOfPicture(t *testing.T) {
	m, want := shown(t)
	folder := t.TempDir()
	if keep := os.Getenv("MADOGUCHI_PICTURES"); keep != "" {
		folder = keep
	}
	var forZbar []string
	for _, s := range samples() {
		data := s.data(t, m)
		got, err := qrscan.Codes(data)
		if err != nil || !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %d codes, %v", s.name, len(got), err)
		}
		path := filepath.Join(folder, s.file(data))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if s.zbar {
			forZbar = append(forZbar, path)
		}
	}
	// The pictures are what they claim to be: an independent decoder finds the same text in those that it
	// copes with.
	t.Run("AnotherDecoderReadsTheSame", func(t *testing.T) {
		testenv.Need(t, "zbarimg")
		for _, path := range forZbar {
			out, err := exec.Command("zbarimg", testenv.ZbarArgs(path)...).Output()
			if got := strings.TrimSpace(string(out)); got != want {
				t.Errorf("%s: zbarimg read %.40q, %v", filepath.Base(path), got, err)
			}
		}
	})
}

func TestTheLargerOfTwoCodesComesFirst(t *testing.T) {
	m, want := shown(t)
	small := "HTTPS://LOCALHOST:8080/C/ABCD2345"
	picture := pasted(
		phone(white, black),
		drawn(foreign(t, small, qrcode.Medium), with(func(l *style) { l.px = 8 })),
		400,
		60,
	)
	picture = pasted(picture, drawn(m, with(func(l *style) { l.px = 8.7 })), 50, 700)
	picture = pasted(
		picture,
		drawn(foreign(t, small, qrcode.Highest), with(func(l *style) { l.px = 6 })),
		500,
		2000,
	)
	got, err := qrscan.Codes(asPNG(t, picture))
	if err != nil || !slices.Equal(got, []string{want, small}) {
		t.Errorf("%.60q, %v", got, err)
	}
}

func TestCodesOfAnotherEncoderAreReadFromTheSmallestToTheLargest(t *testing.T) {
	for _, text := range []string{"1", "HELLO WORLD", "https://localhost:8080/n/ABCDEFGHIJKLMNOP",
		strings.Repeat("Madoguchi ", 40), strings.Repeat("0123456789", 250),
		strings.Repeat("0123456789", 700)} {
		for _, level := range []qrcode.RecoveryLevel{qrcode.Low, qrcode.Medium, qrcode.High, qrcode.Highest} {
			q, err := qrcode.New(text, level)
			if err != nil {
				continue // too long for this level
			}
			m := foreign(t, text, level)
			got, err := qrscan.Codes(asPNG(t, drawn(m, with(func(l *style) { l.px = 3.4 }))))
			if err != nil || !slices.Equal(got, []string{text}) {
				t.Errorf("version %d, level %d: %.40q, %v", q.VersionNumber, level, got, err)
			}
		}
	}
}

// The bytes are 窓口 in Shift_JIS and then all others that are not UTF-8.
func TestBytesComeAsTheyWereWritten(t *testing.T) {
	want := "\x91\x8b\x8c\xfb" + "\x00\xff\xfe\x80" + "shc:/"
	got, err := qrscan.Codes(asPNG(t, drawn(foreign(t, want, qrcode.Medium), plain)))
	if err != nil || !slices.Equal(got, []string{want}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAMirroredCodeIsRead(t *testing.T) {
	m, want := shown(t)
	mirrored := matrix{m.size, func(x, y int) bool { return m.black(m.size-1-x, y) }}
	got, err := qrscan.Codes(asPNG(t, drawn(mirrored, with(func(l *style) { l.px = 4 }))))
	if err != nil || !slices.Equal(got, []string{want}) {
		t.Errorf("%d codes, %v", len(got), err)
	}
}
