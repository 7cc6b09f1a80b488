package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/datafolder"
	"madoguchi/server/insurer"
	"madoguchi/server/settings"
	"madoguchi/server/store/storetest"
)

// killedServer is a server that works until it is killed, by its folder and its database; both ends of the
// test know it by these.
type killedServer struct {
	data, database string
	checkpoints    string // its file of them; empty: in the folder
	round          int
}

// What the process that is killed is told.
const (
	killedIn       = "MADOGUCHI_TEST_KILLED_IN" // its data folder
	killedDatabase = "MADOGUCHI_TEST_KILLED_DATABASE"
	killedRound    = "MADOGUCHI_TEST_KILLED_ROUND"
)

const killedUnion eligibility.InsurerNumber = "06139992"

const (
	killedBase = 4_000 // people of the union in every file: a slice of an import
	killedNew  = 200   // people whom only one file has
	killedRun  = 90    // people of a print run
)

// settings are those of the server.
func (k killedServer) settings() *settings.Settings {
	return &settings.Settings{
		Data:         k.data,
		Database:     k.database,
		AuditFile:    k.checkpoints,
		Addr:         "127.0.0.1:0",
		FacilityCode: "1319999991",
		FacilityName: "架空医院",
	}
}

// now is when a round's server works: each two minutes after the one before it.
func (k killedServer) now() time.Time {
	return time.Date(2026, 11, 22, 10, 42+2*k.round, 0, 0, eligibility.Japan)
}

// start starts the server as serve does, up to where it would answer.
func (k killedServer) start(t *testing.T) (running, http.Handler, *audit.Witness) {
	t.Helper()
	handler, h := started(t, k.settings(), datafolder.RoleAll, "http://localhost:8080")
	witness, err := h.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	services, err := h.insurerServices(t.Context(), "http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	h.runs.Reader = nil // drawing pages takes longer than the server lives
	return running{h.settings, h, services}, handler, witness
}

// file is the union's file of a number: its base moved to an address of that number, and new people.
func (k killedServer) file(number int) *bytes.Buffer {
	var b bytes.Buffer
	b.WriteString("記号,番号,枝番,氏名,氏名カナ,生年月日,資格取得年月日,郵便番号,住所,マイナ保険証登録\n")
	row := func(symbol, n int) {
		fmt.Fprintf(&b, "%d,%d,00,試験 太郎,シケン タロウ,1986-04-12,2020-04-01,1000000,東京都架空区%d,有\n", symbol, n,
			number)
	}
	for i := range killedNew {
		row(number+1_000, i+1)
	}
	for i := range killedBase {
		row(100, i+1)
	}
	return &b
}

// worker does what a server does until it is killed, and says on its standard output what was acknowledged:
// a word, and what it names.
type worker struct {
	running
	killedServer
	handler http.Handler
	said    sync.Mutex
}

func (w *worker) says(word string, names ...any) {
	w.said.Lock()
	defer w.said.Unlock()
	fmt.Println(append([]any{"ACK", word}, names...)...)
}

// worksUntilKilled is the process that is killed.
func worksUntilKilled(t *testing.T, k killedServer) {
	setClock(t, k.now())
	d, handler, witness := k.start(t)
	w := &worker{running: d, killedServer: k, handler: handler}
	defer d.app.KeepWitness(t.Context(), witness)()
	if err := d.app.runs.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() { w.notes(t, i) })
	}
	for i := range 2 {
		all.Go(func() { w.enrols(t, i) })
		all.Go(func() { w.records(t) })
	}
	all.Go(func() { w.imports(t) })
	all.Go(func() { w.prints(t) })
	w.says("ready")
	all.Wait()
}

func (w *worker) notes(t *testing.T, caller int) {
	for n := 0; ; n++ {
		detail := fmt.Sprintf("%d-%d-%d", w.round, caller, n)
		if err := w.app.Store.ForInsurer().Register.Note(t.Context(), audit.Entry{
			At:     clock(),
			Actor:  audit.ClerkActor("鈴木"),
			Action: "people.search",
			Detail: detail,
		}); err != nil {
			panic(err)
		}
		w.says("note", detail)
		time.Sleep(5 * time.Millisecond) // the others get their turns
	}
}

// enrols issues the notices of the city's second person anew and again, each for another login.
func (w *worker) enrols(t *testing.T, caller int) {
	person := w.personOf(t, demoCity, "試験 一葉")
	for n := 0; ; n++ {
		subject := fmt.Sprintf("op|%d-%d-%d", w.round, caller, n)
		who := auth.Identity{
			Subject:   subject,
			Name:      person.Person.Name,
			BirthDate: person.Person.BirthDate,
			At:        clock(),
		}
		err := w.insurer.Enrolment.Reissue(t.Context(), clerkOf(demoCity), person.ID)
		paper, err2 := w.insurer.Enrolment.NoticePaper(t.Context(), clerkOf(demoCity), person.ID)
		if err := errors.Join(err, err2); err != nil {
			panic(err)
		}
		mac, err := w.insurer.Enrolment.NoticeFor(t.Context(), paper.Code)
		if err == nil {
			err = w.insurer.Enrolment.Enrol(t.Context(), insurer.Viewer{Login: &who}, mac)
		}
		switch {
		case err == nil:
			w.says("enrolled", subject)
		case errors.Is(err, insurer.ErrNoticeVoid), errors.Is(err, insurer.ErrNoticeUsed): // the other's
		default:
			panic(err)
		}
	}
}

func (d running) personOf(t *testing.T, number eligibility.InsurerNumber, name string) insurer.PersonRecord {
	t.Helper()
	found, err := d.app.Store.ForInsurer().Register.FindPeople(t.Context(),
		insurer.PeopleQuery{Insurer: number, Text: name, Limit: 1})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d people, %v", len(found), err)
	}
	return found[0]
}

// records scans a patient's screens at the counter and records each case.
func (w *worker) records(t *testing.T) {
	reception := signedIn(w.handler, "counter")
	post := func(path string, body string) map[string]any {
		answer := reception.asks("POST", path, body)
		if answer.Code/100 != 2 {
			panic(fmt.Sprint(path, answer.Code, answer.Body))
		}
		return oldAnswer[map[string]any](t, answer)
	}
	person := w.personOf(t, demoCity, "髙橋德一")
	for {
		id := post("/api/v1/counter/cases", fmt.Sprintf(`{"text":%q}`, w.screen(t, person.ID)))["id"]
		w.says("case", id)
		post(fmt.Sprintf("/api/v1/counter/cases/%s/record", id), `{"outcome":"refused","reason":"試験"}`)
		w.says("record", id)
	}
}

// imports imports one file of the union after the other.
func (w *worker) imports(t *testing.T) {
	for n := w.round * 100; ; n++ {
		w.says("begins", n)
		_, err := w.insurer.Importer.Import(t.Context(), clerkOf(killedUnion), w.file(n))
		if err != nil {
			panic(err)
		}
		w.says("import", n)
	}
}

// printed are the people of a print run.
func (k killedServer) printed() (list []string) {
	for i := range killedRun {
		list = append(list, fmt.Sprintf("100,%d", i+1))
	}
	return list
}

// prints prints notices of the union, one run after the other.
func (w *worker) prints(t *testing.T) {
	for {
		plan, err := w.insurer.PrintJobs.PlanRun(t.Context(), clerkOf(killedUnion), insurer.RunRequest{
			Kind:    insurer.NoticeRun,
			Options: insurer.RunOptions{PerFile: 30},
			List:    w.printed(),
		})
		if err == nil {
			err = w.app.runs.StartRun(t.Context(), clerkOf(killedUnion), plan)
		}
		if err != nil {
			panic(err)
		}
		w.says("run", plan.Run.ID)
		if _, err := w.app.runs.Print(t.Context(), clerkOf(killedUnion), plan.Run.ID, nil); err != nil {
			panic(err)
		}
		w.says("printed", plan.Run.ID)
	}
}

// Whoever was told that something is stored finds it after kill -9 at any moment: entries, logins, cases and
// their records, whole files and no half ones, print runs that end complete, and a chain that is whole and as
// long as its checkpoints say.
func TestNothingAcknowledgedIsLostWhenTheServerIsKilled(t *testing.T) {
	storetest.Engines(t, testNothingAcknowledgedIsLostWhenTheServerIsKilled)
}

func testNothingAcknowledgedIsLostWhenTheServerIsKilled(t *testing.T) {
	if at := os.Getenv(killedIn); at != "" {
		k := killedServer{data: at, database: os.Getenv(killedDatabase)}
		if _, err := fmt.Sscan(os.Getenv(killedRound), &k.round); err != nil {
			t.Fatal(err)
		}
		worksUntilKilled(t, k)
		return
	}
	k := killedServer{data: filepath.Join(t.TempDir(), "data")}
	if database := storetest.Database(t); strings.HasPrefix(database, "postgres:") {
		k.database = database
	}
	k.prepare(t)
	seed, rounds := number(t, "MADOGUCHI_SEED", 1), number(t, "MADOGUCHI_KILLS", 2)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	var told acknowledged
	for k.round = 1; k.round <= rounds; k.round++ {
		m := momentOf(k.round, random)
		told.add(t, k.killed(t, m))
		t.Logf("seed %d, round %d: killed %s; acknowledged so far: %s", seed, k.round, m, told)
		k.check(t, told)
		if t.Failed() {
			return
		}
	}
	if rounds >= 10 && min(len(told.notes), len(told.logins), len(told.records), len(told.imports),
		len(told.printed)) == 0 {
		t.Errorf("something was never acknowledged: %s", told)
	}
}

// moment is when a process is killed: so long after it said a word so often; empty: after it was begun.
type moment struct {
	word  string
	times int
	after time.Duration
}

func (m moment) String() string { return fmt.Sprintf("%v after %d %q", m.after, m.times, m.word) }

// momentOf is a round's moment: the first is in the middle of everything, every seventh while it starts.
func momentOf(round int, random *rand.Rand) moment {
	m := moment{"record", 3, time.Duration(random.IntN(500)) * time.Millisecond}
	if round%7 == 0 {
		return moment{after: m.after}
	}
	if round > 1 {
		m.word = []string{"ready", "note", "enrolled", "case", "record", "import", "printed"}[random.IntN(7)]
		m.times = 1
		if !slices.Contains([]string{"ready", "import", "printed"}, m.word) {
			m.times += random.IntN(20)
		}
	}
	return m
}

// number is a number of the environment, or what stands for it.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(name, err)
	}
	return n
}
