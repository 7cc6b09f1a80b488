package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// Only a look-up's own "no rows" (database/sql: ErrNoRows is returned by Scan when QueryRow finds nothing)
// says that a thing is not there. The same error within another fault is of something that must be there,
// such as the key of a sealed column.
func TestOnlyALookUpsOwnNoRowsIsMissing(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		code eligibility.Code
	}{
		{"no rows", sql.ErrNoRows, eligibility.NotFound},
		{"no rows within the look for a data key", fmt.Errorf("finding a data key: %w", sql.ErrNoRows),
			eligibility.Unavailable},
		{"no rows joined with another fault", errors.Join(sql.ErrNoRows, errNoMaster),
			eligibility.Unavailable},
		{"a closed database", sql.ErrConnDone, eligibility.Unavailable},
		{"a finished transaction", sql.ErrTxDone, eligibility.Unavailable},
		{"a missing file", fs.ErrNotExist, eligibility.Unavailable},
		{"a key that this role does not hold", errNoMaster, eligibility.Unavailable},
		{"a value that was altered", errors.New("store: people.body of X does not open: altered or moved"),
			eligibility.Unavailable},
		{"what has its sentence", insurer.ErrNoticeVoid, eligibility.Conflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said *eligibility.Error
			if err := storageError(c.err); !errors.As(err, &said) || said.Code != c.code ||
				!errors.Is(err, c.err) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A HEAD runs what a GET runs and must leave nothing but the note that somebody looked.
func TestWhatIsDoneWithoutChangeIsTakenBack(t *testing.T) {
	storetest.Engines(t, testWhatIsDoneWithoutChangeIsTakenBack)
}

func testWhatIsDoneWithoutChangeIsTakenBack(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	dry := audit.WithoutChange(ctx)
	entry := audit.Entry{At: noon, Actor: "t", Action: "t", Person: r.ID}
	if serial, err := s.Enrolment.EnsureNotice(dry, ofKumiai(r.ID),
		func(int64) []byte { return []byte("mac") }, entry); err != nil || serial != 1 {
		t.Errorf("the answer is not the usual one: %d %v", serial, err)
	}
	if _, err := s.Enrolment.Notice(ctx, []byte("mac")); !errors.Is(err, errMissing) {
		t.Errorf("a notice was stored: %v", err)
	}
	for range 2 {
		if first, err := s.Devices.UseNonce(dry, []byte("nonce"), noon.Add(time.Hour)); err != nil || !first {
			t.Errorf("a nonce was used up: %v %v", first, err)
		}
	}
	before, err := s.VerifyAudit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Register.Note(dry, entry); err != nil {
		t.Fatal(err)
	}
	if after, err := s.VerifyAudit(ctx); err != nil || after != before+1 {
		t.Errorf("the look was not noted: %d, then %d, %v", before, after, err)
	}
	if err := s.Register.ErasePerson(dry, "06139992", "nobody", entry); !errors.Is(err, errMissing) {
		t.Errorf("an error is not the usual one: %v", err)
	}
}
