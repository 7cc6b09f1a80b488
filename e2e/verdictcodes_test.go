package e2e

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/demotest"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/persontest"
	"madoguchi/message"
)

// driven notes which sentences of the catalogue a test has seen on the page.
type driven map[string]bool

var places = regexp.MustCompile(`\{[^}]*\}`)

// sees waits until an element's text holds the Japanese sentence of a key, whatever stands in its places, and
// its next step.
func (d driven) sees(t *testing.T, tab context.Context, selector, key string) {
	t.Helper()
	entry, ok := message.FindEntry(key)
	if !ok {
		t.Fatalf("the catalogue has no %s", key)
	}
	text := entry.Texts["ja"]
	var parts []string
	for _, part := range append(places.Split(text.Sentence, -1), places.Split(text.Next, -1)...) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	list, err := json.Marshal(parts)
	if err != nil {
		t.Fatal(err)
	}
	waitTrue(t, tab, `(e => {
		const said = e?.checkVisibility() ? e.innerText : e?.textContent; // what is folded is not drawn
		return !!said && `+string(list)+`.every(part => said.includes(part));
	})(document.querySelector(`+quote(selector)+`))`)
	d[key] = true
}

// all fails t for each key of the catalogue that begins so and was neither seen nor is known not to come to
// the page.
func (d driven) all(t *testing.T, apart map[string]string, prefixes ...string) {
	t.Helper()
	for _, entry := range message.Entries() {
		for _, prefix := range prefixes {
			if !strings.HasPrefix(entry.Key, prefix) {
				continue
			}
			switch why := apart[entry.Key]; {
			case d[entry.Key] && why != "":
				t.Errorf("%s was seen on the page, though %s", entry.Key, why)
			case !d[entry.Key] && why == "":
				t.Errorf("%s was never seen on the page", entry.Key)
			}
		}
	}
	for key, why := range apart {
		if _, ok := message.FindEntry(key); !ok || strings.TrimSpace(why) == "" {
			t.Errorf("%s is no key, or there is no reason: %q", key, why)
		}
	}
}

// lampsSay waits until the three lamps say the words of the catalogue.
func lampsSay(t *testing.T, tab context.Context, words ...string) {
	t.Helper()
	for i, lamp := range []string{"#lamp-screen", "#lamp-card", "#lamp-face"} {
		text := message.New(words[i], message.Args{"n": message.Text("")}).Sentence("ja")
		waitText(t, tab, lamp, text)
	}
}

// copies has the page's clipboard be window.copied.
func copies(t *testing.T, tab context.Context) {
	t.Helper()
	do(t, tab, script(`Object.defineProperty(navigator, "clipboard", {value: {
		writeText: async text => { window.copied = text }}})`))
}

// refusalStands fails t unless the case at hand is refused for good: its data are greyed and not to be
// copied, it cannot be accepted, and its headline is in view wherever staff scroll to. copies comes before.
func refusalStands(t *testing.T, tab context.Context) {
	t.Helper()
	waitTrue(t, tab, `document.getElementById("console").dataset.state === "refused" &&
		document.getElementById("record").disabled && !document.getElementById("copy").checkVisibility()`)
	do(t, tab, script(`window.copied = ""`), chromedp.KeyEvent(kb.F4))
	frames(t, tab)
	if got := eval[string](t, tab, `window.copied`); got != "" {
		t.Errorf("%q was copied", got)
	}
	if eval[bool](t, tab, `document.getElementById("shown").checkVisibility()`) {
		waitText(t, tab, "#problem", message.New("counter.copyRefused", nil).Sentence("ja"))
		if grey := eval[string](t, tab,
			`getComputedStyle(document.getElementById("p-name")).color`); grey != "rgb(107, 107, 107)" {
			t.Errorf("the name is %s", grey)
		}
	}
	for _, to := range []string{"document.body.scrollHeight", "0"} {
		do(t, tab, script(`document.activeElement.blur(); scrollTo(0, `+to+`)`))
		if bad := eval[string](t, tab, verdictSeen); bad != "" {
			t.Errorf("scrolled to %s: %s", to, bad)
		}
	}
}

// signsBody signs any payload as a SMART Health Card (docs/facts/smart-health-card.md).
func signsBody(t *testing.T, key credential.Key, body string) string {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	head := fmt.Sprintf(`{"zip":"DEF","alg":"ES256","kid":%q}`, key.ID)
	input := base64.RawURLEncoding.EncodeToString([]byte(head)) + "." +
		base64.RawURLEncoding.EncodeToString(packed.Bytes())
	signature, err := key.Sign(input)
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + signature
}

// screens makes what a patient may show.
type screens struct {
	t    *testing.T
	data string
}

// of is a code of the demo's insurer, made some time ago: of 髙橋 德一 unless change says otherwise.
func (s screens) of(ago time.Duration, change ...func(*credential.Request)) string {
	s.t.Helper()
	r := credential.Request{
		Tier:        credential.TierLive,
		InsurerName: "架空市",
		Share:       20,
		Person:      persontest.Tokuichi(),
	}
	for _, c := range change {
		c(&r)
	}
	made, err := credential.Issue(demotest.ISS, demotest.Key(s.t, s.data), r, time.Now().Add(-ago))
	if err != nil {
		s.t.Fatal(err)
	}
	return made.JWS
}

// by is a live screen that somebody else's key signs.
func (s screens) by(iss string) string {
	s.t.Helper()
	made, err := credential.Issue(iss, issuertest.NewKey(s.t), credential.Request{
		Tier:        credential.TierLive,
		InsurerName: "架空健康保険組合",
		Share:       30,
		Person: eligibility.Person{
			Insurer:   "06139992",
			Number:    "567",
			Name:      "試験 花子",
			BirthDate: eligibility.MustDate("1988-11-30"),
		},
	}, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return made.JWS
}

func away(holder credential.Key) func(*credential.Request) {
	return func(r *credential.Request) {
		r.Tier, r.DeviceKeyID = credential.TierOffline, credential.DeviceKeyID(holder.Public())
	}
}

func saved(expires time.Time) func(*credential.Request) {
	return func(r *credential.Request) {
		r.Tier, r.RID, r.Expires = credential.TierSaved, 4711, expires
	}
}

// ofAnother has the screen be of an insurer that its signer may not speak for.
func ofAnother(r *credential.Request) { r.Person.Insurer = "01139997" }

// notOnThePage are the sentences of package credential that the console cannot come to say, each with why.
var notOnThePage = func() map[string]string {
	const (
		byCommand = "only the command verify goes without a trust list"
		signers   = "only the command verify is given certificates that signers are judged by"
		several   = "the server opens no case then (scan.pdf_several)"
		many      = "it takes more pictures than a PDF of 4 MB should be made to have for a test"
		again     = "the server asks for another scan before there is a case (scan.incomplete)"
	)
	return map[string]string{
		"verdict.issuer.not_checked":      byCommand,
		"verdict.issuer.passed_by_keys":   byCommand,
		"verdict.insurer.not_checked":     byCommand,
		"verdict.signature.damaged":       again,
		"verdict.headline.scan_again":     again,
		"verdict.pictures":                many,
		"verdict.match.failed_several":    several,
		"verdict.document.signer_expired": signers,
		"verdict.document.signer_unknown": signers,
		"verdict.document.passed":         signers,
	}
}()
