package qrscan_test

import (
	"bytes"
	"encoding/ascii85"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"madoguchi/eligibility"
	"madoguchi/internal/persontest"
	"madoguchi/internal/testenv"
	"madoguchi/pdf"
	"madoguchi/server/qrscan"
)

// sheet writes our own eligibility sheet with a code.
func sheet(t testing.TB, m matrix) string {
	t.Helper()
	data, _, err := pdf.EligibilitySheet(pdf.Sheet{
		Person: persontest.Tokuichi(func(p *eligibility.Person) {
			p.Relation = eligibility.Subscriber
			p.QualifiedOn = eligibility.MustDate("2008-04-01")
		}),
		Share:       20,
		InsurerName: "架空市",
		Issuer:      "架空市長",
		Telephone:   "03-0000-0000",
		Registered:  eligibility.MustDate("2026-11-20"),
		IssuedAt:    time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan),
		Expires:     eligibility.MustDate("2027-03-01"),
		Code:        pdf.CodeMatrix{Size: m.size, Black: m.black},
		Demo:        true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return written(t, "sheet.pdf", data)
}

func written(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readBack(t testing.TB, path string) ([]string, error) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return qrscan.Codes(data)
}

func run(t testing.TB, program string, args ...string) {
	t.Helper()
	testenv.Need(t, program)
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

func TestOurSheetIsRead(t *testing.T) {
	m, want := shown(t)
	got, err := readBack(t, sheet(t, m))
	if err != nil || !slices.Equal(got, []string{want}) {
		t.Errorf("%d codes, %v", len(got), err)
	}
}

func TestASheetThatQpdfRewroteIsRead(t *testing.T) {
	m, want := shown(t)
	plain := sheet(t, m)
	for _, args := range [][]string{{"--object-streams=generate"}, {"--linearize"},
		{"--linearize", "--object-streams=generate"}, {"--stream-data=uncompress"}, {"--qdf"},
		{"--recompress-flate", "--compression-level=9"}} {
		out := filepath.Join(t.TempDir(), "out.pdf")
		run(t, "qpdf", append(args, plain, out)...)
		got, err := readBack(t, out)
		if err != nil || !slices.Equal(got, []string{want}) {
			t.Errorf("%v: %d codes, %v", args, len(got), err)
		}
	}
}

func TestAnEncryptedSheetIsRefusedWithASentence(t *testing.T) {
	m, _ := shown(t)
	plain := sheet(t, m)
	for _, args := range [][]string{{"--encrypt", "user", "owner", "256", "--"},
		{"--encrypt", "", "owner", "256", "--"}, {"--allow-weak-crypto", "--encrypt", "", "owner", "40",
			"--"},
		{"--object-streams=generate", "--encrypt", "user", "owner", "256", "--"}} {
		out := filepath.Join(t.TempDir(), "out.pdf")
		run(t, "qpdf", append(args, plain, out)...)
		if _, err := readBack(t, out); !errors.Is(err, qrscan.ErrLocked) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestAPrintedAndScannedSheetIsRead(t *testing.T) {
	m, want := shown(t)
	plain := sheet(t, m)
	for _, dpi := range []string{"150", "200", "300"} {
		page := filepath.Join(t.TempDir(), "page")
		run(t, "pdftoppm", "-r", dpi, "-jpeg", "-singlefile", plain, page)
		got, err := readBack(t, page+".jpg")
		if err != nil || !slices.Equal(got, []string{want}) {
			t.Errorf("%s dpi: %d codes, %v", dpi, len(got), err)
		}
	}
}

// Chromium keeps a JPEG as it is, makes RGB of a PNG, and draws an SVG with lines.
func TestWhatABrowserPrintsIsReadUnlessItIsDrawnWithLines(t *testing.T) {
	testenv.Need(t, "chromium")
	m, want := shown(t)
	picture := drawn(m, with(func(l *style) { l.px = 4 }))
	var path strings.Builder
	for y := range m.size {
		for x := range m.size {
			if m.black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	for _, c := range []struct {
		name string

		source string
		want   []string
		err    *eligibility.Error
	}{
		{"PNG", `<img src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(asPNG(t, picture)) +
			`">`, []string{want}, nil},
		{"JPEG", `<img src="data:image/jpeg;base64,` + base64.StdEncoding.EncodeToString(asJPEG(t, picture,
			80)) + `">`, []string{want}, nil},
		{"SVG", `<svg viewBox="-4 -4 113 113" width="400"><path d="` + path.String() + `"/></svg>`, nil,
			qrscan.ErrNonePDF},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := written(t, "page.html", []byte("<!doctype html><h1>資格情報</h1>"+c.source))
			out := filepath.Join(t.TempDir(), "out.pdf")
			run(
				t,
				"chromium",
				"--headless",
				"--no-sandbox",
				"--disable-gpu",
				"--user-data-dir="+t.TempDir(),
				"--print-to-pdf="+out,
				"file://"+page,
			)
			got, err := readBack(t, out)
			if !slices.Equal(got, c.want) || c.err == nil && err != nil ||
				c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("%s: %d codes, %v", c.name, len(got), err)
			}
		})
	}
}

// document makes a PDF of objects that are written out.
func document(objects ...[]byte) []byte {
	out := []byte(
		"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count " +
			"0>>\nendobj\n",
	)
	for _, o := range objects {
		out = append(out, o...)
	}
	return append(out, "trailer\n<</Root 1 0 R/Size 99>>\nstartxref\n0\n%%EOF\n"...)
}

// object writes a stream object, number 10.
func object(entries string, data []byte) []byte {
	out := fmt.Appendf(nil, "10 0 obj\n<<%s/Length %d>>\nstream\n", entries, len(data))
	return append(append(out, data...), "\nendstream\nendobj\n"...)
}

func picture(entries string, data []byte) []byte {
	return object("/Type/XObject/Subtype/Image"+entries, data)
}

// packing is a file in which the code is a picture of one kind of colours and filters.
type packing struct {
	name string
	data []byte
}

const spaceText = "MADOGUCHI 12345"

// spaces writes the same code in every kind of samples that is read (ISO 32000-1 sections 7.4, 8.6 and
// 8.9.5).
func spaces(t testing.TB) []packing {
	m := foreign(t, spaceText, qrcode.Medium)
	const px, quiet = 3, 4
	side := (m.size + 2*quiet) * px
	dark := func(x, y int) bool {
		x, y = x/px-quiet, y/px-quiet
		return x >= 0 && y >= 0 && x < m.size && y < m.size && m.black(x, y)
	}
	// samples of some bits each, packed into rows
	pack := func(bits int, light, ink []int) []byte {
		var out []byte
		for y := range side {
			row := make([]byte, (side*len(light)*bits+7)/8)
			at := 0
			for x := range side {
				values := light
				if dark(x, y) {
					values = ink
				}
				for _, v := range values {
					for b := bits - 1; b >= 0; b-- {
						row[at/8] |= byte(v>>b&1) << (7 - at%8)
						at++
					}
				}
			}
			out = append(out, row...)
		}
		return out
	}
	of := func(name, entries string, data []byte, others ...[]byte) packing {
		return packing{
			name,
			document(
				append(others, picture(fmt.Sprintf("/Width %d/Height %d%s", side, side, entries), data))...),
		}
	}
	rgb := pack(8, []int{255, 250, 230}, []int{20, 30, 90})
	indexes := pack(4, []int{2}, []int{1})
	a85 := make([]byte, ascii85.MaxEncodedLen(len(rgb)))
	a85 = append(a85[:ascii85.Encode(a85, rgb)], "~>"...)
	profile := []byte("5 0 obj<</N 3/Length 3>>stream\nicc\nendstream endobj\n")
	table := []byte("6 0 obj<</Length 9>>stream\n\x80\x80\x80\x00\x00\x60\xff\xff\xf0\nendstream endobj\n")
	space := deflated(
		[]byte("7 0 8 32 [/Indexed/DeviceRGB 2 <808080>] [/Indexed /DeviceRGB 2 <808080000060fffff0>]"),
	)
	inside := []byte(
		fmt.Sprintf(
			"9 0 obj<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n",
			len(space),
			space,
		),
	)
	all := []packing{
		of("mask", "/ImageMask true", pack(1, []int{1}, []int{0})),
		of("mask, turned round", "/ImageMask true/Decode[1 0]", pack(1, []int{0}, []int{1})),
		of("grey, 1 bit", "/ColorSpace/DeviceGray/BitsPerComponent 1", pack(1, []int{1}, []int{0})),
		of(
			"grey, 2 bits, Decode",
			"/ColorSpace/DeviceGray/BitsPerComponent 2/Decode[1 0]",
			pack(2, []int{0}, []int{3}),
		),
		of("grey, 4 bits", "/ColorSpace/DeviceGray/BitsPerComponent 4", pack(4, []int{14}, []int{2})),
		of(
			"grey, 16 bits",
			"/ColorSpace[/CalGray<<>>]/BitsPerComponent 16",
			pack(16, []int{60000}, []int{5000}),
		),
		of("RGB", "/ColorSpace/DeviceRGB/BitsPerComponent 8", rgb),
		of(
			"CMYK",
			"/ColorSpace/DeviceCMYK/BitsPerComponent 8",
			pack(8, []int{0, 0, 20, 0}, []int{30, 30, 0, 220}),
		),
		of("ICC profile", "/ColorSpace[/ICCBased 5 0 R]/BitsPerComponent 8", rgb, profile),
		of("tint", "/ColorSpace[/Separation/Black/DeviceGray 5 0 R]/BitsPerComponent 8",
			pack(8, []int{0}, []int{255}), profile),
		of(
			"indexed, string",
			"/ColorSpace[/Indexed/DeviceRGB 2<808080 000060 fffff0>]/BitsPerComponent 4",
			indexes,
		),
		of("indexed, literal", `/ColorSpace[/Indexed/DeviceGray 2(\200\(\377)]/BitsPerComponent 4`, indexes),
		of("indexed, stream", "/ColorSpace[/Indexed/DeviceRGB 2 6 0 R]/BitsPerComponent 4", indexes, table),
		of("indexed, in an object stream", "/ColorSpace 8 0 R/BitsPerComponent 4", indexes, inside),
		of("Flate", "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode", deflated(rgb)),
		of("names with numbers", "/Color#53pace/Device#52GB/BitsPerComponent 8/Filter[/Fl]", deflated(rgb)),
		of("ASCII85", "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/ASCII85Decode", a85),
		of(
			"hex around Flate",
			"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms[null "+
				"null]",
			fmt.Appendf(nil, "%x>", deflated(rgb)),
		),
		of(
			"JPEG",
			"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
			asJPEG(t, drawn(m, with(func(l *style) { l.px = 3 })), 80),
		),
	}
	for kind := range 5 {
		all = append(
			all,
			of(
				fmt.Sprintf("PNG predictor %d", kind),
				fmt.Sprintf(
					"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor "+
						"15/Colors 3/Columns %d>>",
					side,
				),
				deflated(predicted(rgb, side*3, 3, byte(kind))),
			),
		)
	}
	var tiff []byte
	for row := range slices.Chunk(predicted(rgb, side*3, 3, 1), side*3+1) {
		tiff = append(tiff, row[1:]...)
	}
	return append(
		all,
		of(
			"TIFF predictor",
			fmt.Sprintf(
				"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor "+
					"2/Colors 3/Columns %d>>",
				side,
			),
			deflated(tiff),
		),
	)
}

// predicted filters rows by the definitions of the PNG specification, section 9.2.
func predicted(data []byte, row, pixel int, kind byte) []byte {
	var out []byte
	before := make([]byte, row)
	for line := range slices.Chunk(data, row) {
		out = append(out, kind)
		for i, x := range line {
			a, b, c := 0, int(before[i]), 0
			if i >= pixel {
				a, c = int(line[i-pixel]), int(before[i-pixel])
			}
			p := a + b - c
			nearest := c
			if abs(p-b) <= abs(p-c) {
				nearest = b
			}
			if abs(p-a) <= abs(p-b) && abs(p-a) <= abs(p-c) {
				nearest = a
			}
			out = append(out, x-byte([]int{0, a, b, (a + b) / 2, nearest}[kind]))
		}
		before = line
	}
	return out
}

func abs(x int) int { return max(x, -x) }

func TestEveryKindOfSamplesInAPDFIsRead(t *testing.T) {
	for _, s := range spaces(t) {
		got, err := qrscan.Codes(s.data)
		if err != nil || !slices.Equal(got, []string{spaceText}) {
			t.Errorf("%s: %q, %v", s.name, got, err)
		}
	}
}

func TestTheLastVersionOfAnObjectCounts(t *testing.T) {
	data := spaces(t)[12].data // its palette is object 6
	var later bytes.Buffer
	later.Write(
		bytes.Replace(data, []byte("\x80\x80\x80\x00\x00\x60"), []byte("\xff\xff\xff\xff\xff\xff"), 1),
	)
	if got, err := qrscan.Codes(later.Bytes()); err == nil {
		t.Fatalf("a palette without dark colours shows %q", got)
	}
	later.WriteString("6 0 obj<</Length 9>>stream\n\x80\x80\x80\x00\x00\x60\xff\xff\xf0\nendstream endobj\n")
	if got, err := qrscan.Codes(later.Bytes()); err != nil || !slices.Equal(got, []string{spaceText}) {
		t.Errorf("%q, %v", got, err)
	}
}
