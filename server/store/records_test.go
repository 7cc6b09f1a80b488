package store

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/store/storetest"
)

const (
	ownFacility   = "1319999991"
	otherFacility = "1319999992"
)

// putCases stores cases as they are given, in this order.
func putCases(t *testing.T, s *opened, all ...counter.Case) {
	t.Helper()
	for _, c := range all {
		if err := s.ForCounter().PutCase(ctx, c, entry("case.record")); err != nil {
			t.Fatal(err)
		}
	}
}

// foundIDs are the cases of a query, as the store returns them.
func foundIDs(t *testing.T, s *opened, q counter.CaseQuery) []string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	found, err := s.ForCounter().FindCases(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, c := range found {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestCasesAreFoundByWhatStaffLookFor(t *testing.T) {
	storetest.Engines(t, testCasesAreFoundByWhatStaffLookFor)
}

func testCasesAreFoundByWhatStaffLookFor(t *testing.T) {
	s, path := open(t)
	at := func(day int) time.Time { return noon.AddDate(0, 0, day) }
	putCases(t, s,
		counter.Case{Facility: ownFacility, ID: "A", At: at(0), Outcome: hostapi.Accepted, Body: []byte("a"),
			Staff: []string{"鈴木"}, Number: "1234"},
		counter.Case{Facility: ownFacility, ID: "B", At: at(1), Outcome: hostapi.Refused, Body: []byte("b"),
			Staff: []string{"鈴木", "佐藤"}},
		counter.Case{Facility: ownFacility, ID: "C", At: at(1).Add(time.Hour), Outcome: hostapi.Parked,
			Body: []byte("c"), Staff: []string{"佐藤%"}, Number: "77"},
		counter.Case{Facility: ownFacility, ID: "D", At: at(3), Outcome: hostapi.Open, Body: []byte("d"),
			Staff: []string{"佐藤"}},
		counter.Case{Facility: otherFacility, ID: "E", At: at(1), Outcome: hostapi.Parked, Body: []byte("e"),
			Staff: []string{"鈴木"}, Number: "1234"},
	)
	day := func(n int) eligibility.Date { return eligibility.DateOf(at(n)) }
	for _, c := range []struct {
		name string
		q    counter.CaseQuery
		want string
	}{
		{"all of the facility, the newest first", counter.CaseQuery{}, "D C B A"},
		{"a day", counter.CaseQuery{From: day(1), To: day(1)}, "C B"},
		{"from a day on", counter.CaseQuery{From: day(1)}, "D C B"},
		{"to a day", counter.CaseQuery{To: day(0)}, "A"},
		{"an outcome", counter.CaseQuery{Outcomes: []hostapi.Outcome{hostapi.Parked}}, "C"},
		{"two outcomes", counter.CaseQuery{
			Outcomes: []hostapi.Outcome{hostapi.Parked, hostapi.Accepted}}, "C A"},
		{"open ones", counter.CaseQuery{Outcomes: []hostapi.Outcome{hostapi.Open}}, "D"},
		{"staff", counter.CaseQuery{Staff: "佐藤"}, "D B"},
		{"staff with a sign of LIKE", counter.CaseQuery{Staff: "佐藤%"}, "C"},
		{"staff: no sign stands for others", counter.CaseQuery{Staff: "%"}, ""},
		{"staff: a part of a name", counter.CaseQuery{Staff: "鈴"}, ""},
		{"a patient number", counter.CaseQuery{Number: "1234"}, "A"},
		{"a part of a patient number", counter.CaseQuery{Number: "123"}, ""},
		{"everything together", counter.CaseQuery{From: day(0), To: day(2), Staff: "鈴木", Number: "1234",
			Outcomes: []hostapi.Outcome{hostapi.Accepted}}, "A"},
		{"a page", counter.CaseQuery{Limit: 2, Offset: 1}, "C B"},
		{"after the last page", counter.CaseQuery{Limit: 2, Offset: 4}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Facility = ownFacility
			if got := strings.Join(foundIDs(t, s, c.q), " "); got != c.want {
				t.Errorf("%q", got)
			}
		})
	}
	counted, err := s.ForCounter().CountCases(ctx, counter.CaseQuery{Facility: ownFacility, From: day(1)})
	want := map[hostapi.Outcome]int{hostapi.Refused: 1, hostapi.Parked: 1, hostapi.Open: 1}
	if err != nil || !maps.Equal(counted, want) {
		t.Errorf("%v %v", counted, err)
	}
	none := 0
	for _, other := range []string{"1310000000", "", "%", "131999999"} {
		none += len(foundIDs(t, s, counter.CaseQuery{Facility: other}))
		counted, err := s.ForCounter().CountCases(ctx, counter.CaseQuery{Facility: other})
		if none += len(counted); err != nil {
			t.Error(err)
		}
	}
	if testenv.Refused(t, testenv.Counter, 4); none != 0 {
		t.Errorf("other facilities see %d", none)
	}
	// two facilities' same number is not the same in the file, and the number itself is nowhere
	var macs [][]byte
	for _, facility := range []string{ownFacility, otherFacility} {
		var mac []byte
		if err := s.read.QueryRow(`SELECT number_mac FROM cases WHERE facility = $1 AND number_mac IS NOT NULL
			ORDER BY id LIMIT 1`, facility).Scan(&mac); err != nil {
			t.Fatal(err)
		}
		macs = append(macs, mac)
	}
	if bytes.Equal(macs[0], macs[1]) || len(macs[0]) != 32 {
		t.Errorf("%x", macs)
	}
	if databaseHolds(t, path, "1234") {
		t.Error("the file holds a patient number")
	}
}

// Three thousand cases of a month, sixty pages: each case stands on one page, once, in order.
func TestThousandsOfCasesArePaged(t *testing.T) {
	storetest.Engines(t, testThousandsOfCasesArePaged)
}

func testThousandsOfCasesArePaged(t *testing.T) {
	s, _ := open(t)
	const n, page = 3000, 50
	body := []byte("body")
	for i := range n {
		c := counter.Case{Facility: ownFacility, ID: fmt.Sprintf("%04d", i), Outcome: hostapi.Accepted,
			At: noon.AddDate(0, 0, i%30), Body: body, Staff: []string{"鈴木"}}
		putCases(t, s, c)
	}
	var all []counter.Case
	began := time.Now()
	for offset := 0; offset < n+page; offset += page {
		found, err := s.ForCounter().FindCases(ctx, counter.CaseQuery{Facility: ownFacility,
			Outcomes: []hostapi.Outcome{hostapi.Accepted, hostapi.Parked}, Limit: page, Offset: offset})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	t.Logf("%d pages in %s", n/page+1, time.Since(began))
	seen := map[string]bool{}
	for _, c := range all {
		seen[c.ID] = true
	}
	newestFirst := func(a, b counter.Case) int { return b.At.Compare(a.At) }
	if len(all) != n || len(seen) != n || !slices.IsSortedFunc(all, newestFirst) {
		t.Errorf("%d rows, %d cases", len(all), len(seen))
	}
}

// Each facility's records go when its own years are over (療担規則 9条), counted from the last record of a
// case, and the audit says how many.
func TestRecordsGoWhenTheirYearsAreOver(t *testing.T) {
	storetest.Engines(t, testRecordsGoWhenTheirYearsAreOver)
}

func testRecordsGoWhenTheirYearsAreOver(t *testing.T) {
	s, _ := open(t)
	facilities := s.ForStaff().Facilities
	for code, years := range map[string]int{ownFacility: 3, otherFacility: 5} {
		f := staff.Facility{Code: code, Name: "架空医院", Blanking: time.Minute, Retention: years}
		if err := facilities.AddFacility(ctx, f, entry("facility.add")); err != nil {
			t.Fatal(err)
		}
	}
	date := eligibility.MustDate
	when := func(day string) time.Time { return date(day).Time().Add(9 * time.Hour) }
	putCases(t, s,
		counter.Case{Facility: ownFacility, ID: "OLD", At: when("2023-11-20"), Ended: date("2023-11-20"),
			Outcome: hostapi.Accepted, Body: []byte("x")},
		counter.Case{Facility: ownFacility, ID: "CARRIED", At: when("2023-11-20"), Ended: date("2023-11-22"),
			Outcome: hostapi.Parked, Body: []byte("x")},
		counter.Case{Facility: ownFacility, ID: "NEW", At: when("2026-11-20"), Outcome: hostapi.Parked,
			Body: []byte("x")},
		counter.Case{Facility: otherFacility, ID: "FIVE", At: when("2023-11-20"), Outcome: hostapi.Accepted,
			Body: []byte("x")},
		// of a facility that is not stored any more: the least that the law asks for
		counter.Case{Facility: "1319999993", ID: "GONE", At: when("2023-11-20"), Outcome: hostapi.Accepted,
			Body: []byte("x")},
	)
	left := func() string {
		var ids []string
		for _, facility := range []string{ownFacility, otherFacility, "1319999993"} {
			ids = append(ids, foundIDs(t, s, counter.CaseQuery{Facility: facility})...)
		}
		return strings.Join(ids, " ")
	}
	for _, c := range []struct {
		name, now string
		gone      int
		left      string
	}{
		{"on the last day", "2026-11-20", 0, "NEW CARRIED OLD FIVE GONE"},
		{"the day after", "2026-11-21", 2, "NEW CARRIED FIVE"},
		{"once the carried one's are over too", "2026-11-23", 1, "NEW FIVE"},
		{"the other facility's five years", "2028-11-21", 1, "NEW"},
		{"a parked one goes too", "2029-11-21", 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			gone, err := s.ExpireCases(ctx, when(c.now))
			if err != nil || gone != c.gone || left() != c.left {
				t.Errorf("%d gone, left %q, %v", gone, left(), err)
			}
		})
	}
	var said []string
	if err := s.each(ctx, func(scan func(...any) error) error {
		var actor, detail string
		err := scan(&actor, &detail)
		said = append(said, actor+" "+detail)
		return err
	}, `SELECT actor, detail FROM audit WHERE action = 'case.expire' ORDER BY seq`); err != nil {
		t.Fatal(err)
	}
	slices.Sort(said)
	if want := []string{"system 1319999991, 1", "system 1319999991, 1", "system 1319999991, 1",
		"system 1319999992, 1", "system 1319999993, 1"}; !slices.Equal(said, want) {
		t.Errorf("%q", said)
	}
}

// A case of an older program gets what it is found by when the database is opened; before, its seal vouches
// for less.
func TestCasesOfAnOlderProgramAreFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s, err := openAt(path, options())
	if err != nil {
		t.Fatal(err)
	}
	body := `{"verdict":{"valid":true,"tier":"live","checks":[]},"staff":"鈴木","reason":"急ぎ",` +
		`"recordedAt":"2026-11-24T09:00:00+09:00"}`
	for i := range 3 {
		r := caseRow{day: eligibility.DateOf(noon).String(), Case: counter.Case{Facility: ownFacility,
			ID: fmt.Sprint("OLD", i), At: noon, Outcome: hostapi.Parked, Version: 2}}
		sealed, err := s.sealer.seal(ctx, s.write, r.scope(), r.place(r.Version), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			sealed[len(sealed)-1] ^= 1 // altered: it stays as it is, and stops nobody
		}
		if _, err := s.tamper(`INSERT INTO cases (facility, ref, at, day, outcome, body, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.Facility, r.ID, toMillis(r.At), r.day, string(r.Outcome),
			sealed, r.Version); err != nil {
			t.Fatal(err)
		}
	}
	// what a program writes that has looked at all cases is not in its database
	if _, err := s.tamper(`DELETE FROM meta WHERE name = 'cases'`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ForCounter().Case(ctx, ownFacility, "OLD0"); err != nil {
		t.Errorf("before the database is opened anew: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = openAt(path, options()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found, err := s.ForCounter().FindCases(ctx, counter.CaseQuery{Facility: ownFacility, Staff: "鈴木",
		Limit: 10})
	if err != nil || len(found) != 2 || found[0].Ended != eligibility.MustDate("2026-11-24") ||
		found[0].Version != 2 || string(found[0].Body) != body {
		t.Errorf("%+v %v", found, err)
	}
}
