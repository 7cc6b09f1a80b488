package counter

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// places are the pages of a facility itself: its readers, papers, numbers, staff and settings. All staff of
// the facility see the readers, the papers and the numbers: the sheet and the poster are nobody's data, and
// the numbers name nobody and say no more than the cases that the reception has in its hands. Staff and
// settings are for its administrators.
type places struct {
	*kit.Kit
	receptions
	counter    *counter.Service
	readers    *agents.AgentHub
	facilities *staff.Facilities // nil where nobody signs in by passkey
	members    *staff.Members    // the same
	address    string            // of this server, as patients reach it
	patients   bool              // this server has the patients' pages too
}

func (s places) routes(r *kit.Router) {
	r.Counter("GET /counter/facility", s.page)
	r.Counter("GET /counter/numbers", s.reception(s.numbersPage))
	r.Counter("GET /counter/sheet.pdf", s.reception(s.sheet))
	r.Counter("GET /counter/poster.pdf", s.reception(s.poster))
	r.Public("GET "+startPath, s.startPage)
}

// page is the facility's page: first what is wrong with its readers.
func (s places) page(c echo.Context, member staff.Member) error {
	ctx, reception := c.Request().Context(), s.of(member)
	facility, err := s.counter.FacilityOf(ctx, reception)
	if err != nil {
		return err
	}
	view := PlaceView{
		Page:   s.NewPage(c, message.New("staff.title.place", nil)),
		Name:   facility.Name,
		Code:   facility.Code,
		Member: member.ID != "",
	}
	if view.Readers, err = s.readerRows(ctx, reception); err != nil {
		return err
	}
	if view.Says, err = s.monthSays(ctx, reception); err != nil {
		return err
	}
	notices, err := s.counter.Disasters.On(ctx, reception.Facility, s.Today())
	if err != nil {
		return err
	}
	for _, n := range notices {
		row := DisasterRow{Title: n.Title, Area: n.Area, Until: n.Until.Japanese()}
		view.Notices = append(view.Notices, row)
	}
	if view.Member && member.Role.May(staff.RoleFacilityAdmin) {
		view.Administers = true
		if err := s.addAdministration(ctx, member, &view); err != nil {
			return err
		}
	}
	return s.Show(c, http.StatusOK, "place", view)
}

// readerRows are the facility's paired computers that were not ended, with their last words.
func (s places) readerRows(ctx context.Context, reception staff.Reception) (rows []ReaderRow, err error) {
	known, err := s.readers.Agents(ctx, reception)
	for _, a := range known {
		if a.Ended() {
			continue
		}
		row := ReaderRow{Name: a.Name, Connected: a.Connected, Seen: kit.TimeText(a.LastSeen)}
		if a.Trouble != "" {
			row.Trouble, row.TroubleAt = message.New(a.Trouble, nil), kit.TimeText(a.TroubleAt)
		}
		rows = append(rows, row)
	}
	return rows, err
}

// addAdministration adds what the facility's administrators look after.
func (s places) addAdministration(ctx context.Context, member staff.Member, view *PlaceView) error {
	own, err := s.facilities.Facility(ctx, member, view.Code)
	if err != nil {
		return err
	}
	view.Blanking, view.ByYear = strconv.Itoa(int(own.Blanking/time.Second)), own.CopyByYear
	view.Retention = own.Retention
	all, err := s.members.List(ctx, member, member.Organisation)
	for _, m := range all {
		if m.State != staff.Removed {
			view.Staff = append(view.Staff, StaffRow{
				Name:   m.Name,
				Role:   kit.RoleName(m.Role),
				Locked: m.State == staff.Locked,
			})
		}
	}
	return err
}

// monthSays are the first sentences on the numbers of the month so far.
func (s places) monthSays(ctx context.Context, reception staff.Reception) ([]message.Message, error) {
	month := monthOf(s.Today())
	whole, _, err := counter.CountsOf(s.counter).Of(ctx, reception, month.span())
	return saysOf(month, whole), err
}
