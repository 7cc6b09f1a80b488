package staff_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"madoguchi/auth/passkey"
	"madoguchi/internal/passkeytest"
	"madoguchi/server/staff"
	"madoguchi/server/store"
)

// A server that holds one half's keys alone keeps that half's staff.
func TestEachHalfsServerKeepsItsStaff(t *testing.T) {
	for _, c := range []struct {
		role  string
		scope string
	}{{"counter", "cases"}, {"insurer", "people"}} {
		t.Run(c.role, func(t *testing.T) {
			secret := bytes.Repeat([]byte{1}, 32)
			kept, err := store.Open(ctx, filepath.Join(t.TempDir(), "db"), store.Options{
				Mode:    "live",
				Role:    c.role,
				Index:   secret,
				Masters: map[string][]byte{c.scope: secret, "session": secret},
			})
			fatal(t, err)
			t.Cleanup(func() { kept.Close() })
			now := func() time.Time { return noon }
			keys, err := passkey.New(passkey.Config{Address: origin, Name: "窓口", Now: now})
			fatal(t, err)
			w := &world{
				Services: staff.New(staff.Config{Stores: kept.ForStaff(), Passkeys: keys, Now: now}),
				devices:  map[staff.MemberID]*passkeytest.Authenticator{},
			}
			fatal(t, w.Facilities.Add(ctx, command, staff.Facility{Code: clinic, Name: "架空医院"}))
			m := w.join(t, command, staff.NewMember{
				Organisation: staff.OfFacility(clinic),
				Name:         "田中 三月",
				Role:         staff.RoleFacilityAdmin,
			})
			if got, err := w.signIn(m.ID); err != nil || got != m {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
}
