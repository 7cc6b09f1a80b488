package insurer_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/staff"
	"madoguchi/server/store"
	"madoguchi/server/store/storetest"
)

const (
	city   = eligibility.InsurerNumber("00138990") // 架空市, whose person everything is about
	kumiai = eligibility.InsurerNumber("06139992") // another insurer of the same server
)

var (
	ctx = context.Background()
	now = time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan)
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// asking are the principals of one who asks, of each kind.
type asking struct {
	name   string
	member staff.Member
	clerk  staff.Clerk
	by     staff.ForInsurer
	viewer insurer.Viewer
	host   hostapi.Host
}

// world is an insurer's half with its real store, and one person of 架空市 of whom everything is kept.
type world struct {
	*insurer.Services
	store *store.Store
	file  string        // of the database
	later time.Duration // how much later than now it is
	keys  *keys.Folder
	codes insurer.NoticeKeys

	person    insurer.PersonRecord
	notice    []byte // MAC of the code that the person used
	login     int64
	desk      string                // an open enrolment at the desk
	code      credential.OnlineCode // an online code that a counter asks about
	jws       string                // a live screen
	preview   string
	list      string              // kept for a run
	columns   []insuredcsv.Column // of the preview
	previewed insurer.ImportPreview
	seen      insurer.ImportCount // what storing the preview changes
	run       string
	planned   insurer.Plan // of 架空市, not started
	sealed    map[string][]byte

	representative int64  // its number
	offer          []byte // MAC of a code that waits for another representative

	rightful  asking
	strangers []asking
}

// newWorld fills a world.
func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{file: storetest.Database(t)}
	secret := bytes.Repeat([]byte{1}, 32)
	var err error
	w.store, err = store.Open(ctx, w.file, store.Options{
		Mode:    "demo",
		Role:    "all",
		Index:   secret,
		Masters: map[string][]byte{"people": secret, "cases": secret, "session": secret},
	})
	fatal(t, err)
	t.Cleanup(func() { w.store.Close() })
	ring, err := keys.Open(filepath.Join(dir, "keys"))
	fatal(t, err)
	for _, number := range []eligibility.InsurerNumber{city, kumiai} {
		in := insurer.Insurer{Number: number, Name: "架空", Issuer: "架空長", Telephone: "03-0000-0000"}
		fatal(t, w.store.ForInsurer().Directory.PutSettings(ctx, in, nil, entry("insurer.put")))
		_, err := ring.Rings.IssuerKey(number)
		fatal(t, err)
	}
	w.keys, w.codes = ring, insurer.NoticeKeys{Derive: secret, Index: secret}
	w.Services = insurer.New(insurer.Config{
		Stores:       w.store.ForInsurer(),
		Keys:         ring.Rings,
		Certificates: ring.Certificates,
		Notices:      w.codes,
		Host:         "https://localhost:8080",
		Address:      "http://localhost:8080",
		Demo:         true,
		Now:          func() time.Time { return now.Add(w.later) },
	})
	w.PrintJobs.Folder = filepath.Join(dir, "runs")
	t.Cleanup(w.PrintJobs.Wait)
	w.people(t)
	w.kept(t)
	return w
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func entry(action string) audit.Entry { return audit.Entry{At: now, Actor: "test", Action: action} }

// people imports the people of 架空市, lets two of them log in and come by their phones' keys, and names who
// asks.
func (w *world) people(t *testing.T) {
	t.Helper()
	clerk := staff.Clerk{Staff: "鈴木", Insurer: city, Role: staff.Everything}
	_, err := w.Importer.Import(ctx, clerk, bytes.NewReader(insuredcsv.SampleFile(city)))
	fatal(t, err)
	found, _, err := w.Register.Search(ctx, clerk, insurer.PeopleQuery{Limit: 2})
	fatal(t, err)
	w.person = found[0]
	w.sealed = map[string][]byte{}
	var viewers, phones []insurer.Viewer
	for i, r := range found {
		name := string(rune('a' + i))
		login := &auth.Identity{Subject: "op|" + name, Name: r.Person.Name, BirthDate: r.Person.BirthDate,
			At: now}
		paper, err := w.Enrolment.NoticePaper(ctx, clerk, r.ID)
		fatal(t, err)
		mac, err := w.Enrolment.NoticeFor(ctx, paper.Code)
		fatal(t, err)
		viewer := insurer.Viewer{Login: login}
		fatal(t, w.Enrolment.Enrol(ctx, viewer, mac))
		phone, err := ecdh.P256().GenerateKey(rand.Reader)
		fatal(t, err)
		public := phone.PublicKey().Bytes()
		fatal(t, w.store.ForInsurer().Devices.PutDeviceGrants(ctx, insurer.DeviceGrant{
			Subject:  login.Subject,
			DeviceID: "phone-" + name,
			KeyID:    strings.Repeat(name, 16),
			Public:   public,
			LoginAt:  now,
			At:       now,
		}, entry("phone.holder")))
		fatal(
			t,
			w.store.ForInsurer().Devices.PutReceiptKey(
				ctx,
				login.Subject,
				"phone-"+name,
				public,
				entry("phone.add"),
			),
		)
		byKey, err := w.Devices.Viewer(ctx, nil,
			insurer.Device{ID: "phone-" + name, KeyID: strings.Repeat(name, 16)})
		fatal(t, err)
		viewers, phones = append(viewers, viewer), append(phones, byKey)
		if i == 0 {
			w.notice = mac
			w.sealed["phone-a"] = append(bytes.Clone(public), make([]byte, 64)...)
		}
	}
	both := viewers[0]
	both.Device, both.People = phones[0].Device, phones[0].People
	counter := hostapi.Caller{URL: "https://counter.example", Name: "架空医院"}
	role := staff.Everything
	w.rightful = asking{
		name:   "its own",
		member: staff.Member{Name: "鈴木", Role: role},
		clerk:  clerk,
		by:     clerk,
		viewer: both,
		host:   hostapi.Host{Server: counter, Insurer: city},
	}
	colleague := staff.Clerk{Staff: "鈴木", Insurer: kumiai, Role: role} // of the same name
	w.strangers = []asking{{
		name:   "another insurer's",
		member: staff.Member{Name: "佐藤", Role: role},
		clerk:  colleague,
		by:     staff.Operator{Insurer: kumiai},
		viewer: viewers[1],
		host:   hostapi.Host{Server: counter, Insurer: kumiai},
	}, {
		name:   "by another phone",
		member: staff.Member{Name: "田中", Role: role},
		clerk:  colleague,
		by:     colleague,
		viewer: phones[1],
		host:   hostapi.Host{Server: counter, Insurer: kumiai},
	}, {
		name:  "nobody's",
		clerk: staff.Clerk{Staff: "鈴木"},
		by:    staff.Operator{},
		host:  hostapi.Host{Server: counter},
	}}
}

// kept makes what is kept of the person: a login, a copy, a screen, an online code, a receipt, a file, two
// runs.
func (w *world) kept(t *testing.T) {
	t.Helper()
	clerk, viewer, host := w.rightful.clerk, w.rightful.viewer, w.rightful.host
	file, err := w.Register.PersonFile(ctx, clerk, w.person.ID)
	fatal(t, err)
	w.login = file.Logins[0].ID
	w.represented(t)
	w.desk, err = w.Desk.Begin(ctx, clerk, w.person.ID, insurer.SeenCard)
	fatal(t, err)
	_, err = w.Documents.File(ctx, viewer, w.person.ID)
	fatal(t, err)
	screen, err := w.Issuer.Live(ctx, viewer, w.person.ID)
	fatal(t, err)
	w.jws = screen.JWS
	fatal(t, w.Receipts.LeaveReceipt(ctx, host, hostapi.Delivery{Credential: w.jws, Sealed: w.sealed}))
	w.code, _, err = w.OnlineCodes.NewCode(ctx, viewer, w.person.ID)
	fatal(t, err)
	spoken := credential.OnlineCode{Spoken: w.code.Spoken}
	if _, err := w.OnlineCodes.Redeem(ctx, host, spoken, unlimited{}); !errors.Is(err,
		hostapi.ErrCodeWaiting) {
		t.Fatal(err)
	}
	w.preview, err = w.Importer.KeepFile(ctx, clerk, bytes.NewReader(insuredcsv.SampleFile(city)))
	fatal(t, err)
	w.list, err = w.RunLists.Keep(ctx, clerk, "1")
	fatal(t, err)
	w.previewed, err = w.Importer.Preview(ctx, clerk, w.preview)
	fatal(t, err)
	for _, h := range w.previewed.Headings {
		w.columns = append(w.columns, h.Column)
	}
	picture, _, err := w.Importer.Count(ctx, clerk, w.previewed)
	w.seen = picture.Count
	fatal(t, err)
	plan, err := w.PrintJobs.PlanRun(ctx, clerk, insurer.RunRequest{Kind: insurer.NoticeRun})
	fatal(t, err)
	fatal(t, w.PrintJobs.StartRun(ctx, clerk, plan))
	w.run = plan.Run.ID
	w.planned, err = w.PrintJobs.PlanRun(ctx, clerk, insurer.RunRequest{Kind: insurer.NoticeRun})
	fatal(t, err)
	_, err = w.Usage.Statistics(ctx, clerk) // what was gathered until now is stored
	fatal(t, err)
}

// represented gives the person a representative, and a code for another one.
func (w *world) represented(t *testing.T) {
	t.Helper()
	clerk := w.rightful.clerk
	for _, name := range []string{"代理 花子", "代理 太郎"} {
		fatal(t, w.Representatives.Begin(ctx, clerk, w.person.ID, mandate(name)))
		paper, err := w.Representatives.Code(ctx, clerk, w.person.ID)
		fatal(t, err)
		w.offer, err = w.Representatives.CodeFor(ctx, paper.Code)
		fatal(t, err)
		if w.representative != 0 {
			return
		}
		fatal(t, w.Representatives.Accept(ctx, loggedIn("rep", name, "1980-04-01"), w.offer))
		all, err := w.Representatives.OfPerson(ctx, clerk, w.person.ID)
		fatal(t, err)
		w.representative = all[0].Number
	}
}

// mandate is what a clerk states of a representative who brought a mandate.
func mandate(name string) insurer.RepresentWish {
	return insurer.RepresentWish{
		Ground: insurer.ByMandate,
		Name:   name,
		Seen:   "委任状",
		Last:   eligibility.MustDate("2027-03-31"),
	}
}

// loggedIn is the viewer of a login just now.
func loggedIn(subject, name, birth string) insurer.Viewer {
	return insurer.Viewer{Login: &auth.Identity{
		Subject:   "op|" + subject,
		Name:      name,
		BirthDate: eligibility.MustDate(birth),
		At:        now,
	}}
}

// unlimited is a budget of tries that never ends.
type unlimited struct{}

func (unlimited) Guess(string, eligibility.InsurerNumber) error { return nil }
func (unlimited) Question(string, audit.PersonID) error         { return nil }

// open opens the database beside the store, for reading.
func (w *world) open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: w.file}).EscapedPath()+"?mode=ro")
	fatal(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// dump is every row of the database but those of the audit chain, and the chain's actions.
func (w *world) dump(t *testing.T) (rows string, actions []string) {
	t.Helper()
	db := w.open(t)
	defer db.Close()
	var b strings.Builder
	for _, table := range texts(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`) {
		if table == "audit" || strings.HasPrefix(table, "sqlite_") {
			continue
		}
		fmt.Fprintln(&b, table)
		each(t, db, `SELECT * FROM "`+table+`" ORDER BY rowid`,
			func(values []any) { fmt.Fprintln(&b, values...) })
	}
	return b.String(), texts(t, db, `SELECT action FROM audit ORDER BY seq`)
}

func texts(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	each(t, db, query, func(values []any) { all = append(all, fmt.Sprint(values[0])) })
	return all
}

func each(t *testing.T, db *sql.DB, query string, take func([]any)) {
	t.Helper()
	found, err := db.Query(query)
	fatal(t, err)
	defer found.Close()
	columns, err := found.Columns()
	fatal(t, err)
	for found.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		fatal(t, found.Scan(to...))
		take(values)
	}
	fatal(t, found.Err())
}
