package e2e

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"madoguchi/credential"
	"madoguchi/internal/demotest"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/phonetest"
	"madoguchi/message"
)

// told is an answer of the server's for lab's "members", for verdicts that depend on its clock or on how old
// its lists are: a check with its result, under a headline.
func told(t *testing.T, headline, name, result string, check message.Message) string {
	t.Helper()
	type sentence map[string]any
	of := func(m message.Message) sentence {
		return sentence{"ja": m.Text("ja"), "en": m.Text("en")}
	}
	line := of(check)
	line["name"], line["result"] = name, result
	verdict := map[string]any{
		"valid": headline == "genuine", "awaits": false, "tier": "pdf", "issuedAt": nil,
		"headline": of(message.New("verdict.headline."+headline, nil)), "next": of(check),
		"checks": []sentence{line},
	}
	members := map[string]any{"/counter/cases": map[string]any{"verdict": verdict,
		"acceptable": headline == "genuine"}}
	text, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every verdict of package credential is driven through the page: its sentence with the next step is seen
// there, the lamp says what the screen is worth, and a refusal stands.
func TestEveryVerdictOfAScreenIsSeenOnThePage(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	console := staffOpens(t, base, "")
	inLab(t, console)
	do(t, console, chromedp.Navigate(base+"/counter"))
	waitTrue(t, console, programStarted)
	resize(t, console, 1280, 900)
	copies(t, console)
	expects(t, console, `status of 422 .*/api/v1/counter/cases`, "a code of which a part is missing")
	seen := driven{}
	holder, stranger := issuertest.NewKey(t), issuertest.NewKey(t)
	key := demotest.Key(t, data)
	const genuine, awaits, refused, again = "lampGenuine", "lampSecond", "lampUnusable", "lampAgain"
	clock := func(headline, key string, skew time.Duration) func(t *testing.T) string {
		return func(t *testing.T) string {
			off := credential.ClockSkewMessage(skew)
			if nested, ok := off.Args["error"]; ok && key != "verdict.clock.set" {
				off = message.New(key, message.Args{"error": nested})
			}
			return told(t, headline, "clock", "failed", off)
		}
	}
	for _, row := range []struct {
		name  string
		scan  func(s screens) string
		told  func(t *testing.T) string
		lamp  string
		heads string   // of verdict.headline
		open  []string // below verdict: what stands in full
		fold  []string // below verdict: what passed
	}{
		{name: "genuine", scan: func(s screens) string { return s.of(0) }, lamp: genuine, heads: "genuine",
			fold: []string{"form.passed", "signature.passed", "issuer.passed", "content.passed",
				"insurer.passed", "time.passed"}, open: []string{"revocation.not_needed"}},
		{name: "of no known form", scan: func(s screens) string {
			jws := s.of(0) // {"alg":"none"}
			return "eyJhbGciOiJub25lIn0" + jws[strings.Index(jws, "."):]
		}, lamp: refused, heads: "unverifiable", open: []string{"form.failed"}},
		{name: "altered", scan: func(s screens) string { return altered(s.t, s.of(0)) }, lamp: refused,
			heads: "unverifiable", open: []string{"signature.failed"}},
		{name: "an issuer that is not on the list", scan: func(s screens) string {
			return s.by("https://hoken.example.jp/i/06139992")
		}, lamp: refused, heads: "unverifiable", open: []string{"issuer.failed", "signature.not_checked"}},
		{name: "signed, but no eligibility", scan: func(s screens) string {
			return signsBody(s.t, key, `{"iss":"`+demotest.ISS+`","nbf":1795309170,"vc":{"type":[]}}`)
		}, lamp: refused, heads: "unverifiable", open: []string{"content.failed"}},
		{name: "another insurer's number", scan: func(s screens) string { return s.of(0, ofAnother) },
			lamp: refused, heads: "unverifiable", open: []string{"insurer.failed"}},
		{name: "too old", scan: func(s screens) string { return s.of(5 * time.Minute) }, lamp: refused,
			heads: "too_old", open: []string{"time.failed"}},
		{name: "of yesterday", scan: func(s screens) string { return s.of(25*time.Hour, away(holder)) },
			lamp: refused, heads: "too_old", open: []string{"time.failed_screen"}},
		{name: "of a clock that is ahead", scan: func(s screens) string { return s.of(-10 * time.Minute) },
			lamp: refused, heads: "clocks_disagree", open: []string{"time.failed_future"}},
		{name: "a saved copy", scan: func(s screens) string {
			return s.of(0, saved(credential.LatestEnd(time.Now())))
		}, lamp: genuine, heads: "copy_genuine", fold: []string{"revocation.passed"}},
		{name: "a saved copy that is over", scan: func(s screens) string {
			long := 100 * 24 * time.Hour
			return s.of(long, saved(time.Now().Add(30*24*time.Hour-long)))
		}, lamp: refused, heads: "copy_expired", open: []string{"time.failed_copy"}},
		{name: "a saved copy of another insurer's number", scan: func(s screens) string {
			return s.of(0, saved(credential.LatestEnd(time.Now())), ofAnother)
		}, lamp: refused, heads: "copy_unverifiable", open: []string{"insurer.failed"}},
		{name: "a screen without network", scan: func(s screens) string { return s.of(0, away(holder)) },
			lamp: awaits, heads: "scan_second", open: []string{"holder.not_checked"}},
		{name: "a copy that was revoked", told: func(t *testing.T) string {
			return told(t, "copy_revoked", "revocation", "failed",
				message.New("verdict.revocation.failed", nil))
		}, lamp: refused, heads: "copy_revoked", open: []string{"revocation.failed"}},
		{name: "a copy, no status list", told: func(t *testing.T) string {
			return told(t, "genuine", "revocation", "not checked",
				message.New("verdict.revocation.not_checked", nil))
		}, lamp: genuine, heads: "genuine", open: []string{"revocation.not_checked"}},
		{name: "a copy, an old status list", told: func(t *testing.T) string {
			return told(t, "genuine", "revocation", "not checked",
				message.New("verdict.revocation.not_checked_old",
					message.Args{"day": message.Day(2026, 11, 1)}))
		}, lamp: genuine, heads: "genuine", open: []string{"revocation.not_checked_old"}},
		{name: "a trust list that has ended", told: func(t *testing.T) string {
			return told(t, "genuine", "issuer", "passed", message.New("verdict.issuer.passed_stale", nil))
		}, lamp: genuine, heads: "genuine", fold: []string{"issuer.passed_stale"}},
		{name: "a trust list that ended long ago", told: func(t *testing.T) string {
			return told(t, "open", "issuer", "not checked",
				message.New("verdict.issuer.not_checked_overdue", nil))
		}, lamp: again, heads: "open", open: []string{"issuer.not_checked_overdue"}},
		{name: "a time that cannot be judged", told: func(t *testing.T) string {
			return told(t, "open", "time", "not checked", message.New("verdict.time.not_checked", nil))
		}, lamp: again, heads: "open", open: []string{"time.not_checked"}},
		{name: "a clock hours off", told: clock("set_clock", "verdict.clock.set", 3*time.Hour), lamp: again,
			heads: "set_clock", open: []string{"clock.set", "clock.hours", "clock.fast"}},
		{name: "a clock minutes off", told: clock("set_clock", "verdict.clock.again", -4*time.Minute),
			lamp: again, heads: "set_clock", open: []string{"clock.again", "clock.minutes", "clock.slow"}},
		{name: "a clock that is allowed for", told: func(t *testing.T) string {
			off := message.Nested(credential.ClockSkewMessage(40 * time.Second))
			return told(t, "genuine", "clock", "not checked",
				message.New("verdict.clock.allowed", message.Args{"error": off}))
		}, lamp: genuine, heads: "genuine", open: []string{"clock.allowed", "clock.seconds"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := screens{t, data}
			do(t, console, click("#cancel"))
			if row.told != nil {
				set(t, console, "members", row.told(t))
				defer set(t, console, "members", "null")
				row.scan = func(s screens) string { return s.of(0) }
			}
			paste(t, console, credential.NumericQR(row.scan(s)))
			seen.sees(t, console, "#verdict h3", "verdict.headline."+row.heads)
			for _, key := range row.open {
				seen.sees(t, console, "#checks", "verdict."+key)
			}
			for _, key := range row.fold {
				seen.sees(t, console, "#passed-checks", "verdict."+key)
			}
			lampsSay(t, console, "counter."+row.lamp, "counter.lampNoReader", "counter.lampOpen")
			if row.lamp == refused {
				refusalStands(t, console)
			}
		})
	}

	t.Run("the second code", func(t *testing.T) {
		secondCodes(t, seen, console, screens{t, data}, [2]credential.Key{holder, stranger})
	})
	t.Run("the PDF around a code", func(t *testing.T) { pdfVerdicts(t, seen, console, screens{t, data}) })
	t.Run("a part is missing", func(t *testing.T) {
		do(t, console, click("#cancel"))
		jws := screens{t, data}.of(0)
		paste(t, console, jws[:len(jws)-20])
		seen.sees(t, console, "#problem", "scan.incomplete")
	})
	seen.all(t, notOnThePage, "verdict.")
}

// secondCodes drives each verdict of a holder's proof, by the phone's own key and a stranger's.
func secondCodes(t *testing.T, seen driven, console context.Context, s screens, keys [2]credential.Key) {
	screen := s.of(0, away(keys[0]))
	proof := func(jws string, of credential.Key, ago time.Duration, nonce string) string {
		text, err := phonetest.Proof(jws, of, time.Now().Add(-ago), nonce)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	do(t, console, click("#cancel"))
	paste(t, console, screen)
	seen.sees(t, console, "#verdict h3", "verdict.headline.scan_second")
	for _, c := range []struct{ text, key string }{
		{screen, "failed_form"},
		{proof(screen, keys[1], 0, ""), "failed_key"},
		{proof(s.of(time.Second, away(keys[0])), keys[0], 0, ""), "failed_card"},
		{proof(screen, keys[0], time.Minute, ""), "failed_old"},
		{proof(screen, keys[0], -time.Minute, ""), "failed_ahead"},
	} {
		enter(t, console, "#second-text", c.text)
		seen.sees(t, console, "#checks", "verdict.holder."+c.key)
		seen.sees(t, console, "#verdict h3", "verdict.headline.scan_second_again")
		waitTrue(t, console, `!document.getElementById("record").checkVisibility()`)
	}
	do(t, console, click("#challenge"), chromedp.WaitVisible("#challenge-number"))
	enter(t, console, "#second-text", proof(screen, keys[0], 0, ""))
	seen.sees(t, console, "#checks", "verdict.holder.failed_nonce")
	number := strings.TrimSpace(get(t, console, chromedp.Text("#challenge-number")))
	enter(t, console, "#second-text", proof(screen, keys[0], 0, number))
	seen.sees(t, console, "#passed-checks", "verdict.holder.passed")
	seen.sees(t, console, "#verdict h3", "verdict.headline.genuine")
}
