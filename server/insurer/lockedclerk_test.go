package insurer_test

import (
	"testing"
	"time"

	"madoguchi/auth/passkey"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// clerkStored is a member of 架空市's staff as stored, with its services.
func clerkStored(t *testing.T, w *world, id staff.MemberID) (*staff.Members, staff.Clerk) {
	t.Helper()
	m := staff.Member{
		ID:           id,
		Organisation: staff.OfInsurer(city),
		Name:         "鈴木 花子",
		Role:         staff.RoleInsurerClerk,
		State:        staff.Active,
		CreatedAt:    now,
	}
	members, link := w.store.ForStaff().Members, [32]byte([]byte(string(id)+string(id)))
	invitation := staff.Invitation{Organisation: m.Organisation, Role: m.Role, ExpiresAt: now.Add(time.Hour)}
	fatal(t, members.PutInvitation(ctx, link, invitation, entry("member.invite"),
		func([]staff.Member) error { return nil }))
	fatal(t, members.AcceptInvitation(ctx, link,
		func(staff.Invitation, []staff.Member) (staff.Acceptance, error) {
			return staff.Acceptance{
				Member:  m,
				Passkey: staff.Passkey{Key: passkey.Key{ID: []byte(id)}, Member: id, CreatedAt: now},
				Entry:   entry("member.join"),
			}, nil
		}))
	services := staff.New(staff.Config{
		Stores: w.store.ForStaff(),
		Now:    func() time.Time { return now },
	})
	return services.Members, staff.Clerk{Staff: m.Staff(), Insurer: city, Role: m.Role}
}

// A code of the desk or for a representative lives ten minutes, and does not outlive the right of
// the clerk who made it. A colleague's go on.
func TestTheCodesOfAClerkWhoMayNoMoreEnd(t *testing.T) {
	for name, end := range map[string]func(*staff.Members, staff.MemberID) error{
		"locked": func(m *staff.Members, id staff.MemberID) error {
			return m.Lock(ctx, staff.Operator{}, id)
		},
		"removed": func(m *staff.Members, id staff.MemberID) error {
			return m.Remove(ctx, staff.Operator{}, id)
		},
		"another role": func(m *staff.Members, id staff.MemberID) error {
			return m.ChangeRole(ctx, staff.Operator{}, id, staff.RoleInsurerAdmin)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			members, clerk := clerkStored(t, w, "AAAAAAAAAAAAAAAA")
			_, colleague := clerkStored(t, w, "BBBBBBBBBBBBBBBB")
			r, _ := visitor(t, w)
			others := map[staff.Clerk]insurer.PersonRecord{clerk: r, colleague: w.person}
			desk, represent := map[staff.Clerk]string{}, map[staff.Clerk]string{}
			for by, person := range others {
				ref, err := w.Desk.Begin(ctx, by, person.ID, insurer.SeenCard)
				fatal(t, err)
				e, err := w.Desk.Enrolment(ctx, by, person.ID, ref)
				fatal(t, err)
				desk[by] = e.Code
				fatal(t, w.Representatives.Begin(ctx, by, person.ID, mandate("代理 五郎")))
				paper, err := w.Representatives.Code(ctx, by, person.ID)
				fatal(t, err)
				represent[by] = paper.Code
			}
			fatal(t, end(members, staff.MemberID(clerk.Staff)))
			for by := range others {
				mine := by == clerk
				_, err := w.Desk.CodeFor(ctx, desk[by])
				if (err != nil) != mine {
					t.Errorf("the desk's code: its clerk's own %v, %v", mine, err)
				}
				_, err = w.Representatives.CodeFor(ctx, represent[by])
				if (err != nil) != mine {
					t.Errorf("the representative's code: its clerk's own %v, %v", mine, err)
				}
			}
		})
	}
}
