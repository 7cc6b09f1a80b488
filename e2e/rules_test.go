package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The written contract of methods, share, names and insurer, asked of the built program: exit codes, empty
// standard output on bad input, the fields by name.
func TestRuleCommandsKeepTheirContract(t *testing.T) {
	dir := t.TempDir()
	program := built(t, "./server", "madoguchi")
	file := filepath.Join(dir, "situation.json")
	methods := func(text string) (string, string, int) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return run(t, dir, program, nil, nil, "methods", "--json", file)
	}
	out, errs, code := methods(`{"day":"2026-11-22","brings":["card","portalScreen"],"card":{"reads":false}}`)
	var answer struct {
		Best    *string
		Methods []map[string]any
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil || code != 0 || answer.Best == nil ||
		*answer.Best != "P1" || len(answer.Methods) != 21 {
		t.Fatalf("%d %q %q %v", code, out, errs, err)
	}
	for _, field := range []string{"code", "accepted", "reason", "next", "medicalInformation", "limit",
		"source", "confidence"} {
		if _, ok := answer.Methods[5][field]; !ok {
			t.Errorf("the field %s is missing", field)
		}
	}
	if out, _, code := methods(`[]`); code != 0 || strings.TrimSpace(out) != "[]" {
		t.Errorf("no situations: %d %q", code, out)
	}
	if out, _, code := methods(`[{"day":"2026-11-22","brings":[]}]`); code != 0 ||
		!strings.HasPrefix(out, `[{"best":null,"next":"`) {
		t.Errorf("an array: %d %q", code, out)
	}
	for _, c := range []struct {
		text, field string
	}{
		{`{"day":"2026-11-31"}`, "day"},
		{`{"day":"2026-11-22","brings":["x"]}`, "brings[0]"},
		{`{"day":"2026-11-22","brings":["card"],"card":{"present":false}}`, "card.present, brings"},
		{`{`, ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			if out, errs, code := methods(c.text); code != 2 || out != "" ||
				!strings.HasPrefix(errs, c.field) {
				t.Errorf("%s: %d %q %q", c.text, code, out, errs)
			}
		})
	}
	for _, c := range []struct {
		args []string
		code int
		out  string
	}{
		{[]string{"methods", "--json", filepath.Join(dir, "none.json")}, 2, ""},
		{[]string{"share", "--birth-date", "1955-07-01", "--on", "2026-11-22", "--assigned", "30"}, 0,
			`{"percents":[30],"basis":"assigned","changesOn":"2030-07-01","then":[10,20,30],` +
				`"reviewOn":"2027-08-01"}`},
		{[]string{"share", "--birth-date", "1986-04-12", "--on", "2026-11-22"}, 0,
			`{"percents":[30],"basis":"age only","changesOn":"2056-05-01","then":[20,30],"reviewOn":null}`},
		{[]string{"share", "--birth-date", "不詳", "--on", "2026-11-22"}, 0,
			`{"percents":[10,20,30],"basis":"age only","changesOn":null,"then":null,"reviewOn":null,` +
				`"warning":"生年月日の一部が不詳なので、可能な割合をすべて挙げています。",` +
				`"en":{"warning":"The date of birth is partly unknown, ` +
				`so all possible shares are listed."},` +
				`"messages":{"warning":[{"key":"hint.birth_date_partial"}]}}`},
		{[]string{"share", "--birth-date", "1956", "--on", "2026-11-22"}, 0,
			`{"percents":[20,30],"basis":"age only","changesOn":"2027-01-01","then":[20,30],` +
				`"reviewOn":"2027-08-01",` +
				`"warning":"生年月日の一部が不詳なので、可能な割合をすべて挙げています。",` +
				`"en":{"warning":"The date of birth is partly unknown, ` +
				`so all possible shares are listed."},` +
				`"messages":{"warning":[{"key":"hint.birth_date_partial"}]}}`},
		{[]string{"share", "--birth-date", "1955-02-30", "--on", "2026-11-22"}, 2, ""},
		{[]string{"share", "--birth-date", "1955-07-01", "--on", "2026-11"}, 2, ""},
		{[]string{"share", "--birth-date", "1955-07-01", "--on", "1955-06-30"}, 2, ""},
		{[]string{"share", "--birth-date", "1955-07-01", "--on", "2026-11-22", "--assigned", "25"}, 2, ""},
		{[]string{"share", "--birth-date", "1955-07-01", "--on", "2026-11-22", "--insurer", "1"}, 2, ""},
		{[]string{"share", "--birth-date", "1955-07-01", "--on", "2026-11-22", "--assigned", "0"}, 2, ""},
		{[]string{"share", "--birth-date", "1955-07-01", "--on", "2026-11-22", "--assigned=-10"}, 2, ""},
		// 医療扶助 is a public expense (生活保護法15条; docs/facts/insurer-numbers.md#system-numbers), no insurer.
		{[]string{"share", "--birth-date", "1955-07-01", "--on", "2026-11-22", "--insurer", "12130001"}, 2,
			""},
		{[]string{"share", "--birth-date", "1955-07-01", "--on", "2026-11-22", "--insurer", "80130123"}, 2,
			""},
		// 健康保険法74条: a pupil pays 3割. 高確法50条: from the 75th birthday on another insurer assigns.
		{[]string{"share", "--birth-date", "1986-04-12", "--on", "2026-11-22", "--assigned", "10"}, 0,
			`{"percents":[10],"basis":"assigned","changesOn":"2056-05-01","then":[20,30],"reviewOn":null,` +
				`"warning":"1割は、この年齢で決まる負担割合（3割）と違います。保険者に確かめてください。",` +
				`"en":{"warning":"10% is not the share that follows from this age (30%). ` +
				`Ask the insurer."},` +
				`"messages":{"warning":[{"key":"hint.share_differs",` +
				`"args":{"assigned":{"ja":"1割","en":"10%"},"possible":{"ja":"3割","en":"30%"}}}]}}`},
		{[]string{"share", "--birth-date", "1951-11-22", "--on", "2026-11-22", "--assigned", "20",
			"--insurer", "138990"}, 0,
			`{"percents":[20],"basis":"assigned","changesOn":null,"then":null,"reviewOn":"2027-08-01",` +
				`"warning":"75歳の誕生日から後期高齢者医療に移るので、この保険者の負担割合は使えません。",` +
				`"en":{"warning":"From the 75th birthday on, 後期高齢者医療 is in charge, ` +
				`so this insurer's share does not apply."},` +
				`"messages":{"warning":[{"key":"question.moved"}]}}`},
		{[]string{"names", "髙橋", "高橋", "--json"}, 0,
			`{"match":"variant","differences":[{"index":0,"a":"髙","b":"高","kind":"variant"}]}`},
		{[]string{"names", "", "高橋", "--json"}, 2, ""},
		{[]string{"insurer", "138990", "--json"}, 0,
			`{"valid":true,"normalised":"00138990","paper":"138990","kind":"国民健康保険","prefecture":"東京都"}`},
		{[]string{"insurer", "138991", "--json"}, 0,
			`{"valid":false,"normalised":null,"paper":null,"kind":null,"prefecture":null,` +
				`"reason":"保険者番号が正しくありません。6桁か8桁の数字を、紙のとおりに入れ直してください。",` +
				`"en":{"reason":"This is not an insurer number. ` +
				`Enter the six or eight digits as they stand on the paper."},` +
				`"messages":{"reason":[{"key":"insurer.number"}]}}`},
		// 高齢者医療確保法 50条: nobody of 30, or of 64, is with 後期高齢者医療; perhaps 65 is asked. JIS X 0401 ends at 47.
		{[]string{"share", "--birth-date", "1996-01-01", "--on", "2026-11-22", "--insurer", "39139993"}, 2,
			""},
		{[]string{"share", "--birth-date", "1961-11-23", "--on", "2026-11-22", "--insurer", "39139993"}, 2,
			""},
		{[]string{"share", "--birth-date", "1961", "--on", "2026-11-22", "--insurer", "39139993"}, 0,
			`{"percents":[10,20,30],"basis":"age only","changesOn":null,"then":null,` +
				`"reviewOn":"2027-08-01",` +
				`"warning":"生年月日の一部が不詳で、65歳になっていなければ後期高齢者医療ではありません。65歳になっているか本人に確かめてください。",` +
				`"en":{"warning":"The date of birth is partly unknown; below 65 nobody is with 後期高齢者医療. ` +
				`Ask the person whether they are 65."},` +
				`"messages":{"warning":[{"key":"question.may_be_young"}]}}`},
		{[]string{"insurer", "33999996"}, 0,
			`{"valid":true,"normalised":"33999996","paper":"33999996","kind":"警察共済組合","prefecture":null,` +
				`"note":"都道府県番号99の都道府県はありません（01から47）。写しまちがいでないか、紙を見直してください。",` +
				`"en":{"note":"There is no prefecture 99 (01 to 47). ` +
				`Look at the paper again: the number may be misread."},` +
				`"messages":{"note":[{"key":"hint.prefecture","args":{"code":"99"}}]}}`},
		{[]string{"methods"}, 2, ""},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			out, errs, code := run(t, dir, program, nil, nil, c.args...)
			if code != c.code || strings.TrimSpace(out) != c.out || code != 0 && errs == "" {
				t.Errorf("%q: %d %q %q", c.args, code, out, errs)
			}
		})
	}
	if _, errs, _ := run(t, dir, program, nil, nil, "share", "--birth-date", "1955-07-01", "--on",
		"1955-06-30"); !strings.HasPrefix(errs, "--on, --birth-date: ") {
		t.Errorf("care before birth: %q", errs)
	}
	sheet := filepath.Join(dir, "sheet.pdf")
	if out, errs, code := run(t, dir, program, nil, nil, "cheatsheet", "--day", "2026-11-22", "--out",
		sheet); code != 0 || !strings.Contains(out, "令和8年12月22日") {
		t.Errorf("cheatsheet: %d %q %q", code, out, errs)
	}
	if data, err := os.ReadFile(sheet); err != nil {
		t.Errorf("cheatsheet: %v", err)
	} else if said := sheetText(t, data); !strings.Contains(said, "令和8年12月22日") {
		t.Errorf("the sheet says %q", said)
	}
}

// A receptionist taps three times, a patient looks at the staff's page and checks a day.
func TestRulePagesInTheBrowser(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	console := browser(t, 1280, 900, "")
	do(t, console, chromedp.Navigate(base+"/counter"), click(`button[value="鈴木"]`),
		chromedp.WaitVisible(`#scan-camera`), chromedp.Navigate(base+"/counter/methods"))
	for i, tap := range []string{"card=fails", "shows=insurerScreen", "place=usual"} {
		waitText(t, console, ".step", string(rune('1'+i))+" / 3")
		if i == 1 {
			state(t, console, "methods-question")
		}
		do(t, console, click(`.choices a[href*="`+tap+`"]`))
	}
	waitText(t, console, "#answer", "電子のお知らせ")
	state(t, console, "methods-answer")
	phone := browser(t, 390, 844, "")
	do(t, phone, chromedp.Navigate(base+"/reception"), chromedp.WaitVisible(".source-code"))
	waitText(t, phone, "main", "10割の理由になりません")
	state(t, phone, "reception")
}
