package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
)

// acknowledged is what the killed processes said that is stored.
type acknowledged struct {
	notes, logins, cases, records, runs, printed, imports []string

	began []string // files of which some may be stored
}

// add takes what one process said, line by line; a line that it was killed in counts for nothing.
func (a *acknowledged) add(t *testing.T, lines []string) {
	t.Helper()
	lists := map[string]*[]string{
		"note": &a.notes, "enrolled": &a.logins, "case": &a.cases, "record": &a.records, "run": &a.runs,
		"printed": &a.printed, "import": &a.imports, "begins": &a.began,
	}
	for _, line := range lines {
		words := strings.Fields(line)
		list := lists[words[1]]
		if list == nil {
			t.Fatalf("it says %q", line)
		}
		*list = append(*list, words[2])
	}
}

func (a acknowledged) String() string {
	return fmt.Sprintf("%d entries, %d logins, %d cases, %d records, %d files, %d runs, %d of them printed",
		len(a.notes), len(a.logins), len(a.cases), len(a.records), len(a.imports), len(a.runs),
		len(a.printed))
}

// prepare makes the folder with people of both insurers, a patient who is enrolled, and the union's file 0.
func (k killedServer) prepare(t *testing.T) {
	t.Helper()
	d, _, _ := k.start(t)
	d.enrolled(t)
	if _, err := d.insurer.Importer.Import(t.Context(), clerkOf(demoCity),
		bytes.NewReader(insuredcsv.SampleFile(demoCity))); err != nil {
		t.Fatal(err)
	}
	if _, err := d.insurer.Importer.Import(t.Context(), clerkOf(killedUnion), k.file(0)); err != nil {
		t.Fatal(err)
	}
	if err := d.app.Store.Close(); err != nil {
		t.Fatal(err)
	}
}

// killed runs the process and kills it at a moment. It returns what the process said was stored.
func (k killedServer) killed(t *testing.T, m moment) (said []string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$")
	child.Env = append(os.Environ(), killedIn+"="+k.data, killedDatabase+"="+k.database,
		killedRound+"="+strconv.Itoa(k.round))
	var errs bytes.Buffer
	child.Stderr = &errs
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	left := m.times
	kill := func() { time.AfterFunc(m.after, func() { _ = child.Process.Kill() }) }
	if left == 0 {
		kill()
	}
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "ACK" {
			continue
		}
		if words[1] == m.word {
			if left--; left == 0 {
				kill()
			}
		}
		if words[1] != "ready" {
			said = append(said, line)
		}
	}
	if err := child.Wait(); err == nil || child.ProcessState.Exited() {
		t.Fatalf("it ended before it was killed: %v %s", err, &errs)
	}
	return said
}

// check starts the server again and looks for all that was acknowledged.
func (k killedServer) check(t *testing.T, told acknowledged) {
	t.Helper()
	setClock(t, k.now())
	d, _, _ := k.start(t) // which compares the chain with its checkpoints
	defer d.app.Store.Close()
	k.checkChain(t, d, told.notes)
	k.checkLogins(t, d, told.logins)
	for _, id := range told.cases {
		c, err := d.app.Store.ForCounter().Case(t.Context(), "1319999991", id)
		if err != nil || slices.Contains(told.records, id) && c.Outcome != hostapi.Refused {
			t.Errorf("case %s: %q %v", id, c.Outcome, err)
		}
	}
	k.checkFiles(t, d, told)
	k.checkRuns(t, d, told.runs)
}

func (k killedServer) checkChain(t *testing.T, d running, notes []string) {
	t.Helper()
	if n, err := d.app.Store.VerifyAudit(t.Context()); err != nil {
		t.Errorf("the chain of %d entries: %v", n, err)
	}
	stored := map[string]bool{}
	if err := d.app.Store.AuditChain().Rows(t.Context(), 1, func(r audit.Row) error {
		stored[r.Detail] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, detail := range notes {
		if !stored[detail] {
			t.Errorf("entry %q was acknowledged and is lost", detail)
		}
	}
}

func (k killedServer) checkLogins(t *testing.T, d running, logins []string) {
	t.Helper()
	for _, subject := range logins {
		shown, err := d.insurer.Enrolment.People(t.Context(), viewerOf(subject))
		if err != nil || len(shown) != 1 {
			t.Errorf("login %s shows %d people, %v", subject, len(shown), err)
		}
	}
}

// checkFiles wants each file of the union stored as a whole or not at all: everybody of its base at one
// address, that of the newest file, and of the people of each file all or none.
func (k killedServer) checkFiles(t *testing.T, d running, told acknowledged) {
	t.Helper()
	all, err := d.app.Store.ForInsurer().Register.FindPeople(t.Context(),
		insurer.PeopleQuery{Insurer: killedUnion, Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	addresses, people := map[string]int{}, map[string]int{}
	for _, r := range all {
		if r.Person.Symbol == "100" {
			addresses[strings.TrimPrefix(r.Person.Address, "東京都架空区")]++
		} else {
			people[r.Person.Symbol]++
		}
	}
	newest := "0"
	for _, file := range told.began {
		n, err := strconv.Atoi(file)
		if err != nil {
			t.Fatal(err)
		}
		stored := people[strconv.Itoa(n+1_000)]
		if stored != killedNew && (stored != 0 || slices.Contains(told.imports, file)) {
			t.Errorf("%d people of file %s are stored, acknowledged: %v", stored, file,
				slices.Contains(told.imports, file))
		}
		if stored > 0 {
			newest = file
		}
	}
	if len(addresses) != 1 || addresses[newest] != killedBase {
		t.Errorf("the newest file is %s, and people have the addresses of %v", newest, addresses)
	}
}

// checkRuns lets the server go on with its print runs, as it does by itself: each is complete then.
func (k killedServer) checkRuns(t *testing.T, d running, runs []string) {
	t.Helper()
	if err := d.app.runs.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.app.runs.Wait()
	for _, id := range runs {
		run, err := d.app.runs.Job(t.Context(), clerkOf(killedUnion), id)
		if err != nil || run.State != insurer.RunDone || run.Done != killedRun {
			t.Errorf("run %s: %+v %v", id, run, err)
			continue
		}
		data, err := os.ReadFile(filepath.Join(d.app.runs.FolderOf(run), insurer.RunBase(run)+"-index.csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\uFEFF"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var printed, want []string
		for _, row := range rows[1:] {
			printed = append(printed, row[5])
		}
		for i := range killedRun {
			want = append(want, strconv.Itoa(i+1))
		}
		slices.Sort(printed)
		slices.Sort(want)
		if !slices.Equal(printed, want) {
			t.Errorf("run %s printed %v", id, printed)
		}
	}
}
