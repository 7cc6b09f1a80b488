package e2e

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"madoguchi/card/virtual"
	"madoguchi/internal/testenv"
)

// livePerson is the one whom the sign-in service knows, and whose card lies in the reader.
const livePerson = "髙橋 德一"

var liveInvitation = regexp.MustCompile(`https://[a-z]+\.example/staff/invite/\S+`)

// tab opens a browser that believes the walk's authority.
func (w *liveWorld) tab(width, height int) context.Context {
	w.t.Helper()
	return browser(w.t, width, height, "", chromedp.Flag("ignore-certificate-errors-spki-list", w.ca.pin()))
}

// signsIn is a member of the staff who opens the link that the last command printed.
func (w *liveWorld) signsIn(h *liveHost, organisation string) context.Context {
	w.t.Helper()
	tab := w.tab(1600, 1000)
	authenticator(w.t, tab)
	makesPasskey(w.t, tab, liveInvitation.FindString(h.said), organisation)
	return tab
}

func (w *liveWorld) insurerStaff(h *liveHost) {
	w.t.Helper()
	tab := w.signsIn(h, "架空市")
	waitText(w.t, tab, ".account", "山田 花")
}

func (w *liveWorld) clinicStaff(h *liveHost) {
	w.t.Helper()
	w.console = w.signsIn(h, "架空医院")
	waitText(w.t, w.console, "#acting", "佐藤 次郎")
	waitTrue(w.t, w.console, programStarted)
}

// pairing is the administrator who pairs the reader's PC by its code and its words.
func (w *liveWorld) pairing(h *liveHost) {
	t := w.t
	t.Helper()
	said := h.running["bridge"].out
	code := said.await(t, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	pairs(t, w.console, code, said.await(t, `合言葉が「(.+)・(.+)」なら`)[1:])
	said.await(t, "つながりました")
	waitText(t, w.console, "#readers", "受付1")
	do(t, w.console, click("#pairing-close"))
}

// orderCardKeys is the cards' issuer, who gives the clinic its public key.
func (w *liveWorld) orderCardKeys(h *liveHost) {
	w.t.Helper()
	issuer := virtual.TestIssuerKeys()[0]
	key := issuer.Key.(*rsa.PublicKey)
	file, err := json.Marshal([]map[string]string{{
		"keyId": issuer.ID,
		"n":     base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		"e":     base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	h.write("~/card-keys.json", file)
}

// register is the insurer's own system, which gives out its register.
func (w *liveWorld) register(h *liveHost) {
	w.t.Helper()
	file, err := os.ReadFile(root(w.t, "server", "insuredcsv", "samples", "00138990.csv"))
	if err != nil {
		w.t.Fatal(err)
	}
	h.write("~/meibo.csv", file)
}

// printedLink reads the code of the person's notice off the printed page, by other people's programs.
func (w *liveWorld) printedLink(h *liveHost) string {
	t := w.t
	t.Helper()
	files, err := filepath.Glob(h.path("~/print/*.pdf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("printed: %v %v", files, err)
	}
	for page := 1; ; page++ {
		n := strconv.Itoa(page)
		text, err := exec.Command("pdftotext", "-f", n, "-l", n, files[0], "-").Output()
		if err != nil {
			t.Fatalf("no page %d has a notice of %s: %v", page, livePerson, err)
		}
		if !strings.Contains(string(text), livePerson) {
			continue
		}
		picture := filepath.Join(t.TempDir(), "page")
		must(t, exec.Command("pdftoppm", "-r", "200", "-f", n, "-l", n, "-singlefile", "-gray", files[0],
			picture))
		codes, err := exec.Command("zbarimg", testenv.ZbarArgs(picture+".pgm")...).Output()
		if err != nil {
			t.Fatalf("no code on page %d: %v", page, err)
		}
		for line := range strings.Lines(string(codes)) {
			if strings.HasPrefix(line, h.url()+"/n/") {
				return strings.TrimSpace(line)
			}
		}
		t.Fatalf("page %d has the codes %s", page, codes)
	}
}

// enrolment is the patient: from the paper to the screen.
func (w *liveWorld) enrolment(h *liveHost) {
	t := w.t
	t.Helper()
	w.phone = w.tab(360, 640)
	do(t, w.phone, chromedp.Navigate(w.printedLink(h)))
	waitText(t, w.phone, "h1", "読み取りました")
	do(t, w.phone, click(`a[href="/login"]`))
	waitText(t, w.phone, "h1", "登録の確認")
	do(t, w.phone, click(`form[action="/enrol"] button`))
	waitText(t, w.phone, "#age", "秒前に作成")
	waitText(t, w.phone, "#holder-name", livePerson)
	waitTrue(t, w.phone, stored)
	waitTrue(t, w.phone, `navigator.serviceWorker.ready.then(r => r.active.state === "activated")`)
}

// insertCard lays the patient's card into the reader until the returned function is called.
func (w *liveWorld) insertCard() (pull func()) {
	t := w.t
	t.Helper()
	data, err := os.ReadFile(root(t, "card", "virtual", "people", "tokuichi.json"))
	if err != nil {
		t.Fatal(err)
	}
	description, err := virtual.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	chip, err := virtual.New(description)
	if err != nil {
		t.Fatal(err)
	}
	const inserted = "Card inserted"
	before := strings.Count(w.bench.Log(), inserted)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- virtual.Plug(ctx, w.bench.Address(0), chip) }()
	if !poll(50*time.Millisecond, func() bool { return strings.Count(w.bench.Log(), inserted) > before }) {
		t.Error("pcscd sees no card")
	}
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// checksAndRecords is the reception once a screen was found genuine: card, then record.
func (w *liveWorld) checksAndRecords() {
	t := w.t
	t.Helper()
	waitText(t, w.console, "#verdict", "この画面は本物です")
	waitText(t, w.console, "#p-name", livePerson)
	defer w.insertCard()()
	waitText(t, w.console, "#record", "カードを確認する")
	do(t, w.console, click("#record"))
	waitText(t, w.console, "#card-verdict", "本物のカードで、生年月日が画面と一致しました")
	waitText(t, w.console, "#record", "記録して次へ")
	do(t, w.console, click("#record"))
	waitText(t, w.console, "#verdict", "記録しました")
}

// onlineCase is a case from the shown code to the receipt on the phone.
func (w *liveWorld) onlineCase(*liveHost) {
	t := w.t
	t.Helper()
	shown, _ := codesOn(t, w.phone, "#qr")
	enter(t, w.console, "#scan-text", shown)
	w.checksAndRecords()
	waitText(t, w.phone, "#receipts", "架空医院が「受け付けた」と記録しました")
}

// seenBy waits until the phone lists as many receipts of the clinic.
func (w *liveWorld) seenBy(clinic string, times int) {
	w.t.Helper()
	waitTrue(w.t, w.phone, `[...document.getElementById("seen").children].filter(line =>
		line.textContent.includes(`+quote(clinic)+`)).length === `+strconv.Itoa(times))
}

// offlineCase is a case while the insurer's server is down, and the clinic's was started anew meanwhile: the
// phone shows what it keeps, the counter decides by what lies on its disk.
func (w *liveWorld) offlineCase(h *liveHost) {
	t := w.t
	t.Helper()
	w.seenBy("架空医院", 1)
	expects(t, w.phone, `net::ERR_CONNECTION_REFUSED`, "the insurer's server is stopped")
	do(t, w.phone, chromedp.Navigate("https://insurer.example/screen"))
	waitText(t, w.phone, "#age", "電波なし")
	waitText(t, w.phone, "#holder-name", livePerson)
	expects(t, w.console, `net::ERR_`, "the clinic's server was started anew")
	do(t, w.console, chromedp.Navigate(h.url()+"/counter"))
	waitTrue(t, w.console, programStarted)
	waitText(t, w.console, "#readers", "受付1")
	shown, _ := codesFrom(t, w.phone, 0, "")
	enter(t, w.console, "#scan-text", shown)
	waitText(t, w.console, "#verdict", "2つ目のコードを読み取ってください")
	_, proof := codesFrom(t, w.phone, 0, "")
	enter(t, w.console, "#second-text", proof)
	w.checksAndRecords()
}

// lateReceipt is the receipt of that case, which the clinic's server leaves as soon as it can.
func (w *liveWorld) lateReceipt(*liveHost) {
	w.t.Helper()
	do(w.t, w.phone, chromedp.Navigate("https://insurer.example/screen"))
	waitText(w.t, w.phone, "#age", "秒前に作成")
	w.seenBy("架空医院", 2)
}

// servesTheNewCertificate waits until the server that runs answers with the authority's last certificate.
func (w *liveWorld) servesTheNewCertificate(h *liveHost) {
	w.t.Helper()
	if !poll(200*time.Millisecond, func() bool {
		res, err := w.web.Get(h.url() + "/healthz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.TLS.PeerCertificates[0].SerialNumber.Int64() == w.ca.serial
	}) {
		w.t.Errorf("%s goes on with its old certificate", h.url())
	}
}
