package e2e

import (
	"bytes"
	"context"
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"madoguchi/credential"
	"madoguchi/internal/testenv"
)

// root is the module's folder.
func root(t testing.TB, parts ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(append([]string{".."}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// clerkImports signs a clerk in, imports the sample of 架空市 and returns the address in the notice's QR of a
// person.
func clerkImports(t *testing.T, base, person string) (tab context.Context, noticeURL string) {
	t.Helper()
	tab = browser(t, 1280, 900, "")
	do(t, tab, chromedp.Navigate(base+"/insurer"), click(`button[value="鈴木"]`),
		chromedp.SetUploadFiles(`#file`,
			[]string{root(t, "server", "insuredcsv", "samples", "00138990.csv")}), click(`#import`))
	waitText(t, tab, "#count-new", "3")
	waitText(t, tab, "#not-yet", "まだ何も保存していません")
	state(t, tab, "import-preview")
	do(t, tab, click(`#store`))
	waitText(t, tab, "#done", "保存しました")
	state(t, tab, "import")
	do(t, tab, click(`#back`))
	waitText(t, tab, "h1", "今日すること")
	state(t, tab, "insurer")
	finds(t, tab, person)
	state(t, tab, "insurer-one")
	follows(t, tab, ".notice-link")
	waitText(t, tab, "#notice-code", "-")
	state(t, tab, "notice-code")
	return tab, strings.TrimSpace(get(t, tab, chromedp.Text("#notice-url")))
}

// finds looks a person up on the clerk's first page.
func finds(t *testing.T, tab context.Context, person string) {
	t.Helper()
	do(t, tab, chromedp.WaitVisible("#q"), chromedp.SetValue("#q", person),
		click("#find form .button"))
	waitText(t, tab, "tbody", person)
}

// follows goes where the first link of that kind in a table leads.
func follows(t *testing.T, tab context.Context, link string) {
	t.Helper()
	to := eval[string](t, tab, `document.querySelector(`+quote("tbody "+link)+`).href`)
	do(t, tab, chromedp.Navigate(to))
}

// patientEnrols walks from the notice's address to the screen and waits until its code is drawn.
func patientEnrols(t *testing.T, noticeURL, person string) context.Context {
	t.Helper()
	tab := browser(t, 360, 640, "") // a cheap phone
	do(t, tab, chromedp.Navigate(noticeURL))
	waitText(t, tab, "h1", "読み取りました")
	if at := eval[string](t, tab, `location.pathname`); at != "/notice" {
		t.Errorf("the code is still in the address: %s", at)
	}
	state(t, tab, "landing")
	do(t, tab, click(`a[href="/login"]`))
	waitText(t, tab, "h1", "だれとして")
	state(t, tab, "demo-login")
	do(t, tab, click(`button[value="`+person+`"]`))
	waitText(t, tab, "h1", "登録の確認")
	state(t, tab, "patient-enrol")
	picture(t, tab, "patient-enrol.png")
	do(t, tab, click(`form[action="/enrol"] button`))
	waitText(t, tab, "#age", "秒前に作成")
	return tab
}

// codePicture is the QR as the phone shows it, enlarged as a high-resolution screen would.
func codePicture(t *testing.T, tab context.Context) []byte {
	t.Helper()
	await[bool](t, tab,
		`(async () => { for (let still = 0, at = -1; still < 5; ) { // a note above it may still come
		await new Promise(done => setTimeout(done, 100));
		const top = document.getElementById("qr").getBoundingClientRect().top;
		[still, at] = top === at ? [still + 1, at] : [0, top];
	} return true })()`)
	return get(t, tab, chromedp.ScreenshotScale("#qr", 2))
}

// programStarted is true when the console's program has bound what staff press and type: the field is its
// last step.
const programStarted = `document.activeElement?.id === "scan-text"`

// staffOpens signs reception staff in, with what the camera sees.
func staffOpens(t *testing.T, base string, video string) context.Context {
	t.Helper()
	tab := browser(t, 1600, 1000, video)
	do(t, tab, chromedp.Navigate(base+"/counter"), click(`button[value="鈴木"]`),
		chromedp.WaitVisible(`#scan-camera`))
	waitTrue(t, tab, programStarted)
	return tab
}

// bridge starts the agent with a virtual card and pairs it through the console.
func bridge(t *testing.T, base string, tab context.Context, cardFile string) {
	t.Helper()
	bridgeNamed(t, base, tab, cardFile, "受付1")
}

// pairs opens the console's part for readers, types a code and says that the words are the same: the console
// must show those of the reader's PC.
func pairs(t *testing.T, tab context.Context, code string, words []string) {
	t.Helper()
	do(t, tab, click("#pairing-open"))
	waitTrue(t, tab, `document.querySelector("#bridges li") !== null`) // it moves what stands below
	do(t, tab, chromedp.SendKeys("#pair-code", code+"\r"))
	for _, word := range words {
		waitText(t, tab, "#pair-words", word)
	}
	do(t, tab, chromedp.SendKeys("#pair-same", "\r"))
	waitText(t, tab, "#pair-state", "つなぎました")
}

func bridgeNamed(t *testing.T, base string, tab context.Context, cardFile, name string) *process {
	t.Helper()
	p := start(t, t.TempDir(), built(t, "./card/bridge", "bridge"), nil,
		"--virtual", root(t, "card", "virtual", "people", cardFile), "--server", base, "--key",
		filepath.Join(t.TempDir(), "agent.pem"), "--name", name, "--page", "127.0.0.1:0")
	code := p.out.await(t, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	pairs(t, tab, code, p.out.await(t, `合言葉が「(.+)・(.+)」なら`)[1:])
	p.out.await(t, "つながりました")
	waitText(t, tab, "#readers", name)
	waitText(t, tab, "#bridges", name)
	do(t, tab, click("#pairing-close"))
	return p
}

func TestTheWholeWalk(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	_, noticeURL := clerkImports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	waitText(t, phone, "#figures", "0001234")
	for _, c := range []struct {
		selector, want string
	}{
		{"#holder-name", "髙橋 德一"},
		{"#holder-birth", "昭和30年7月1日"},
		{".registered", "マイナポータルの画面ではありません"},
		{"#registered", "に登録された資格です"},
		{"#figures", "138990"},
		{".with-card", "マイナンバーカード"},
	} {
		waitText(t, phone, c.selector, c.want)
	}
	text := eval[string](t, phone, `document.body.innerText`)
	if strings.Contains(text, "いま有効") || strings.Contains(text, "資格確認済み") {
		t.Error("the screen claims what it may not")
	}
	state(t, phone, "screen")
	picture(t, phone, "screen.png")
	sampleScreen(t)
	console := staffOpens(t, base, clip(t, codePicture(t, phone)))
	bridge(t, base, console, "tokuichi.json")
	do(t, console, click("#scan-camera"))
	waitText(t, console, "#verdict", "この画面は本物です")
	waitText(t, console, "#p-name", "髙橋 德一")
	waitText(t, console, "#record", "カードを確認する")
	do(t, console, click("#record"))
	waitText(t, console, "#card-verdict", "本物のカードで、生年月日が画面と一致しました")
	waitText(t, console, "#record", "記録して次へ")
	state(t, console, "counter")
	do(t, console, click("#record"))
	waitText(t, console, "#verdict", "記録しました")
	waitText(t, console, "#today", "1")
	waitText(t, phone, "#receipts", "架空医院が「受け付けた」と記録しました")
	state(t, phone, "screen-checked")
	do(t, phone, click("#more summary"))
	waitText(t, phone, "#seen", "月")
	waitText(t, phone, "#seen", "架空医院")
	waitText(t, phone, "#seen", "受け付けられました")
	state(t, phone, "seen")
}

func paste(t *testing.T, console context.Context, text string) {
	t.Helper()
	do(t, console, script(`document.getElementById("scan-text").value = `+quote(text)),
		click("#scan-submit"))
}

func TestForgedOldAndClonedAreRefusedInTheBrowser(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	console := staffOpens(t, base, "")
	bridge(t, base, console, "copied-tokuichi.json")
	expects(t, console, `status of 422 .*/api/v1/counter/cases`,
		"parked without a reason, and text that is no code")

	good := jwsOf(t, phone)
	paste(t, console, altered(t, good))
	waitText(t, console, "#verdict", "この画面は確かめられません")
	waitText(t, console, "#checks", "書き換えられています")
	if !eval[bool](t, console, `document.getElementById("record").disabled`) {
		t.Error("a forged screen can be recorded as accepted")
	}
	state(t, console, "counter-forged")
	do(t, console, click("#cancel"))

	paste(t, console, credential.NumericQR(oldScreen(t, data)))
	waitText(t, console, "#verdict", "この画面は古くなっています")
	waitText(t, console, "#verdict", "開き直してもらい")
	state(t, console, "counter-expired")
	do(t, console, click("#cancel"))

	paste(t, console, good)
	waitText(t, console, "#verdict", "この画面は本物です")
	do(t, console, click("#extra-checks summary"), chromedp.SendKeys("#text-year", "2034"),
		chromedp.SendKeys("#text-code", "4821"), click("#text-check"))
	waitText(t, console, "#extra-result", "写しの疑い")
	waitText(t, console, "#verdict .bad", "カードの確認が通りませんでした")
	waitTrue(t, console, `document.getElementById("record").disabled`)
	do(t, console, click("#card-check"))
	waitText(t, console, "#card-verdict", "写しの疑い")
	// a screen that is genuine is no yes for staff in a hurry
	waitText(t, console, "#verdict .bad", "カードの確認が通りませんでした")
	if !eval[bool](t, console, `document.getElementById("record").disabled`) {
		t.Error("a cloned card can be recorded as accepted")
	}
	state(t, console, "counter-cloned")
	do(t, console, click("#park"), click("#reason-go"))
	waitText(t, console, "#problem", "理由を入れてください")
	do(t, console, chromedp.SendKeys("#reason", "カードが写しの疑い"), click("#reason-go"))
	waitText(t, console, "#parked", "1")
	do(t, console, click("#cancel"))

	paste(t, console, "まちがえて貼り付けた文字")
	waitText(t, console, "#problem", "資格情報のコードとして読めませんでした")
}

func TestCodeReadsFromTheScreenAtEveryWidth(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	for _, width := range []int64{360, 390, 430} {
		do(t, phone, chromedp.EmulateViewport(width, 800), chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		shot, _, err := image.Decode(bytes.NewReader(get(t, phone, chromedp.ScreenshotScale("#qr", 1))))
		if err != nil {
			t.Fatal(err)
		}
		modules := eval[float64](t, phone, `Number(document.getElementById("qr").dataset.modules)`)
		// 105 modules and the quiet zone at most
		if px := float64(shot.Bounds().Dx()) / modules; px < 3 || modules < 29 || modules > 113 {
			t.Errorf("at %d px a module has %.2f CSS pixels", width, px)
		}
		if wide := eval[int64](t, phone, `document.documentElement.scrollWidth`); wide > width {
			t.Errorf("at %d px the page is %d px wide", width, wide)
		}
	}
}

func TestImportCommandKeepsItsContract(t *testing.T) {
	dir := t.TempDir()
	program := built(t, "./server", "madoguchi")
	file := filepath.Join(dir, "people.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"MADOGUCHI_DATA=" + filepath.Join(dir, "data")}
	write("番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n")
	if out, errs, code := run(t, dir, program, nil, env, "import", "--insurer", "06139992", "--dry-run",
		"--json", file); code != 0 || out != `{"line":2,"row":2,"accepted":true,"reasons":[],"warnings":[]}`+
		"\n" {
		t.Errorf("good file: %d %q %q", code, out, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
		t.Error("a dry run made the data folder")
	}
	write("番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n2,,1986-04-12\n")
	if _, errs, code := run(t, dir, program, nil, env, "import", "--insurer", "06139992", file); code != 1 ||
		!strings.Contains(errs, "people.errors.csv") {
		t.Errorf("one bad row: %d %q", code, errs)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "people.errors.csv")); err != nil ||
		!bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")) {
		t.Errorf("error file: %q %v", data, err)
	}
	write("会員No,加入者,うまれ,備考欄\n7,試験 四郎,1986-04-12,x\n")
	headings := filepath.Join(dir, "headings.json")
	if err := os.WriteFile(headings, []byte(`{"会員No":"番号","加入者":"氏名","うまれ":"生年月日","備考欄":""}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, code := run(t, dir, program, nil, env, "import", "--insurer", "06139992", file); code != 2 {
		t.Errorf("headings that nobody knows: %d", code)
	}
	for _, args := range [][]string{{"--map", headings}, nil} { // the second time they are remembered
		if _, errs, code := run(t, dir, program, nil, env,
			append([]string{"import", "--insurer", "06139992", file}, args...)...); code != 0 {
			t.Errorf("mapped headings %v: %d %q", args, code, errs)
		}
	}
	if out, _, code := run(t, dir, program, nil, env, "import", "--insurer", "138990", "--dry-run", "--json",
		file); code != 2 || out != "" {
		t.Errorf("another insurer's headings: %d %q", code, out)
	}
	write("番号,氏名\n1,試験 太郎\n")
	if out, errs, code := run(t, dir, program, nil, env, "import", "--insurer", "06139992", "--json",
		file); code != 2 || out != "" || !strings.Contains(errs, "生年月日") {
		t.Errorf("no birth dates: %d %q %q", code, out, errs)
	}
}

func TestDemoStartsWithinASecondAndHalfASettingRefuses(t *testing.T) {
	program := built(t, "./server", "madoguchi")
	began := time.Now()
	startServer(t)
	// the bar is one second; other tests share the machine
	testenv.Within(t, "getting ready", time.Since(began), 2*time.Second)
	_, errs, code := run(t, t.TempDir(), program, nil, []string{"MADOGUCHI_URL=https://madoguchi.example.jp"},
		"serve")
	if code == 0 || !strings.Contains(errs, "MADOGUCHI_ROLE") {
		t.Errorf("live mode: %d %q", code, errs)
	}
	_, errs, code = run(t, t.TempDir(), program, nil, []string{"MADOGUCHI_ADDR=0.0.0.0:0"}, "serve")
	if code == 0 || !strings.Contains(errs, "127.0.0.1") {
		t.Errorf("demo beyond loopback: %d %q", code, errs)
	}
}
