package store

import (
	"errors"
	"fmt"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

func TestAuditChainShowsEveryChange(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		mac := func(n int64) []byte { return fmt.Appendf(nil, "mac%d", n) }
		shown := audit.Entry{At: noon, Actor: "test", Action: "notice.show", Person: r.ID}
		if _, err := s.EnsureNotice(ctx, ofKumiai(r.ID), mac, shown); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 4 {
		t.Fatalf("%d %v", n, err)
	}
	if err := s.ErasePerson(ctx, "06139992", r.ID,
		audit.Entry{At: noon, Actor: "test", Action: "person.erase", Person: r.ID}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 5 {
		t.Errorf("after erasing the person: %d %v", n, err)
	}
	if _, err := s.Person(ctx, "06139992", r.ID); err == nil {
		t.Error("the person is still there")
	}
	for _, statement := range []string{`UPDATE audit SET actor = 'x' WHERE seq = 2`, `DELETE FROM audit WHERE seq = 5`} {
		if _, err := s.write.Exec(statement); err == nil {
			t.Errorf("%s was allowed", statement)
		}
	}
	if _, err := s.write.Exec(`DROP TRIGGER audit_is_never_changed`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.Exec(`UPDATE audit SET actor = 'x' WHERE seq = 2`); err != nil {
		t.Fatal(err)
	}
	if n, err := s.VerifyAudit(ctx); !errors.Is(err, ErrAudit) || n != 2 {
		t.Errorf("a changed row: %d %v", n, err)
	}
}
