package store

import (
	"fmt"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
)

// manyPeople are n fictional people.
func manyPeople(n int) func(yield func(string, eligibility.Person) bool) {
	return func(yield func(string, eligibility.Person) bool) {
		for i := range n {
			p := hanako
			p.Number, p.BirthDate = fmt.Sprint(100_000+i),
				eligibility.MustDate("1950-01-01").AddDays(i%20_000)
			if !yield(fmt.Sprint("key", i), p) {
				return
			}
		}
	}
}

func benchStore(b *testing.B, n int) *opened {
	b.Helper()
	s, err := openAt(b.TempDir()+"/db", options())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if _, err := s.Importer.ImportPeople(ctx, "06139992", manyPeople(n), entry("people.import")); err != nil {
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
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "key77")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Enrolment.EnsureNotice(ctx, ofKumiai(r.ID), func(int64) []byte { return []byte("mac") },
		entry("notice.issue")); err != nil {
		b.Fatal(err)
	}
	if err := s.Enrolment.Enrol(ctx, []byte("mac"), "op|a", entry("notice.enrol")); err != nil {
		b.Fatal(err)
	}
	session := auth.Session{Hash: [32]byte{1}, Kind: auth.Patient, Subject: "op|a", CreatedAt: noon,
		UsedAt: noon, Data: []byte("data")}
	if err := s.Sessions().PutSession(ctx, session, noon.Add(time.Hour)); err != nil {
		b.Fatal(err)
	}
	if err := s.Devices.PutDeviceGrants(ctx,
		insurer.DeviceGrant{Subject: "op|a", DeviceID: "P", KeyID: "key", Public: []byte("public"),
			LoginAt: noon, At: noon}, entry("phone.holder")); err != nil {
		b.Fatal(err)
	}
	b.Run("login", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Sessions().Session(ctx, session.Hash); err != nil {
				b.Fatal(err)
			}
			if people, err := s.Enrolment.Enrolled(ctx, "op|a", noon); err != nil || len(people) != 1 {
				b.Fatal(len(people), err)
			}
		}
	})
	b.Run("phone", func(b *testing.B) {
		for b.Loop() {
			if found, err := s.Devices.DeviceGrants(ctx,
				insurer.DeviceGrantQuery{DeviceID: "P", KeyID: "key"}); err != nil ||
				len(found) != 1 {
				b.Fatal(len(found), err)
			}
		}
	})
}
