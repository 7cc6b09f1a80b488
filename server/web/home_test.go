package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// What waits is counted by the rules that runs go by (docs/print.md), on 2026-11-22: of people under 70 the
// registered get the notice and the others the certificate (対比表 対象者); a share changes on the first of the
// month after the 70th birthday (健康保険法 74条).
func TestTheFirstPageCountsWhatWaitsAndNamesNobody(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	const address = "/insurer?insurer=06139992"
	if page := h.page(t, address); !strings.Contains(page, `id="task-empty"`) {
		t.Error("an empty register is no task")
	}
	var file strings.Builder
	file.WriteString("番号,氏名,生年月日,マイナ保険証登録\n")
	for i := range 12 {
		born, card := "1986-04-12", "有"
		switch {
		case i < 4:
			card = "無"
		case i == 4:
			born = "1956-12-15" // 70 on December 15th: January 1st
		}
		fmt.Fprintf(&file, "%d,試験 第%d,%s,%s\n", 2000+i, i, born, card)
	}
	if _, err := h.insurer.Importer.Import(ctx, clerkOf("06139992"),
		strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	page := h.page(t, address)
	for id, n := range map[string]string{
		"task-notices":        "<b>8</b>人",
		"task-certificates":   "<b>4</b>人",
		"task-shares-notices": "<b>1</b>人",
	} {
		_, rest, found := strings.Cut(page, `id="`+id+`"`)
		task, _, _ := strings.Cut(rest, "</li>")
		if !found || !strings.Contains(task, n) {
			t.Errorf("%s: want %s in %q", id, n, task)
		}
	}
	for _, not := range []string{"試験 第", "task-refused", "task-stopped", "task-checks", "task-phones",
		"task-empty", "task-shares-certificates"} {
		if strings.Contains(page, not) {
			t.Errorf("the page holds %s", not)
		}
	}
	if !strings.Contains(page, "令和9年1月1日") || !strings.Contains(page, `id="calm"`) ||
		strings.Count(page, `class="button main"`) != 1 {
		t.Error("the day, the calm line or the one filled button is missing")
	}
	if looked := h.entries(t, "people.search"); len(looked) != 0 {
		t.Errorf("counting is no search: %v", looked)
	}
	plan, err := h.insurer.PrintJobs.PlanRun(ctx, clerkOf("06139992"), insurer.RunRequest{
		Kind:    insurer.NoticeRun,
		Options: insurer.RunOptions{Only: insurer.OnlyNew},
	})
	if err != nil || plan.Run.Total != 8 {
		t.Errorf("the run that the button plans has %d people, %v", plan.Run.Total, err)
	}
	if err := h.insurer.PrintJobs.StartRun(ctx, clerkOf("06139992"), plan); err != nil {
		t.Fatal(err)
	}
	if err := h.insurer.PrintJobs.Command(ctx, clerkOf("06139992"), plan.Run.ID,
		insurer.RunPaused); err != nil {
		t.Fatal(err)
	}
	if page := h.page(t, address); !strings.Contains(page, `id="task-stopped-`+plan.Run.ID) {
		t.Error("a run that stands still is no task")
	}
}

// The navigation stands on every page of a clerk, and names the page that is open.
func TestTheNavigationStaysOnEveryPageOfAClerk(t *testing.T) {
	h, r := clerksApp(t)
	for path, here := range map[string]string{
		"/insurer?insurer=00138990":                   "今日すること",
		"/insurer?insurer=00138990&q=1234":            "加入者",
		"/insurer/people/" + string(r.ID):             "加入者",
		"/insurer/runs":                               "まとめて印刷",
		"/insurer/statistics":                         "統計",
		"/insurer/settings":                           "紙の設定",
		"/insurer/revoke":                             "写しの取り消し",
		"/insurer/support":                            "画面の番号",
		"/insurer/people/" + string(r.ID) + "/notice": "加入者",
	} {
		page := h.page(t, path)
		_, nav, found := strings.Cut(page, `<nav class="office`)
		nav, _, _ = strings.Cut(nav, "</nav>")
		if !found || !strings.Contains(nav, `aria-current="page">`+here+"<") ||
			strings.Count(nav, "aria-current") != 1 {
			t.Errorf("%s: %s", path, nav)
		}
		if !strings.Contains(nav, "架空") {
			t.Errorf("%s: the insurer is not named", path)
		}
	}
	if page := h.page(t, "/insurer/staff"); strings.Contains(page, `class="office`) {
		t.Error("who is not signed in is led to a clerk's pages")
	}
}

// Three phones that show one person are worth a look; who they are is listed and audited when asked for.
func TestPeopleOfManyPhonesAreATask(t *testing.T) {
	h, r := clerksApp(t)
	for i := range insurer.ManyPhones {
		page := h.page(t, "/insurer?insurer=00138990")
		if strings.Contains(page, `id="task-phones"`) {
			t.Fatalf("%d phones are many", i)
		}
		h.grant(t, fmt.Sprintf("phone-%d", i))
	}
	if page := h.page(t, "/insurer?insurer=00138990"); !strings.Contains(page, `id="task-phones"`) {
		t.Error("three phones are not many")
	}
	page := h.page(t, "/insurer?insurer=00138990&show=phones")
	if !strings.Contains(page, "/insurer/people/"+string(r.ID)+`"`) {
		t.Error("the person is not listed")
	}
	if looked := h.entries(t, "people.search"); len(looked) != 1 ||
		looked[0] != "00138990 phones found=1 shown=1" {
		t.Errorf("%v", looked)
	}

	// Asked about, the person is no task any more, until there is another phone.
	w := h.form(t, "/insurer/people/"+string(r.ID)+"/phones/checked", nil)
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if page := h.page(t, w.Header().Get("Location")); !strings.Contains(page, `id="asked"`) ||
		!strings.Contains(page, `id="nobody"`) {
		t.Error("who was asked is still listed")
	}
	if page := h.page(t, "/insurer?insurer=00138990"); strings.Contains(page, `id="task-phones"`) {
		t.Error("who was asked is still a task")
	}
	if page := h.page(t, "/insurer/people/"+string(r.ID)); !strings.Contains(page, "スマホ（端末）を本人に確かめた") {
		t.Error("the person's record does not say who asked")
	}
	h.now = h.now.Add(time.Minute)
	h.grant(t, "phone-0") // logs in again
	if page := h.page(t, "/insurer?insurer=00138990"); strings.Contains(page, `id="task-phones"`) {
		t.Error("a phone that was asked about is a task again")
	}
	h.grant(t, "phone-new")
	if page := h.page(t, "/insurer?insurer=00138990"); !strings.Contains(page, `id="task-phones"`) {
		t.Error("another phone is no task")
	}
}

// grant lets a phone of 髙橋 德一's login show the person.
func (h *testApp) grant(t *testing.T, phone string) {
	t.Helper()
	grant := insurer.DeviceGrant{
		Subject:  "idp|tokuichi",
		DeviceID: phone,
		KeyID:    phone,
		Public:   []byte("key"),
		LoginAt:  h.now,
		At:       h.now,
	}
	e := audit.Entry{At: h.now, Actor: "patient", Action: "phone.holder"}
	if err := h.store.Devices.PutDeviceGrants(ctx, grant, e); err != nil {
		t.Fatal(err)
	}
}

// The names of a run that are to be looked at by hand are a task until a clerk has noted that they were, or
// seven days have gone; who and when stands on the run's page. The next run has its own.
func TestNamesToBeLookedAtAreTickedOff(t *testing.T) {
	h := newTestApp(t)
	h.town(t, "100,1,00,試験 〓郎,シケン タロウ,1986-04-12,2020-04-01,1000000,東京都架空区1,,,架空商店,有")
	home := func() string { return h.page(t, "/insurer?insurer=06139992") }
	run := func() string {
		id := h.started(t, url.Values{"run": {"notices"}, "whom": {"all"}, "order": {"number"}})
		h.over(t, id)
		return id
	}
	first := run()
	if !strings.Contains(home(), `id="task-checks-`+first) {
		t.Fatal("a name with an unreadable character is no task")
	}
	if page := h.page(t, "/insurer/runs/"+first); !strings.Contains(page, `id="check"`) {
		t.Error("it cannot be ticked off")
	}
	for range 2 { // the second press changes nothing
		if w := h.form(t, "/insurer/runs/"+first+"/checked", nil); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
	}
	if noted := h.entries(t, "run.checked"); len(noted) != 1 || noted[0] != first {
		t.Errorf("%v", noted)
	}
	page := h.page(t, "/insurer/runs/"+first)
	if strings.Contains(home(), "task-checks-") || strings.Contains(page, `id="check"`) ||
		!strings.Contains(page, "鈴木が確かめました") {
		t.Error("it is still a task, or nobody says who did it")
	}
	if second := run(); !strings.Contains(home(), `id="task-checks-`+second) {
		t.Error("the next run's names are no task")
	}
}
