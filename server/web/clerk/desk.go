package clerk

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/skip2/go-qrcode"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Enrolment at the insurer's desk: the clerk says what was seen and gets a code, which the person's own phone
// scans; the page follows until a login is bound. And the addresses of people whose data are withheld.
func (s *deskPages) deskRoutes(r *kit.Router) {
	r.Clerk("GET /insurer/people/:id/desk", s.clerk(ofPerson, s.deskForm))
	r.Clerk("POST /insurer/people/:id/desk", s.clerk(ofPerson, s.beginDesk))
	r.Clerk("GET /insurer/people/:id/desk/:ref", s.clerk(ofPerson, s.deskPage))
	r.Clerk("GET /insurer/people/:id/desk/:ref/code.png", s.clerk(ofPerson, s.deskQR))
	r.Clerk("GET /insurer/people/:id/desk/:ref/events", s.clerk(ofPerson, s.deskEvents))
	r.Clerk("POST /insurer/people/:id/desk/:ref/cancel", s.clerk(ofPerson, s.cancelDesk))
	r.Clerk("GET /insurer/people/:id/address", s.clerk(ofPerson, s.addressPage))
}

// SeenChoice is one of the things that a clerk may have seen.
type SeenChoice struct {
	Seen insurer.Seen
	Text message.Message
}

// DeskFormView asks what the clerk saw (/insurer/people/{id}/desk).
type DeskFormView struct {
	kit.Page
	Person  PersonRow
	Choices []SeenChoice
}

// DeskView is an enrolment at the desk under way, or how it ended (/insurer/people/{id}/desk/{ref}).
type DeskView struct {
	kit.Page
	Person    PersonRow
	Address   string // of this page
	State     insurer.DeskState
	Own       bool   // the clerk's own, who may show the code
	Code, URL string // in groups of four
	Until     string // 10:52
	Seen      message.Message
	Progress  DeskProgress
}

// DeskProgress is how far it is, in words, as the page's program hears of it.
type DeskProgress struct {
	State insurer.DeskState `json:"state"`
	Ja    string            `json:"ja"`
	En    string            `json:"en"`
}

// seenWords are the keys of what a clerk may have seen.
var seenWords = map[insurer.Seen]string{
	insurer.SeenCard:  "staff.desk.seenCard",
	insurer.SeenPhoto: "staff.desk.seenPhoto",
	insurer.SeenTwo:   "staff.desk.seenTwo",
}

func (s *deskPages) deskForm(c echo.Context, clerk staff.Clerk) error {
	return s.showDeskForm(c, http.StatusOK, clerk, nil)
}

func (s *deskPages) showDeskForm(
	c echo.Context, status int, clerk staff.Clerk, problem *kit.Problem,
) error {
	record, in, err := s.atDesk(c, clerk)
	if err != nil {
		return err
	}
	view := DeskFormView{Page: s.NewPage(c, sentence("staff.desk.formTitle")), Person: s.personRow(record)}
	view.Insurer, view.Error = kit.InsurerView(in.Contact()), problem
	for _, seen := range insurer.SeenChoices {
		view.Choices = append(view.Choices, SeenChoice{seen, sentence(seenWords[seen])})
	}
	return s.Show(c, status, "deskform", view)
}

// atDesk returns whom a page of the desk is about.
func (s *deskPages) atDesk(
	c echo.Context, clerk staff.Clerk,
) (insurer.PersonRecord, insurer.Insurer, error) {
	ctx := c.Request().Context()
	record, err := s.Insurer.Register.Record(ctx, clerk, personOf(c))
	if err != nil {
		return record, insurer.Insurer{}, err
	}
	in, err := s.Insurer.Directory.Insurer(ctx, record.Person.Insurer)
	return record, in, err
}

func (s *deskPages) beginDesk(c echo.Context, clerk staff.Clerk) error {
	ref, err := s.Insurer.Desk.Begin(
		c.Request().Context(),
		clerk,
		personOf(c),
		insurer.Seen(c.FormValue("seen")),
	)
	var refusal *eligibility.Error
	if errors.As(err, &refusal) && refusal.Code == eligibility.Invalid {
		return s.showDeskForm(c, http.StatusUnprocessableEntity, clerk, kit.FormError(refusal))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, deskAddress(personOf(c), ref))
}

func deskAddress(id audit.PersonID, ref string) string { return personAddress(id, "/desk/"+ref) }

// deskEnrolment returns the enrolment that the address names.
func (s *deskPages) deskEnrolment(c echo.Context, clerk staff.Clerk) (insurer.DeskEnrolment, error) {
	return s.Insurer.Desk.Enrolment(c.Request().Context(), clerk, personOf(c), c.Param("ref"))
}

func (s *deskPages) deskPage(c echo.Context, clerk staff.Clerk) error {
	record, in, err := s.atDesk(c, clerk)
	if err != nil {
		return err
	}
	e, err := s.deskEnrolment(c, clerk)
	if errors.Is(err, insurer.ErrDeskCode) { // a newer one took its place
		return c.Redirect(http.StatusSeeOther, personAddress(record.ID, "?said=desk"))
	}
	if err != nil {
		return err
	}
	view := DeskView{
		Page:     s.NewPage(c, sentence("staff.desk.title")),
		Person:   s.personRow(record),
		Address:  deskAddress(record.ID, e.Ref),
		State:    e.State,
		Own:      e.Code != "",
		Code:     insurer.GroupNoticeCode(e.Code),
		URL:      e.URL,
		Until:    e.ExpiresAt.In(eligibility.Japan).Format("15:04"),
		Seen:     sentence(seenWords[e.Seen]),
		Progress: deskProgress(e),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	return s.Show(c, http.StatusOK, "desk", view)
}

// deskProgress puts an enrolment's state in words.
func deskProgress(e insurer.DeskEnrolment) DeskProgress {
	words := map[insurer.DeskState]message.Message{
		insurer.DeskOpen:      sentence("staff.desk.waiting"),
		insurer.DeskBound:     sentence("staff.desk.bound"),
		insurer.DeskCancelled: sentence("staff.desk.cancelled"),
		insurer.DeskOver:      sentence("staff.desk.over"),
	}[e.State]
	if e.State == insurer.DeskOpen && e.Misfits > 0 {
		words = message.New("staff.desk.misfits", message.Args{"n": message.Number(e.Misfits)})
	}
	return DeskProgress{State: e.State, Ja: words.Text("ja"), En: words.Text("en")}
}

func (s *deskPages) deskQR(c echo.Context, clerk staff.Clerk) error {
	e, err := s.deskEnrolment(c, clerk)
	if err != nil {
		return err
	}
	if e.URL == "" {
		return kit.ErrNoPage
	}
	image, err := qrcode.Encode(e.URL, qrcode.Medium, -10) // ten dots a module
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/png", image)
}

func (s *deskPages) cancelDesk(c echo.Context, clerk staff.Clerk) error {
	err := s.Insurer.Desk.Cancel(c.Request().Context(), clerk, personOf(c), c.Param("ref"))
	if err != nil && !errors.Is(err, insurer.ErrDeskCode) { // it ended by itself: the page says how
		return err
	}
	return c.Redirect(http.StatusSeeOther, deskAddress(personOf(c), c.Param("ref")))
}

// deskLooks is how often an open page's connection is tried, and the store asked, without an event: another
// process of this server may have bound the phone.
const deskLooks = 20 * time.Second

// deskEvents streams how far an enrolment is until it is open no more.
func (s *deskPages) deskEvents(c echo.Context, clerk staff.Clerk) error {
	e, err := s.deskEnrolment(c, clerk)
	if err != nil {
		return err // while a status can still say so
	}
	stream := kit.NewEventStream(c, s.Background, s.Now)
	if stream == nil {
		return nil
	}
	changed, stop := s.Insurer.Desk.Watch(clerk, personOf(c))
	defer stop()
	for {
		if e, err = s.deskEnrolment(c, clerk); err != nil {
			e.State = insurer.DeskOver // the page is shown anew and says why
		}
		there, err := stream.Send(deskProgress(e))
		if err != nil || !there || e.State != insurer.DeskOpen {
			return err
		}
		if !stream.Wait(changed, time.After(min(e.ExpiresAt.Sub(s.Now()), deskLooks))) {
			return nil
		}
	}
}

// AddressView shows the addresses of somebody whose data are withheld (/insurer/people/{id}/address).
type AddressView struct {
	kit.Page
	Person PersonRow
	Facts  []Fact
}

func (s *deskPages) addressPage(c echo.Context, clerk staff.Clerk) error {
	record, err := s.Insurer.Register.Addresses(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	in, err := s.Insurer.Directory.Insurer(c.Request().Context(), record.Person.Insurer)
	if err != nil {
		return err
	}
	view := AddressView{Page: s.NewPage(c, sentence("staff.desk.addressTitle")), Person: s.personRow(record)}
	view.Insurer = kit.InsurerView(in.Contact())
	for _, fact := range addressFacts(record.Person) {
		if fact.Value != "" {
			view.Facts = append(view.Facts, fact)
		}
	}
	return s.Show(c, http.StatusOK, "address", view)
}
