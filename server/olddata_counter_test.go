package main

import (
	"cmp"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/phonetest"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

func TestCopiesOfTheVersionBeforeCountAsTheyDid(t *testing.T) {
	o := openOldData(t)
	path := "/i/" + string(demoCity) + "/.well-known/crl/" + o.facts.KeyID + ".json"
	w := o.ask(t, [2]string{}, "GET", path, nil)
	type list struct {
		KeyID   string   `json:"kid"`
		Counter int      `json:"ctr"`
		RIDs    []string `json:"rids"`
	}
	var want list
	if err := json.Unmarshal(o.facts.Revocations, &want); err != nil {
		t.Fatal(err)
	}
	got := oldAnswer[list](t, w)
	if got.KeyID != want.KeyID || got.Counter != want.Counter || !slices.Equal(got.RIDs, want.RIDs) ||
		len(want.RIDs) != 2 { // 德一's first copy and that of the erased
		t.Errorf("the list of revoked copies is %+v, it was %+v", got, want)
	}
	for _, c := range []struct {
		name, copy string
		valid      bool
		headline   string
	}{
		{"the second of 德一", o.facts.GoodCopy, true, "この写し（PDF）は本物です"},
		{"the first, taken back", o.facts.RevokedCopy, false, "この写し（PDF）は取り消されています"},
		{"of the erased", o.facts.ErasedCopy, false, "この写し（PDF）は取り消されています"},
	} {
		t.Run(c.name, func(t *testing.T) {
			type answer struct {
				Verdict struct {
					Valid    bool
					Headline struct{ Ja string }
				}
			}
			v := oldAnswer[answer](t, o.ask(t, o.facts.ReceptionCookie, "POST", "/api/v1/counter/cases",
				map[string]string{"text": c.copy})).Verdict
			if v.Valid != c.valid || v.Headline.Ja != c.headline {
				t.Errorf("%+v", v)
			}
		})
	}
}

func TestReceiptsOfTheVersionBeforeOpenOnTheirPhone(t *testing.T) {
	o := openOldData(t)
	type receipt struct {
		Person audit.PersonID
		At     time.Time
		Sealed string
	}
	found := oldAnswer[struct{ Receipts []receipt }](t, o.ask(t, o.facts.PatientCookie, "GET",
		"/api/v1/receipts?key="+oldPhone, nil)).Receipts
	want := []struct {
		minute  int
		outcome string
	}{{27, "parked"}, {4, "accepted"}} // newest first
	if len(found) != len(want) {
		t.Fatalf("%d receipts", len(found))
	}
	for i, r := range found {
		at := time.Date(2026, 11, 22, 9, want[i].minute, 0, 0, eligibility.Japan)
		if r.Person != o.facts.Tokuichi || !r.At.Equal(at) {
			t.Errorf("%s at %s, want %s", r.Person, r.At, at)
		}
		parts := strings.Split(string(unsealedReceipt(t, o.facts.ReceiptKey, r.Sealed)), ".")
		if len(parts) != 3 {
			t.Fatalf("%d parts", len(parts))
		}
		var claims struct {
			Issuer  string `json:"iss"`
			Outcome string `json:"outcome"`
		}
		if err := json.Unmarshal(decoded(t, parts[1]), &claims); err != nil ||
			claims.Outcome != want[i].outcome || claims.Issuer != "http://localhost:8080" {
			t.Errorf("%+v %v, want %s", claims, err, want[i].outcome)
		}
	}
}

// unsealedReceipt opens a receipt as pwa/src/patient/receipts.ts does.
func unsealedReceipt(t *testing.T, private, sealed string) []byte {
	t.Helper()
	phone, err := ecdh.P256().NewPrivateKey(decoded(t, private))
	if err != nil {
		t.Fatal(err)
	}
	text, err := phonetest.OpenReceipt(phone, decoded(t, sealed))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestPrintJobsOfTheVersionBeforeAndTheirFilesAreThere(t *testing.T) {
	o := openOldData(t)
	jobs := o.app.runs
	done, err := jobs.Job(t.Context(), clerkOf(demoCity), o.facts.Job)
	if err != nil || done.State != insurer.RunDone || done.Total != 2 || done.Done != 2 || done.Files != 2 ||
		done.By != audit.ClerkActor("鈴木") {
		t.Errorf("%+v %v", done, err)
	}
	files, err := jobs.Files(t.Context(), clerkOf(demoCity), o.facts.Job)
	if err != nil || len(files) != len(o.facts.JobFiles) {
		t.Fatalf("%+v %v", files, err)
	}
	for i, f := range files {
		if want := o.facts.JobFiles[i]; f.Name != want.Name || f.SHA256 != want.SHA256 {
			t.Errorf("%s %s, want %+v", f.Name, f.SHA256, want)
		}
		data, err := os.ReadFile(filepath.Join(jobs.FolderOf(done), f.Name))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != o.facts.JobFiles[i].SHA256 {
			t.Errorf("%s is another file", f.Name)
		}
	}
	failed, err := jobs.Job(t.Context(), clerkOf(demoCity), o.facts.FailedJob)
	const note = "保存先に書き込めません。ディスクの空きとフォルダーの権限を確かめて、再開してください。" +
		"途中のファイルは残していません。"
	if err != nil || failed.State != insurer.RunFailed || failed.Note != note || failed.Total != 2 ||
		failed.By != audit.ClerkActor("佐藤") {
		t.Errorf("%+v %v", failed, err)
	}
	// whoever was printed then is not new now
	_, err = o.insurer.PrintJobs.PlanRun(t.Context(), clerkOf(demoCity), insurer.RunRequest{
		Kind:    insurer.NoticeRun,
		Options: insurer.RunOptions{Only: insurer.OnlyNew},
		List:    []string{"0005678"},
	})
	var e *eligibility.Error
	if !errors.As(err, &e) || e.Key != "run.nobody" {
		t.Errorf("%v", err)
	}
}

// rewordedNext are next steps that are said in other words since: what staff compare is the whole card, not
// its birth date alone.
var rewordedNext = map[string]string{
	"カードの生年月日が画面と同じか見て、カードを確認してください。": "" +
		"カードの顔写真・氏名・生年月日を本人と画面に見くらべて、カードを確認してください。",
	"Compare the card's birth date with the screen, then check the card.": "" +
		"Compare the card's photo, name and birth date with the person and the screen, then check the card.",
}

// The records of a counter hold the sentences of the version that wrote them. They are shown as they were.
func TestCasesOfTheVersionBeforeAreShownAsTheyWere(t *testing.T) {
	o := openOldData(t)
	type shown struct {
		ID, Outcome, Reason, Staff string
		Verdict                    struct {
			Valid          bool
			Headline, Next map[string]string
			Checks         []map[string]string
		}
		Eligibility *struct {
			Name, Number string
			Share        int
		}
		Visual []string
		Ground *struct{ Code string }
	}
	found := oldAnswer[struct{ Cases []shown }](t, o.ask(t, o.facts.ReceptionCookie, "GET",
		"/api/v1/counter/cases", nil)).Cases
	want := []struct {
		id, outcome, reason, ground string
		visual                      int
	}{
		{o.facts.OpenCase, "", "", "", 0},
		{o.facts.ParkedCase, "parked", "家族に確かめる", "", 0},
		{o.facts.RefusedCase, "refused", "画面の写し", "", 0},
		{o.facts.AcceptedCase, "accepted", "カードリーダーの故障", "eye", 3},
	}
	if len(found) != len(want) || len(o.facts.Cases) != len(want) {
		t.Fatalf("%d cases", len(found))
	}
	for i, c := range found {
		w, old := want[i], o.facts.Cases[i]
		t.Run(w.outcome+" case", func(t *testing.T) {
			ground := ""
			if c.Ground != nil {
				ground = c.Ground.Code
			}
			if c.ID != w.id || c.Outcome != w.outcome || c.Reason != w.reason || c.Staff != "田中" ||
				ground != w.ground || len(c.Visual) != w.visual {
				t.Errorf("%+v, ground %q", c, ground)
			}
			if c.Eligibility == nil || c.Eligibility.Name != "髙橋 德一" || c.Eligibility.Share != 20 {
				t.Errorf("%+v", c.Eligibility)
			}
			if c.ID != old.ID || c.Verdict.Valid != old.Valid {
				t.Errorf("valid: %v, it was %v", c.Verdict.Valid, old.Valid)
			}
			for _, language := range []string{"ja", "en"} {
				next := cmp.Or(rewordedNext[old.Next[language]], old.Next[language])
				if c.Verdict.Headline[language] != old.Headline[language] ||
					c.Verdict.Next[language] != next {
					t.Errorf("%s, %s; it was %s, %s", c.Verdict.Headline[language],
						c.Verdict.Next[language], old.Headline[language], old.Next[language])
				}
			}
			if len(c.Verdict.Checks) != len(old.Checks) {
				t.Fatalf("%d checks, there were %d", len(c.Verdict.Checks), len(old.Checks))
			}
			for j, check := range c.Verdict.Checks {
				for _, name := range []string{"name", "result", "ja", "en"} {
					if check[name] != old.Checks[j][name] {
						t.Errorf("%s: %s, it was %s", name, check[name], old.Checks[j][name])
					}
				}
			}
		})
	}
	// the open one goes on where it stopped
	ended := oldAnswer[shown](t, o.ask(t, o.facts.ReceptionCookie, "POST",
		"/api/v1/counter/cases/"+o.facts.OpenCase+"/record",
		map[string]string{"outcome": "refused", "reason": "取り消された写し"}))
	if ended.Outcome != "refused" || ended.Verdict.Valid {
		t.Errorf("%+v", ended)
	}
}

func TestAReadersAgentOfTheVersionBeforeIsStillPaired(t *testing.T) {
	o := openOldData(t)
	a, err := o.app.Store.ForAgents().Agent(t.Context(), strings.Repeat("ab", 32))
	if err != nil || a.Facility != "1319999991" || a.Name != "受付1" || a.PairedBy != "田中" {
		t.Errorf("%+v %v", a, err)
	}
}
