package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// storedFile stores a clerk's file, of which the numbers were seen, and returns its id.
func (h *testApp) storedFile(t *testing.T, clerk staff.Clerk, rows string, seen insurer.ImportCount) string {
	t.Helper()
	id, err := h.insurer.Importer.KeepFile(ctx, clerk, strings.NewReader(townHead+rows))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.insurer.Importer.StorePreview(ctx, clerk, id, seen); err != nil {
		t.Fatal(err)
	}
	return id
}

// lookedAtAgain counts a file's papers by its people, as another instance of the server does.
func (h *testApp) lookedAtAgain(t *testing.T, clerk staff.Clerk, id string) (out insurer.NewPapers) {
	t.Helper()
	out.Day = eligibility.DateOf(h.now)
	see := func(p eligibility.Person, printed insurer.Printed) {
		papers := eligibility.PapersFor(p, out.Day)
		if papers.Notice && !printed.Notice {
			out.Notices++
		}
		if papers.Certificate && !printed.Certificate {
			out.Certificates++
		}
	}
	if err := h.store.People.EachOfFile(ctx, clerk.Insurer, id, see); err != nil {
		t.Fatal(err)
	}
	return out
}

// The papers of a file's new people are counted while they are stored, and stay right when the people, what
// was printed or the day change.
func TestTheNewPapersOfAFileStayRight(t *testing.T) {
	h := newTestApp(t)
	clerk := clerkOf("06139992")
	h.session(t, auth.Clerk, "鈴木", "{}")
	counts := func(what, id string, notices, certificates int) {
		t.Helper()
		got, err := h.insurer.PrintJobs.NewPapers(ctx, clerk, id)
		want := insurer.NewPapers{
			Day: eligibility.DateOf(h.now), Notices: notices, Certificates: certificates,
		}
		if err != nil || got != want || got != h.lookedAtAgain(t, clerk, id) {
			t.Errorf("%s: %+v %v, not %+v; looked at again %+v", what, got, err, want,
				h.lookedAtAgain(t, clerk, id))
		}
	}
	h.storedFile(t, clerk, row(1, ",,架空商店,無"), insurer.ImportCount{New: 1})
	var rows strings.Builder
	for i := range 30 { // 1 is known, the others are new
		fmt.Fprintln(&rows, row(1+i, ",,架空商店,"+map[bool]string{true: "有", false: "無"}[i%3 == 0]))
	}
	h.now = h.now.Add(time.Minute)
	id := h.storedFile(t, clerk, rows.String(), insurer.ImportCount{New: 29, Changed: 1})
	counts("stored", id, 9, 20)
	counts("asked again", id, 9, 20)
	counts("a file that is none", "nothing", 0, 0)

	h.now = h.now.Add(time.Minute)
	h.storedFile(t, clerk, row(2, ",,架空商店,有"), insurer.ImportCount{Changed: 1})
	counts("one changed since", id, 10, 19)

	h.now = h.now.Add(time.Minute)
	other := h.storedFile(t, clerk, row(99, ",,架空商店,無"), insurer.ImportCount{New: 1})
	counts("others came since", id, 10, 19)
	counts("they are counted themselves", other, 0, 1)

	run := h.started(t, url.Values{"run": {"notices"}, "whom": {"new"}, "order": {"number"}})
	if r := h.over(t, run); r.State != insurer.RunDone {
		t.Fatalf("%+v", r)
	}
	counts("the notices are printed", id, 0, 19)

	h.now = h.now.Add(24 * time.Hour)
	counts("another day", id, 0, 19)
}
