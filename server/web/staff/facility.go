package staff

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// What administrators of a facility set of it, with a fresh passkey. It counts at the next load of a page.

func (s *facilityPages) routes(r *kit.Router) {
	r.Member("GET /staff/facility", s.anyMember, s.settingsPage)
	r.Member("POST /staff/facility", s.anyMember, s.set)
}

func (s *facilityPages) settingsPage(c echo.Context, v kit.SignedIn) error {
	f, err := s.Staff.Facilities.Facility(c.Request().Context(), v.Member, v.Member.Organisation.Number)
	if err != nil {
		return err
	}
	return s.Show(c, http.StatusOK, "facility", FacilityView{
		Page:      s.NewPage(c, message.New("staff.title.facility", nil)),
		Code:      f.Code,
		Name:      f.Name,
		Address:   f.Address,
		Telephone: f.Telephone,
		Blanking:  strconv.Itoa(int(f.Blanking / time.Second)),
		Retention: strconv.Itoa(f.Retention),
		ByYear:    f.CopyByYear,
		Saved:     c.QueryParam("said") == "changed",
	})
}

// set changes what the form has of the member's own facility.
func (s *facilityPages) set(c echo.Context, v kit.SignedIn) error {
	sent, err := c.FormParams()
	if err != nil {
		return kit.ErrRequest
	}
	field := func(name string) *string {
		if !sent.Has(name) {
			return nil
		}
		text := sent.Get(name)
		return &text
	}
	code := v.Member.Organisation.Number
	_, err = s.Staff.Facilities.Change(c.Request().Context(), v.Member, code, staff.GivenFacility{
		Name:      field("name"),
		Address:   field("address"),
		Telephone: field("telephone"),
		Blanking:  staff.ReadBlanking(field("blanking")),
		Retention: staff.ReadRetention(field("retention")),

		CopyByYear: staff.ReadCopyByYear(field("calendar")),
	})
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.Invalid {
		view := FacilityView{
			Page:      s.NewPage(c, message.New("staff.title.facility", nil)),
			Code:      code,
			Name:      sent.Get("name"),
			Address:   sent.Get("address"),
			Telephone: sent.Get("telephone"),
			Blanking:  sent.Get("blanking"),
			Retention: sent.Get("retention"),
			ByYear:    sent.Get("calendar") == "year",
		}
		view.Error = kit.FormError(e)
		return s.Show(c, http.StatusUnprocessableEntity, "facility", view)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/staff/facility?said=changed")
}
