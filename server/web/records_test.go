package web

import (
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	console "madoguchi/server/web/counter"
)

// atCounter signs the demo's reception in.
func (h *testApp) atCounter(t *testing.T) {
	t.Helper()
	h.session(t, auth.Counter, "鈴木", `{}`)
}

// ends records a scanned case's end.
func (h *testApp) ends(t *testing.T, id string, body map[string]string) {
	t.Helper()
	if w := h.ask(t, "POST", "/api/v1/counter/cases/"+id+"/record", body); w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
}

// exported is the file of a period, its rows below the headings.
func (h *testApp) exported(t *testing.T, charset string) [][]string {
	t.Helper()
	day := eligibility.DateOf(h.now).String()
	w := h.form(t, "/counter/records/export", url.Values{"from": {day}, "to": {day}, "charset": {charset}})
	if w.Code != http.StatusOK ||
		!strings.Contains(w.Header().Get("Content-Disposition"), "uketsuke-kiroku-") {
		t.Fatal(w.Code, w.Header(), w.Body)
	}
	text := w.Body.String()
	if charset == "Shift_JIS" {
		decoded, err := japanese.ShiftJIS.NewDecoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		text = decoded
	} else if !strings.HasPrefix(text, "\ufeff") {
		t.Error("without its mark Excel takes it for Shift_JIS")
	}
	if testenv.Refused(t, testenv.Counter, 1); strings.Contains(text, "OQS") || strings.Contains(text, "<") {
		t.Error("it looks like an answer of the online check")
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// What staff typed stands in cells that no spreadsheet runs (OWASP, CSV Injection), and comes back whole
// (RFC 4180).
func TestARecordsFileRunsNothing(t *testing.T) {
	h := newTestApp(t)
	live := h.live(t, h.tokuichi(t).Person, "00138990", h.now)
	reasons := map[string]string{ // as typed, as it stands in the file
		`=HYPERLINK("http://example.jp")`: `'=HYPERLINK("http://example.jp")`,
		"+81":                             "'+81",
		"-1+1":                            "'-1+1",
		"@SUM(A1)":                        "'@SUM(A1)",
		"＝1":                              "'＝1",
		"\tタブ":                            "タブ", // what nobody sees at its ends is no reason's
		"\r=改行":                           "'=改行",
		`彼は"はい"と言った`:                      `彼は"はい"と言った`,
		"a,b":                             "a,b",
		"一行\n二行":                          "一行\n二行",
	}
	h.atCounter(t)
	for typed := range reasons {
		h.ends(t, h.scan(t, live).ID, map[string]string{"outcome": "refused", "reason": typed})
	}
	for _, charset := range []string{"utf-8", "Shift_JIS"} {
		rows := h.exported(t, charset)
		at := slices.Index(rows[0], "理由")
		got := map[string]bool{}
		for _, row := range rows[1:] {
			got[row[at]] = true
		}
		if len(rows) != len(reasons)+1 {
			t.Errorf("%s: %d rows", charset, len(rows))
		}
		for typed, want := range reasons {
			if !got[want] {
				t.Errorf("%s: %q does not stand as %q", charset, typed, want)
			}
		}
	}
	for _, detail := range h.entries(t, "case.export") {
		if !strings.HasSuffix(detail, ", 10") {
			t.Errorf("%q", detail)
		}
	}
}

// The file has every record of a case: parked, taken back, accepted, corrected.
func TestARecordsFileHasEveryRecord(t *testing.T) {
	h := newTestApp(t)
	h.counter.Receipts.Held = counter.NewHeld(func(time.Duration, func()) func() bool {
		return func() bool { return true }
	})
	live := h.live(t, h.tokuichi(t).Person, "00138990", h.now)
	h.atCounter(t)
	id := h.scan(t, live).ID
	path := "/api/v1/counter/cases/" + id
	h.ends(t, id, map[string]string{"outcome": "refused", "reason": "まちがい", "patientNumber": "１２-３４"})
	answer[console.CaseJSON](t, h.ask(t, "POST", path+"/take-back", struct{}{}), 200)
	h.now = h.now.Add(time.Minute)
	h.ends(t, id, map[string]string{"outcome": "parked", "reason": "カードを取りに"})
	taken := answer[console.CaseJSON](t, h.ask(t, "POST", path+"/take-up", struct{}{}), 200)
	if taken.Parked == nil || !strings.Contains(taken.Parked.Ja, "カードを取りに") || len(taken.Earlier) != 1 ||
		taken.PatientNumber != "1234" {
		t.Errorf("%+v", taken)
	}
	h.now = h.now.Add(time.Minute)
	h.ends(t, id, map[string]string{"outcome": "accepted", "reason": "職員が知る人"})
	h.now = h.now.Add(time.Minute)
	page := h.page(t, "/counter/records/"+id)
	version := between(t, page, `name="version" value="`, `"`)
	right := url.Values{
		"version":       {version},
		"outcome":       {"refused"},
		"reason":        {"別の人"},
		"patientNumber": {"77"},
	}
	wrong := maps.Clone(right)
	wrong.Set("reason", " ")
	if w := h.form(t, "/counter/records/"+id+"/correct", wrong); w.Code != 422 ||
		!strings.Contains(w.Body.String(), `value="77"`) || !strings.Contains(w.Body.String(), "直す理由を入れて") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := h.form(t, "/counter/records/"+id+"/correct", right); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	// a second browser that saw the record before the correction
	if w := h.form(t, "/counter/records/"+id+"/correct", right); w.Code != 422 ||
		!strings.Contains(w.Body.String(), "ほかの人がたったいま直しました") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	rows := h.exported(t, "utf-8")
	var got []string
	for _, row := range rows[1:] {
		var cells []string
		for _, heading := range []string{"記録の状態", "結果", "訂正", "根拠", "理由", "診察券番号", "保険者番号", "氏名"} {
			cells = append(cells, row[slices.Index(rows[0], heading)])
		}
		got = append(got, strings.Join(cells, "|"))
	}
	want := []string{ // 国保 is printed with six digits (docs/facts/insurers-and-papers.md)
		"取り消し|受け付けなかった|||まちがい|1234|138990|髙橋 德一",
		"以前の記録|保留|||カードを取りに|1234|138990|髙橋 德一",
		"以前の記録|受け付けた||職員の理由により受け付けました|職員が知る人|1234|138990|髙橋 德一",
		"最新|受け付けなかった|訂正||別の人|77|138990|髙橋 德一",
	}
	ground := between(t, page, "受け付けた根拠：", "</p>")
	want[2] = strings.Replace(want[2], "職員の理由により受け付けました", ground, 1)
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	page = h.page(t, "/counter/records/"+id)
	for _, both := range []string{"職員が知る人", "別の人", "カードを取りに", "まちがい"} {
		if !strings.Contains(page, both) {
			t.Errorf("the page has no %q", both)
		}
	}
}

func TestRecordsAreSearched(t *testing.T) {
	h := newTestApp(t)
	live := h.live(t, h.tokuichi(t).Person, "00138990", h.now)
	h.atCounter(t)
	parked, refused := h.scan(t, live).ID, h.scan(t, live).ID
	h.ends(t, parked, map[string]string{"outcome": "parked", "reason": "x", "patientNumber": "0042"})
	h.ends(t, refused, map[string]string{"outcome": "refused", "reason": "x"})
	h.scan(t, live) // without a record it is none
	day := eligibility.DateOf(h.now)
	for _, c := range []struct {
		name, query string
		want        []string
	}{
		{"today's", "", []string{parked, refused}},
		{"an outcome", "?outcome=parked", []string{parked}},
		{"a patient number in full width, without zeros", "?number=" + url.QueryEscape("４２"),
			[]string{parked}},
		{"staff", "?staff=" + url.QueryEscape("鈴木"), []string{parked, refused}},
		{"other staff", "?staff=" + url.QueryEscape("佐藤"), nil},
		{"yesterday's", "?from=" + day.AddDays(-1).String() + "&to=" + day.AddDays(-1).String(), nil},
		{"a day in the Japanese calendar", "?from=" + url.QueryEscape(day.Japanese()),
			[]string{parked, refused}},
		{"a page after the last", "?page=7&outcome=parked", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := h.page(t, "/counter/records"+c.query)
			for _, id := range []string{parked, refused} {
				if strings.Contains(page, "/counter/records/"+id) != slices.Contains(c.want, id) {
					t.Errorf("%s", page)
				}
			}
		})
	}
	for _, bad := range []string{"?from=2026-02-30", "?to=x", "?number=あ", "?number=" + myNumber()} {
		w := h.ask(t, "GET", "/counter/records"+bad, nil)
		if w.Code != 422 || !strings.Contains(w.Body.String(), `aria-invalid="true"`) {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

// Reception staff look and correct; the file is for the administrators, with a fresh passkey. Another
// facility's see none of it.
func TestWhoMayWhatWithRecords(t *testing.T) {
	h := newTestApp(t)
	other := staff.Facility{Code: "1319999992", Name: "架空薬局"}
	if err := h.members.Facilities.Add(ctx, staff.Operator{}, other); err != nil {
		t.Fatal(err)
	}
	live := h.live(t, h.tokuichi(t).Person, "00138990", h.now)
	h.atCounter(t)
	id := h.scan(t, live).ID
	h.ends(t, id, map[string]string{"outcome": "parked", "reason": "x", "patientNumber": "42"})
	reception := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleReception, "佐藤 次郎")
	reception.signIn("")
	stranger := h.joins(t, staff.OfFacility(other.Code), staff.RoleFacilityAdmin, "中村 八雲")
	stranger.signIn("")
	if page := reception.get("/counter/records"); !strings.Contains(page.Body.String(), id) {
		t.Error("reception does not see the record")
	}
	if w := reception.get("/counter/records/export"); w.Code != http.StatusForbidden {
		t.Errorf("reception may write the file: %d", w.Code)
	}
	testenv.Refused(t, testenv.Counter, 4)
	for _, path := range []string{"/counter/records", "/api/v1/counter/parked"} {
		if w := stranger.get(path); w.Code != http.StatusOK || strings.Contains(w.Body.String(), id) ||
			strings.Contains(w.Body.String(), "德一") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := stranger.get("/counter/records/" + id); w.Code != http.StatusNotFound {
		t.Errorf("another facility's record: %d", w.Code)
	}
	day := eligibility.DateOf(h.now).String()
	w := stranger.form("/counter/records/export", "from", day, "to", day)
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), id) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.now = h.now.Add(auth.FreshProof + time.Second)
	if w := stranger.get("/counter/records/export"); w.Code != http.StatusSeeOther ||
		!strings.HasPrefix(location(t, w), "/staff/prove?") {
		t.Errorf("without a fresh passkey: %d", w.Code)
	}
}

// What was recorded this month is told with its day, and with that it says nothing of today.
func TestThisMonthsRecordIsTold(t *testing.T) {
	h := newTestApp(t)
	live := h.live(t, h.tokuichi(t).Person, "00138990", h.now)
	h.atCounter(t)
	h.ends(t, h.scan(t, live).ID,
		map[string]string{"outcome": "accepted", "reason": "職員が知る人", "patientNumber": "42"})
	asks := func(number string) string {
		body := map[string]string{"patientNumber": number}
		return h.ask(t, "POST", "/api/v1/counter/this-month", body).Body.String()
	}
	day := h.now.In(eligibility.Japan)
	if said := asks("０４２"); !strings.Contains(said, fmt.Sprintf("%d月%d日に確認を記録", day.Month(), day.Day())) ||
		!strings.Contains(said, "髙橋 德一") || strings.Contains(said, "資格") {
		t.Error(said)
	}
	if said := asks("43"); !strings.Contains(said, `"found":null`) {
		t.Error(said)
	}
	if said := asks(myNumber()); !strings.Contains(said, "case.patient_my_number") {
		t.Error(said)
	}
}
