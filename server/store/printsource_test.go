package store

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/printing"
	"madoguchi/server/store/storetest"
)

// printedPeople are more than one statement takes, some of whom have had notices: by their place of five,
// none, one, one that a login used, a second that was issued anew, and one that is void. The expected serials
// follow from that, not from the query.
const printedPeople = 2*noticesAtOnce + noticesTogether + 7

func openWithPrintedPeople(t *testing.T) (s *opened, ids []audit.PersonID, want map[audit.PersonID]int64) {
	t.Helper()
	s, _ = open(t)
	people := map[string]eligibility.Person{}
	for i := range printedPeople {
		p := hanako
		p.Number = fmt.Sprint(i)
		people[fmt.Sprintf("k%d", i)] = p
	}
	importPeople(t, s, people)
	want = map[audit.PersonID]int64{}
	for i := range printedPeople {
		r, err := s.Issuer.PersonByKey(ctx, "06139992", fmt.Sprintf("k%d", i))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
		mac := func(n int64) []byte { return printedMAC(r.ID, n) }
		must := func(_ int64, err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		want[r.ID] = 1
		if i%5 > 0 {
			must(s.Enrolment.EnsureNotice(ctx, ofKumiai(r.ID), mac, entry("notice.show")))
		}
		switch i % 5 {
		case 2:
			must(0, s.Enrolment.Enrol(ctx, mac(1), "op|"+fmt.Sprint(i), entry("notice.enrol")))
		case 3:
			must(s.Enrolment.ReissueNotice(ctx, ofKumiai(r.ID), mac, entry("notice.reissue")))
			want[r.ID] = 2
		case 4:
			_, err := s.write.ExecContext(ctx, `UPDATE notices SET void = 1 WHERE code_mac = $1`, mac(1))
			must(0, err)
			want[r.ID] = 2
		}
	}
	return s, ids, want
}

func printedMAC(id audit.PersonID, serial int64) []byte { return fmt.Appendf(nil, "%s %d", id, serial) }

func TestNoticesOfManyAreThoseOfEach(t *testing.T) { storetest.Engines(t, testNoticesOfMany) }

func testNoticesOfMany(t *testing.T) {
	s, ids, want := openWithPrintedPeople(t)
	slices.Reverse(ids) // as a run's order has them
	many := insurer.ManyNotices{
		Insurer: "06139992",
		People:  append(slices.Clone(ids), "nobody"),
		MAC:     printedMAC,
	}
	for range 2 { // the second time nothing is made
		got, err := s.People.EnsureNotices(ctx, many, entry("notice.print"))
		if err != nil || !maps.Equal(got, want) {
			t.Fatalf("%v %v, not %v", err, got, want)
		}
	}
	for id, serial := range want { // each is vouched for, and its person's
		n, err := s.Enrolment.Notice(ctx, printedMAC(id, serial))
		if err != nil || n.Person != id || n.Serial != serial || n.Void {
			t.Errorf("%s: %+v %v", id, n, err)
		}
		if n, err := s.Enrolment.Notice(ctx, printedMAC(id, serial+1)); err == nil {
			t.Errorf("%s has one more: %+v", id, n)
		}
	}
	many.Insurer = "138990"
	got, err := s.People.EnsureNotices(ctx, many, entry("notice.print"))
	if err != nil || len(got) > 0 {
		t.Errorf("of another insurer: %v %v", got, err)
	}
}

func TestAFinishedFileNotesEachOfItsPeople(t *testing.T) { storetest.Engines(t, testAFinishedFile) }

func testAFinishedFile(t *testing.T) {
	s, ids, _ := openWithPrintedPeople(t)
	run := insurer.PrintRun{
		ID:        "run",
		Insurer:   "06139992",
		Kind:      insurer.NoticeRun,
		State:     insurer.RunGoing,
		By:        "test",
		CreatedAt: noon,
		Total:     1,
	}
	onePerson := func(yield func(printing.Item, error) bool) { yield(printing.Item{Ref: "p"}, nil) }
	if err := s.Runs.PutRun(ctx, run, onePerson, entry("run.start")); err != nil {
		t.Fatal(err)
	}
	printed := ids[:len(ids)-3]
	records := func(version int, people ...audit.PersonID) (all []printing.PrintedRecord) {
		for _, id := range people {
			all = append(all, printing.PrintedRecord{Ref: string(id), Version: version})
		}
		return all
	}
	for number, at := range []time.Time{noon, noon.Add(time.Hour)} { // noted, then noted anew
		file := printing.FileRecord{Number: number + 1, Last: number + 1, People: len(printed)}
		e := entry("run.file")
		e.At = at
		people := append(slices.Clone(printed), "nobody")
		version := 7 + number // that of the page, whatever the register holds by now
		err := s.Runs.FinishFile(ctx, run, file, records(version, people...), e)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		err = s.People.EachPrint(
			ctx,
			insurer.PrintQuery{Insurer: "06139992", Kind: insurer.NoticeRun},
			func(r insurer.PersonRecord, last insurer.LastPrint) error {
				was := slices.Contains(printed, r.ID)
				if was && (!last.At.Equal(at) || last.Version != version) || !was && !last.At.IsZero() {
					t.Errorf("%s: %+v", r.ID, last)
				}
				seen++
				return nil
			},
		)
		if err != nil || seen != len(ids) {
			t.Fatalf("%d people, %v", seen, err)
		}
	}
	run2 := run
	run2.ID, run2.Insurer = "run2", "138990"
	if err := s.Runs.PutRun(ctx, run2, onePerson, entry("run.start")); err != nil {
		t.Fatal(err)
	}
	file := printing.FileRecord{Number: 1, Last: 1, People: 1}
	if err := s.Runs.FinishFile(ctx, run2, file, records(1, ids...), entry("run.file")); err != nil {
		t.Fatal(err)
	}
	var others int
	if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM prints WHERE run = 'run2'`).
		Scan(&others); err != nil || others > 0 {
		t.Errorf("another insurer's run noted %d people, %v", others, err)
	}
}
