package store

import (
	"errors"
	"fmt"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

func TestNoticeIsUsedByOneLoginAndVoidedByTheNext(t *testing.T) {
	storetest.Engines(t, testNoticeIsUsedByOneLoginAndVoidedByTheNext)
}

func testNoticeIsUsedByOneLoginAndVoidedByTheNext(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	mac := func(n int64) []byte { return fmt.Appendf(nil, "mac%d", n) }
	e := audit.Entry{At: noon, Actor: "patient", Action: "notice.enrol", Person: r.ID}
	if n, err := s.Enrolment.EnsureNotice(ctx, ofKumiai(r.ID), mac, e); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	for range 2 { // the same login again is no error
		if err := s.Enrolment.Enrol(ctx, []byte("mac1"), "op|a", e); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Enrolment.Enrol(ctx, []byte("mac1"), "op|b", e); !errors.Is(err, insurer.ErrNoticeUsed) {
		t.Errorf("another login: %v", err)
	}
	if n, err := s.Enrolment.ReissueNotice(ctx, ofKumiai(r.ID), mac, e); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if err := s.Enrolment.Enrol(ctx, []byte("mac1"), "op|a", e); !errors.Is(err, insurer.ErrNoticeVoid) {
		t.Errorf("the old notice: %v", err)
	}
	if err := s.Enrolment.Enrol(ctx, []byte("nothing"), "op|a", e); err == nil {
		t.Error("an unknown notice was accepted")
	}
	if people, err := s.Enrolment.Enrolled(ctx, "op|a", noon); err != nil || len(people) != 1 ||
		people[0].ID != r.ID {
		t.Errorf("%+v %v", people, err)
	}
	if people, err := s.Enrolment.Enrolled(ctx, "op|b", noon); err != nil || len(people) != 0 {
		t.Errorf("%+v %v", people, err)
	}
}
