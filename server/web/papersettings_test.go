package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"image/color"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// Who changed the telephone on a paper, or what its code says, must be seen afterwards: from what, to what.
func TestTheAuditKeepsBothValuesOfEverySettingOnPapers(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	picture := mark(t, color.Black)
	first := map[string]string{"unit": "保険年金課", "address": "架空県架空市1", "hours": "平日9時〜17時",
		"colour": "#f6c6ad", "state": "https://myna.go.jp/"}
	second := map[string]string{"name": "架空第二健康保険組合", "issuer": "架空第二理事長", "telephone": "06-0000-0002",
		"unit": "資格課", "address": "架空県架空市2", "hours": "平日10時〜16時",
		"colour": "#00118f", "state": "https://myna.go.jp/a", "nologo": "1"}
	for _, values := range []map[string]string{first, second, second} {
		var png []byte
		if values["nologo"] == "" {
			png = picture
		}
		if w := h.settings(t, png, values); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	var changes []map[string][2]string
	for _, detail := range h.entries(t, "insurer.settings") {
		var said struct {
			Insurer string
			Changed map[string][2]string
		}
		if err := json.Unmarshal([]byte(detail), &said); err != nil || said.Insurer != "06139992" {
			t.Fatalf("%s: %v", detail, err)
		}
		changes = append(changes, said.Changed)
	}
	if len(changes) != 3 || len(changes[0]) != 6 || len(changes[2]) != 0 {
		t.Fatalf("%v", changes)
	}
	old := map[string]string{"name": "架空健康保険組合", "issuer": "理事長", "telephone": "06-0000-0000"}
	for field, value := range first {
		if changes[0][field] != [2]string{"", value} {
			t.Errorf("%s at first: %v", field, changes[0][field])
		}
		old[field] = value
	}
	for field, value := range second {
		if field != "nologo" && changes[1][field] != [2]string{old[field], value} {
			t.Errorf("%s then: %v", field, changes[1][field])
		}
	}
	stored := changes[0]["mark"][1]
	if raw, err := hex.DecodeString(strings.TrimPrefix(stored, "sha256:")); err != nil ||
		len(raw) != sha256.Size || changes[1]["mark"] != [2]string{stored, ""} {
		t.Errorf("the mark: %v, %v", changes[0]["mark"], changes[1]["mark"])
	}
}

// desk/state_test.go has the addresses; here nothing of the form is stored when code ① would lead elsewhere.
func TestASettingThatLeadsCodeOneElsewhereIsRefusedWhole(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	before, err := h.insurer.Directory.Insurer(ctx, "06139992")
	if err != nil {
		t.Fatal(err)
	}
	addresses := []string{
		"https://evil.example/",
		"https://myna.go.jp.evil.example/",
		"https://evil-myna.go.jp/",
		"http://myna.go.jp/",
		"myna.go.jp",
		"https://myna.go.jp@evil.example/",
		"https://myna.go.jp:8443/",
		"https://myna.go.jp/?to=x",
	}
	testenv.Refused(t, testenv.Files, len(addresses))
	for _, address := range addresses {
		t.Run(address, func(t *testing.T) {
			w := h.settings(t, mark(t, color.Black), map[string]string{"name": "別の名前", "state": address})
			if w.Code != http.StatusUnprocessableEntity ||
				!strings.Contains(w.Body.String(), "国（マイナポータル）のアドレスだけ") {
				t.Errorf("%d %.300s", w.Code, w.Body)
			}
			if now, err := h.insurer.Directory.Insurer(ctx, "06139992"); err != nil || now != before {
				t.Errorf("%+v was stored, %v", now, err)
			}
		})
	}
}

// An older program let any https address in: it is not printed under the State's name.
func TestNoNoticeIsPrintedWithAStoredAddressThatIsNotTheStates(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"), row(2, ",,架空商店,無"))
	waiting := h.waiting(t, "06139992")
	found, err := h.store.Register.FindPeople(ctx, insurer.PeopleQuery{Insurer: "06139992", Limit: 1})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	in, err := h.insurer.Directory.Insurer(ctx, "06139992")
	if err != nil {
		t.Fatal(err)
	}
	in.Branding.State = "https://myna.go.jp.evil.example/"
	if err := h.store.Directory.PutSettings(ctx, in, nil, audit.Entry{At: h.now, Actor: "t",
		Action: "insurer.put"}); err != nil {
		t.Fatal(err)
	}
	paths := []string{"/insurer/people/" + string(found[0].ID) + "/notice.pdf",
		"/insurer/papers/notice.pdf?insurer=06139992", "/insurer/papers/notice-70.pdf?insurer=06139992"}
	testenv.Refused(t, testenv.Files, len(paths)+2)
	for _, path := range paths {
		if w := h.ask(t, "GET", path, nil); w.Code != http.StatusConflict ||
			!strings.Contains(w.Body.String(), "紙の設定と見本") {
			t.Errorf("%s: %d %.300s", path, w.Code, w.Body)
		}
	}
	var refused *eligibility.Error
	if _, err := h.insurer.PrintJobs.PlanRun(ctx, clerkOf("06139992"),
		insurer.RunRequest{Kind: insurer.NoticeRun}); !errors.As(err, &refused) ||
		refused.Key != "look.state_stored" {
		t.Errorf("a new run: %v", err)
	}
	if _, err := h.insurer.PrintJobs.PlanRun(ctx, clerkOf("06139992"),
		insurer.RunRequest{Kind: insurer.CertificateRun}); err != nil {
		t.Errorf("certificates carry no such code: %v", err)
	}
	if err := h.runs.Begin(ctx, clerkOf("06139992"), waiting); err != nil {
		t.Fatal(err)
	}
	if run := h.over(t, waiting); run.State != insurer.RunFailed ||
		!strings.Contains(run.Failure().Text("ja"), "印刷しません") {
		t.Errorf("%+v", run)
	}
	in.Branding.State = ""
	if err := h.store.Directory.PutSettings(ctx, in, nil, audit.Entry{At: h.now, Actor: "t",
		Action: "insurer.put"}); err != nil {
		t.Fatal(err)
	}
	if w := h.form(t, "/insurer/runs/"+waiting+"/resume", url.Values{}); w.Code != http.StatusSeeOther ||
		h.over(t, waiting).State != insurer.RunDone {
		t.Errorf("once it is mended: %d", w.Code)
	}
}
