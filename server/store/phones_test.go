package store

import (
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

func TestReceiptsReachThePhonesOfThePersonOnly(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	e := audit.Entry{At: noon, Actor: "patient", Action: "x", Person: r.ID}
	if _, err := s.EnsureNotice(ctx, ofKumiai(r.ID), func(int64) []byte { return []byte("m") },
		e); err != nil {
		t.Fatal(err)
	}
	if err := s.Enrol(ctx, []byte("m"), "op|a", e); err != nil {
		t.Fatal(err)
	}
	if err := s.PutPhoneKey(ctx, "op|a", "phone", []byte("public"), entry("phone.add")); err != nil {
		t.Fatal(err)
	}
	keys, err := s.PhoneKeys(ctx, ofKumiai(r.ID))
	if err != nil || string(keys["phone"]) != "public" || len(keys) != 1 {
		t.Fatalf("%v %v", keys, err)
	}
	if err := s.PutReceipts(ctx, ofKumiai(r.ID), map[string][]byte{"phone": []byte("sealed")},
		e); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Receipts(ctx, "op|a", "phone", noon.Add(-time.Hour)); err != nil || len(got) != 1 || string(got[0].Sealed) != "sealed" {
		t.Errorf("%v %v", got, err)
	}
	if got, err := s.Receipts(ctx, "op|b", "phone", noon.Add(-time.Hour)); err != nil || len(got) != 0 {
		t.Errorf("another login reads %v %v", got, err)
	}
	if n, err := s.ExpireReceipts(ctx, noon.Add(time.Second)); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
}
