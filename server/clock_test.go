package main

import (
	"bytes"
	"go/ast"
	"maps"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/demo"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/settings"
)

// TestMain stops the clock on a day on which nothing changes.
func TestMain(m *testing.M) {
	clock = func() time.Time { return time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan) }
	os.Exit(m.Run())
}

// setClock sets the program's clock until the test ends.
func setClock(t *testing.T, at time.Time) {
	t.Helper()
	before := clock
	clock = func() time.Time { return at }
	t.Cleanup(func() { clock = before })
}

// movingClock sets the program's clock until the test ends to one that set moves under a running server.
func movingClock(t *testing.T, at time.Time) (set func(time.Time)) {
	t.Helper()
	var now atomic.Pointer[time.Time]
	now.Store(&at)
	before := clock
	clock = func() time.Time { return *now.Load() }
	t.Cleanup(func() { clock = before })
	return func(at time.Time) { now.Store(&at) }
}

// From the first start to a copy that still counts the next day, and over a new start: on the days on which
// something of the calendar changes, in the time zones of a server in Japan and of one in a data centre.
func TestTheDemoWorksAtEveryAwkwardMoment(t *testing.T) {
	zones := []*time.Location{eligibility.Japan, time.UTC}
	for i, moment := range testenv.Moments() {
		zone := zones[i%2] // one after the other
		t.Run(moment.Name+" on a clock of "+zone.String(), func(t *testing.T) {
			at := moment.At.In(zone)
			setClock(t, at)
			s := &settings.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"}
			d, err := startDemo(t, s)
			if err != nil {
				t.Fatal(err)
			}
			if err := demo.Certify(d.app.Keys, d.app.Path, demo.Insurers, d.app.Now()); err != nil {
				t.Fatal(err)
			}
			person := d.enrolledAs(t, "試験 一葉", "1980-02-17")
			screen := d.screen(t, person)
			if v := d.verify(t, screen); !v.Valid {
				t.Errorf("the screen: %+v", v)
			}
			file, err := d.insurer.Documents.File(t.Context(), viewerOf("op|x"), person)
			if err != nil {
				t.Fatal(err)
			}
			paper, err := credential.Read(string(file))
			if err != nil {
				t.Fatal(err)
			}
			if v := d.verify(t, paper); !v.Valid {
				t.Errorf("the copy: %+v", v)
			}
			if err := d.app.Store.Close(); err != nil {
				t.Fatal(err)
			}
			setClock(t, at.Add(25*time.Hour))
			next, err := startDemo(t, s)
			if err != nil {
				t.Fatal(err)
			}
			if err := demo.Certify(next.app.Keys, next.app.Path, demo.Insurers, next.app.Now()); err != nil {
				t.Fatal(err)
			}
			// at least three whole months: below 70 nothing is reviewed
			if v := next.verify(t, paper); !v.Valid {
				t.Errorf("the copy after a day: %+v", v)
			}
			if v := next.verify(t, screen); v.Valid {
				t.Error("a live screen counts after a day")
			}
		})
	}
}

// enrolledAs imports the sample of 架空市 and lets one of its people log in.
func (d running) enrolledAs(t *testing.T, name, birth string) audit.PersonID {
	t.Helper()
	ctx := t.Context()
	if _, err := d.insurer.Importer.Import(ctx, clerkOf(demoCity),
		bytes.NewReader(insuredcsv.SampleFile(demoCity))); err != nil {
		t.Fatal(err)
	}
	found, err := d.app.Store.ForInsurer().Register.FindPeople(
		ctx,
		insurer.PeopleQuery{Insurer: demoCity, Text: name, Limit: 1},
	)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d people, %v", len(found), err)
	}
	paper, err := d.insurer.Enrolment.NoticePaper(ctx, clerkOf(demoCity), found[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	who := auth.Identity{Subject: "op|x", Name: name, BirthDate: eligibility.MustDate(birth), At: d.app.Now()}
	notice, err := d.insurer.Enrolment.NoticeFor(ctx, paper.Code)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.insurer.Enrolment.Enrol(ctx, insurer.Viewer{Login: &who}, notice); err != nil {
		t.Fatal(err)
	}
	return found[0].ID
}

// Why a test may read the real clock. A value that a test compares must never come from it: what passes in
// November may fail on July 31st.
const (
	span    = "measures how long something takes"
	patient = "gives up waiting after a while"
	peer    = "another program judges by the machine's clock"
)

// realClock are the tests that read it.
var realClock = map[string]string{
	"auth/login_test.go":                  span,
	"auth/peer_test.go":                   peer,
	"server/live_test.go":                 peer,
	"server/load/world_test.go":           peer,
	"card/bridge/agent_test.go":           peer,
	"card/bridge/service_test.go":         patient,
	"card/operations_test.go":             span,
	"card/pcsc/connect_test.go":           span,
	"card/pcsc/outage_linux_test.go":      span,
	"card/pcsc/service_linux_test.go":     span,
	"card/virtual/plug_test.go":           patient,
	"card/virtual/virtual_test.go":        span,
	"credential/peer_test.go":             peer,
	"e2e/bench_test.go":                   peer,
	"e2e/screens_test.go":                 peer,
	"e2e/representative_test.go":          peer,
	"e2e/keys_test.go":                    peer,
	"e2e/offlineday_test.go":              peer,
	"e2e/paper_test.go":                   peer,
	"e2e/cardcodes_test.go":               peer,
	"e2e/hand_test.go":                    peer,
	"e2e/panelpapers_test.go":             peer,
	"e2e/paperwords_test.go":              peer,
	"e2e/pdfdrop_test.go":                 peer,
	"e2e/slot_test.go":                    peer,
	"e2e/verdictcodes_test.go":            peer,
	"e2e/verdictrows_test.go":             peer,
	"e2e/keyboardday_test.go":             peer,
	"e2e/scantime_test.go":                peer,
	"server/hub/request_test.go":          span,
	"server/store/records_test.go":        span,
	"server/web/twoinstances_test.go":     patient,
	"e2e/browser_test.go":                 patient,
	"e2e/devices_test.go":                 peer,
	"e2e/import_linux_test.go":            span,
	"e2e/liveca_test.go":                  peer,
	"e2e/phone_test.go":                   peer,
	"e2e/waiting_test.go":                 span,
	"e2e/walk_test.go":                    peer,
	"e2e/windows/counter_test.go":         peer,
	"pdf/sign/parts_test.go":              peer,
	"server/qrscan/bounds_test.go":        span,
	"server/agents/connlimit_test.go":     span,
	"server/agents/life_test.go":          span,
	"server/agents/operations_test.go":    peer,
	"server/agents/readers_test.go":       patient,
	"server/agents/stranger_test.go":      span,
	"server/web/kit/events_test.go":       span,
	"internal/barrage/barrage_test.go":    span,
	"server/web/testapp_test.go":          span,
	"server/web/bars_linux_test.go":       span,
	"server/web/besidebars_linux_test.go": span,
	"server/web/importbars_linux_test.go": span,
	"server/store/audit_bench_test.go":    span,
	"server/store/auditbars_test.go":      span,
	"server/auditing/start_test.go":       span,

	"server/web/hundredcounters_test.go": span,
	"server/observe/log_test.go":         span,
	"server/observe/metrics_test.go":     span,
	"server/observe/traces_test.go":      span,
	"server/web/logsecrecy_test.go":      span,
}

// The kind of failure that comes twice a year is a test that asks which day it is. Whoever needs the real
// clock stands in realClock with the reason; everybody else is given a time.
func TestTestsAreGivenTheirTime(t *testing.T) {
	found := map[string]bool{}
	testenv.Tests(t, func(f testenv.GoFile) {
		if len(clockUses(f.File)) > 0 {
			found[f.Path] = true
		}
	})
	for _, path := range slices.Sorted(maps.Keys(found)) {
		if realClock[path] == "" {
			t.Errorf("%s reads the real clock: give the test its time, or say in realClock why", path)
		}
	}
	for path := range realClock {
		if !found[path] {
			t.Errorf("%s does not read the real clock any more: take it out of realClock", path)
		}
	}
}

// clockUses are the functions by which a file reads the real clock.
func clockUses(file *ast.File) (uses []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" &&
			slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
			uses = append(uses, sel.Sel.Name)
		}
		return true
	})
	return uses
}
