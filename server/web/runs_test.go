package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
)

// town imports people of 架空健康保険組合 and signs a clerk in.
func (h *testApp) town(t *testing.T, rows ...string) {
	t.Helper()
	h.townOf(t, "06139992", rows...)
}

func (h *testApp) townOf(t *testing.T, number eligibility.InsurerNumber, rows ...string) {
	t.Helper()
	if _, err := h.insurer.Importer.Import(ctx, clerkOf(number),
		strings.NewReader(townHead+strings.Join(rows, "\n"))); err != nil {
		t.Fatal(err)
	}
	h.session(t, auth.Clerk, "鈴木", "{}")
}

// townHead are the columns of row.
const townHead = "記号,番号,枝番,氏名,氏名カナ,生年月日,資格取得年月日,郵便番号,住所,送付先住所,不開示,事業所名,マイナ保険証登録\n"

func row(i int, more string) string {
	return fmt.Sprintf(
		"%d,%d,00,試験 太郎,シケン タロウ,1986-04-12,2020-04-01,1000000,東京都架空区%d,%s",
		100+i%2,
		i,
		i,
		more,
	)
}

// over waits for a run's end.
func (h *testApp) over(t *testing.T, id string) insurer.PrintRun {
	t.Helper()
	return h.overOf(t, insurer.RunKey{Insurer: "06139992", ID: id})
}

func (h *testApp) overOf(t *testing.T, run insurer.RunKey) insurer.PrintRun {
	t.Helper()
	for range 200 {
		r, err := h.store.Runs.Run(ctx, run)
		if err != nil {
			t.Fatal(err)
		}
		if r.State != insurer.RunGoing {
			return r
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the run does not end")
	return insurer.PrintRun{}
}

var runAddress = regexp.MustCompile(`^/insurer/runs/([A-Z2-7]{10})$`)

// today is the day of the test's clock, as forms have it.
func (h *testApp) today() string { return eligibility.DateOf(h.now).String() }

func (h *testApp) started(t *testing.T, v url.Values) string {
	t.Helper()
	for field, usual := range map[string]string{"insurer": "06139992", "day": h.today(), "sheets": "no"} {
		if v.Get(field) == "" {
			v.Set(field, usual)
		}
	}
	w := h.form(t, "/insurer/runs", v)
	m := runAddress.FindStringSubmatch(w.Header().Get("Location"))
	if w.Code != http.StatusSeeOther || m == nil {
		t.Fatal(w.Code, w.Header(), w.Body)
	}
	return m[1]
}

// waiting starts a run of notices that nobody works on yet.
func (h *testApp) waiting(t *testing.T, number eligibility.InsurerNumber) string {
	t.Helper()
	plan, err := h.insurer.PrintJobs.PlanRun(ctx, clerkOf(number),
		insurer.RunRequest{Kind: insurer.NoticeRun})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.insurer.PrintJobs.StartRun(ctx, clerkOf(number), plan); err != nil {
		t.Fatal(err)
	}
	return plan.Run.ID
}

func TestAClerkCountsPrintsAndFetchesARun(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"), row(2, ",,架空商店,有"), row(3, ",,架空商店,無"))
	choices := url.Values{
		"insurer": {"06139992"},
		"run":     {"notices"},
		"whom":    {"new"},
		"day":     {h.today()},
		"order":   {"number"},
		"sheets":  {"yes"},
	}
	plan := func(v url.Values) *httptest.ResponseRecorder {
		return h.ask(t, http.MethodGet, "/insurer/runs/new?"+v.Encode(), nil)
	}
	w := plan(choices)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `id="plan-total">2人`) ||
		!strings.Contains(w.Body.String(), "この紙を受け取らない人") {
		t.Fatal(w.Code, w.Body)
	}
	if runs, err := h.store.Runs.Runs(ctx, "06139992", 10); err != nil || len(runs) > 0 {
		t.Fatal("counting stored a run", runs, err)
	}
	id := h.started(t, choices)
	if r := h.over(t, id); r.State != insurer.RunDone || r.Done != 2 {
		t.Fatalf("%+v", r)
	}
	page := h.ask(t, http.MethodGet, "/insurer/runs/"+id, nil).Body.String()
	for _, want := range []string{"できました", "索引", "oshirase-06139992-" + id + "-001.pdf"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the run's page", want)
		}
	}
	file := h.ask(t, http.MethodGet, "/insurer/runs/"+id+"/files/oshirase-06139992-"+id+"-001.pdf", nil)
	if file.Code != http.StatusOK || !strings.HasPrefix(file.Body.String(), "%PDF-1.4") {
		t.Error(file.Code)
	}
	for _, name := range []string{"..%2Fdb", ".oshirase-06139992-" + id + ".lock", "oshirase-06139992-" + id +
		"-002.pdf"} {
		w := h.ask(t, http.MethodGet, "/insurer/runs/"+id+"/files/"+name, nil)
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	w = h.form(t, "/insurer/runs", choices) // nobody is new any more
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/insurer/runs/new?") {
		t.Error(w.Code, w.Header())
	}
	w = plan(choices)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "あてはまる人がいません") {
		t.Error(w.Code, w.Body)
	}
	choices.Set("run", "certificates")
	choices.Set("layout", "cards")
	w = plan(choices)
	if !strings.Contains(w.Body.String(), `id="plan-total">1人`) {
		t.Error("マイナ保険証の登録がない人 gets the certificate:", w.Body)
	}
	events := h.ask(t, http.MethodGet, "/insurer/runs/"+id+"/events", nil)
	if kind := events.Header().Get("Content-Type"); kind != "text/event-stream" ||
		!strings.Contains(events.Body.String(), `data: {"state":"done","done":2,"total":2`) {
		t.Error(kind, events.Body)
	}
}

// docs/facts/cards-and-certificates.md#withheld-data: 不開示 people are never printed to their own
// address; whom the rules give another paper is not printed at all.
func TestWithheldPeopleArePrintedOnlyToAnAddressOfTheirOwn(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",有,架空商店,有"), row(2, "別町9-9,有,架空商店,有"))
	id := h.started(
		t,
		url.Values{"run": {"certificates"}, "whom": {"all"}, "order": {"postcode"}, "layout": {"card"}},
	)
	if r := h.over(t, id); r.State != insurer.RunDone {
		t.Fatalf("%+v", r)
	}
	files, err := h.store.Runs.RunFiles(ctx, insurer.RunKey{Insurer: "06139992", ID: id})
	if err != nil || len(files) != 1 || files[0].People != 1 || files[0].Skipped != 1 {
		t.Errorf("%+v %v", files, err)
	}
	skipped := h.ask(
		t,
		http.MethodGet,
		"/insurer/runs/"+id+"/files/shikakukakuninsho-06139992-"+id+"-skipped.csv",
		nil,
	).Body.String()
	if !strings.Contains(skipped, "送付先がありません") || strings.Contains(skipped, "東京都") {
		t.Error(skipped)
	}
}

func TestRunsFilterByWhatChanged(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"), row(2, ",,架空商店,有"), row(3, ",,架空商店,有"))
	h.over(t, h.started(t, url.Values{"run": {"notices"}, "whom": {"all"}, "order": {"number"}}))
	h.now = h.now.Add(time.Hour)
	h.town(t, row(1, ",,別商店,有"), row(2, ",,架空商店,無"), row(3, ",,架空商店,有"), row(4, ",,架空商店,有"))
	total := func(kind insurer.PaperKind, o insurer.RunOptions, list ...string) int {
		t.Helper()
		plan, err := h.insurer.PrintJobs.PlanRun(ctx, clerkOf("06139992"),
			insurer.RunRequest{Kind: kind, Options: o, List: list})
		if err != nil && !strings.Contains(err.Error(), "Nobody") {
			t.Fatal(err)
		}
		return plan.Run.Total
	}
	for name, c := range map[string]struct{ got, want int }{
		"new":            {total(insurer.NoticeRun, insurer.RunOptions{Only: insurer.OnlyNew}), 1},
		"changed":        {total(insurer.NoticeRun, insurer.RunOptions{Only: insurer.OnlyChanged}), 1},
		"all":            {total(insurer.NoticeRun, insurer.RunOptions{}), 3},
		"dropped":        {total(insurer.CertificateRun, insurer.RunOptions{Dropped: true}), 1},
		"list by number": {total(insurer.NoticeRun, insurer.RunOptions{}, "0003", "９"), 1},
		"list by symbol": {total(insurer.NoticeRun, insurer.RunOptions{}, "101,1,00", "100,1"), 1},
		// 70 on 2056-04-12: the 1st of the month after
		"share on a day": {total(insurer.NoticeRun,
			insurer.RunOptions{ShareOn: eligibility.MustDate("2056-05-01")}), 3},
		"share another day": {total(insurer.NoticeRun,
			insurer.RunOptions{ShareOn: eligibility.MustDate("2056-05-02")}), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d people, not %d", name, c.got, c.want)
		}
	}
}

func TestARunIsPausedResumedAndCancelledFromThePage(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"))
	id := h.waiting(t, "06139992")
	command := func(name string) int { return h.form(t, "/insurer/runs/"+id+"/"+name, url.Values{}).Code }
	if code := command("pause"); code != http.StatusSeeOther || h.over(t, id).State != insurer.RunPaused {
		t.Fatal(code)
	}
	if page := h.ask(t, http.MethodGet, "/insurer/runs/"+id, nil).Body.String(); !strings.Contains(
		page,
		"続きを作る",
	) {
		t.Error(page)
	}
	if code := command("resume"); code != http.StatusSeeOther || h.over(t, id).State != insurer.RunDone {
		t.Fatal(code)
	}
	for _, name := range []string{"pause", "resume", "cancel"} {
		if code := command(name); code != http.StatusConflict {
			t.Errorf("%s of a run that is over: %d", name, code)
		}
	}
	if code := command("burn"); code != http.StatusNotFound {
		t.Error(code)
	}
	h.cookies = nil
	w := h.ask(t, http.MethodGet, "/insurer/runs/"+id+"/files/oshirase-06139992-"+id+"-index.csv", nil)
	if w.Code != http.StatusSeeOther {
		t.Error("a stranger fetched a file", w.Code)
	}
}

// What a server's end interrupts goes on at its next start.
func TestAServersOwnRunsGoOnAtItsNextStart(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"))
	id := h.waiting(t, "06139992")
	if err := h.runs.Resume(ctx); err != nil {
		t.Fatal(err)
	}
	h.runs.Wait()
	if r := h.over(t, id); r.State != insurer.RunDone {
		t.Errorf("%+v", r)
	}
}

// A file of thousands takes a while, and clerks import meanwhile: whose page shows what was registered before
// is printed with what changed, and nobody else is.
func TestWhoChangesWhileAFileIsMadeHasChangedSinceItWasPrinted(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"), row(2, ",,架空商店,有"))
	id := h.waiting(t, "06139992")
	imported := false
	run, err := h.insurer.PrintJobs.Print(ctx, clerkOf("06139992"), id, func(p printing.Progress) {
		if p.Reading && !imported { // the pages are written
			imported = true
			h.now = h.now.Add(time.Second)
			h.town(t, row(1, ",,別商店,有"), row(2, ",,架空商店,有"))
		}
	})
	if err != nil || run.State != insurer.RunDone || !imported {
		t.Fatalf("%+v %v", run, err)
	}
	changed := insurer.RunRequest{
		Kind:    insurer.NoticeRun,
		Options: insurer.RunOptions{Only: insurer.OnlyChanged},
	}
	plan, err := h.insurer.PrintJobs.PlanRun(ctx, clerkOf("06139992"), changed)
	if err != nil || plan.Run.Total != 1 {
		t.Errorf("%d people changed since, of one: %v", plan.Run.Total, err)
	}
}
