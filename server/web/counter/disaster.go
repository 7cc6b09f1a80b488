package counter

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// disasterPages are where a facility's administrator switches a notice of a disaster on and off.
type disasterPages struct{ answers }

func (s disasterPages) routes(r *kit.Router) {
	r.Counter("GET /counter/disasters", s.reception(s.page))
	r.Counter("POST /counter/disasters", s.reception(s.add))
	r.Counter("POST /counter/disasters/:id/end", s.reception(s.end))
}

// DisastersView are the notices of disasters of a facility (/counter/disasters).
type DisastersView struct {
	kit.Page
	Facility string
	Typed    counter.TypedNotice
	Notices  []DisasterRow
	Saved    bool
}

// DisasterRow is a notice of the facility.
type DisasterRow struct {
	ID, Title, Area, Insurers string
	From, Until, By           string
	On, Ended                 bool // today; switched off by hand
}

func (s disasterPages) page(c echo.Context, reception staff.Reception) error {
	view, err := s.view(c, reception)
	if err != nil {
		return err
	}
	view.Saved = c.QueryParam("said") == "changed"
	return s.Show(c, http.StatusOK, "disasters", view)
}

func (s disasterPages) view(c echo.Context, reception staff.Reception) (DisastersView, error) {
	ctx := c.Request().Context()
	facility, err := s.Counter.FacilityOf(ctx, reception)
	if err != nil {
		return DisastersView{}, err
	}
	all, err := s.Counter.Disasters.All(ctx, reception.Facility)
	view := DisastersView{
		Page:     s.NewPage(c, message.New("staff.title.disasters", nil)),
		Facility: facility.Name,
	}
	for _, n := range all {
		view.Notices = append(view.Notices, DisasterRow{
			ID:       n.ID,
			Title:    n.Title,
			Area:     n.Area,
			Insurers: n.Insurers,
			From:     n.From.Japanese(),
			Until:    n.Until.Japanese(),
			By:       s.Named(c, n.By),
			On:       n.Holds(s.Today()),
			Ended:    !n.EndedAt.IsZero(),
		})
	}
	return view, err
}

func (s disasterPages) add(c echo.Context, reception staff.Reception) error {
	typed := counter.TypedNotice{
		Title:    c.FormValue("title"),
		Area:     c.FormValue("area"),
		Insurers: c.FormValue("insurers"),
		From:     c.FormValue("from"),
		Until:    c.FormValue("until"),
	}
	ctx := c.Request().Context()
	_, err := s.Counter.Disasters.Add(ctx, reception, typed)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.Invalid {
		view, err := s.view(c, reception)
		if err != nil {
			return err
		}
		view.Typed, view.Error = typed, kit.FormError(e)
		return s.Show(c, http.StatusUnprocessableEntity, "disasters", view)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/counter/disasters?said=changed")
}

func (s disasterPages) end(c echo.Context, reception staff.Reception) error {
	if err := s.Counter.Disasters.End(c.Request().Context(), reception, c.Param("id")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/counter/disasters?said=changed")
}
