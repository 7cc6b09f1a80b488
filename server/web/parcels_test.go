package web

import (
	"fmt"
	"net/url"
	"testing"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// printedParcels prints everybody's notices by 事業所 and returns the finished file.
func (h *testApp) printedParcels(t *testing.T, before func(run string)) (pages, people int) {
	t.Helper()
	request := insurer.RunRequest{
		Kind:    insurer.NoticeRun,
		Options: insurer.RunOptions{Order: insurer.ByNumber, CountSheets: true},
	}
	plan, err := h.insurer.PrintJobs.PlanRun(ctx, clerkOf("06139992"), request)
	if err == nil {
		err = h.insurer.PrintJobs.StartRun(ctx, clerkOf("06139992"), plan)
	}
	if err != nil {
		t.Fatal(err)
	}
	before(plan.Run.ID)
	if code := h.form(t, "/insurer/runs/"+plan.Run.ID+"/resume", url.Values{}).Code; code != 303 {
		t.Fatal(code)
	}
	run := h.over(t, plan.Run.ID)
	files, err := h.store.Runs.RunFiles(ctx, run.Key())
	if err != nil || run.State != insurer.RunDone || len(files) != 1 {
		t.Fatalf("%+v %+v %v", run, files, err)
	}
	return files[0].Pages, files[0].People
}

// docs/facts/insurer-numbers.md#symbol-number-branch: one 事業所's 記号 is written narrow or wide. Its people are
// ordered together, so they are one parcel; what is ordered beside it is another's.
func TestASymbolWrittenInSeveralWaysIsOneParcel(t *testing.T) {
	h := newTestApp(t)
	var rows []string
	for i, symbol := range []string{"7", "007", "７", "7", "００７", "８"} {
		rows = append(rows, fmt.Sprintf(
			"%s,%d,00,試験 太郎,シケン タロウ,1986-04-12,2020-04-01,1000000,東京都架空区%d,,,架空商店,有", symbol, i+1, i))
	}
	h.town(t, rows...)
	if pages, people := h.printedParcels(t, func(string) {}); pages != 6+3 || people != 6 {
		t.Errorf("%d pages of %d people and three parcels", pages, people)
	}
}

// The first of a parcel knew its employer's name; who is erased knows none.
func TestAParcelWhoseFirstPersonIsErasedHasItsSheet(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"), row(2, ",,架空工業,有"), row(3, ",,架空商店,有"), row(5, ",,架空商店,有"))
	pages, people := h.printedParcels(t, func(run string) {
		items, err := h.store.Runs.RunItems(ctx, insurer.RunKey{Insurer: "06139992", ID: run}, 0, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items { // the first parcel's only one, and the second's first
			r, err := h.insurer.Register.Record(ctx, clerkOf("06139992"), audit.PersonID(item.Ref))
			if err == nil {
				err = h.insurer.Register.Erase(ctx, clerkOf("06139992"), r.ID, r.Person.Number)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if pages != 2+1 || people != 2 {
		t.Errorf("%d pages of %d people and the one parcel that is left", pages, people)
	}
}
