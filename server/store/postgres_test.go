package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/postgrestest"
	"madoguchi/server/insurer"
)

// atServer opens two instances on one new database of a server.
func atServer(t *testing.T, address string) (one, two *opened) {
	t.Helper()
	both := make([]*opened, 2)
	var wait sync.WaitGroup
	for i := range both { // at once: one makes the tables, the other finds them
		wait.Go(func() {
			var err error
			if both[i], err = openAt(address, options()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if t.Failed() {
		t.FailNow()
	}
	t.Cleanup(func() { both[0].Close(); both[1].Close() })
	return both[0], both[1]
}

// Many goroutines of two instances write: one chain, without a gap.
func TestTheAuditChainOfTwoInstancesIsOne(t *testing.T) {
	one, two := atServer(t, postgrestest.Database(t))
	const callers, each = 8, 25
	var wait sync.WaitGroup
	for i := range 2 * callers {
		s := []*opened{one, two}[i%2]
		wait.Go(func() {
			for range each {
				if err := s.Register.Note(ctx, entry("people.search")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if n, err := one.VerifyAudit(ctx); err != nil || n != 2*callers*each {
		t.Errorf("%d entries, %v", n, err)
	}
}

// What decides by what it read, at two instances at once: a notice binds one login, a nonce counts once, and a
// number of wrong tries is not lost.
func TestOfTwoInstancesThatDecideAtOnceOneDoes(t *testing.T) {
	one, two := atServer(t, postgrestest.Database(t))
	importPeople(t, one, map[string]eligibility.Person{"k1": hanako})
	r, err := one.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	for round := range 10 {
		mac := fmt.Appendf(nil, "mac %d", round)
		if _, err := one.Enrolment.ReissueNotice(ctx, ofKumiai(r.ID), func(int64) []byte { return mac },
			entry("notice.issue")); err != nil {
			t.Fatal(err)
		}
		code := insurer.DeskCode{Ref: fmt.Sprint(round), MAC: mac, Staff: "s", Seen: "photo",
			State: insurer.DeskOpen, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}
		if err := one.Desk.PutDeskCode(ctx, ofKumiai(r.ID), code, entry("desk.code")); err != nil {
			t.Fatal(err)
		}
		var enrolled, first [2]bool
		var wait sync.WaitGroup
		for i, s := range []*opened{one, two} {
			wait.Go(func() {
				err := s.Enrolment.Enrol(ctx, mac, fmt.Sprintf("op|%d", i), entry("notice.enrol"))
				if err != nil && !errors.Is(err, insurer.ErrNoticeUsed) {
					t.Error(err)
				}
				enrolled[i] = err == nil
				if first[i], err = s.Devices.UseNonce(ctx, mac, noon); err != nil {
					t.Error(err)
				}
				if err := s.Desk.NoteMisfit(ctx, mac, 9, entry("desk.misfit")); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if enrolled[0] == enrolled[1] || first[0] == first[1] {
			t.Fatalf("round %d: %v are enrolled, the nonce is new to %v", round, enrolled, first)
		}
		if d, _, err := two.Desk.DeskCodeByMAC(ctx, mac); err != nil || d.Misfits != 2 {
			t.Errorf("round %d: %d wrong tries, %v", round, d.Misfits, err)
		}
	}
}

// While a file is imported others write, and nobody sees half of it. A person whom the file changes, and
// somebody else meanwhile too, is neither lost nor in the way.
func TestOthersWriteWhileAFileIsImported(t *testing.T) {
	one, two := atServer(t, postgrestest.Database(t))
	importPeople(t, one, map[string]eligibility.Person{"k1": hanako})
	r, err := one.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	moved := hanako
	moved.Address = "大阪府架空市練習町9-9"
	const many = 3 * importSlice
	read, write := 0, 0
	people := func(yield func(string, eligibility.Person) bool) {
		if !yield("k1", moved) {
			return
		}
		for key, p := range manyPeople(many) {
			if !yield(key, p) {
				return
			}
		}
		// All but the last slice is stored. Now the other instance works, with the same person too.
		if n, err := two.Register.CountPeople(ctx, "06139992"); err != nil || n != 1 {
			t.Errorf("%d people are seen before the end, %v", n, err)
		}
		read++
		if _, err := two.Enrolment.EnsureNotice(ctx, ofKumiai(r.ID),
			func(int64) []byte { return []byte("mac") }, entry("notice.issue")); err != nil {
			t.Errorf("nobody else can write: %v", err)
		}
		if err := two.Register.ErasePerson(ctx, "06139992", r.ID, entry("person.erase")); err != nil {
			t.Errorf("nobody else can write: %v", err)
		}
		write++
	}
	count, err := one.Importer.ImportPeople(ctx, "06139992", people, entry("people.import"))
	if err != nil || read != 1 || write != 1 {
		t.Fatalf("%+v %v", count, err)
	}
	// whoever is erased while a file comes in is not brought back by it
	if n, err := two.Register.CountPeople(ctx, "06139992"); err != nil || n != many || count.New != many {
		t.Errorf("%d people, %+v, want %d, %v", n, count, many, err)
	}
	if _, err := one.VerifyAudit(ctx); err != nil {
		t.Error(err)
	}
}

// A server that is stopped, or loses its power: errors with their sentence while it is away, and the same
// program works again without a new start. What was acknowledged is there.
func TestAServerGoesAndComesBack(t *testing.T) {
	server := postgrestest.New(t)
	s, err := openAt(server.Database(t), options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	want := 0
	note := func() error {
		err := s.Register.Note(ctx, entry("people.search"))
		if err == nil {
			want++
		}
		return err
	}
	for _, end := range []func(testing.TB){server.Stop, server.Kill} {
		if err := note(); err != nil {
			t.Fatal(err)
		}
		end(t)
		if err := note(); !errors.Is(err, errStorage) {
			t.Errorf("away: %v", err)
		}
		if _, err := s.Register.CountPeople(ctx, "06139992"); !errors.Is(err, errStorage) {
			t.Errorf("away: %v", err)
		}
		server.Start(t)
		for tries := 0; note() != nil; tries++ { // each connection learns by one fault that it was cut
			if tries > postgresWriters {
				t.Fatal("it does not come back")
			}
		}
		if n, err := s.VerifyAudit(ctx); err != nil || n != want {
			t.Errorf("%d entries, want %d, %v", n, want, err)
		}
	}
}

// docs/operator.md: months are partitions, and what finds none is not lost.
func TestEachMonthHasItsPartition(t *testing.T) {
	s, err := openAt(postgrestest.Database(t), options())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var now time.Time // the database's: by it months are made
	if err := s.read.QueryRow(`SELECT now()`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{now, now.AddDate(0, partitionsAhead-1, 0), now.AddDate(-30, 0, 0)} {
		e := entry("people.search")
		e.At = at
		if err := s.Register.Note(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	var other, all int
	if err := s.read.QueryRow(`SELECT (SELECT count(*) FROM audit_other), (SELECT count(*) FROM audit)`).
		Scan(&other, &all); err != nil || other != 1 || all != 3 {
		t.Errorf("%d of %d entries found no month, %v", other, all, err)
	}
	for _, text := range []string{`TRUNCATE audit`, `TRUNCATE audit_other`, `DELETE FROM audit_other`,
		`UPDATE audit SET at = at + 1`, `INSERT INTO audit SELECT * FROM audit LIMIT 1`} {
		if _, err := s.write.Exec(text); err == nil {
			t.Errorf("%s is allowed", text)
		}
	}
}

// A migration of one engine has its like on the other: a copy between them needs the same tables.
func TestBothEnginesHaveTheSameNewestSchema(t *testing.T) {
	var newest []string
	for _, e := range []engine{sqlite{}, postgres{}} {
		steps, _, err := e.migrations()
		if err != nil {
			t.Fatal(err)
		}
		names, err := fs.Glob(steps, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		newest = append(newest, path.Base(slices.Max(names))[:4])
	}
	if newest[0] != newest[1] {
		t.Errorf("SQLite has schema %s, PostgreSQL %s", newest[0], newest[1])
	}
}

// An address that is none, and a server that is not there, are said so; a password is not repeated.
func TestAnAddressIsRefusedWithoutItsPassword(t *testing.T) {
	for _, c := range []struct {
		address string
		want    error
	}{
		{"postgres://u:geheim@host:port/x", errAddress},
		{"postgres://u:geheim@127.0.0.1:1/x", errNoServer},
	} {
		_, err := Open(ctx, c.address, options())
		if !errors.Is(err, c.want) || bytes.Contains([]byte(err.Error()), []byte("geheim")) {
			t.Errorf("%s: %v", c.address, err)
		}
	}
}
