package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/insurer"
)

var (
	formField   = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	formAction  = regexp.MustCompile(`<form method="(get|post)"\s+action="(/insurer/runs[^"]*)"`)
	askedFor    = regexp.MustCompile(`name="asked" value="([^"]+)"`)
	backAddress = regexp.MustCompile(`id="before" href="([^"]+)"`)
)

// answers sends the form of a page of the questions as a browser without the program does, and returns the
// page that comes of it, and its address.
func (h *testApp) answers(t *testing.T, page, name, value string) (next, address string) {
	t.Helper()
	form := url.Values{name: {value}}
	for _, field := range formField.FindAllStringSubmatch(page, -1) {
		form.Set(field[1], html.UnescapeString(field[2]))
	}
	sent := formAction.FindStringSubmatch(page)
	if sent == nil {
		t.Fatalf("no form: %s", page)
	}
	if sent[1] == "post" {
		w := h.form(t, sent[2], form)
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		address = w.Header().Get("Location")
	} else {
		address = sent[2] + "?" + form.Encode()
	}
	return h.page(t, address), address
}

// Without the page's program: a question a page, each with a way back that keeps what was answered; a list of
// numbers stands in no address; the plan repeats every choice, each leads to its question, and nothing is
// made before the yes.
func TestARunIsAskedForOneQuestionAPage(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,無"), row(2, ",,架空商店,無"), row(3, ",,架空商店,有"))
	page := h.page(t, "/insurer/runs/new?insurer=06139992")
	var address string
	for _, step := range []struct{ asks, answer string }{
		{"run", "certificates"},
		{"whom", "list"},
		{"list", "0001\n3\n99"},
		{"day", "2026-12-01"},
		{"order", "number"},
		{"sheets", "yes"},
		{"layout", "card"},
	} {
		if asked := askedFor.FindStringSubmatch(page); step.asks != "list" &&
			(asked == nil || asked[1] != step.asks) {
			t.Fatalf("asked for %s, not %s", asked, step.asks)
		}
		if strings.Count(page, `class="button main"`) != 1 {
			t.Errorf("%s: not one filled button", step.asks)
		}
		page, address = h.answers(t, page, step.asks, step.answer)
		if strings.Contains(address, "0001") {
			t.Errorf("a number stands in the address: %s", address)
		}
	}
	_, choices, _ := strings.Cut(page, `id="choices">`)
	choices, _, _ = strings.Cut(choices, "</dl>")
	for _, want := range []string{"資格確認書", "番号の一覧の人", "3行", "令和8年12月1日", "記号・番号・枝番の順", "はい",
		"カード（1枚ずつ）", "5,000人"} {
		if !strings.Contains(choices, want) {
			t.Errorf("the plan lacks %q: %s", want, choices)
		}
	}
	if n := strings.Count(choices, "変える"); n != 8 {
		t.Errorf("%d choices can be changed", n)
	}
	for _, want := range []string{`id="plan-total">1人`, "<li>99</li>", "1人分作ります"} {
		if !strings.Contains(page, want) {
			t.Errorf("the plan lacks %q", want)
		}
	}
	if runs, err := h.store.Runs.Runs(ctx, "06139992", 10); err != nil || len(runs) > 0 {
		t.Error("something was made before the yes", runs, err)
	}
	again := h.page(t, address+"&ask=list")
	if !strings.Contains(again, ">0001\n3\n99</textarea>") {
		t.Error("the list is not there to be changed")
	}
	page, address = h.answers(t, again, "list", "1\n2")
	if !strings.Contains(page, `id="plan-total">2人`) || !strings.Contains(page, "令和8年12月1日") {
		t.Error("changing one choice asks for others again, or changes nothing")
	}
	back := backAddress.FindStringSubmatch(h.page(t, address+"&ask=order"))
	if back == nil || !strings.Contains(back[1], "ask=day") {
		t.Errorf("back: %q", back)
	}
	h.now = h.now.Add(insurer.PreviewLife + time.Minute)
	h.cookies = nil
	h.session(t, auth.Clerk, "鈴木", "{}")
	if w := h.ask(t, "GET", address, nil); w.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(w.Body.String(), "30分") {
		t.Errorf("a list that ended: %d", w.Code)
	}
}

// What cannot be is asked for again, with why.
func TestAnAnswerThatCannotBeIsAskedForAgain(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"))
	all := url.Values{"insurer": {"06139992"}, "run": {"notices"}, "whom": {"all"}, "day": {h.today()},
		"order": {"postcode"}}
	for name, c := range map[string]struct{ field, value, why string }{
		"no paper":            {"run", "", "1つえらんでください"},
		"no such paper":       {"run", "poster", "1つえらんでください"},
		"nobody":              {"whom", "", "1つえらんでください"},
		"dropped, of notices": {"whom", "dropped", "1つえらんでください"},
		"no day":              {"day", "2026-02-30", "日付を正しく"},
		"no number":           {"perFile", "many", "20"},
		"too many":            {"perFile", "20001", "20"},
	} {
		t.Run(name, func(t *testing.T) {
			v := url.Values{"asked": {c.field}}
			for field, values := range all {
				v[field] = values
			}
			v.Set(c.field, c.value)
			w := h.ask(t, "GET", "/insurer/runs/new?"+v.Encode(), nil)
			_, alert, _ := strings.Cut(w.Body.String(), `role="alert"`)
			alert, _, _ = strings.Cut(alert, "</div>")
			asked := askedFor.FindStringSubmatch(w.Body.String())
			if w.Code != http.StatusUnprocessableEntity || asked == nil || asked[1] != c.field ||
				!strings.Contains(alert, c.why) {
				t.Errorf("%d %q %s", w.Code, asked, alert)
			}
			v.Del("asked")
			w = h.form(t, "/insurer/runs", v)
			if w.Code != http.StatusSeeOther ||
				!strings.HasPrefix(w.Header().Get("Location"), "/insurer/runs/new?") {
				t.Errorf("begun: %d", w.Code)
			}
		})
	}
	for _, list := range []string{"", "0077\n123456789018"} {
		v := url.Values{"insurer": {"06139992"}, "run": {"notices"}, "whom": {"list"}, "list": {list}}
		w := h.form(t, "/insurer/runs/new", v)
		if w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "123456789018") ||
			list != "" && !strings.Contains(w.Body.String(), "0077") {
			t.Errorf("%q: %d %s", list, w.Code, w.Body)
		}
	}
}

// After an import the papers are for who is new with this file alone: people who are in the register already
// and have none are not in it. The count beside the button is the plan's.
func TestPapersAfterAnImportAreForTheNewPeopleOfTheFile(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"), row(2, ",,架空商店,無")) // by the command, without a paper
	const head = "記号,番号,枝番,氏名,氏名カナ,生年月日,資格取得年月日,郵便番号,住所,送付先住所,不開示,事業所名,マイナ保険証登録\n"
	at := h.sent(t, head+strings.Join([]string{row(1, ",,別商店,有"), row(3, ",,架空商店,有"),
		row(4, ",,架空商店,有"), row(5, ",,架空商店,無")}, "\n"))
	if w := h.form(t, at+"/store", url.Values{"seen": {"3 1 0"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	page := h.page(t, at)
	for _, want := range []string{"新しい2人のお知らせを作る", "新しい1人の資格確認書を作る"} {
		if !strings.Contains(page, want) {
			t.Errorf("the result lacks %q", want)
		}
	}
	_, next, _ := strings.Cut(page, `id="next-notices"`)
	link := regexp.MustCompile(`href="([^"]+)"`).FindStringSubmatch(next)
	if link == nil {
		t.Fatal(page)
	}
	plan := h.page(t, html.UnescapeString(link[1]))
	for _, want := range []string{`id="plan-total">2人`, "読み込んだファイルで新しく入った人"} {
		if !strings.Contains(plan, want) {
			t.Errorf("the plan lacks %q", want)
		}
	}
	// A later file changes one of them, who stays new with the first.
	h.now = h.now.Add(time.Minute)
	later := h.sent(t, head+row(3, ",,別商店,有"))
	if w := h.form(t, later+"/store", url.Values{"seen": {"0 1 0"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if page := h.page(t, later); strings.Contains(page, `id="next-`) {
		t.Error("a file without new people leads to papers")
	}
	w := h.form(t, "/insurer/runs", url.Values{"insurer": {"06139992"}, "run": {"notices"}, "whom": {"file"},
		"file": {strings.TrimPrefix(at, "/insurer/imports/")}, "day": {h.today()}, "order": {"postcode"}})
	m := runAddress.FindStringSubmatch(w.Header().Get("Location"))
	if m == nil {
		t.Fatal(w.Code, w.Header())
	}
	if r := h.over(t, m[1]); r.State != insurer.RunDone || r.Done != 2 {
		t.Errorf("%+v", r)
	}
	if page := h.page(t, at); strings.Contains(page, "お知らせを作る") ||
		!strings.Contains(page, "新しい1人の資格確認書を作る") {
		t.Error("who has the paper now is still waiting for it")
	}
}

// A second press while the first is on its way (a slow net, an impatient hand), or the form sent again by the
// browser, is the same yes: of two runs everybody would get two papers.
func TestAPlanThatIsSentTwiceIsOneRun(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"), row(2, ",,架空商店,有"))
	choices := url.Values{"insurer": {"06139992"}, "run": {"notices"}, "whom": {"new"}, "day": {h.today()},
		"order": {"postcode"}, "sheets": {"no"}}
	page := h.page(t, "/insurer/runs/new?"+choices.Encode())
	form := url.Values{"insurer": {"06139992"}}
	for _, field := range formField.FindAllStringSubmatch(page, -1) {
		form.Set(field[1], html.UnescapeString(field[2]))
	}
	var led [4]string
	var presses sync.WaitGroup
	for i := range 2 { // at once
		presses.Go(func() { led[i] = h.form(t, "/insurer/runs", form).Header().Get("Location") })
	}
	presses.Wait()
	led[2] = h.form(t, "/insurer/runs", form).Header().Get("Location")
	runs, err := h.store.Runs.Runs(ctx, "06139992", 10)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	h.over(t, runs[0].ID)
	led[3] = h.form(t, "/insurer/runs", form).Header().Get("Location") // nobody is new by now
	for i, at := range led {
		if at != "/insurer/runs/"+runs[0].ID && !(i < 2 && strings.HasPrefix(at, "/insurer/runs?")) {
			t.Errorf("press %d leads to %q", i+1, at)
		}
	}
	// the next plan is another
	choices.Set("whom", "all")
	if again := h.page(t, "/insurer/runs/new?"+choices.Encode()); strings.Contains(again, runs[0].ID) {
		t.Error("a second plan names the first one's run")
	}
	for _, name := range []string{"", "short", "../../../aaa", strings.Repeat("A", 11)} { // no name of a run
		form.Set("whom", "all")
		form.Set("as", name)
		if at := h.form(t, "/insurer/runs", form).Header().Get("Location"); !runAddress.MatchString(at) {
			t.Errorf("%q leads to %q", name, at)
		}
	}
}
