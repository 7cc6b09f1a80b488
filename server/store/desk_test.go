package store

import (
	"errors"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// deskFilled is a filled store in which 花子 was bound at the desk, and 太一 has an open code.
func deskFilled(t *testing.T) filled {
	t.Helper()
	f := fill(t)
	for _, c := range []struct {
		mac   string
		which insurer.PersonKey
	}{{"hers", ofKumiai(f.hanako)}, {"his", ofKumiai(f.taichi)}} {
		code := insurer.DeskCode{
			Ref:       "REF " + c.mac,
			MAC:       []byte(c.mac),
			Staff:     "M-SUZUKI",
			Seen:      insurer.SeenCard,
			State:     insurer.DeskOpen,
			Misfits:   4,
			CreatedAt: noon,
			ExpiresAt: noon.Add(insurer.DeskLife),
		}
		if err := f.Desk.PutDeskCode(ctx, c.which, code, entry("desk.begin")); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Desk.EnrolAtDesk(ctx, []byte("hers"), "op|hanako", entry("desk.enrol")); err != nil {
		t.Fatal(err)
	}
	return f
}

// Who can write the database and has no key makes nothing of the desk's rows good.
func TestAlteredRowsOfTheDeskAreRefused(t *testing.T) {
	storetest.Engines(t, testAlteredRowsOfTheDeskAreRefused)
}

func testAlteredRowsOfTheDeskAreRefused(t *testing.T) {
	read := func(f filled) error { _, _, err := f.Desk.DeskCodeByMAC(ctx, []byte("his")); return err }
	readHers := func(f filled) error { _, _, err := f.Desk.DeskCodeByMAC(ctx, []byte("hers")); return err }
	enrol := func(f filled) error {
		return f.Desk.EnrolAtDesk(ctx, []byte("his"), "op|evil", entry("desk.enrol"))
	}
	file := func(f filled) error {
		_, err := f.Register.PersonFile(ctx, ofKumiai(f.hanako), noon, 10)
		return err
	}
	cases := []struct {
		name, edit string
		then       func(filled) error
	}{
		{"a used code is open again", `UPDATE desk_codes SET state = 'open' WHERE state = 'bound'`, readHers},
		{"a code lives for a year", `UPDATE desk_codes SET expires_at = expires_at + 31536000000`, enrol},
		{"a code's misfits are forgotten", `UPDATE desk_codes SET misfits = 0`, read},
		{"another clerk made a code", `UPDATE desk_codes SET staff = 'M-EVIL'`, enrol},
		{"something else was seen", `UPDATE desk_codes SET seen = 'two'`, enrol},
		{"a code enrols another person", `DELETE FROM desk_codes WHERE ref = 'REF hers';
			UPDATE desk_codes SET person_id = (SELECT person_id FROM notices
				WHERE code_mac = CAST('mac of hanako' AS BLOB))`, enrol},
		{"a code of the enemy's own", `UPDATE desk_codes SET code_mac = CAST('x' AS BLOB)
			WHERE ref = 'REF his'; UPDATE desk_codes SET code_mac = CAST('his' AS BLOB), state = 'open'
			WHERE ref = 'REF hers'`, enrol},
		{"another clerk bound a login", `UPDATE desk_enrolments SET staff = 'M-EVIL'`, file},
		{"another paper was seen", `UPDATE desk_enrolments SET seen = 'two'`, file},
		{"it was another day", `UPDATE desk_enrolments SET at = at - 86400000`, file},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := deskFilled(t)
			if err := file(f); err != nil {
				t.Fatal(err)
			}
			if _, err := f.tamper(`PRAGMA foreign_keys = 0`); err != nil {
				t.Fatal(err)
			}
			if _, err := f.tamper(c.edit); err != nil {
				t.Fatal(err)
			}
			if err := c.then(f); !errors.Is(err, errAltered) {
				t.Errorf("%v", err)
			}
		})
	}
	testenv.Refused(t, testenv.Stored, len(cases))
}

// A login that is ended, and a person who is erased, take along how they were enrolled; old codes go.
func TestTheDesksRowsEndWithTheirs(t *testing.T) {
	storetest.Engines(t, testTheDesksRowsEndWithTheirs)
}

func testTheDesksRowsEndWithTheirs(t *testing.T) {
	rows := func(f filled, table string) (n int) {
		if err := f.read.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	t.Run("a login", func(t *testing.T) {
		f := deskFilled(t)
		if err := f.Enrolment.EraseSubject(ctx, "op|hanako", entry("subject.erase")); err != nil {
			t.Fatal(err)
		}
		if n := rows(f, "desk_enrolments"); n != 0 {
			t.Errorf("%d are kept", n)
		}
	})
	t.Run("a person", func(t *testing.T) {
		f := deskFilled(t)
		if err := f.Register.ErasePerson(ctx, "06139992", f.hanako, entry("person.erase")); err != nil {
			t.Fatal(err)
		}
		if n := rows(f, "desk_enrolments") + rows(f, "desk_codes"); n != 1 { // his
			t.Errorf("%d are kept", n)
		}
	})
	t.Run("a day", func(t *testing.T) {
		f := deskFilled(t)
		for _, c := range []struct {
			at   time.Time
			kept int
		}{
			{noon.Add(insurer.DeskLife + time.Hour), 2}, // the clerk's page may still be open
			{noon.Add(insurer.DeskLife + 25*time.Hour), 0},
		} {
			if err := f.ExpireCodes(ctx, c.at); err != nil {
				t.Fatal(err)
			}
			if n := rows(f, "desk_codes"); n != c.kept {
				t.Errorf("%d codes at %s", n, c.at)
			}
		}
	})
}
