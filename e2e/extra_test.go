package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// The counter's checks beside the birth-date check, with the real agent and a virtual card.
func TestNumberOnTheFaceDatesAndOQSInTheBrowser(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	console := staffOpens(t, base, "")
	folder := t.TempDir()
	answer := `<?xml version="1.0" encoding="UTF-8"?>
<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult></MessageHeader><MessageBody>
<ProcessingResultStatus>1</ProcessingResultStatus><ResultList><ResultOfQualificationConfirmation>
<InsurerNumber>138990</InsurerNumber><InsuredCardSymbol>国１３</InsuredCardSymbol>
<InsuredIdentificationNumber>0001234</InsuredIdentificationNumber>
<Name>高橋　徳一</Name><Sex1>1</Sex1><Birthdate>19550702</Birthdate>
</ResultOfQualificationConfirmation></ResultList></MessageBody></XmlMsg>`
	if err := os.WriteFile(filepath.Join(folder, "OQSsiquc01res_face_1_20261122104200.xml"), []byte(answer),
		0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, t.TempDir(), built(t, "./card/bridge", "bridge"), nil, "--virtual",
		root(t, "card", "virtual", "people", "tokuichi.json"), "--server", base,
		"--settings", filepath.Join(t.TempDir(), "bridge.json"), "--name", "受付1", "--oqs", folder, "--page",
		"127.0.0.1:0")
	code := p.out.await(t, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]
	pairs(t, console, code, p.out.await(t, `合言葉が「(.+)・(.+)」なら`)[1:])
	p.out.await(t, "つながりました")
	waitText(t, console, "#readers", "リーダー接続中")
	do(t, console, click("#pairing-close"))

	paste(t, console, jwsOf(t, phone))
	waitText(t, console, "#verdict", "この画面は本物です")
	do(t, console, click("#extra-checks summary"), chromedp.SendKeys("#text-year", "2034"),
		chromedp.SendKeys("#text-code", "9999"), click("#text-check"))
	waitText(t, console, "#extra-result", "残り回数: 9回")
	if typed := eval[string](t, console, `document.getElementById("text-code").value`); typed != "" {
		t.Errorf("the code still stands in its field: %q", typed)
	}
	do(t, console, chromedp.SendKeys("#text-code", "4821"), click("#text-check"))
	for _, want := range []string{"髙橋　德一", "架空県", "このPCのエージェントが確認", "氏名は画面と同じです", "生年月日は画面と同じです"} {
		waitText(t, console, "#extra-result", want)
	}
	state(t, console, "counter-number")
	do(t, console, click("#certificate-check"))
	waitText(t, console, "#extra-result", "電子証明書は有効期限内です")
	do(t, console, click("#oqs-compare"))
	for _, want := range []string{"番号は画面と同じです", "生年月日は画面とちがいます", "負担割合はくらべられません"} {
		waitText(t, console, "#extra-result", want)
	}
	// The answer does not say whether it is valid: that stands above the items and in the place of the green
	// verdict.
	waitText(t, console, "#verdict .unsure h3", "資格が有効かどうか、オンライン資格確認の結果からわかりません")
	first := eval[string](t, console, `document.getElementById("extra-result").firstElementChild.className`)
	if first != "verdict-box small unsure" {
		t.Errorf("the result begins with %q", first)
	}
	do(t, console, click("#cancel"))
	if left := eval[string](t, console, `document.getElementById("extra-result").textContent`); left != "" {
		t.Errorf("the next patient would see %q", left)
	}
}
