package e2e

import (
	"context"
	"encoding/base64"
	"image"
	"image/png"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// grey is a picture's lightness, row by row.
func grey(t *testing.T, name string) (light []byte, width int) {
	t.Helper()
	file, err := os.Open(root(t, "card", "virtual", "photo", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	at := img.Bounds()
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			r, _, _, _ := img.At(x, y).RGBA()
			light = append(light, byte(r>>8))
		}
	}
	return light, at.Dx()
}

// canvasOf is what stands on a canvas of the page, as grey gives it.
func canvasOf(t *testing.T, tab context.Context, id string) (light []byte, size image.Point) {
	t.Helper()
	got := eval[struct {
		Width, Height int
		Light         string
	}](t, tab, `(c => {
		const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
		let light = "";
		for (let i = 0; i < d.length; i += 4) light += String.fromCharCode(d[i]);
		return { Width: c.width, Height: c.height, Light: btoa(light) };
	})(document.getElementById(`+quote(id)+`))`)
	light, err := base64.StdEncoding.DecodeString(got.Light)
	if err != nil {
		t.Fatal(err)
	}
	return light, image.Pt(got.Width, got.Height)
}

// psnr is the peak signal-to-noise ratio of two pictures in dB: the larger, the more alike.
func psnr(a, b []byte) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a))/sum)
}

const decoderLoaded = `performance.getEntriesByType("resource").filter(r => r.name.includes("openjpeg"))
	.map(r => new URL(r.name).origin === location.origin ? "own" : r.name).join(" ")`

// The chip's own photo through the real agent with a virtual card: tries shown before, one used for one
// press, the picture that is drawn, and nothing left when the case is.
func TestTheChipsPhotoStandsBesideTheTicksAndGoesWithTheCase(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	console := staffOpens(t, base, "")
	bridge(t, base, console, "tokuichi.json")
	waitText(t, console, "#readers", "リーダー接続中")
	paste(t, console, jwsOf(t, phone))
	waitText(t, console, "#verdict", "この画面は本物です")

	press := func(year, code, left string) {
		t.Helper()
		do(t, console, chromedp.SetValue("#text-year", year), chromedp.SetValue("#text-code", code),
			click("#face-tries"))
		waitText(t, console, "#chip-face", left)
	}
	do(t, console, click("#extra-checks summary"), click("#face-tries"))
	waitText(t, console, "#chip-face", "先に入れてください")
	for _, left := range []string{"あと10回試せます", "あと10回試せます", "あと10回試せます"} { // asking uses none
		press("2034", "9999", left)
	}
	if loaded := eval[string](t, console, decoderLoaded); loaded != "" {
		t.Errorf("the decoder was loaded before there was a photo: %s", loaded)
	}
	do(t, console, chromedp.SendKeys("#face-check", "\r")) // the keyboard is there already
	waitText(t, console, "#chip-face", "残り回数: 9回")
	state(t, console, "counter-face-wrong")
	if typed := eval[string](t, console, `document.getElementById("text-code").value`); typed != "" {
		t.Errorf("the code still stands in its field: %q", typed)
	}
	press("2034", "4821", "あと9回試せます") // exactly one is gone
	state(t, console, "counter-face-tries")
	do(t, console, click("#face-check"))
	for _, want := range []string{"本物のカードの顔写真・氏名・住所です", "見比べてください", "次の受付に移ると消えます"} {
		waitText(t, console, "#chip-face", want)
	}
	if loaded := eval[string](t, console, decoderLoaded); !strings.HasPrefix(loaded, "own") ||
		strings.Contains(loaded, "http") {
		t.Errorf("the decoder came from %q", loaded)
	}
	want, width := grey(t, "face.png")
	got, size := canvasOf(t, console, "face-photo")
	if size != image.Pt(width, len(want)/width) {
		t.Fatalf("the photo is of %v", size)
	}
	mirrored := make([]byte, len(want))
	for i := range want {
		mirrored[i] = want[i-i%width+width-1-i%width]
	}
	// opj_decompress 2.5.0, another build of the decoder, gives 39.7 dB against the source: what the
	// compression lost.
	if like, unlike := psnr(want, got), psnr(mirrored, got); like < 39 || unlike > 25 {
		t.Errorf("the photo differs: %.1f dB, mirrored %.1f dB", like, unlike)
	}
	for id, name := range map[string]string{
		"face-name":    "name-tokuichi.png",
		"face-address": "address-123.png",
	} {
		want, width := grey(t, name)
		got, size := canvasOf(t, console, id)
		if size != image.Pt(width, len(want)/width) || string(got) != string(want) {
			t.Errorf("%s is not what stands in %s", id, name)
		}
	}
	state(t, console, "counter-face")
	shot(t, console, "counter-face-1600")
	resize(t, console, 1280, 900)
	frames(t, console)
	shot(t, console, "counter-face-window-1280")
	inWindow(t, console, "the photo beside the ticks", "#face-photo", "#visual", "#record")
	resize(t, console, 768, 1024)
	frames(t, console)
	shot(t, console, "counter-face-window-768")
	do(t, console, script(`document.getElementById("face-photo").scrollIntoView({ block: "nearest" })`))
	frames(t, console)
	inWindow(t, console, "the photo on a tablet held upright", "#face-photo", "#visual", "#record")

	do(t, console, click("#cancel"))
	if left := eval[string](t, console, `document.getElementById("chip-face").innerHTML`); left != "" {
		t.Errorf("the next patient would see %q", left)
	}
	paste(t, console, jwsOf(t, phone))
	waitText(t, console, "#verdict", "この画面は本物です")
	if left := eval[int](t, console, `document.querySelectorAll("#console canvas").length`); left != 0 {
		t.Errorf("%d pictures stand in the next case", left)
	}
}
