package store

import (
	"fmt"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
)

// register are n fictional people.
func register(n int) func(yield func(string, eligibility.Person) bool) {
	return func(yield func(string, eligibility.Person) bool) {
		for i := range n {
			p := hanako
			p.Number, p.BirthDate = fmt.Sprint(100_000+i), eligibility.MustDate("1950-01-01").AddDays(i%20_000)
			if !yield(fmt.Sprint("key", i), p) {
				return
			}
		}
	}
}

func benchStore(b *testing.B, n int) *Store {
	b.Helper()
	s, err := Open(ctx, b.TempDir()+"/db", options())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if _, err := s.ImportPeople(ctx, "06139992", register(n), entry("people.import")); err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		benchStore(b, 20_000)
	}
}

// A look-up as the phone's page makes it: the session, then whom its login may show.
func BenchmarkLookUp(b *testing.B) {
	s := benchStore(b, 5_000)
	r, err := s.PersonByKey(ctx, "06139992", "key77")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.EnsureNotice(ctx, ofKumiai(r.ID), func(int64) []byte { return []byte("mac") },
		entry("notice.issue")); err != nil {
		b.Fatal(err)
	}
	if err := s.Enrol(ctx, []byte("mac"), "op|a", entry("notice.enrol")); err != nil {
		b.Fatal(err)
	}
	session := auth.Session{Hash: [32]byte{1}, Kind: auth.Patient, Subject: "op|a", CreatedAt: noon,
		UsedAt: noon, Data: []byte("data")}
	if err := s.PutSession(ctx, session, noon.Add(time.Hour)); err != nil {
		b.Fatal(err)
	}
	if err := s.PutGrants(ctx, insurer.Grant{Subject: "op|a", Phone: "P", KeyID: "key", Public: []byte("public"),
		LoginAt: noon, At: noon}, entry("phone.holder")); err != nil {
		b.Fatal(err)
	}
	b.Run("login", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Session(ctx, session.Hash); err != nil {
				b.Fatal(err)
			}
			if people, err := s.Enrolled(ctx, "op|a"); err != nil || len(people) != 1 {
				b.Fatal(len(people), err)
			}
		}
	})
	b.Run("phone", func(b *testing.B) {
		for b.Loop() {
			if found, err := s.Grants(ctx, insurer.GrantQuery{Phone: "P", KeyID: "key"}); err != nil ||
				len(found) != 1 {
				b.Fatal(len(found), err)
			}
		}
	})
}
