package e2e

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"madoguchi/eligibility"
	"madoguchi/pdf/font"
)

// hardNames are what registers really hold; pdf's tests draw them on paper.
func hardNames(t *testing.T) (names []string) {
	t.Helper()
	data, err := os.ReadFile(root(t, "pdf", "testdata", "hard-names.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		name, err := strconv.Unquote(`"` + strings.TrimSuffix(line, "\n") + `"`)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// loadFont loads a font as the page does and draws each letter: in it, in what the machine has, and without
// its selector. It tells how many pixels differ, in the order of the letters.
const loadFont = `(async (name, data, letters) => {
	const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
	const face = await new FontFace(name, bytes, {weight: "400 700"}).load();
	document.fonts.add(face);
	const draw = (text, family) => {
		const c = document.createElement("canvas"); c.width = c.height = 80;
		const pen = c.getContext("2d"); pen.font = "60px " + family; pen.fillText(text, 5, 65);
		return pen.getImageData(0, 0, 80, 80).data;
	};
	const differ = (a, b) => { let n = 0;
	for (let i = 3; i < a.length; i += 4) if (Math.abs(a[i] - b[i]) > 64) n++; return n };
	const own = '"' + name + '", "Noto Sans CJK JP"', theirs = '"Noto Sans CJK JP"';
	return JSON.stringify({
		status: face.status, known: [...document.fonts].some(f => f === face && f.status === "loaded"),
		pixels: letters.map(l => differ(draw(l, own), draw(l, theirs))),
		base: letters.map(l => differ(draw(l, own), draw([...l][0], own))),
	});
})`

func TestTheBrowserLoadsTheFontOfEveryHardName(t *testing.T) {
	t.Parallel()
	tab := browser(t, 400, 400, "")
	names := hardNames(t)
	if len(names) < 66 {
		t.Fatalf("%d names", len(names))
	}
	for i, name := range names {
		t.Run(strconv.Itoa(i)+" "+name, func(t *testing.T) {
			data := font.ForScreen(name)
			if data == nil {
				t.Fatal("no font")
			}
			letters := eligibility.ReceiptRejects(name) // what a phone may lack
			list, err := json.Marshal(append([]string{}, letters...))
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Status       string
				Known        bool
				Pixels, Base []int
			}
			said := await[string](t, tab, loadFont+`("Name `+strconv.Itoa(i)+`", "`+
				base64.StdEncoding.EncodeToString(data)+`", `+string(list)+`)`)
			if err := json.Unmarshal([]byte(said), &got); err != nil {
				t.Fatal(err)
			}
			if got.Status != "loaded" || !got.Known {
				t.Errorf("the font is %q, in document.fonts: %v", got.Status, got.Known)
			}
			for n, letter := range letters {
				if got.Pixels[n] < 20 {
					t.Errorf("%+q is drawn by the machine's font: %d pixels differ", letter, got.Pixels[n])
				}
				plain := font.Pieces(string([]rune(letter)[0]))[0].Glyph // some variants are the plain shape
				if font.Pieces(letter)[0].Glyph != plain && got.Base[n] < 5 {
					t.Errorf("%+q is drawn as the plain character", letter)
				}
			}
		})
	}
}

// What the page does with a refused font: an error in the console, and a sentence for the patient.
func TestThereIsASentenceWhereANameCannotBeDrawn(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	loaded := `getComputedStyle(document.getElementById("screen")).getPropertyValue("--name-font") !== "" &&
		[...document.fonts].some(f => f.status === "loaded")`
	waitTrue(t, phone, loaded) // 髙 and 德, without any variant
	waitTrue(t, phone, `!`+seen("#name-shapes"))
	inLab(t, phone)
	for _, c := range []struct{ name, setting, value, console string }{
		{"a font that the browser refuses", "answers", `{"/name.ttf": [200, {}]}`,
			"The font of the names was refused|OTS parsing error|Failed to decode"},
		{"no font", "answers", `{"/name.ttf": [404, {}]}`, ""},
		{"a character that no font here has", "members",
			`{"/credential": {"details": {"name": "\u{30000}", "share": 20, "lacksShapes": true}}}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.console != "" {
				expects(t, phone, c.console, "the font is one on purpose")
			}
			set(t, phone, c.setting, strings.ReplaceAll(c.value, `\u{30000}`, "\U00030000"))
			defer set(t, phone, c.setting, "null")
			empties(t, phone, "fonts")
			do(t, phone, chromedp.Navigate(base+"/screen"))
			waitText(t, phone, "#name-shapes", "登録どおりに出ていない")
			state(t, phone, "name-shapes")
		})
	}
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitTrue(t, phone, loaded)
	waitTrue(t, phone, `!`+seen("#name-shapes"))
}
