package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"madoguchi/auth"
)

// A file splits into what it does to the register: new, changed with before and after, refused with the name
// and a field for each cell that is wrong, and who is not in it. Mended rows are tried again, before the yes
// and after it.
func TestAFilesRefusedRowsAreMendedOnTheSpot(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	const heading = "番号,氏名,生年月日,住所\n"
	first := h.sent(t, heading+"1,試験 一,1986-04-12,架空市旧町1\n2,試験 二,1986-04-12,架空市旧町2\n")
	if w := h.form(t, first+"/store", url.Values{"seen": {"2 0 0"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	at := h.sent(t, heading+"1,試験 一,1986-04-12,架空市新町9\n3,試験 三,1986-04-31,\n"+
		"4,試験 四,1986-13-01,\n5,試験 五,1986-04-12,\n")
	page := h.page(t, at)
	for _, want := range []string{`id="count-new">1<`, `id="count-changed">1<`, `id="count-refused">2<`,
		`id="count-missing">1<`, "住所：架空市旧町1 → <b>架空市新町9</b>", "試験 二", "何もしません", "試験 三", "試験 四",
		`name="cell-3-2" value="1986-04-31"`, `name="cell-4-2" value="1986-13-01"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	mended := url.Values{"cell-3-2": {"1986-04-30"}, "cell-4-2": {"1986-13-01"}, "cell-x": {"1"}}
	w := h.form(t, at+"/mend", mended)
	next, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	if w.Code != http.StatusSeeOther || next == at {
		t.Fatalf("%d %s", w.Code, next)
	}
	if w := h.ask(t, "GET", at, nil); w.Code != http.StatusNotFound {
		t.Errorf("the file before it is still there: %d", w.Code)
	}
	page = h.page(t, next)
	for _, want := range []string{`id="count-new">2<`, `id="count-refused">1<`} {
		if !strings.Contains(page, want) {
			t.Errorf("the mended file's page lacks %q", want)
		}
	}
	if h.insured(t) != 2 {
		t.Error("trying again stored something")
	}
	if w := h.form(t, next+"/store", url.Values{"seen": {"2 1 0"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page = h.page(t, next)
	for _, want := range []string{"試験 四", `name="cell-4-2"`, "新しい2人のお知らせを作る", "<b>2</b>人"} {
		if !strings.Contains(page, want) {
			t.Errorf("the result's page lacks %q", want)
		}
	}
	home := h.page(t, "/insurer?insurer=06139992")
	if !strings.Contains(home, `id="task-refused"`) || !strings.Contains(home, next+"#refused") {
		t.Error("the row that is left is no task, or its button leads nowhere")
	}
	w = h.form(t, next+"/mend", url.Values{"cell-4-2": {"1986-12-01"}})
	last, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	page = h.page(t, last)
	if !strings.Contains(page, `id="count-new">1<`) || !strings.Contains(page, `id="count-refused">0<`) {
		t.Errorf("the left row alone: %s", page)
	}
	if w := h.form(t, last+"/store", url.Values{"seen": {"1 0 0"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if home := h.page(t, "/insurer?insurer=06139992"); strings.Contains(home, `id="task-refused"`) ||
		h.insured(t) != 5 {
		t.Error("a mended row is still a task")
	}
}

// A My Number that is typed into a cell refuses the mended file whole, like any file (番号法 20条).
func TestAMyNumberIsNoMending(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	at := h.sent(t, "番号,氏名,生年月日\n1,,1986-04-12\n")
	w := h.form(t, at+"/mend", url.Values{"cell-2-1": {myNumber()}})
	if w.Code < 400 || strings.Contains(w.Body.String(), myNumber()) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.page(t, at) // what was sent is still there
}

// The page's program is told where its file is looked at, and how far the reading is; the page then has what
// was read.
func TestSendingAFileIsFollowed(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	body, kind := multipartOf(t, "06139992", "番号,氏名,生年月日\n1,試験 一,1986-04-12\n")
	r := httptest.NewRequest("POST", "/insurer/import", bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "application/json")
	w := h.do(t, r)
	var sent struct{ Address string }
	if err := json.Unmarshal(w.Body.Bytes(), &sent); err != nil || w.Code != http.StatusCreated {
		t.Fatalf("%d %v %s", w.Code, err, w.Body)
	}
	events := h.page(t, sent.Address+"/events")
	if !strings.Contains(events, `{"done":0,"total":1,"over":false,`) ||
		!strings.HasSuffix(strings.TrimSpace(events), `{"done":1,"total":1,"over":true,"ja":"","en":""}`) {
		t.Errorf("%q", events)
	}
	if page := h.page(t, sent.Address); !strings.Contains(page, `id="count-new">1<`) {
		t.Error("the page does not show what was read")
	}
}
