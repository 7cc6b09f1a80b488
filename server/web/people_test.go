package web

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

func (h *testApp) page(t *testing.T, path string) string {
	t.Helper()
	w := h.ask(t, "GET", path, nil)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// clerksApp is a clerk's test app with 髙橋 德一, whose login has a notice, a phone and two copies.
func clerksApp(t *testing.T) (*testApp, insurer.PersonRecord) {
	t.Helper()
	h := newTestApp(t)
	r := h.tokuichi(t)
	paper, err := h.insurer.Enrolment.NoticePaper(ctx, clerkOf(r.Person.Insurer), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.Enrolment.Enrol(ctx, h.notices.MAC(paper.Code), "idp|tokuichi", audit.Entry{
		At:     h.now,
		Actor:  "patient",
		Action: "notice.enrol",
		Person: r.ID,
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Devices.PutReceiptKey(ctx, "idp|tokuichi", "phone", []byte("key"),
		audit.Entry{At: h.now, Actor: "patient", Action: "phone.add"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := h.insurer.Documents.Document(ctx, viewerOf("idp|tokuichi"), r.ID); err != nil {
			t.Fatal(err)
		}
	}
	h.session(t, auth.Clerk, "鈴木", "{}")
	return h, r
}

func TestAPersonsPageShowsAllThatIsKeptAndWhoLooked(t *testing.T) {
	h, r := clerksApp(t)
	moved := r.Person
	moved.Address = "架空県架空市新町1"
	file := fmt.Sprintf(
		"記号,番号,枝番,氏名,氏名カナ,生年月日,住所\n%s,%s,%s,%s,%s,%s,%s\n",
		moved.Symbol,
		moved.Number,
		moved.BranchNumber,
		moved.Name,
		moved.Kana,
		moved.BirthDate,
		moved.Address,
	)
	if _, err := h.insurer.Importer.Import(ctx, clerkOf("00138990"), strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	page := h.page(t, "/insurer/people/"+string(r.ID))
	for _, want := range []string{"髙橋 德一", "昭和30年7月1日", "0001234", "第2版", "住所：" + r.Person.Address +
		" → <b>" + moved.Address, "第1号", "登録に使われました", "スマホ（端末） 1台", "使えます",
		"担当 鈴木", "記録を見ました", "お知らせのコードでスマホ（端末）を登録しました", "ご本人", "写し（PDF・ファイル）を保存しました"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(page, ">使えます<"); n != 2 {
		t.Errorf("%d copies that can be used", n)
	}
	if again := h.page(t, "/insurer/people/"+string(r.ID)); strings.Count(again, "記録を見ました") != 2 {
		t.Error("the second look is not recorded")
	}
	if w := h.ask(t, "GET", "/insurer/people/NOBODY", nil); w.Code != http.StatusNotFound ||
		!strings.Contains(w.Body.String(), "もう一度さがして") {
		t.Errorf("nobody: %d", w.Code)
	}
	h.cookies = nil
	if w := h.ask(t, "GET", "/insurer/people/"+string(r.ID), nil); w.Code != http.StatusSeeOther {
		t.Errorf("without a clerk: %d", w.Code)
	}
}

func TestPeopleAreFoundHoweverTheyAreTypedAndTheSearchIsRecordedWithoutItsText(t *testing.T) {
	h, r := clerksApp(t)
	found := regexp.MustCompile(`<p>[1-9]人</p>`) // all of them on one page
	for _, text := range []string{"0001234", "1234", "１２３４", "国13 0001234", "国１３・1234", "髙橋德一", "高橋　徳一",
		r.Person.Kana, "昭和30年7月1日", "1955-07-01", "S30.7.1",
		"高橋", "髙橋　徳", "たかはし", "ﾀｶﾊ", "タカ"} { // the beginning, in any width and variant
		page := h.page(t, "/insurer?insurer=00138990&q="+url.QueryEscape(text))
		if !strings.Contains(page, "/insurer/people/"+string(r.ID)+`"`) || !found.MatchString(page) {
			t.Errorf("%s does not find him", text)
		}
	}
	for _, text := range []string{"高", "橋德", "高橋花", "カハシ", "123", "1955-07-02", "国14 1234"} {
		if page := h.page(t, "/insurer?insurer=00138990&q="+url.QueryEscape(text)); !strings.Contains(
			page,
			`id="nobody"`,
		) {
			t.Errorf("%s finds somebody", text)
		}
	}
	if page := h.page(t, "/insurer?insurer=06139992&q=0001234"); !strings.Contains(page, `id="nobody"`) {
		t.Error("another insurer's person was found")
	}
	entries := h.entries(t, "people.search")
	if len(entries) != 24 || !strings.Contains(entries[0], "found=2") {
		t.Errorf("%d searches recorded: %v", len(entries), entries)
	}
	for _, e := range entries {
		for _, typed := range []string{"1234", "橋", "ﾀｶ", "1955", "昭和"} {
			if strings.Contains(e, typed) {
				t.Errorf("the chain holds what was typed: %s", e)
			}
		}
	}
}

// entries are the details of all lines of the audit chain with this action.
func (h *testApp) entries(t *testing.T, action string) (details []string) {
	t.Helper()
	db, err := sql.Open("sqlite", h.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT detail FROM audit WHERE action = $1 ORDER BY seq`, action)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var detail string
		if err := rows.Scan(&detail); err != nil {
			t.Fatal(err)
		}
		details = append(details, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return details
}

func TestTheListTurnsItsPages(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	var file strings.Builder
	file.WriteString("番号,氏名,生年月日\n")
	for i := range 120 {
		fmt.Fprintf(&file, "%d,試験 第%d,1986-04-12\n", 1000+i, i)
	}
	if _, err := h.insurer.Importer.Import(ctx, clerkOf("06139992"),
		strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	next := "/insurer?insurer=06139992&q=1986-04-12"
	for pages := 0; next != ""; pages++ {
		if pages > 3 {
			t.Fatal("no end")
		}
		page := h.page(t, next)
		for _, m := range regexp.MustCompile(`/insurer/people/([A-Z0-9]+)"`).FindAllStringSubmatch(page, -1) {
			seen[m[1]] = true
		}
		next = ""
		if m := regexp.MustCompile(`id="later" href="([^"]+)"`).FindStringSubmatch(page); m != nil {
			next = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if len(seen) != 120 {
		t.Errorf("%d of 120 people were listed", len(seen))
	}
	for _, number := range []string{"9", "-1", "x", "99999999999999999999"} {
		h.page(t, "/insurer?insurer=06139992&q=1986-04-12&page="+number)
	}
}

func TestActionsAskFirstAndAreRecorded(t *testing.T) {
	h, r := clerksApp(t)
	at := "/insurer/people/" + string(r.ID)
	file, err := h.store.Register.PersonFile(ctx, keyOf(r), h.now, 0)
	if err != nil {
		t.Fatal(err)
	}
	one := at + "/copies/" + credential.EncodeRID(file.Copies[0].RID) + "/revoke"
	end := fmt.Sprintf("%s/logins/%d/end", at, file.Logins[0].ID)
	for path, sentence := range map[string]string{
		at + "/reissue": "すぐに使えなくなります",
		at + "/revoke":  "2通",
		one:             "元にはもどせません",
		end:             "最長24時間",
		at + "/erase":   "消さずに",
	} {
		page := h.page(t, path)
		if !strings.Contains(page, `id="consequence"`) || !strings.Contains(page, sentence) ||
			!strings.Contains(page, "髙橋 德一") {
			t.Errorf("%s does not say what follows", path)
		}
		w := h.ask(t, "POST", path, nil, func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		})
		if w.Code != http.StatusForbidden {
			t.Errorf("%s from another site: %d", path, w.Code)
		}
	}
	if after, err := h.store.Register.PersonFile(ctx, keyOf(r), h.now, 0); err != nil ||
		len(after.Notices) != 1 ||
		len(after.Logins) != 1 ||
		!after.Copies[0].Revoked.IsZero() {
		t.Fatalf("asking changed something: %+v %v", after, err)
	}
	h.acts(t, one, nil, "1通の写しを取り消しました")
	h.acts(t, one, nil, "0通の写しを取り消しました") // the second press
	h.acts(t, at+"/revoke", nil, "1通の写しを取り消しました")
	old, err := h.insurer.Enrolment.NoticePaper(ctx, clerkOf(r.Person.Insurer), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.acts(t, at+"/reissue", nil, "新しいコードを出しました")
	if n, err := h.store.Enrolment.Notice(ctx, h.notices.MAC(old.Code)); err != nil || !n.Void {
		t.Errorf("the last notice: %+v %v", n, err)
	}
	h.acts(t, end, nil, "スマホ（端末）の登録を解除しました")
	if people, err := h.store.Enrolment.Enrolled(ctx, "idp|tokuichi", h.now); err != nil || len(people) != 0 {
		t.Errorf("still enrolled: %d %v", len(people), err)
	}
	if keys, err := h.store.Receipts.ReceiptKeys(ctx, keyOf(r), h.now); err != nil || len(keys) != 0 {
		t.Errorf("phones are still there: %d %v", len(keys), err)
	}
	if w := h.form(t, end, nil); w.Code != http.StatusNotFound ||
		!strings.Contains(w.Body.String(), "もうありません") {
		t.Errorf("ending it twice: %d", w.Code)
	}
	if w := h.form(t, at+"/erase", url.Values{"number": {"999"}}); w.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(w.Body.String(), "何も消していません") {
		t.Errorf("another number: %d", w.Code)
	}
	h.acts(t, at+"/erase", url.Values{"number": {"１２３４"}}, "記録を消しました")
	if w := h.ask(t, "GET", at, nil); w.Code != http.StatusNotFound {
		t.Errorf("after erasing: %d", w.Code)
	}
	for action, n := range map[string]int{
		"paper.revoke":   3,
		"notice.reissue": 1,
		"login.end":      1,
		"person.erase":   1,
	} {
		if got := h.entries(t, action); len(got) != n {
			t.Errorf("%s is recorded %d times", action, len(got))
		}
	}
	if _, err := h.store.VerifyAudit(ctx); err != nil {
		t.Error(err)
	}
}

// acts sends a confirmation and follows it to the page that says what was done.
func (h *testApp) acts(t *testing.T, path string, form url.Values, says string) {
	t.Helper()
	w := h.form(t, path, form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	if page := h.page(t, w.Header().Get("Location")); !strings.Contains(
		strings.Join(strings.Fields(page), ""),
		says,
	) {
		t.Errorf("%s does not end with %q", path, says)
	}
}
