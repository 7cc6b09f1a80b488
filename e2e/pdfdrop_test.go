package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"madoguchi/credential"
	"madoguchi/internal/certtest"
	"madoguchi/message"
	"madoguchi/pdf/sign"
)

// fetched is a file of the page's server, as the page's visitor gets it; address is a JavaScript expression.
func fetched(t *testing.T, tab context.Context, address string) []byte {
	t.Helper()
	text := await[string](t, tab, `(async () => {
		const file = await (await fetch(`+address+`)).blob();
		const reader = new FileReader();
		await new Promise(done => { reader.onload = done; reader.readAsDataURL(file) });
		return reader.result.split(",")[1];
	})()`)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
		t.Fatalf("%s is no PDF: %d bytes, %v", address, len(data), err)
	}
	return data
}

// ownPDF is the address of a document of the one person whom a phone shows.
func ownPDF(kind string) string {
	return `await fetch("/api/v1/me").then(r => r.json())
		.then(me => "/people/" + me.people[0].id + "/` + kind + `.pdf")`
}

// drops lets a file fall on an element of the console, as a hand does: the browser's own event with the file.
func drops(t *testing.T, console context.Context, selector, name string, data []byte) {
	t.Helper()
	do(t, console, script(`{
		const bytes = Uint8Array.from(atob(`+quote(base64.StdEncoding.EncodeToString(data))+
		`), c => c.charCodeAt(0));
		const carried = new DataTransfer();
		carried.items.add(new File([bytes], `+quote(name)+`, {type: "application/pdf"}));
		const fall = new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true});
		window.opensInstead = document.querySelector(`+quote(selector)+`).dispatchEvent(fall);
	}`))
	if eval[bool](t, console, `window.opensInstead`) {
		t.Error("the browser would open the file in the console's place")
	}
}

// A patient brings the copy (写し) as a PDF: staff drop it anywhere on the page or choose it, and the case goes
// on as after a scan. What is no good copy says what it is and what to do.
func TestStaffDropAPatientsPDF(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	clerk, noticeURL := clerkImports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	console := staffOpens(t, base, "")
	resize(t, console, 1280, 900)
	bridge(t, base, console, "tokuichi.json")
	copies(t, console)
	expects(t, console, `status of 422 .*/api/v1/counter/pdf`, "what is no copy, for its sentence")
	copied := fetched(t, phone, ownPDF("document"))
	masked := fetched(t, phone, ownPDF("masked"))
	notice := fetched(t, clerk, `location.pathname.replace(/\/[^/]*$/, "/notice.pdf")`)
	t.Logf("the copy has %d bytes", len(copied))

	t.Run("dropped: verdict, card, record", func(t *testing.T) {
		seen := driven{}
		drops(t, console, "main", "shikaku-joho.pdf", copied)
		seen.sees(t, console, "#verdict h3", "verdict.headline.copy_genuine")
		seen.sees(t, console, "#checks", "verdict.document.signer_not_checked")
		waitText(t, console, "#p-name", "髙橋 德一")
		state(t, console, "counter-pdf")
		shot(t, console, "counter-pdf-window")
		waitText(t, console, "#record", "カードを確認する")
		do(t, console, click("#record"))
		waitText(t, console, "#card-verdict", "本物のカードで、生年月日が画面と一致しました")
		waitText(t, console, "#record", "記録して次へ")
		do(t, console, click("#record"))
		waitText(t, console, "#verdict", "記録しました")
		(&hand{console: console}).lastCase(t, `c.outcome === "accepted" && c.ground.code === "chip" &&
			c.verdict.checks.some(check => check.name === "document")`)
	})

	t.Run("chosen", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "shikaku-joho.pdf")
		if err := os.WriteFile(file, copied, 0o600); err != nil {
			t.Fatal(err)
		}
		do(t, console, chromedp.SetUploadFiles("#scan-file", []string{file}))
		driven{}.sees(t, console, "#verdict h3", "verdict.headline.copy_genuine")
		drops(t, console, "#verdict", "again.pdf", copied)
		waitText(t, console, "#problem", "前の方の件がまだ終わっていません")
		waitText(t, console, "#p-name", "髙橋 德一")
	})

	hers, code := anotherScreen(t, data), credentialOf(t, copied)
	other := described(t, sheet(t, code), time.Now(), hers)
	forged := bytes.ReplaceAll(copied, []byte(code), []byte(code[:len(code)-20]+"AAAA"+code[len(code)-16:]))
	for _, c := range []struct {
		name, on string
		data     []byte
		check    string // the key of a check of the case, which is refused
		problem  string // or of what is said in a case's place
		leads    string // the form that it leads to
	}{
		{name: "a code in it was forged", on: "header", data: forged, check: "verdict.match.failed"},
		{name: "written over after it was signed", on: "main", check: "verdict.document.altered",
			data: bytes.Replace(copied, []byte("<pdf:Producer>M"), []byte("<pdf:Producer>N"), 1)},
		{name: "it shows another's code", on: "#verdict", data: other, check: "verdict.match.failed"},
		{name: "two people's in one", on: "body", data: append(sheet(t, code), sheet(t, hers)...),
			problem: "scan.pdf_several"},
		{name: "numbers hidden", on: "#scan-text", data: masked, problem: "scan.pdf_masked"},
		{name: "locked", on: "main", data: bytes.Replace(copied, []byte("/Root"),
			[]byte("/Encrypt 9 0 R/Root"), 1), problem: "lens.locked"},
		{name: "damaged", on: "main", data: []byte("%PDF-1.7"), problem: "lens.format"},
		{name: "too large", on: "main", data: append(bytes.Clone(copied), make([]byte, 4<<20)...),
			problem: "counter.pdfLarge"},
		{name: "the paper notice", on: "main", data: notice, problem: "scan.notice", leads: "N1"},
		{name: "Mynaportal's", on: "main", problem: "scan.pdf_without_code", leads: "P2",
			data: []byte("%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := driven{}
			do(t, console, click("#cancel"))
			drops(t, console, c.on, "x.pdf", c.data)
			switch {
			case c.check != "":
				seen.sees(t, console, "#checks", c.check)
				seen.sees(t, console, "#verdict h3", "verdict.headline.copy_unverifiable")
				waitText(t, console, "#verdict", nextOfKey(c.check))
				refusalStands(t, console)
				state(t, console, "counter-pdf-refused")
				return
			case c.leads != "":
				seen.sees(t, console, "#verdict", c.problem)
				state(t, console, "counter-pdf-leads")
				shot(t, console, "counter-pdf-leads-window")
				do(t, console, click("#verdict button"))
				waitTrue(t, console, `document.getElementById("paper").checkVisibility()`)
				waitText(t, console, "#paper-title", message.New("counter.paper"+c.leads, nil).Sentence("ja"))
				do(t, console, chromedp.KeyEvent("\x1b"))
			default:
				seen.sees(t, console, "#problem", c.problem)
			}
			if eval[bool](t, console, `document.getElementById("shown").checkVisibility()`) {
				t.Error("a case is open")
			}
		})
	}
}

// While the server is out of reach the console reads the code's text in the PDF, and says what it did not
// check.
func TestAPDFOnADayWithoutTheServer(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	copied := fetched(t, phone, ownPDF("document"))
	c := &offlineConsole{profile: t.TempDir() + "/1", base: base, data: data}
	c.start(t)
	console := c.tab
	do(t, console, chromedp.Navigate(base+"/counter"), click(`button[value="鈴木"]`),
		chromedp.WaitVisible(`#scan-camera`))
	waitTrue(t, console, programStarted)
	c.isReady(t)
	offline(t, console, true)
	drops(t, console, "main", "shikaku-joho.pdf", copied)
	seen := driven{}
	seen.sees(t, console, "#checks", "counter.offlinePDF")
	seen.sees(t, console, "#verdict h3", "verdict.headline.copy_genuine")
	waitText(t, console, "#p-name", "髙橋 德一")
	state(t, console, "counter-pdf-offline")
	do(t, console, click(`#visual input[value="photo"]`),
		click(`#visual input[value="name"]`), click(`#visual input[value="birthDate"]`),
		click("#record"))
	waitTrue(t, console, `document.getElementById("console").dataset.state === "none"`)

	drops(t, console, "main", "scanned.pdf", sheet(t, credentialOf(t, copied)))
	seen.sees(t, console, "#problem", "counter.offlinePDFNothing")
	drops(t, console, "main", "forged.pdf", bytes.ReplaceAll(copied, []byte("<mdg:jws>eyJ"),
		[]byte("<mdg:jws>eyK")))
	waitTrue(t, console, `document.getElementById("verdict").innerText.includes("確かめられません") ||
		!document.getElementById("problem").hidden`)
	if eval[bool](t, console, `document.getElementById("console").dataset.state === "good"`) {
		t.Error("a forged code is good")
	}
	offline(t, console, false)
	waitText(t, console, "#offline-note", "件送りました")
	(&hand{console: console}).lastCase(t, `c.outcome === "accepted" && c.offline && !c.offline.marks?.length`)
}

// credentialOf is the code in a PDF's packet.
func credentialOf(t *testing.T, document []byte) string {
	t.Helper()
	found, err := sign.Read(document)
	if err != nil || len(found.Credentials) != 1 {
		t.Fatalf("%d codes, %v", len(found.Credentials), err)
	}
	if _, err := credential.Read(strings.TrimSpace(found.Credentials[0])); err != nil {
		t.Fatal(err)
	}
	return found.Credentials[0]
}

// pdfVerdicts drives each verdict of the PDF around a copy's code that the console can come to say.
func pdfVerdicts(t *testing.T, seen driven, console context.Context, s screens) {
	code := s.of(0, saved(credential.LatestEnd(time.Now())))
	signed := signatory{certtest.NewSigner(t, time.Now())}.sign(t, sheet(t, code), time.Now(), code)
	altered := bytes.Clone(signed)
	altered[bytes.Index(altered, []byte("/Title"))+15] ^= 1
	for _, c := range []struct {
		data       []byte
		key, heads string
	}{
		{described(t, sheet(t, code), time.Now(), code), "document.not_signed", "copy_genuine"},
		{signed, "document.signer_not_checked", "copy_genuine"},
		{altered, "document.altered", "copy_unverifiable"},
		{append(bytes.Clone(signed), "\n% more\n"...), "document.added_to", "copy_unverifiable"},
		{described(t, sheet(t, code), time.Now(), s.of(0)), "match.failed", "copy_unverifiable"},
	} {
		do(t, console, click("#cancel"))
		drops(t, console, "main", "copy.pdf", c.data)
		seen.sees(t, console, "#checks", "verdict."+c.key)
		seen.sees(t, console, "#verdict h3", "verdict.headline."+c.heads)
		if c.heads == "copy_genuine" {
			seen.sees(t, console, "#passed-checks", "verdict.match.passed")
		} else {
			refusalStands(t, console)
		}
	}
}
