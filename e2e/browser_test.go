package e2e

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"madoguchi/internal/testenv"
)

// browser starts a Chromium with a fresh profile and a window of the given size, and returns a tab's context.
// video, if not empty, is the MJPEG file that its camera shows; more are options of the browser's start. A
// warning or an error in its console fails t.
// The profile is chromedp's, which waits at the end until none of the browser's processes writes into it any
// more.
func browser(
	t *testing.T, width, height int, video string, more ...chromedp.ExecAllocatorOption,
) context.Context {
	t.Helper()
	testenv.Need(t, "chromium")
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"),
		chromedp.WindowSize(width, height),
		chromedp.Flag("no-sandbox", true),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "ja"),
		chromedp.Flag("accept-lang", "ja"),
	)
	if video != "" {
		opts = append(opts,
			chromedp.Flag("use-fake-device-for-media-stream", true),
			chromedp.Flag("use-fake-ui-for-media-stream", true),
			chromedp.Flag("use-file-for-fake-video-capture", video))
	}
	opts = append(opts, more...)
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), opts...)
	tab, endTab := chromedp.NewContext(allocator)
	bounded, endTime := context.WithTimeout(tab, 300*time.Second)
	t.Cleanup(func() { endTime(); endTab(); endAllocator() })
	if err := chromedp.Do(bounded, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	listen(t, bounded)
	return bounded
}

// resize gives the window another size and waits until the page's programs have drawn for it: they hear of it
// with a frame.
func resize(t *testing.T, ctx context.Context, width, height int64, opts ...chromedp.EmulateViewportOption) {
	t.Helper()
	do(t, ctx, chromedp.EmulateViewport(width, height, opts...))
	await[bool](t, ctx, `(async () => { do {
		await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
	} while (innerWidth !== `+strconv.FormatInt(width, 10)+`); return true })()`)
}

// replaced is what Chromium says when the page was replaced between finding a node and touching it, whose
// number another node may have by then: nothing was done.
var replaced = regexp.MustCompile(`Could not find node with given id|Node is not a file input element`)

// do runs browser steps or fails with the page's address and text.
func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	short, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for i, step := range steps {
		err := chromedp.Do(short, step)
		for try := 0; err != nil && replaced.MatchString(err.Error()) && try < 3; try++ {
			err = chromedp.Do(short, step)
		}
		if err != nil {
			t.Fatalf("step %d: %v\n%s", i+1, err, pageText(ctx))
		}
	}
}

// get runs one browser action and returns its value.
func get[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	short, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(short, action)
	if err != nil {
		t.Fatalf("%v\n%s", err, pageText(ctx))
	}
	return v
}

// eval returns the value of a JavaScript expression in the page.
func eval[T any](t *testing.T, tab context.Context, js string) T {
	t.Helper()
	return get(t, tab, chromedp.Evaluate[T](js))
}

// await returns what a promise of the page is fulfilled with.
func await[T any](t *testing.T, tab context.Context, js string) T {
	t.Helper()
	return get(t, tab, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
}

// script is a step that runs JavaScript in the page.
func script(js string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](js) }

// leaves is a step that runs JavaScript which leads to another page: it runs once the step was answered, for
// the answer of a page that is being left may be lost.
func leaves(js string) chromedp.Action[chromedp.Void] {
	return script(`void setTimeout(() => {` + js + `})`)
}

// promise is a step that runs JavaScript and waits for the promise that it returns.
func promise(js string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](js, chromedp.EvalAwaitPromise)
}

// waitText waits until the element is seen and its text holds want.
func waitText(t *testing.T, ctx context.Context, selector, want string) {
	t.Helper()
	var last string
	if !poll(100*time.Millisecond, func() bool {
		short, cancel := context.WithTimeout(ctx, 5*time.Second)
		text, err := chromedp.Run(short,
			chromedp.Evaluate[string](`(e => e?.checkVisibility() ? e.innerText : "")(
				document.querySelector(`+quote(selector)+`))`))
		cancel()
		last = text
		return err == nil && strings.Contains(text, want)
	}) {
		t.Fatalf("%s never said %q, but %q\n%s", selector, want, last, pageText(ctx))
	}
}

// poll looks at something outside this process until it is so, for half a minute at most, and reports whether
// it came to be. It is for what no event tells: a page's text, a file of another program. Where there is an
// event (a line of a log, a message in a console, an ended process) a test waits for that.
func poll(pause time.Duration, so func() bool) bool {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		if so() {
			return true
		}
	}
	return false
}

// frames waits until the page has drawn twice and done what was to be done after that: whatever an event set
// off without waiting for anybody is over.
func frames(t *testing.T, tab context.Context) {
	t.Helper()
	await[bool](t, tab, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
		setTimeout(() => done(true)))))`)
}

// quote writes a text as JavaScript does, and as CSS does where it has no backslash and is one line.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}

func pageText(ctx context.Context) string {
	short, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(short,
		chromedp.Evaluate[string](`[location.href, document.title,
			document.body.innerText.slice(0, 3000)].join("\n")`))
	if err != nil {
		return "no page: " + err.Error()
	}
	return text
}

// picture stores a screenshot of the whole page under MADOGUCHI_PICTURES for README and docs; without it,
// nothing.
func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("MADOGUCHI_PICTURES")
	if folder == "" {
		return
	}
	shot := get(t, ctx, chromedp.FullScreenshot(100))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), shot, 0o644); err != nil {
		t.Fatal(err)
	}
}

// clip makes a 1280×720 MJPEG in which a hand holds each picture in turn, six frames long, before a grey
// background: a little turned, blurred by scaling, with sensor noise.
func clip(t *testing.T, pngs ...[]byte) string {
	t.Helper()
	var sources []image.Image
	for _, png := range pngs {
		src, _, err := image.Decode(bytes.NewReader(png))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, src)
	}
	var video bytes.Buffer
	noise := rand.New(rand.NewPCG(1, 2)) // the same clip each time
	const width, height, side = 1280, 720, 640
	for frame := range 6 * len(sources) {
		src := sources[frame/6]
		img := image.NewRGBA(image.Rect(0, 0, width, height))
		sin, cos := 0.02+0.004*float64(frame%6), 1.0 // about one degree
		b := src.Bounds()
		light := make([]uint8, 0, b.Dx()*b.Dy())
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				light = append(light, color.GrayModel.Convert(src.At(x, y)).(color.Gray).Y)
			}
		}
		scale := float64(max(b.Dx(), b.Dy())) / side
		for y := range height {
			for x := range width {
				sum := 0
				for part := range 4 { // a pixel of a camera gathers the light of its whole area
					dx, dy := float64(x-width/2)+float64(part%2)/2-0.25,
						float64(y-height/2)+float64(part/2)/2-0.25
					sx := int(math.Floor((dx*cos+dy*sin)*scale)) + b.Dx()/2
					sy := int(math.Floor((-dx*sin+dy*cos)*scale)) + b.Dy()/2
					if sx < 0 || sy < 0 || sx >= b.Dx() || sy >= b.Dy() {
						sum += 128
					} else {
						sum += int(light[sy*b.Dx()+sx])*200/255 + 30
					}
				}
				grey := sum / 4
				grey = min(255, max(0, grey+noise.IntN(25)-12))
				img.SetRGBA(x, y, color.RGBA{uint8(grey), uint8(grey), uint8(grey), 255})
			}
		}
		if err := jpeg.Encode(&video, img, &jpeg.Options{Quality: 85}); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "camera.mjpeg")
	if err := os.WriteFile(path, video.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
