package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/server/staff"
)

// stored is a facility as it is stored.
func (h *testApp) stored(t *testing.T, code string) staff.Facility {
	t.Helper()
	f, err := h.members.Facilities.Facility(ctx, staff.Operator{}, code)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A facility's administrator sets the own facility; the counter's page has the new time of blanking when it
// is loaded next, at every counter PC of that facility.
func TestAFacilitysAdministratorSetsWhenDataAreBlanked(t *testing.T) {
	h := newTestApp(t)
	admin := h.deskSignedIn(t)
	reception := h.joins(t, staff.OfFacility(h.facility.Code), staff.RoleReception, "佐藤 次郎")
	reception.signIn("")
	if page := reception.get("/counter").Body.String(); !strings.Contains(page, `data-blanking="60"`) {
		t.Error("a minute is not what a facility has that sets nothing")
	}
	for _, seconds := range []string{"30", "600", "90"} {
		w := admin.form("/staff/facility", "name", "架空医院", "address", "東京都架空区1", "telephone", "03-0000-0000",
			"blanking", seconds)
		if w.Code != http.StatusSeeOther || location(t, w) != "/staff/facility?said=changed" {
			t.Fatalf("%s: %d %s", seconds, w.Code, w.Body)
		}
		page := reception.get("/counter").Body.String()
		if !strings.Contains(page, `data-blanking="`+seconds+`"`) {
			t.Errorf("the counter's page does not blank after %s s", seconds)
		}
	}
	want := staff.Facility{
		Code:      h.facility.Code,
		Name:      "架空医院",
		Address:   "東京都架空区1",
		Telephone: "03-0000-0000",
		Blanking:  90 * time.Second,
		Retention: 3,
	}
	if f := h.stored(t, h.facility.Code); f != want {
		t.Errorf("%+v", f)
	}
	page := admin.get("/staff/facility?said=changed").Body.String()
	if !strings.Contains(page, `id="said"`) || !strings.Contains(page, `value="90"`) {
		t.Error(page)
	}
	if got := h.actions(t, "reception:"+string(admin.member.ID)); got[len(got)-1] != "facility.set" {
		t.Errorf("the audit: %q", got)
	}
}

// Who may not, and what is no setting: nothing is stored, at the own facility and at another one.
func TestWhatIsNotTheirsOrNoSettingChangesNoFacility(t *testing.T) {
	h := newTestApp(t)
	other := staff.Facility{Code: "1319999992", Name: "架空薬局"}
	if err := h.members.Facilities.Add(ctx, staff.Operator{}, other); err != nil {
		t.Fatal(err)
	}
	before := []staff.Facility{h.stored(t, h.facility.Code), h.stored(t, other.Code)}
	joins := func(of staff.Organisation, role staff.Role) *staffBrowser {
		b := h.joins(t, of, role, "中村 八雲")
		b.signIn("")
		return b
	}
	admin := h.deskSignedIn(t)
	stale := h.deskSignedIn(t)
	reception := joins(staff.OfFacility(h.facility.Code), staff.RoleReception)
	insurers := joins(staff.OfInsurer("00138990"), staff.RoleInsurerAdmin)
	operator := joins(staff.TheOperator, staff.RoleOperator)
	cases := []struct {
		name   string
		by     *staffBrowser
		form   []string
		status int
		leads  string
	}{
		{"29 seconds", admin, []string{"blanking", "29"}, 422, ""},
		{"601 seconds", admin, []string{"blanking", "601"}, 422, ""},
		{"no time", admin, []string{"blanking", "0"}, 422, ""},
		{"less than none", admin, []string{"blanking", "-60"}, 422, ""},
		{"a time that overflows", admin, []string{"blanking", "18446744073709551676"}, 422, ""},
		{"half a second more", admin, []string{"blanking", "60.5"}, 422, ""},
		{"no name", admin, []string{"name", ""}, 422, ""},
		{"a name of 61 characters", admin, []string{"name", strings.Repeat("架", 61)}, 422, ""},
		{"an address of two lines", admin, []string{"address", "東京都\n架空区"}, 422, ""},
		{"a telephone that is none", admin, []string{"telephone", "<b>"}, 422, ""},
		{"nothing", admin, nil, 422, ""},
		{"reception", reception, []string{"blanking", "600"}, 403, ""},
		{"an insurer's administrator", insurers, []string{"blanking", "600"}, 403, ""},
		{"the operator, who has a page for it", operator, []string{"blanking", "600"}, 403, ""},
		{"nobody", h.at(t), []string{"blanking", "600"}, 303, "/staff?back=%2Fstaff%2Ffacility"},
	}
	testenv.Refused(t, testenv.Staff, len(cases)+1)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := c.by.form("/staff/facility", append(c.form, "code", other.Code)...)
			if w.Code != c.status || c.leads != "" && location(t, w) != c.leads {
				t.Errorf("%d %s %.300s", w.Code, location(t, w), w.Body)
			}
		})
	}
	t.Run("a passkey of long ago", func(t *testing.T) {
		h.now = h.now.Add(6 * time.Minute)
		w := stale.form("/staff/facility", "blanking", "600")
		if w.Code != http.StatusSeeOther || location(t, w) != "/staff/prove?back=%2Fstaff%2Ffacility" {
			t.Errorf("%d %s", w.Code, location(t, w))
		}
	})
	for i, code := range []string{h.facility.Code, other.Code} {
		if f := h.stored(t, code); f != before[i] {
			t.Errorf("it is now %+v", f)
		}
	}
}
