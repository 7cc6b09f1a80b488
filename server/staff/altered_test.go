package staff_test

import (
	"errors"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/passkeytest"
	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
)

// What a caller does with a row.
var (
	clerkSignsIn = func(w *world) error { _, err := w.signIn(w.clerk.ID); return err }
	adminSignsIn = func(w *world) error { _, err := w.signIn(w.admin.ID); return err }
	clerkProves  = func(w *world) error { _, err := w.prove(w.clerk); return err }
	clerkIsAsked = func(w *world) error { _, err := w.SignIn.Member(ctx, w.clerk.ID); return err }
	clerksKeys   = func(w *world) error { _, err := w.SignIn.Passkeys(ctx, w.clerk); return err }
	linkIsOpened = func(w *world) error { _, err := w.accept(w.link, newDevice()); return err }
	answerComes  = func(w *world) error { _, err := w.SignIn.Finish(ctx, w.answer); return err }
	tilesAreSeen = func(w *world) error { _, err := w.PINs.Tiles(ctx, w.facilityAdmin); return err }
	clerkInvites = func(w *world) error { _, _, err := w.Members.Invite(ctx, w.clerk, newcomer); return err }
	adminLists   = func(w *world) error {
		_, err := w.Members.List(ctx, w.admin, w.admin.Organisation)
		return err
	}
	pinIsTyped = func(w *world) error {
		_, err := w.PINs.Check(ctx, w.facilityAdmin, w.reception.ID, "2580")
		return err
	}
)

// fill adds what there is to alter: an invitation, two PINs, a challenge with its answer.
func (w *world) fill(t *testing.T) {
	t.Helper()
	w.link = w.invite(t)
	fatal(t, w.PINs.Set(ctx, w.reception, "2580"))
	fatal(t, w.PINs.Set(ctx, w.facilityAdmin, "13579"))
	began, err := w.SignIn.Begin(ctx)
	fatal(t, err)
	credential, err := w.devices[w.clerk.ID].Get(began.Options)
	fatal(t, err)
	w.answer = staff.Answer{Ref: began.Ref, Credential: credential}
}

// alterations are what somebody writes who has the database and no key. $1 is the clerk, $2 its
// administrator, $3 the reception, $4 the facility's administrator.
var alterations = []struct {
	name string
	sql  []string
	use  func(w *world) error
}{
	{"a clerk becomes an administrator", []string{`UPDATE members SET role = 'insurer-admin' WHERE ref = $1`},
		clerkInvites},
	{"a clerk becomes an operator", []string{`UPDATE members SET kind = 'operator', number = '',
		role = 'operator' WHERE ref = $1`}, clerkSignsIn},
	{"a clerk works for another insurer", []string{`UPDATE members SET number = '06139992' WHERE ref = $1`},
		clerkSignsIn},
	{"an active clerk is locked", []string{`UPDATE members SET state = 'locked' WHERE ref = $1`},
		clerkIsAsked},
	{"failures are made up", []string{`UPDATE members SET failures = 4 WHERE ref = $1`}, clerkSignsIn},
	{"a clerk takes the administrator's row", []string{`UPDATE members SET ref = 'x' WHERE ref = $2`,
		`UPDATE members SET ref = $2 WHERE ref = $1`}, adminLists},
	{"a clerk takes the administrator's role and seal",
		[]string{`UPDATE members SET role = 'insurer-admin', body = (SELECT body FROM members WHERE ref = $2)
			WHERE ref = $1`}, clerkInvites},
	{"a member of the enemy's own",
		[]string{`INSERT INTO members (ref, kind, number, role, state, failures, created_at, body)
		SELECT 'AAAAAAAAAAAAAAAA', kind, number, role, state, failures, created_at, body FROM members
			WHERE ref = $2`}, adminLists},
	{"a member has another's name", []string{`UPDATE members SET body = (SELECT body FROM members
		WHERE ref = $2) WHERE ref = $1`}, clerkIsAsked},

	{"the clerk's passkey is the administrator's", []string{`UPDATE passkeys SET member_id = (SELECT id
		FROM members WHERE ref = $2) WHERE member_id = (SELECT id FROM members WHERE ref = $1)`},
		adminSignsIn},
	{"the administrator's passkey has the clerk's key", []string{`UPDATE passkeys SET body = (SELECT body
		FROM passkeys WHERE member_id = (SELECT id FROM members WHERE ref = $1))
		WHERE member_id = (SELECT id FROM members WHERE ref = $2)`}, adminSignsIn},
	{"a second passkey under the administrator",
		[]string{`INSERT INTO passkeys (key, member_id, count, created_at, used_at, locked_at, body)
		SELECT x'01', (SELECT id FROM members WHERE ref = $2), count, created_at, used_at, locked_at, body
			FROM passkeys WHERE member_id = (SELECT id FROM members WHERE ref = $1)`}, adminSignsIn},
	{"the counter goes back", []string{`UPDATE passkeys SET count = 0`}, clerkSignsIn},
	{"the counter goes back, in a proof", []string{`UPDATE passkeys SET count = 0`}, clerkProves},
	{"a locked passkey is good", []string{`UPDATE passkeys SET locked_at = 1 - locked_at`}, clerksKeys},
	{"a passkey was never used", []string{`UPDATE passkeys SET used_at = used_at + 1`}, clerksKeys},
	{"members change numbers", []string{`PRAGMA foreign_keys = 0`,
		`UPDATE members SET id = id + 1000 WHERE ref = $1`,
		`UPDATE members SET id = (SELECT member_id FROM passkeys WHERE member_id NOT IN
			(SELECT id FROM members)) WHERE ref = $2`}, clerkSignsIn},

	{"a PIN is another's", []string{`UPDATE pins SET body = (SELECT p.body FROM pins p WHERE p.member_id =
		(SELECT id FROM members WHERE ref = $4)) WHERE member_id = (SELECT id FROM members WHERE ref = $3)`},
		pinIsTyped},
	{"a PIN of the enemy's own", []string{`UPDATE pins SET body = x'00'`}, pinIsTyped},
	{"a PIN is another's, on the tiles", []string{`UPDATE pins SET member_id = member_id + 100`,
		`UPDATE pins SET member_id = (SELECT id FROM members WHERE ref = $1) WHERE member_id = 100 +
			(SELECT id FROM members WHERE ref = $3)`,
		`UPDATE pins SET member_id = (SELECT id FROM members WHERE ref = $3) WHERE member_id = 100 +
			(SELECT id FROM members WHERE ref = $4)`}, tilesAreSeen},

	{"an invitation lives longer", []string{`UPDATE invitations SET expires_at = expires_at + 3600000`},
		linkIsOpened},
	{"an invitation is another insurer's", []string{`UPDATE invitations SET number = '06139992'`},
		linkIsOpened},
	{"an invitation is by a command", []string{`UPDATE invitations SET invited_by = ''`}, linkIsOpened},
	{"an invitation is for another member", []string{`UPDATE invitations SET member = $2`}, linkIsOpened},
	{"an invitation of another link", []string{`UPDATE invitations SET hash = zeroblob(32)`,
		`INSERT INTO invitations (hash, member, kind, number, invited_by, created_at, expires_at, body)
		SELECT unhex($5), member, kind, number, invited_by, created_at, expires_at, body FROM invitations`},
		func(w *world) error { _, err := w.accept(knownCode, newDevice()); return err }},

	{"a challenge lives longer", []string{`UPDATE challenges SET expires_at = expires_at + 3600000`},
		answerComes},
	{"a challenge of the enemy's own", []string{`UPDATE challenges SET body = x'00'`}, answerComes},
}

// knownCode is a code that somebody made up whose SHA-256 is put into the database.
const knownCode = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// knownHash is its SHA-256 (sha256sum).
const knownHash = "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a"

// Whoever can write the database but has no keys lets nobody in, and gives nobody another role.
func TestAlteredRowsAreRefused(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	for _, use := range []func(w *world) error{
		answerComes, clerkSignsIn, adminSignsIn, clerkProves, clerkIsAsked, adminLists, pinIsTyped,
		tilesAreSeen, linkIsOpened, clerksKeys,
	} {
		if err := use(w); err != nil {
			t.Fatalf("before anything was altered: %v", err)
		}
	}
	for _, a := range alterations {
		t.Run(a.name, func(t *testing.T) {
			w := newWorld(t)
			w.fill(t)
			db := w.open(t)
			db.SetMaxOpenConns(1)
			for _, text := range a.sql {
				done, err := db.Exec(
					text,
					w.clerk.ID,
					w.admin.ID,
					w.reception.ID,
					w.facilityAdmin.ID,
					knownHash,
				)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				if n, err := done.RowsAffected(); err != nil || n == 0 && text[0] != 'P' {
					t.Fatalf("%s: nothing was altered, %v", text, err)
				}
			}
			err := a.use(w)
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != "store.altered" {
				t.Errorf("%v", err)
			}
		})
	}
	testenv.Refused(t, testenv.Staff, len(alterations))
}

// What keeps somebody out is not taken back by hand.
func TestNobodyIsLetInByHand(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(t *testing.T, w *world)
		sql    string
		use    func(w *world) error
	}{
		{"a lock", func(t *testing.T, w *world) { fatal(t, w.Members.Lock(ctx, w.admin, w.clerk.ID)) },
			`UPDATE members SET state = 'active' WHERE ref = $1`, clerkSignsIn},
		{"four failures", func(t *testing.T, w *world) {
			for range 4 {
				_, _ = w.signIn(w.clerk.ID, damaged)
			}
		}, `UPDATE members SET failures = 0 WHERE ref = $1`, clerkSignsIn},
		{"a locked passkey", func(t *testing.T, w *world) {
			_, _ = w.signIn(w.clerk.ID, func(a *passkeytest.Answer) { a.Count = 1 })
		}, `UPDATE passkeys SET locked_at = 0 WHERE member_id = (SELECT id FROM members WHERE ref = $1)`,
			clerkSignsIn},
		{"a removal", func(t *testing.T, w *world) { fatal(t, w.Members.Remove(ctx, w.admin, w.clerk.ID)) },
			`UPDATE members SET state = 'active' WHERE ref = $1`, clerkIsAsked},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.before(t, w)
			if _, err := w.open(t).Exec(c.sql, w.clerk.ID); err != nil {
				t.Fatal(err)
			}
			var e *eligibility.Error
			if err := c.use(w); !errors.As(err, &e) || e.Key != "store.altered" {
				t.Errorf("%v", err)
			}
		})
	}
	testenv.Refused(t, testenv.Staff, 4)
}
