package web

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/internal/testenv"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
)

// twoFacilities adds a second facility to a test app, with a member of its staff who is signed in.
func twoFacilities(t *testing.T) (h *testApp, elsewhere *staffBrowser) {
	t.Helper()
	h, _ = connected(t)
	h.counter.Facilities = counter.StoredFacilities{
		Store: h.store.ForStaff().Facilities,
		URL:   func(string) string { return clinic },
	}
	other := staff.Facility{Code: pharmacyCode, Name: "別の薬局"}
	if err := h.members.Facilities.Add(ctx, staff.Operator{}, other); err != nil {
		t.Fatal(err)
	}
	elsewhere = h.joins(t, staff.OfFacility(pharmacyCode), staff.RoleFacilityAdmin, "中村 八雲")
	elsewhere.signIn("")
	return h, elsewhere
}

// recorded is a case that the facility's staff recorded after some seconds.
func (h *testApp) recorded(t *testing.T, by *staffBrowser, took time.Duration, outcome string) {
	t.Helper()
	live := h.live(t, h.tokuichi(t).Person, "00138990", h.now)
	id := answer[struct{ ID string }](t, by.send("/api/v1/counter/cases", map[string]string{"text": live}),
		http.StatusCreated).ID
	h.now = h.now.Add(took)
	w := by.send("/api/v1/counter/cases/"+id+"/record",
		map[string]string{"outcome": outcome, "reason": "本人と確かめました"})
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
}

// holds fails unless a page has all of some texts, and none of others.
func holds(t *testing.T, page string, want, not []string) {
	t.Helper()
	for _, text := range want {
		if !strings.Contains(page, text) {
			t.Errorf("%q is not in %s", text, page)
		}
	}
	for _, text := range not {
		if strings.Contains(page, text) {
			t.Errorf("%q is in %s", text, page)
		}
	}
}

// All staff of a facility see its readers, papers and numbers; who works there and what is set only its
// administrators. Another facility's page has nothing of it.
func TestAFacilitysPageShowsTheOwnFacilityAlone(t *testing.T) {
	h, elsewhere := twoFacilities(t)
	admin := h.deskSignedIn(t)
	reception := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleReception, "佐藤 次郎")
	reception.signIn("")
	for range 10 { // of fewer the page does not say how long half of them took
		h.recorded(t, reception, 12*time.Second, "accepted")
	}
	bridge, ended := strings.Repeat("b", 64), strings.Repeat("c", 64)
	h.pairs(t, bridge)
	trouble := agents.AgentTrouble{ID: bridge, At: h.now, Key: "card.removed"}
	if err := h.store.ForAgents().TroubledAgent(ctx, trouble); err != nil {
		t.Fatal(err)
	}
	if err := h.store.ForAgents().PutAgent(ctx, agents.Agent{
		ID:       ended,
		Facility: h.facility.Code,
		Name:     "しまった読取機",
		Key:      []byte(ended),
		EndedAt:  h.now,
	}, audit.Entry{At: h.now, Actor: "t", Action: "bridge.pair"}); err != nil {
		t.Fatal(err)
	}
	own := []string{"受付の読取機", "つながっていません", "10件を記録しました", "12秒以内", "カードが離れました。"}
	settings := []string{"佐藤 次郎", "田中 三月", `href="/staff/members"`, `href="/staff/facility"`,
		`href="/staff/facility#retention"`, `href="/counter/disasters"`, "受付の記録を残す年数"}
	for _, c := range []struct {
		name      string
		by        *staffBrowser
		want, not []string
	}{
		{"an administrator", admin, append(own, settings...), []string{"中村", "別の薬局", "しまった"}},
		// the own name stands in the page's head
		{"the reception", reception, own, []string{"田中 三月", `href="/staff/members"`, "しまった",
			`href="/counter/disasters"`, `href="/staff/facility`}},
		{"another facility's", elsewhere, []string{"別の薬局", "つないだリーダーがありません", "記録はありません"},
			append(own, "佐藤", "田中")},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := c.by.get("/counter/facility")
			if w.Code != http.StatusOK {
				t.Fatal(w.Code, w.Body)
			}
			holds(t, w.Body.String(), c.want, c.not)
		})
	}
}

// How long half of the cases took, and nine out of ten, is told from ten of them on.
func TestHowLongCasesTookIsToldOfTen(t *testing.T) {
	h, _ := twoFacilities(t)
	reception := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleReception, "佐藤 次郎")
	reception.signIn("")
	for range 8 {
		h.recorded(t, reception, 12*time.Second, "accepted")
	}
	h.recorded(t, reception, 100*time.Second, "accepted")
	holds(t, reception.get("/counter/numbers").Body.String(),
		[]string{"9件を記録しました"}, []string{"半分は", "秒以内"})
	h.recorded(t, reception, 100*time.Second, "refused")
	holds(t, reception.get("/counter/numbers").Body.String(), []string{
		"10件を記録しました（受け付けた：9件、受け付けなかった：1件、保留：0件）",
		"半分は12秒以内に、10件のうち9件は1分45秒以内に終わりました",
	}, nil)
}

func TestAFacilitysNumbersAreItsOwn(t *testing.T) {
	h, elsewhere := twoFacilities(t)
	h.now = time.Date(2026, 11, 30, 9, 0, 0, 0, h.now.Location())
	reception := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleReception, "佐藤 次郎")
	reception.signIn("")
	h.recorded(t, reception, 9*time.Second, "accepted")
	h.recorded(t, reception, 12*time.Second, "accepted")
	h.recorded(t, reception, 100*time.Second, "refused")
	h.now = h.now.AddDate(0, 0, 1)
	reception.signIn("") // a session is for a working day
	elsewhere.signIn("")
	h.recorded(t, reception, 5*time.Second, "parked")
	for _, c := range []struct {
		name, path string
		by         *staffBrowser
		want, not  []string
	}{
		{"this month", "/counter/numbers", reception,
			[]string{"令和8年12月は、1件を記録しました", "受け付けたものは、まだありません", "1日", `month=2026-11`},
			[]string{"N1e", "30日", "month=2027-01", "佐藤 次郎が", "髙橋"}},
		{"the month before", "/counter/numbers?month=2026-11", reception,
			[]string{"3件を記録しました（受け付けた：2件、受け付けなかった：1件、保留：0件）",
				"「保険者の画面・PDF（電子のお知らせ）＋カード」で、2件でした", "N1e",
				`width="100" height="10"/>`, "30日"},
			[]string{"12月は", "半分は", "秒以内"}},
		{"twelve months", "/counter/numbers?month=2026-12&of=year", reception,
			[]string{"令和8年12月までの12か月は、4件を記録しました", "令和8年11月", "令和8年12月"}, nil},
		{"no month", "/counter/numbers?month=2026-13", reception, []string{"令和8年12月は、1件を"}, nil},
		{"a month to come", "/counter/numbers?month=2027-01", reception, []string{"令和8年12月は、1件を"}, nil},
		{"another facility's", "/counter/numbers?month=2026-11", elsewhere,
			[]string{"別の薬局", "令和8年11月の記録はありません"}, []string{"N1e", "<table", "<rect"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := c.by.get(c.path)
			if w.Code != http.StatusOK {
				t.Fatal(w.Code, w.Body)
			}
			holds(t, w.Body.String(), c.want, c.not)
		})
	}
}

// The code on the wall is read by another program (zbar) as a phone does, and leads to the patients' pages.
func TestThePostersCodeLeadsToThePatientsPages(t *testing.T) {
	testenv.Need(t, "pdftoppm", "zbarimg", "pdftotext")
	h, elsewhere := twoFacilities(t)
	w := elsewhere.get("/counter/poster.pdf")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" {
		t.Fatal(w.Code, w.Body)
	}
	page := filepath.Join(t.TempDir(), "poster")
	if err := os.WriteFile(page+".pdf", w.Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		t.Helper()
		out, err := exec.Command(name, args...).Output()
		if err != nil {
			t.Fatal(name, err)
		}
		return strings.TrimSpace(string(out))
	}
	run("pdftoppm", "-r", "100", "-png", "-singlefile", page+".pdf", page)
	code := run("zbarimg", testenv.ZbarArgs(page+".png")...)
	path, ours := strings.CutPrefix(code, "http://localhost:8080")
	if !ours {
		t.Fatalf("the code leads to %s", code)
	}
	if text := run("pdftotext", page+".pdf", "-"); !strings.Contains(text, "別の薬局") ||
		strings.Contains(text, h.facility.Name) {
		t.Errorf("it is not the facility's: %s", text)
	}
	if w := h.ask(t, "GET", path, nil); w.Code != http.StatusSeeOther || location(t, w) != "/" {
		t.Errorf("%d %s", w.Code, location(t, w))
	}
}

// A server that runs counters alone has no pages for patients: those of the insurers that it believes are
// offered, or the only ones there are at once.
func TestACountersServerLeadsPatientsToTheirInsurer(t *testing.T) {
	h, _ := connected(t)
	alone := newSite(Config{
		Demo:     true,
		Facility: h.facility.Code,
		Counter:  h.counter,
		Now:      h.clock,
		Ready:    h.store.Ping,
	})
	issuer := func(iss, name string) credential.TrustedIssuer {
		return credential.TrustedIssuer{ISS: iss, Name: name}
	}
	for _, c := range []struct {
		name    string
		issuers []credential.TrustedIssuer
		leads   string
		offers  []string
	}{
		{"one server of two insurers", []credential.TrustedIssuer{
			issuer("https://hoken.example.jp/i/00138990", "架空市"),
			issuer("https://hoken.example.jp/i/06139992", "架空健保"),
		}, "https://hoken.example.jp/", nil},
		{"two servers", []credential.TrustedIssuer{
			issuer("https://shi.example.jp/i/00138990", "架空市"),
			issuer("https://kenpo.example.jp/i/06139992", "架空健保"),
			issuer("javascript://x/i/06139992", "別の健保"),
		}, "", []string{`href="https://shi.example.jp/">架空市`, `href="https://kenpo.example.jp/">架空健保`}},
		{"none", nil, "", []string{"ここに保険者がないときは"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.trust.Issuers = c.issuers
			h.echo = alone
			w := h.ask(t, "GET", "/start", nil)
			if c.leads != "" {
				if w.Code != http.StatusSeeOther || location(t, w) != c.leads {
					t.Errorf("%d %s", w.Code, location(t, w))
				}
				return
			}
			if w.Code != http.StatusOK {
				t.Fatal(w.Code, w.Body)
			}
			holds(t, w.Body.String(), c.offers, []string{"javascript"})
		})
	}
}

// The sheet is today's.
func TestTheReceptionsSheetIsTodays(t *testing.T) {
	testenv.Need(t, "pdftotext")
	h, elsewhere := twoFacilities(t)
	w := elsewhere.get("/counter/sheet.pdf")
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	path := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(path, w.Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", path, "-").Output()
	day := h.now.Format("2") + "日"
	if err != nil || !strings.Contains(string(text), day) || !strings.Contains(string(text), "N1e") {
		t.Errorf("%v %s", err, text)
	}
}
