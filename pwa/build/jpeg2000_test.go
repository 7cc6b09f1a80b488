package main

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"madoguchi/internal/testenv"
)

//go:embed testdata/jpeg2000.cjs
var runJPEG2000 string

type decodedPhoto struct {
	Width, Height int
	Data          []byte
	Refused       string
}

// decodePhotos has the page's module decode photos in Node, in one process.
func decodePhotos(t *testing.T, photos [][]byte) []decodedPhoto {
	t.Helper()
	testenv.Need(t, "node")
	dir := t.TempDir()
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{filepath.Join("..", "src", "counter", "jpeg2000.ts")},
		Outfile:     filepath.Join(dir, "jpeg2000.cjs"),
		Bundle:      true,
		Platform:    api.PlatformNode,
		Format:      api.FormatCommonJS,
		Define:      map[string]string{"import.meta.url": `"file://` + dir + `/"`},
		Write:       true,
	})
	if len(built.Errors) > 0 {
		t.Fatal(built.Errors)
	}
	const wasm = "openjpegwasm_decode.wasm"
	data, err := os.ReadFile(filepath.Join("..", "vendor", "openjpeg", wasm))
	if err != nil {
		t.Fatal(err)
	}
	list, err := json.Marshal(photos)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		wasm:          data,
		"run.cjs":     []byte(runJPEG2000),
		"photos.json": list,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("node", filepath.Join(dir, "run.cjs"), filepath.Join(dir, "photos.json"))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	var answers []decodedPhoto
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(photos) {
		t.Fatalf("%v: %.200s", err, out)
	}
	return answers
}

// The photo comes from an agent's PC that the page need not trust: what is none, is damaged or huge is
// refused, and the next one is decoded all the same. Markers and boxes: ISO/IEC 15444-1 annexes A and I.
func TestThePageDecodesACardsPhotoAndRefusesWhatIsNone(t *testing.T) {
	folder := filepath.Join("..", "..", "card", "virtual", "photo")
	photo, err := os.ReadFile(filepath.Join(folder, "face.jp2"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(folder, "face.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	source, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	siz := bytes.Index(photo, []byte{0xFF, 0x4F, 0xFF, 0x51})
	changed := func(change func(p []byte)) []byte {
		p := bytes.Clone(photo)
		change(p)
		return p
	}
	bad := map[string][]byte{
		"nothing":            {},
		"a PNG":              []byte("\x89PNG\r\n\x1a\n0000000000000000"),
		"the first box only": photo[:12],
		"cut in its header":  photo[:siz+12],
		"cut in the middle":  photo[:len(photo)/2],
		"60000 a side": changed(func(p []byte) {
			binary.BigEndian.PutUint32(p[siz+8:], 60000)
			binary.BigEndian.PutUint32(p[siz+12:], 60000)
		}),
		"2049 pixels wide":         changed(func(p []byte) { binary.BigEndian.PutUint32(p[siz+8:], 2049) }),
		"no width":                 changed(func(p []byte) { binary.BigEndian.PutUint32(p[siz+8:], 0) }),
		"a box of no length":       changed(func(p []byte) { binary.BigEndian.PutUint32(p[12:], 0) }),
		"a box beyond the end":     changed(func(p []byte) { binary.BigEndian.PutUint32(p[12:], 1<<31) }),
		"no codestream in its box": changed(func(p []byte) { p[siz] = 0 }),
		"a bit depth of 16":        changed(func(p []byte) { p[siz+42] = 15 }),
		"a damaged coding style":   changed(func(p []byte) { p[siz+2+2+41+4] = 0xFF }),
		"200 components":           changed(func(p []byte) { binary.BigEndian.PutUint16(p[siz+40:], 200) }),
	}
	photos, names := [][]byte{photo, photo[siz:]}, []string{"", ""}
	for name, data := range bad {
		photos, names = append(photos, data, photo), append(names, name, "")
	}
	for i, got := range decodePhotos(t, photos) {
		switch {
		case names[i] != "" && got.Refused == "":
			t.Errorf("%s: decoded to %d × %d", names[i], got.Width, got.Height)
		case names[i] == "" && (got.Refused != "" || got.Width != 240 || got.Height != 300):
			t.Errorf("the photo after %q: %s", names[max(i-1, 0)], got.Refused)
		case names[i] == "" && lost(source, got.Data) < 39: // opj_decompress 2.5.0 gives 39.7 dB
			t.Errorf("the photo differs: %.1f dB", lost(source, got.Data))
		}
	}
	testenv.Refused(t, testenv.Pictures, len(bad))
}

// lost is the peak signal-to-noise ratio in dB of RGBA pixels against their grey source.
func lost(source image.Image, data []byte) float64 {
	at, sum := source.Bounds(), 0.0
	for y := range at.Dy() {
		for x := range at.Dx() {
			r, _, _, _ := source.At(x, y).RGBA()
			d := float64(r>>8) - float64(data[4*(y*at.Dx()+x)])
			sum += d * d
		}
	}
	return 10 * math.Log10(255*255*float64(at.Dx()*at.Dy())/sum)
}
