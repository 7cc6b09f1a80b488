package store

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/store/storetest"
)

func TestAuditChainShowsEveryChange(t *testing.T) {
	storetest.Engines(t, testAuditChainShowsEveryChange)
}

func testAuditChainShowsEveryChange(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		mac := func(n int64) []byte { return fmt.Appendf(nil, "mac%d", n) }
		shown := audit.Entry{At: noon, Actor: "test", Action: "notice.show", Person: r.ID}
		if _, err := s.Enrolment.EnsureNotice(ctx, ofKumiai(r.ID), mac, shown); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 4 {
		t.Fatalf("%d %v", n, err)
	}
	if err := s.Register.ErasePerson(ctx, "06139992", r.ID,
		audit.Entry{At: noon, Actor: "test", Action: "person.erase", Person: r.ID}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 5 {
		t.Errorf("after erasing the person: %d %v", n, err)
	}
	if _, err := s.Register.Person(ctx, "06139992", r.ID); err == nil {
		t.Error("the person is still there")
	}
	for _, c := range []struct{ name, sql string }{
		{"a change", `UPDATE audit SET actor = 'x' WHERE seq = 2`},
		{"a shorter chain", `DELETE FROM audit WHERE seq = 5`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := s.tamper(c.sql); err == nil {
				t.Error("it was allowed")
			}
		})
	}
	if _, err := s.tamper(`DROP TRIGGER audit_is_never_changed`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.tamper(`UPDATE audit SET actor = 'x' WHERE seq = 2`); err != nil {
		t.Fatal(err)
	}
	if n, err := s.VerifyAudit(ctx); !errors.Is(err, ErrAudit) || n != 2 {
		t.Errorf("a changed row: %d %v", n, err)
	}
}

// Each of an audit row's fields is in its hash, each behind its length, and the row before too: RFC 9162 2.1
// gives the reason, for a list whose entries do not hold on to each other can be rewritten in the middle.
func TestEveryFieldOfAnAuditRowIsInItsHash(t *testing.T) {
	before := bytes.Repeat([]byte{7}, 32)
	hash := func() []byte {
		return auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "d", before)
	}
	if !bytes.Equal(hash(), hash()) || len(hash()) != 32 {
		t.Fatal("the hash is not the same twice")
	}
	cases := map[string][]byte{
		"seq": auditHash(3, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "d",
			before),
		"at": auditHash(2, 1795309200001, "staff:鈴木", "people.search", []byte("p"), "d",
			before),
		"actor": auditHash(2, 1795309200000, "staff:佐藤", "people.search", []byte("p"), "d",
			before),
		"action": auditHash(2, 1795309200000, "staff:鈴木", "people.export", []byte("p"), "d",
			before),
		"person": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("q"), "d",
			before),
		"no person": auditHash(2, 1795309200000, "staff:鈴木", "people.search", nil, "d", before),
		"detail": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "e",
			before),
		"the row before": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "d",
			make([]byte, 32)),
		"a letter to the next": auditHash(2, 1795309200000, "staff:鈴", "木people.search", []byte("p"), "d",
			before),
		"person and detail swap": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("d"), "p",
			before),
		"person into the detail": auditHash(2, 1795309200000, "staff:鈴木", "people.search", nil, "pd",
			before),
		"detail into the before": auditHash(2, 1795309200000, "staff:鈴木", "people.search", []byte("p"), "",
			append([]byte("d"), before...)),
		"seq and at change place": auditHash(1795309200000, 2, "staff:鈴木", "people.search", []byte("p"), "d",
			before),
	}
	testenv.Refused(t, testenv.Stored, len(cases))
	seen := map[string]string{string(hash()): "the true one"}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		if other, known := seen[string(cases[name])]; known {
			t.Errorf("%s: the hash is that of %s", name, other)
		}
		seen[string(cases[name])] = name
	}
}

// Whoever may write to the file changes one field of one row, or mends that row's own hash with it: the chain
// shows it.
func TestNoFieldOfTheAuditChainIsChangedUnseen(t *testing.T) {
	storetest.Engines(t, testNoFieldOfTheAuditChainIsChangedUnseen)
}

func testNoFieldOfTheAuditChainIsChangedUnseen(t *testing.T) {
	attacks := map[string]string{
		"seq":           `UPDATE audit SET seq = 99 WHERE seq = 3`,
		"at":            `UPDATE audit SET at = at + 1 WHERE seq = 3`,
		"actor":         `UPDATE audit SET actor = 'x' WHERE seq = 3`,
		"action":        `UPDATE audit SET action = 'x' WHERE seq = 3`,
		"person":        `UPDATE audit SET person = x'01' WHERE seq = 3`,
		"detail":        `UPDATE audit SET detail = 'x' WHERE seq = 3`,
		"previous":      `UPDATE audit SET previous = x'0000' WHERE seq = 3`,
		"hash":          `UPDATE audit SET hash = x'0000' WHERE seq = 3`,
		"a row removed": `DELETE FROM audit WHERE seq = 3`,
		"the first row": `DELETE FROM audit WHERE seq = 1`,
		"two rows turned": `UPDATE audit SET seq = CASE seq WHEN 2 THEN 1002 ELSE 1003 END
			WHERE seq IN (2, 3); UPDATE audit SET seq = CASE seq WHEN 1002 THEN 3 ELSE 2 END
			WHERE seq > 1000`,
	}
	testenv.Refused(t, testenv.Stored, len(attacks)+1)
	filled := func(t *testing.T) *opened {
		t.Helper()
		s, _ := open(t)
		for i := range 5 {
			if err := s.Register.Note(ctx,
				audit.Entry{At: noon, Actor: "t", Action: "n", Detail: string(rune('a' +
					i))}); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.VerifyAudit(ctx); err != nil || n != 5 {
			t.Fatalf("%d %v", n, err)
		}
		for _, trigger := range []string{"audit_is_never_changed", "audit_is_never_shortened"} {
			if _, err := s.tamper(`DROP TRIGGER IF EXISTS ` + trigger); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		t.Run(name, func(t *testing.T) {
			s := filled(t)
			if _, err := s.tamper(attacks[name]); err != nil {
				t.Fatal(err)
			}
			if n, err := s.VerifyAudit(ctx); !errors.Is(err, ErrAudit) {
				t.Errorf("unseen: %d rows, %v", n, err)
			}
		})
	}
	t.Run("a row and its own hash", func(t *testing.T) {
		s := filled(t)
		var previous []byte
		var at int64
		if err := s.write.QueryRow(`SELECT at, previous FROM audit WHERE seq = 3`).Scan(&at,
			&previous); err != nil {
			t.Fatal(err)
		}
		if _, err := s.tamper(`UPDATE audit SET detail = 'x', hash = $1 WHERE seq = 3`, auditHash(3, at,
			"t", "n", nil, "x", previous)); err != nil {
			t.Fatal(err)
		}
		if n, err := s.VerifyAudit(ctx); !errors.Is(err, ErrAudit) || n != 4 {
			t.Errorf("unseen: %d rows, %v", n, err)
		}
	})
}
