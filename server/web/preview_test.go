package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"madoguchi/auth"
	"madoguchi/eligibility"
)

// multipartOf writes the clerk's form with a file.
func multipartOf(t *testing.T, number, text string) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := form.WriteField("insurer", number); err != nil {
		t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", "people.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), form.FormDataContentType()
}

// send uploads a file as the clerk's form does.
func (h *testApp) send(t *testing.T, text string) *httptest.ResponseRecorder {
	t.Helper()
	body, kind := multipartOf(t, "06139992", text)
	return h.post(t, "/insurer/import", body, kind)
}

// sent uploads a file that is kept and returns its preview's address.
func (h *testApp) sent(t *testing.T, text string) string {
	t.Helper()
	return h.sentTo(t, "06139992", text)
}

func (h *testApp) sentTo(t *testing.T, number, text string) string {
	t.Helper()
	body, kind := multipartOf(t, number, text)
	w := h.post(t, "/insurer/import", body, kind)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func (h *testApp) insured(t *testing.T) int {
	t.Helper()
	n, err := h.store.Register.CountPeople(ctx, "06139992")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestHeadingsAreMappedOnceAndNothingIsStoredBeforeTheYes(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	file := "会員No,加入者,うまれ,メモ\n1,試験 太郎,1986-04-12,x\n2,試験 花子,1988-11-31,x\n"
	at := h.sent(t, file)
	if w := h.ask(t, "GET", at, nil); w.Code != http.StatusSeeOther ||
		w.Header().Get("Location") != at+"/headings" {
		t.Fatalf("unknown headings: %d %s", w.Code, w.Header().Get("Location"))
	}
	page := h.ask(t, "GET", at+"/headings", nil).Body.String()
	for _, want := range []string{"会員No", "試験 太郎", "かならず要ります", "番号、氏名、生年月日"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of headings lacks %q", want)
		}
	}
	if w := h.form(t, at+"/store", url.Values{"seen": {"1 0 0"}}); w.Code != http.StatusConflict {
		t.Errorf("stored before the headings are decided: %d", w.Code)
	}
	twice := url.Values{"column-0": {"番号"}, "column-1": {"氏名"}, "column-2": {"氏名"}, "column-3": {""}}
	if w := h.form(t, at+"/headings", twice); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("one column twice: %d", w.Code)
	}
	if w := h.form(t, at+"/headings", url.Values{
		"column-0": {"番号"},
		"column-1": {"氏名"},
		"column-2": {"生年月日"},
		"column-3": {"使わない"},
	}); w.Code != http.StatusSeeOther {
		t.Fatalf("mapping: %d %s", w.Code, w.Body)
	}
	page = h.ask(t, "GET", at, nil).Body.String()
	for _, want := range []string{`id="count-new">1<`, `id="count-refused">1<`, "まだ何も保存していません", "試験 太郎",
		"使わない列"} {
		if !strings.Contains(page, want) {
			t.Errorf("the preview lacks %q", want)
		}
	}
	if h.insured(t) != 0 {
		t.Fatal("the preview stored people")
	}
	if w := h.form(t, at+"/store", url.Values{"seen": {"5 0 0"}}); w.Code != http.StatusSeeOther ||
		!strings.HasSuffix(w.Header().Get("Location"), "?moved=1") ||
		h.insured(t) != 0 {
		t.Errorf("other counts than the clerk saw: %d, %d stored", w.Code, h.insured(t))
	}
	for range 2 { // the second press of an impatient clerk changes nothing
		if w := h.form(t, at+"/store", url.Values{"seen": {"1 0 0"}}); w.Code != http.StatusSeeOther ||
			h.insured(t) != 1 {
			t.Errorf("%d, %d stored", w.Code, h.insured(t))
		}
	}
	if w := h.ask(t, "GET", at+"/errors.csv", nil); !strings.Contains(w.Body.String(), "試験 花子") {
		t.Errorf("error file: %d %s", w.Code, w.Body)
	}
	next := h.sent(t, strings.Replace(file, "11-31", "11-30", 1))
	if w := h.ask(t, "GET", next, nil); w.Code != http.StatusOK ||
		!strings.Contains(w.Body.String(), `id="count-new">1<`) {
		t.Errorf("the same headings again: %d", w.Code)
	}
}

func TestAPreviewIsItsClerksOwnAndEnds(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	at := h.sent(t, "番号,氏名,生年月日\n1,試験 太郎,1986-04-12\n")
	mine := h.cookies
	h.cookies = nil
	h.session(t, auth.Clerk, "佐藤", "{}")
	for _, path := range []string{at, at + "/headings", at + "/errors.csv"} {
		if w := h.ask(t, "GET", path, nil); w.Code != http.StatusNotFound {
			t.Errorf("another clerk at %s: %d", path, w.Code)
		}
	}
	if w := h.form(t, at+"/store", url.Values{"seen": {"1 0 0"}}); w.Code != http.StatusNotFound ||
		h.insured(t) != 0 {
		t.Errorf("another clerk's yes: %d", w.Code)
	}
	h.cookies = mine
	dropped := h.sent(t, "番号,氏名,生年月日\n2,試験 花子,1988-11-30\n")
	if w := h.form(t, dropped+"/drop", nil); w.Code != http.StatusSeeOther ||
		!strings.Contains(h.ask(t, "GET", w.Header().Get("Location"), nil).Body.String(), "何も保存していません") {
		t.Errorf("dropped: %d", w.Code)
	}
	if w := h.ask(t, "GET", dropped, nil); w.Code != http.StatusNotFound {
		t.Errorf("after dropping: %d", w.Code)
	}
	h.now = h.now.Add(14 * time.Minute) // the clerk's session lives fifteen
	if w := h.ask(t, "GET", at, nil); w.Code != http.StatusOK {
		t.Errorf("after 14 minutes: %d", w.Code)
	}
	h.now = h.now.Add(14 * time.Minute)
	h.ask(t, "GET", "/insurer", nil)
	h.now = h.now.Add(3 * time.Minute)
	if w := h.ask(t, "GET", at, nil); w.Code != http.StatusNotFound ||
		!strings.Contains(w.Body.String(), "30分") {
		t.Errorf("after 31 minutes: %d", w.Code)
	}
	if n, err := h.store.ExpirePreviews(ctx, h.now); err != nil || n != 1 {
		t.Errorf("%d expired, %v", n, err)
	}
}

func TestAFileWithAMyNumberLeavesNothingBehind(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	number := "12345678901" // its check digit is made here: no My Number stands in a file
	for d := range 10 {
		if s := number + fmt.Sprint(d); eligibility.HoldsMyNumber(s) {
			number = s
			break
		}
	}
	for name, text := range map[string]string{
		"in a row":     "会員No,加入者,うまれ\n1,試験 " + number + ",1986-04-12\n",
		"in a heading": number + ",氏名,生年月日\n1,試験 太郎,1986-04-12\n",
	} {
		if w := h.send(t, text); w.Code != http.StatusUnprocessableEntity ||
			strings.Contains(w.Body.String(), number) {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if n, err := h.store.ExpirePreviews(ctx, h.now.AddDate(1, 0, 0)); err != nil || n != 0 {
		t.Errorf("%d files were kept, %v", n, err)
	}
}

func TestFilesThatAClumsyClerkChoosesSayWhatToDo(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	euc := "\xc8\xd6\xb9\xe6,\xbb\xe1\xcc\xbe\n1,\xbb\xee\xb8\xb3\n" // 番号,氏名 in EUC-JP
	for name, c := range map[string]struct{ text, says string }{
		"workbook":       {"PK\x03\x04\x14\x00", "名前を付けて保存"},
		"old workbook":   {"\xD0\xCF\x11\xE0\xA1\xB1", "名前を付けて保存"},
		"PDF":            {"%PDF-1.7\n", "名簿のCSVファイルをえらんで"},
		"picture":        {"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x00", "CSVで保存し直して"},
		"empty":          {"", "ファイルが空です"},
		"blank":          {"\n \n", "ファイルが空です"},
		"EUC-JP":         {euc, "CSV UTF-8"},
		"broken letters": {"番号,\ufffd\ufffd\n1,x\n", "CSV UTF-8"},
	} {
		if w := h.send(t, c.text); w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	for name, c := range map[string]struct{ text, says string }{
		"a column twice":        {"番号,氏名,生年月日,被保険者番号\n1,試験 太郎,1986-04-12,1\n", "列が2つあります（1列目と4列目）"},
		"another delimiter":     {"番号|氏名|生年月日\n1|試験 太郎|1986-04-12\n", "かならず要ります"},
		"no heading":            {"1,試験 太郎,1986-04-12\n", "1行目に見出しがありません"},
		"a heading and nothing": {"番号,氏名,生年月日\n", "ファイルが空です"},
		"full-width and eras":   {"番号;氏名;生年月日\n１２３;試験　太郎;Ｓ６１．４．１２\n", `id="count-new">1<`},
	} {
		at := h.sent(t, c.text)
		w := h.ask(t, "GET", at, nil)
		for w.Code == http.StatusSeeOther {
			w = h.ask(t, "GET", w.Header().Get("Location"), nil)
		}
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if h.insured(t) != 0 {
		t.Error("something was stored")
	}
}

func TestTheErrorFileIsWrittenAsTheClerksFileWas(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	sjis, err := japanese.ShiftJIS.NewEncoder().String("番号,氏名,生年月日\r\n1,髙橋 ①郎,1986-02-30\r\n")
	if err != nil {
		t.Fatal(err)
	}
	at := h.sent(t, sjis)
	w := h.ask(t, "GET", at+"/errors.csv", nil)
	text, err := japanese.ShiftJIS.NewDecoder().String(w.Body.String())
	if err != nil || w.Header().Get("Content-Type") != "text/csv; charset=Shift_JIS" ||
		!strings.HasPrefix(text, "行,表計算の行,列,理由,番号,氏名,生年月日\r\n2,2,生年月日,") ||
		!strings.Contains(text, "1,髙橋 ①郎,1986-02-30") {
		t.Errorf("%v %q", err, text)
	}
	at = h.sent(t, "番号,氏名,生年月日\n1,𠮷野 太郎,1986-02-30\n")
	if w := h.ask(t, "GET", at+"/errors.csv", nil); !strings.HasPrefix(w.Body.String(), "\ufeff行") ||
		!strings.Contains(w.Body.String(), "𠮷野") {
		t.Errorf("%q", w.Body)
	}
	if mended := h.sent(t, strings.Replace(text, "1986-02-30\r\n", "1986-02-28\r\n", 1)); !strings.Contains(
		h.ask(t, "GET", mended, nil).Body.String(),
		`id="count-new">1<`,
	) {
		t.Error("the mended file is not taken")
	}
}

// betweenTags is white space that a template breaks its lines with.
var betweenTags = regexp.MustCompile(`>\s+<`)

// Clerks mend the file where the spreadsheet shows it: the page says that row, and the file's line where it
// is another.
func TestARefusedRowSaysItsPlaceInTheSpreadsheet(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	at := h.sent(
		t,
		"番号,氏名,生年月日,住所\n1,試験 太郎,1986-04-12,\"架空県\n架空市\"\n,,,\n"+
			"#REF!,試験 花子,1988-11-30,\n12月3日,試験 次郎,1990-05-05,\n5,試験 三郎,1990-05-06,\"a\nb\"\n",
	)
	body := betweenTags.ReplaceAllString(h.ask(t, "GET", at, nil).Body.String(), "><")
	for _, want := range []string{`<span>行 4<span class="place">ファイルの5行目</span></span>`,
		`<span>行 5<span class="place">ファイルの6行目</span></span>`,
		`<td data-label="行">2</td>`, `id="count-new">2<`, `id="count-refused">2<`, "表計算ソフトのエラー「#REF!」",
		"表計算ソフトで日付の「12月3日」に変わっています"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s:\n%s", want, body)
		}
	}
	if file := h.ask(t, "GET", at+"/errors.csv", nil).Body.String(); !strings.Contains(file, "\r\n5,4,番号,") ||
		!strings.Contains(file, "\r\n6,5,番号,") {
		t.Errorf("%s", file)
	}
}
