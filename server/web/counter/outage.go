package counter

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// outagePages are the list of people to look up after an outage, to be printed and ticked off.
type outagePages struct{ answers }

func (s outagePages) routes(r *kit.Router) {
	r.Counter("GET /counter/outage", s.reception(s.list))
	r.Counter("POST /counter/outage/:id", s.reception(s.tick))
}

// OutageView is the outage list (/counter/outage).
type OutageView struct {
	kit.Page
	Facility  string
	Printed   string          // now
	OpenCount message.Message // how many are to be looked up
	Rows      []OutageRow
}

// OutageRow is somebody on the list.
type OutageRow struct {
	ID, Name, BirthDate, Sex, Address string
	ByChip                            bool
	At, By                            string
	Ticked                            *OutageTick // nil while the look-up is open
	Ends                              string      // then the row goes by itself
	Soon                              bool        // and that is soon, although nobody looked it up
}

// OutageTick is how a look-up ended.
type OutageTick struct {
	Result message.Message
	At, By string
}

// tickWords are how a look-up ended, by the catalogue's keys.
var tickWords = map[counter.TickResult]string{
	counter.LookedUpFound: "staff.outage.found",
	counter.LookedUpNone:  "staff.outage.none",
	counter.NotNeeded:     "staff.outage.undone",
}

// soon is how long before the end of an open row the page says so.
const soon = 10 * 24 * time.Hour

func (s outagePages) list(c echo.Context, reception staff.Reception) error {
	ctx := c.Request().Context()
	facility, err := s.Counter.FacilityOf(ctx, reception)
	if err != nil {
		return err
	}
	entries, err := s.Counter.Outages.List(ctx, reception)
	if err != nil {
		return err
	}
	view := OutageView{
		Page:     s.NewPage(c, message.New("staff.title.outage", nil)),
		Facility: facility.Name,
		Printed:  momentOf(s.Now()),
	}
	open := 0
	for _, e := range entries {
		row := OutageRow{
			ID:        e.ID,
			Name:      e.Person.Name,
			BirthDate: e.Person.BirthDate.Japanese(),
			Sex:       e.Person.Sex.Japanese(),
			Address:   e.Person.Address,
			ByChip:    e.Person.ByChip,
			At:        momentOf(e.At),
			By:        s.Named(c, e.By),
			Ends:      eligibility.DateOf(e.Ends).Japanese(),
			Soon:      e.Ends.Sub(s.Now()) < soon,
		}
		if t := e.Ticked(); t != nil {
			row.Soon = false
			row.Ticked = &OutageTick{message.New(tickWords[t.Result], nil), momentOf(t.At), s.Named(c, t.By)}
		} else {
			open++
		}
		view.Rows = append(view.Rows, row)
	}
	view.OpenCount = message.New("staff.outage.openCount", message.Args{"n": message.Number(open)})
	return s.Show(c, http.StatusOK, "outage", view)
}

// tick notes how the look-up of one person ended.
func (s outagePages) tick(c echo.Context, reception staff.Reception) error {
	result := counter.TickResult(c.FormValue("result"))
	if err := s.Counter.Outages.Tick(c.Request().Context(), reception, c.Param("id"), result); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/counter/outage")
}

// momentOf is a day and the time of it.
func momentOf(t time.Time) string {
	return eligibility.DateOf(t).Japanese() + " " + t.In(eligibility.Japan).Format("15:04")
}
