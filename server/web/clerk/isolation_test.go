package clerk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/staff"
	"madoguchi/server/store"
	"madoguchi/server/store/storetest"
	"madoguchi/server/web/kit"
)

const (
	city  = eligibility.InsurerNumber("00138990") // 架空市, with the people of its sample
	union = eligibility.InsurerNumber("06139992") // 架空健康保険組合, with two of its own
)

var (
	ctx = context.Background()
	now = time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan)
)

// office is a live server of two insurers with its real store. A person, a run and a file are 架空市's.
type office struct {
	*BackOffice
	person       insurer.PersonRecord
	run, preview string
}

// memberOf is an administrator of an insurer's staff.
func memberOf(number eligibility.InsurerNumber) staff.Member {
	return staff.Member{
		ID:           staff.MemberID("MEMBER" + string(number) + "AA"),
		Organisation: staff.OfInsurer(number),
		Name:         "鈴木",
		Role:         staff.RoleInsurerAdmin,
		State:        staff.Active,
	}
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newOffice(t *testing.T) *office {
	t.Helper()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	dir := t.TempDir()
	secret := bytes.Repeat([]byte{1}, 32)
	kept, err := store.Open(ctx, storetest.Database(t), store.Options{
		Mode:    "live",
		Role:    "insurer",
		Index:   secret,
		Masters: map[string][]byte{"people": secret, "session": secret},
	})
	fatal(t, err)
	t.Cleanup(func() { kept.Close() })
	ring, err := keys.Open(filepath.Join(dir, "keys"))
	fatal(t, err)
	services := insurer.New(insurer.Config{
		Stores:       kept.ForInsurer(),
		Keys:         ring.Rings,
		Certificates: ring.Certificates,
		Notices:      insurer.NoticeKeys{Derive: secret, Index: secret},
		Host:         "https://live.example",
		Address:      "https://live.example",
		Now:          func() time.Time { return now },
	})
	services.PrintJobs.Folder = filepath.Join(dir, "runs")
	t.Cleanup(services.PrintJobs.Wait)
	for _, in := range []insurer.Insurer{
		{Number: city, Name: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000"},
		{Number: union, Name: "架空健康保険組合", Issuer: "理事長", Telephone: "06-0000-0000"},
	} {
		fatal(
			t,
			kept.ForInsurer().Directory.PutSettings(
				ctx,
				in,
				nil,
				audit.Entry{At: now, Actor: "t", Action: "t"},
			),
		)
	}
	o := &office{BackOffice: &BackOffice{
		Kit:        &kit.Kit{Now: func() time.Time { return now }, Limits: kit.NewLimits()},
		Insurer:    services,
		Background: ctx,
	}}
	clerk := memberOf(city).Clerk()
	_, err = services.Importer.Import(ctx, clerk, bytes.NewReader(insuredcsv.SampleFile(city)))
	fatal(t, err)
	_, err = services.Importer.Import(ctx, memberOf(union).Clerk(),
		strings.NewReader("番号,氏名,生年月日\n1,組合 一郎,1986-04-12\n2,組合 二郎,1988-11-30\n"))
	fatal(t, err)
	found, _, err := services.Register.Search(ctx, clerk, insurer.PeopleQuery{Limit: 1})
	fatal(t, err)
	o.person = found[0]
	plan, err := services.PrintJobs.PlanRun(ctx, clerk, insurer.RunRequest{Kind: insurer.NoticeRun})
	fatal(t, err)
	fatal(t, services.PrintJobs.StartRun(ctx, clerk, plan))
	o.run = plan.Run.ID
	o.preview, err = services.Importer.KeepFile(ctx, clerk, bytes.NewReader(insuredcsv.SampleFile(city)))
	fatal(t, err)
	return o
}

// ask has a handler answer a member.
func (o *office) ask(
	member staff.Member, do kit.StaffHandler, method, address string, form url.Values, id string,
) (*httptest.ResponseRecorder, error) {
	r := httptest.NewRequest(method, "https://live.example"+address, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	c := echo.New().NewContext(r, w)
	c.SetParamNames("id", "name", "wish", "kind", "rid", "login", "phone")
	c.SetParamValues(id, "x.pdf", "cancel", "notice.pdf", "AAAAA", "1", "A")
	return w, do(c, member)
}

// room is a handler of the clerks' with what a request of it is about.
type room struct {
	name   string
	of     aboutFunc
	do     clerkHandlerFunc
	method string
	own    bool // a page about the insurer itself: without a number it is the member's own
}

func (o *office) rooms() []room {
	people, imports := &personPages{o.BackOffice}, &importPages{o.BackOffice}
	prints, numbers := &printPages{o.BackOffice}, &statisticsPages{o.BackOffice}
	get, post := http.MethodGet, http.MethodPost
	all := []room{
		{"register", ofInsurer, o.homePage, get, true},
		{"settings", ofInsurer, prints.settingsOfPapers, get, true},
		{"settings, changed", ofInsurer, prints.updateSettings, post, false},
		{"sample paper", ofInsurer, prints.samplePaper, get, true},
		{"runs", ofInsurer, prints.runsPage, get, true},
		{"runs, asked for a new one", ofInsurer, prints.newRunPage, get, true},
		{"runs, a list", ofInsurer, prints.keepRunList, post, false},
		{"runs, a new one", ofInsurer, prints.startRun, post, false},
		{"revoke", ofInsurer, people.revokePage, get, true},
		{"revoke many", ofInsurer, people.revokeMany, post, false},
		{"statistics", ofInsurer, numbers.statisticsPage, get, true},
		{"statistics as CSV", ofInsurer, numbers.statisticsFile, get, true},
		{"sample CSV", ofInsurer, o.sample, get, false},
		{"person", ofPerson, people.personPage, get, false},
		{"notice", ofPerson, people.noticeSheet, get, false},
		{"notice's code", ofPerson, people.noticeQR, get, false},
		{"phones, asked about", ofPerson, people.askedAboutPhones, post, false},
		{"run", ofRun, prints.runPage, get, false},
		{"run's events", ofRun, prints.runEvents, get, false},
		{"run's command", ofRun, prints.commandRun, post, false},
		{"run's file", ofRun, prints.runFile, get, false},
		{"file", ofPreview, imports.previewPage, get, false},
		{"file's headings", ofPreview, imports.headingsPage, get, false},
		{"file's headings, mapped", ofPreview, imports.mapHeadings, post, false},
		{"file, stored", ofPreview, imports.storeFile, post, false},
		{"file, stopped", ofPreview, imports.stopStore, post, false},
		{"file's events", ofPreview, imports.importEvents, get, false},
		{"file, dropped", ofPreview, imports.dropFile, post, false},
		{"file's errors", ofPreview, imports.errorFile, get, false},
	}
	for name, a := range map[string]personAction{
		"reissue":     {people.askReissue, people.reissue},
		"revoke all":  {people.askRevokePerson, people.revokePerson},
		"revoke copy": {people.askRevokeCopy, people.revokeCopy},
		"end login":   {people.askEndLogin, people.endLogin},
		"end phone":   {people.askEndDevice, people.endPersonsDevice},
		"end phones":  {people.askEndDevices, people.endPersonsDevices},
		"erase":       {people.askErase, people.erase},
	} {
		all = append(all,
			room{name + ", asked", ofPerson, people.confirmHandler(a), get, false},
			room{name, ofPerson, people.actionHandler(a), post, false})
	}
	for _, d := range insurer.AllDocuments() {
		if d.Clerk != nil {
			all = append(all, room{"paper " + string(d.Kind), ofPerson, prints.paper(d), get, false})
		}
	}
	return all
}

// A member of one insurer guesses every number and id of the other's right: each is answered as one that is
// not there, and nothing of it is named. The own pages open without a number, and name the own insurer alone.
func TestAMemberFindsNothingOfTheOtherInsurerOfTheServer(t *testing.T) {
	o := newOffice(t)
	count := func() int {
		n, err := o.Insurer.Register.Count(ctx, memberOf(city).Clerk())
		fatal(t, err)
		return n
	}
	before, refused := count(), 0
	for _, room := range o.rooms() {
		t.Run(room.name, func(t *testing.T) {
			id := string(o.person.ID)
			if strings.HasPrefix(room.name, "run") {
				id = o.run
			}
			if strings.HasPrefix(room.name, "file") {
				id = o.preview
			}
			about := url.Values{
				"insurer": {string(city)},
				"number":  {o.person.Person.Number},
				"sure":    {"yes"},
				"seen": {
					"0 0 0",
				},
				"before": {"2026-11-22T10:00"},
				"name":   {"別の名前"},
				"run":    {"notices"},
				"yes":    {"1"},
			}
			address := "/insurer?insurer=" + string(city)
			form := about
			if room.method == http.MethodGet {
				form = nil
			}
			w, err := o.ask(memberOf(union), o.clerk(room.of, room.do), room.method, address, form, id)
			refused++
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Code != eligibility.NotFound || len(e.Args) != 0 || w.Body.Len() > 0 {
				t.Errorf("%d %.200q %v", w.Code, w.Body, err)
			}
			if !room.own {
				return
			}
			w, err = o.ask(
				memberOf(union),
				o.clerk(room.of, room.do),
				room.method,
				"/insurer",
				nil,
				"",
			)
			if err != nil || w.Code != http.StatusOK {
				t.Fatalf("its own page: %d %v", w.Code, err)
			}
			for _, foreign := range []string{string(city), "138990", "架空市", o.person.Person.Name, o.run} {
				if strings.Contains(w.Body.String(), foreign) {
					t.Errorf("its own page names %s", foreign)
				}
			}
		})
	}
	testenv.Refused(t, testenv.Staff, refused)
	if after := count(); after != before {
		t.Errorf("架空市 had %d people and has %d", before, after)
	}
}

// What each insurer is told of itself are its own numbers.
func TestEachInsurersNumbersAreItsOwn(t *testing.T) {
	o := newOffice(t)
	for number, want := range map[eligibility.InsurerNumber]struct {
		people, runs int
		name         string
	}{
		city:  {3, 1, "髙橋"},
		union: {2, 0, "組合"},
	} {
		clerk := memberOf(number).Clerk()
		people, found, err := o.Insurer.Register.Search(ctx, clerk, insurer.PeopleQuery{Limit: 50})
		if err != nil || found != want.people || len(people) != want.people {
			t.Errorf("%s: %d people, %v", number, found, err)
		}
		runs, err := o.Insurer.PrintJobs.List(ctx, clerk, 10)
		if err != nil || len(runs) != want.runs {
			t.Errorf("%s: %d runs, %v", number, len(runs), err)
		}
		statistics, err := o.Insurer.Usage.Statistics(ctx, clerk)
		if err != nil || statistics.People != want.people {
			t.Errorf("%s: %+v %v", number, statistics, err)
		}
		var written bytes.Buffer
		n, err := o.Insurer.Exporter.Export(ctx, clerk, insurer.ExportCSV, &written)
		if err != nil || n != want.people || !strings.Contains(written.String(), want.name) {
			t.Errorf("%s: %d exported, %v", number, n, err)
		}
		w, err := o.ask(
			memberOf(number),
			o.clerk(ofInsurer, o.homePage),
			http.MethodGet,
			"/insurer",
			nil,
			"",
		)
		own := fmt.Sprintf(`加入者 <span class="kept">%d人</span>`, want.people)
		if err != nil || strings.Contains(w.Body.String(), "<select") ||
			!strings.Contains(w.Body.String(), own) {
			t.Errorf("%s: the page offers a choice or lacks its own numbers: %v", number, err)
		}
		w, err = o.ask(memberOf(number), o.clerk(ofInsurer, o.homePage), http.MethodGet,
			"/insurer?q="+url.QueryEscape(want.name), nil, "")
		if err != nil || strings.Count(w.Body.String(), "person-link") == 0 {
			t.Errorf("%s: the search lacks its people: %v", number, err)
		}
	}
}
