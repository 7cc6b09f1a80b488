package staff_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/auth/passkey"
	"madoguchi/eligibility"
	"madoguchi/internal/passkeytest"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/store"
)

const (
	origin = "https://madoguchi.example.jp"
	clinic = "1319999991" // 医療機関コード
	other  = "1319999992"
	city   = eligibility.InsurerNumber("00138990")
	union  = eligibility.InsurerNumber("06139992")
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)
)

// world is the real store with two insurers, two facilities and the operator, each with its staff.
// Everybody's passkey is on an authenticator of their own.
type world struct {
	*staff.Services
	file    string
	store   *store.Store
	browser *auth.Sessions
	now     time.Time
	devices map[staff.MemberID]*passkeytest.Authenticator

	clerk, admin             staff.Member // of the city
	reception, facilityAdmin staff.Member // of the clinic
	operator                 staff.Member
	unionAdmin, otherAdmin   staff.Member // of the other insurer and facility

	link   string       // of an invitation, where a test fills one in
	answer staff.Answer // to a challenge, likewise
}

// command is whoever runs the program's commands.
var command = staff.Operator{}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// first is a world as it begins, made once: its file, and who is in it.
var first = sync.OnceValues(func() ([]byte, *world) {
	folder, err := os.MkdirTemp("", "staff")
	must(err)
	defer os.RemoveAll(folder)
	w := &world{file: filepath.Join(folder, "db"), devices: map[staff.MemberID]*passkeytest.Authenticator{}}
	must(w.begin())
	must(w.settle())
	must(w.store.Close())
	data, err := os.ReadFile(w.file)
	must(err)
	return data, w
})

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// newWorld returns a copy of the first world.
func newWorld(t *testing.T) *world {
	t.Helper()
	data, made := first()
	w := *made
	w.file = filepath.Join(t.TempDir(), "db")
	fatal(t, os.WriteFile(w.file, data, 0o600))
	w.devices = map[staff.MemberID]*passkeytest.Authenticator{}
	for id, device := range made.devices {
		w.devices[id] = device.Clone()
	}
	fatal(t, w.begin())
	t.Cleanup(func() { w.store.Close() })
	return &w
}

// begin opens the store and the services on it.
func (w *world) begin() (err error) {
	w.now = noon
	now := func() time.Time { return w.now }
	secret := bytes.Repeat([]byte{1}, 32)
	if w.store, err = store.Open(ctx, w.file, store.Options{
		Mode:    "live",
		Role:    "all",
		Index:   secret,
		Masters: map[string][]byte{"people": secret, "cases": secret, "session": secret},
	}); err != nil {
		return err
	}
	keys, err := passkey.New(passkey.Config{Address: origin, Name: "窓口", Now: now})
	if err != nil {
		return err
	}
	w.Services = staff.New(staff.Config{Stores: w.store.ForStaff(), Passkeys: keys, Now: now})
	w.browser = &auth.Sessions{
		Store:     w.store.Sessions(),
		HTTPS:     true,
		Now:       now,
		EndStolen: w.Sessions.EndStolen,
	}
	return nil
}

// settle has everybody join.
func (w *world) settle() error {
	for _, number := range []eligibility.InsurerNumber{city, union} {
		in := insurer.Insurer{Number: number, Name: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000"}
		e := audit.Entry{At: noon, Actor: "system", Action: "insurer.put"}
		if err := w.store.ForInsurer().Directory.PutSettings(ctx, in, nil, e); err != nil {
			return err
		}
	}
	for _, code := range []string{clinic, other} {
		f := staff.Facility{Code: code, Name: "架空医院"}
		if err := w.Facilities.Add(ctx, command, f); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		member *staff.Member
		of     staff.Organisation
		role   staff.Role
		name   string
	}{
		{&w.admin, staff.OfInsurer(city), staff.RoleInsurerAdmin, "鈴木 一郎"},
		{&w.clerk, staff.OfInsurer(city), staff.RoleInsurerClerk, "佐藤 二葉"},
		{&w.facilityAdmin, staff.OfFacility(clinic), staff.RoleFacilityAdmin, "田中 三月"},
		{&w.reception, staff.OfFacility(clinic), staff.RoleReception, "高橋 四郎"},
		{&w.operator, staff.TheOperator, staff.RoleOperator, "伊藤 五月"},
		{&w.unionAdmin, staff.OfInsurer(union), staff.RoleInsurerAdmin, "渡辺 六花"},
		{&w.otherAdmin, staff.OfFacility(other), staff.RoleFacilityAdmin, "山本 七海"},
	} {
		wanted := staff.NewMember{Organisation: c.of, Name: c.name, Role: c.role}
		code, _, err := w.Members.Invite(ctx, command, wanted)
		if err != nil {
			return err
		}
		*c.member, err = w.accept(code, newDevice())
		if err != nil {
			return err
		}
	}
	return nil
}

func newDevice() *passkeytest.Authenticator {
	return &passkeytest.Authenticator{Origin: origin, Counts: true}
}

// join invites somebody, who accepts on a new authenticator.
func (w *world) join(t *testing.T, by staff.Principal, wanted staff.NewMember) staff.Member {
	t.Helper()
	code, _, err := w.Members.Invite(ctx, by, wanted)
	fatal(t, err)
	m, err := w.accept(code, newDevice())
	fatal(t, err)
	return m
}

// accept registers a passkey by an invitation.
func (w *world) accept(
	code string, device *passkeytest.Authenticator, changes ...func(*passkeytest.Answer),
) (staff.Member, error) {
	began, err := w.Members.BeginAccept(ctx, code)
	if err != nil {
		return staff.Member{}, err
	}
	answer, err := device.Create(began.Options, changes...)
	if err != nil {
		return staff.Member{}, err
	}
	m, err := w.Members.Accept(ctx, code, staff.Answer{Ref: began.Ref, Credential: answer})
	if err == nil {
		w.devices[m.ID] = device
	}
	return m, err
}

// signIn is a whole sign-in by a member's authenticator.
func (w *world) signIn(id staff.MemberID, changes ...func(*passkeytest.Answer)) (staff.Member, error) {
	began, err := w.SignIn.Begin(ctx)
	if err != nil {
		return staff.Member{}, err
	}
	answer, err := w.devices[id].Get(began.Options, changes...)
	if err != nil {
		return staff.Member{}, err
	}
	return w.SignIn.Finish(ctx, staff.Answer{Ref: began.Ref, Credential: answer})
}

// prove is a fresh proof by a member who is signed in.
func (w *world) prove(m staff.Member, changes ...func(*passkeytest.Answer)) (staff.Member, error) {
	began, err := w.SignIn.BeginProof(ctx, m)
	if err != nil {
		return staff.Member{}, err
	}
	answer, err := w.devices[m.ID].Get(began.Options, changes...)
	if err != nil {
		return staff.Member{}, err
	}
	return w.SignIn.FinishProof(ctx, m, staff.Answer{Ref: began.Ref, Credential: answer})
}

// member is a member as it is stored.
func (w *world) member(t *testing.T, m staff.Member) staff.Member {
	t.Helper()
	all, err := w.store.ForStaff().Members.Members(ctx, m.Organisation)
	fatal(t, err)
	for _, one := range all {
		if one.ID == m.ID {
			return one
		}
	}
	t.Fatalf("%s is not stored", m.ID)
	return staff.Member{}
}

// entries are the actors, actions and details of the audit chain, from one on.
func (w *world) entries(t *testing.T, from int) (all []string) {
	t.Helper()
	db := w.open(t)
	rows, err := db.Query(`SELECT actor, action, detail FROM audit WHERE seq > $1 ORDER BY seq`, from)
	fatal(t, err)
	for rows.Next() {
		var actor, action, detail string
		fatal(t, rows.Scan(&actor, &action, &detail))
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", actor, action, detail)))
	}
	fatal(t, rows.Err())
	return all
}

// open opens the database as somebody who has the file and no key.
func (w *world) open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.file+"?_pragma=busy_timeout(10000)")
	fatal(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// dump is all that is stored but the audit chain.
func (w *world) dump(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	db := w.open(t)
	for _, table := range []string{
		"facilities", "members", "passkeys", "pins", "invitations", "challenges", "sessions",
	} {
		rows, err := db.Query(`SELECT * FROM ` + table + ` ORDER BY id`)
		fatal(t, err)
		columns, err := rows.Columns()
		fatal(t, err)
		for rows.Next() {
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			fatal(t, rows.Scan(into...))
			fmt.Fprintf(&b, "%s %x\n", table, row)
		}
		fatal(t, rows.Err())
	}
	return b.String()
}
