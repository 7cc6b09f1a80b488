package counter_test

import (
	"errors"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	"madoguchi/server/store"
)

// tanaka is at the counter of the other facility of the same server.
var tanaka = staff.Reception{Staff: "田中", Facility: another, Role: staff.RoleReception}

// twoFacilities is a server that runs the counters of two facilities, as a live one does; asked gathers by
// which URLs insurers were called.
func twoFacilities(t *testing.T) (c *clinic, asked *[]string) {
	t.Helper()
	c = newClinic(t)
	kept, err := store.Open(ctx, c.file, store.Options{
		Mode:    "demo",
		Role:    "counter",
		Index:   secretOfTests,
		Masters: map[string][]byte{"cases": secretOfTests, "session": secretOfTests},
	})
	fatal(t, err)
	t.Cleanup(func() { kept.Close() })
	facilities := staff.New(
		staff.Config{Stores: kept.ForStaff(), Now: func() time.Time { return now }},
	).Facilities
	for code, name := range map[string]string{own: "架空医院", another: "架空薬局"} {
		fatal(t, facilities.Add(ctx, staff.Operator{}, staff.Facility{Code: code, Name: name}))
	}
	c.Facilities = counter.StoredFacilities{
		Store: kept.ForStaff().Facilities,
		URL:   func(code string) string { return "https://clinics.example/f/" + code },
	}
	asked = new([]string)
	c.Insurers = func(url string) counter.InsurerCalls {
		*asked = append(*asked, url)
		return away{}
	}
	return c, asked
}

func TestOfTwoFacilitiesOnOneServerNoneFindsTheOthersCases(t *testing.T) {
	c, _ := twoFacilities(t)
	theirs, err := c.Open(ctx, tanaka, c.jws) // the same screen, shown at both
	fatal(t, err)
	before := dump(t, c.file)
	ownCase := map[string]bool{
		"Open":       true,
		"OpenPDF":    true,
		"Candidates": true,
		"FacilityOf": true,
	} // about nobody's case yet
	for _, name := range sorted(rows) {
		if ownCase[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var e *eligibility.Error
			err := rows[name](c, tanaka) // for the case of 架空医院, by its right id
			if name == "Today" {
				views, failed := c.Today(ctx, tanaka)
				if failed != nil || len(views) != 1 || views[0].ID != theirs.ID {
					t.Errorf("%d cases are listed, %v", len(views), failed)
				}
				return
			}
			if !errors.As(err, &e) || e.Code != eligibility.NotFound || len(e.Args) != 0 {
				t.Errorf("%v", err)
			}
		})
	}
	if after := dump(t, c.file); after != before {
		t.Error("something changed, or the audit tells something")
	}
	views, err := c.Today(ctx, suzuki)
	fatal(t, err)
	for _, view := range views {
		if view.ID == theirs.ID {
			t.Error("架空医院 lists the case of 架空薬局")
		}
	}
	if len(views) != 2 {
		t.Errorf("架空医院 lists %d cases", len(views))
	}
}

func TestAFacilityCallsByItsOwnURLAlone(t *testing.T) {
	c, asked := twoFacilities(t)
	c.Receipts.Held, c.Receipts.Facilities = heldNever(), c.Facilities
	theirs, err := c.Open(ctx, tanaka, c.jws)
	fatal(t, err)
	_, err = c.Record(ctx, tanaka, theirs.ID, counter.CaseEnd{Outcome: hostapi.Refused, Reason: "写真が違う"})
	fatal(t, err)
	if len(*asked) != 1 || (*asked)[0] != "https://clinics.example/f/"+another {
		t.Errorf("insurers were called as %q", *asked)
	}
	for code, want := range map[string]counter.Facility{
		own:     {Code: own, Name: "架空医院", URL: "https://clinics.example/f/" + own},
		another: {Code: another, Name: "架空薬局", URL: "https://clinics.example/f/" + another},
	} {
		if got, err := c.FacilityOf(ctx, staff.Reception{Facility: code}); err != nil || got != want {
			t.Errorf("%+v %v", got, err)
		}
	}
	for _, code := range []string{"", "1319999999", "131999999", own + " ", "%"} {
		var e *eligibility.Error
		if f, err := c.FacilityOf(ctx, staff.Reception{Facility: code}); !errors.As(err, &e) ||
			e.Key != "counter.facility" || f != (counter.Facility{}) {
			t.Errorf("%q: %+v %v", code, f, err)
		}
	}
}
