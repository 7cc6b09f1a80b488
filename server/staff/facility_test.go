package staff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
)

func TestAFacilityIsAddedAndChanged(t *testing.T) {
	w := newWorld(t)
	told := len(w.entries(t, 0))
	f := staff.Facility{
		Code:      "1319999993",
		Name:      " 架空薬局　本店 ",
		Address:   "東京都架空区練習町7-8",
		Telephone: "03-0000-0000",
		Blanking:  30 * time.Second,
		Retention: 10,
	}
	fatal(t, w.Facilities.Add(ctx, w.operator, f))
	f.Name = "架空薬局　本店"
	if got, err := w.Facilities.Facility(ctx, command, f.Code); err != nil || got != f {
		t.Errorf("%+v %v", got, err)
	}
	if err := w.Facilities.Add(ctx, command, f); !errors.Is(err, staff.ErrKnownFacility) {
		t.Errorf("twice: %v", err)
	}
	f.Blanking = 10 * time.Minute
	fatal(t, w.Facilities.Set(ctx, command, f))
	own := staff.Facility{Code: clinic, Name: "架空医院"}
	fatal(t, w.Facilities.Set(ctx, w.facilityAdmin, own))
	own.Blanking, own.Retention = time.Minute, 3 // where none is named
	if got, err := w.Facilities.Facility(ctx, w.reception, clinic); err != nil || got != own {
		t.Errorf("%+v %v", got, err)
	}
	all, err := w.Facilities.List(ctx, w.operator)
	if err != nil || len(all) != 3 || all[0].Code != clinic || all[2] != f {
		t.Errorf("%+v %v", all, err)
	}
	f.Code = "1310000000"
	if err := w.Facilities.Set(ctx, command, f); !errors.Is(err, staff.ErrNoFacility) {
		t.Errorf("one that is not here: %v", err)
	}
	if _, err := w.Facilities.Facility(ctx, command, f.Code); !errors.Is(err, staff.ErrNoFacility) {
		t.Errorf("one that is not here: %v", err)
	}
	want := []string{
		"operator:" + string(w.operator.ID) + " facility.add 1319999993",
		"operator facility.set 1319999993",
		"reception:" + string(w.facilityAdmin.ID) + " facility.set " + clinic,
	}
	if got := w.entries(t, told); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestFacilitiesThatAreNotTaken(t *testing.T) {
	good := staff.Facility{Code: clinic, Name: "架空医院", Blanking: time.Minute}
	cases := []struct {
		name   string
		change func(*staff.Facility)
		field  string
	}{
		{"no code", func(f *staff.Facility) { f.Code = "" }, "code"},
		{"7 digits", func(f *staff.Facility) { f.Code = "9999991" }, "code"},
		{"11 digits", func(f *staff.Facility) { f.Code = "13199999911" }, "code"},
		{"a letter", func(f *staff.Facility) { f.Code = "131999999A" }, "code"},
		{"full-width digits", func(f *staff.Facility) { f.Code = "１３１９" }, "code"},
		{"no name", func(f *staff.Facility) { f.Name = "" }, "name"},
		{"a name of 61 characters", func(f *staff.Facility) { f.Name = strings.Repeat("架", 61) }, "name"},
		{"a name of two lines", func(f *staff.Facility) { f.Name = "架空\n医院" }, "name"},
		{"an address of 121 characters", func(f *staff.Facility) { f.Address = strings.Repeat("架", 121) },
			"address"},
		{"letters in the telephone number", func(f *staff.Facility) { f.Telephone = "03-0000-000x" },
			"telephone"},
		{"a telephone number of 21 digits", func(f *staff.Facility) { f.Telephone = strings.Repeat("0", 21) },
			"telephone"},
		{"blanking after 29 seconds", func(f *staff.Facility) { f.Blanking = 29 * time.Second }, "blanking"},
		{
			"blanking after 601 seconds",
			func(f *staff.Facility) { f.Blanking = 601 * time.Second },
			"blanking",
		},
		{"blanking after half a second more", func(f *staff.Facility) { f.Blanking += time.Second / 2 },
			"blanking"},
		{"never blanking", func(f *staff.Facility) { f.Blanking = -time.Second }, "blanking"},
		// 療担規則 9条: three years at least
		{"records for two years", func(f *staff.Facility) { f.Retention = 2 }, "retention"},
		{"records for eleven years", func(f *staff.Facility) { f.Retention = 11 }, "retention"},
		{"records for less than no time", func(f *staff.Facility) { f.Retention = -3 }, "retention"},
	}
	w := newWorld(t)
	before := w.dump(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := good
			c.change(&f)
			for _, err := range []error{
				w.Facilities.Add(ctx, command, f),
				w.Facilities.Set(ctx, w.facilityAdmin, f),
			} {
				var e *eligibility.Error
				if !errors.As(err, &e) || e.Code != eligibility.Invalid || e.Field != c.field {
					t.Errorf("%v", err)
				}
			}
		})
	}
	if w.dump(t) != before {
		t.Error("something was stored")
	}
	testenv.Refused(t, testenv.Staff, 2*len(cases))
}
