package clerk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
	"github.com/skip2/go-qrcode"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// A person's representatives (代理人): the clerk states ground and last day, the representative's phone reads
// a code.

func (s representPages) routes(r *kit.Router) {
	r.Clerk("GET /insurer/people/:id/represent", s.clerk(ofPerson, s.representPage))
	r.Clerk("POST /insurer/people/:id/represent", s.clerk(ofPerson, s.represent))
	r.Clerk("GET /insurer/people/:id/represent/code", s.clerk(ofPerson, s.representCode))
	r.Clerk("GET /insurer/people/:id/represent/code.png", s.clerk(ofPerson, s.representQR))
}

// representPages are the pages on which a representative is added and ended.
type representPages struct{ *BackOffice }

// RepresentativeRow is a representative of the person.
type RepresentativeRow struct {
	Number            int64
	Name, Since, Last string
	Ground            message.Message
	Seen              string
}

// GroundChoice is a ground that the form offers, with the latest last day.
type GroundChoice struct {
	Value  string
	Name   message.Message
	Until  message.Message
	Chosen bool
}

// RepresentForm is what the clerk typed, kept when it has to be corrected.
type RepresentForm struct {
	Ground string `form:"ground"`
	Name   string `form:"name"`
	Seen   string `form:"seen"`
	Last   string `form:"last"`
}

// RepresentView asks for a representative of a person (/insurer/people/{id}/represent).
type RepresentView struct {
	kit.Page
	Person   PersonRow
	Withheld bool // 不開示
	Grounds  []GroundChoice
	Form     RepresentForm
	Today    string
	Latest   string // over all grounds
}

// RepresentCodeView shows the code that waits for the representative's phone
// (/insurer/people/{id}/represent/code).
type RepresentCodeView struct {
	kit.Page
	Person       PersonRow
	Waits        bool
	Name, Ground message.Message
	Last         string
	Code         string // grouped 4-4-4-4
	Image        string // address of the QR's picture
	Until, Typed message.Message
}

// groundNames are the grounds as clerks read them.
var groundNames = map[insurer.Ground]string{
	insurer.ByParent:            "staff.represent.parent",
	insurer.ByMinorGuardian:     "staff.represent.minorGuardian",
	insurer.ByAdultGuardian:     "staff.represent.adultGuardian",
	insurer.ByCurator:           "staff.represent.curator",
	insurer.ByVoluntaryGuardian: "staff.represent.voluntaryGuardian",
	insurer.ByMandate:           "staff.represent.mandate",
}

func representativeRow(r insurer.Representative) RepresentativeRow {
	return RepresentativeRow{
		Number: r.Number,
		Name:   r.Name,
		Since:  eligibility.DateOf(r.Since).Japanese(),
		Last:   r.Last().Japanese(),
		Ground: sentence(groundNames[r.Ground]),
		Seen:   r.Seen,
	}
}

// nameOf is the name of the representative whose login has a number, or empty.
func nameOf(all []insurer.Representative, login int64) string {
	for _, r := range all {
		if r.Number == login {
			return r.Name
		}
	}
	return ""
}

func (s representPages) representPage(c echo.Context, clerk staff.Clerk) error {
	return s.showRepresent(c, http.StatusOK, clerk, RepresentForm{}, nil)
}

func (s representPages) showRepresent(
	c echo.Context, status int, clerk staff.Clerk, form RepresentForm, problem *kit.Problem,
) error {
	ctx := c.Request().Context()
	record, err := s.Insurer.Register.Record(ctx, clerk, personOf(c))
	if err != nil {
		return err
	}
	in, err := s.Insurer.Directory.Insurer(ctx, record.Person.Insurer)
	if err != nil {
		return err
	}
	view := RepresentView{
		Page:     s.NewPage(c, sentence("staff.title.representative")),
		Person:   s.personRow(record),
		Withheld: record.Person.Withheld == eligibility.Yes,
		Form:     form,
		Today:    s.Today().String(),
	}
	view.Insurer, view.Error = kit.InsurerView(in.Contact()), problem
	for _, ground := range insurer.Grounds() {
		last, err := insurer.LastDayOf(ground, record.Person.BirthDate, s.Today())
		if err != nil { // not one of this person's
			continue
		}
		view.Latest = max(view.Latest, last.String())
		day := message.Args{"day": message.Text(last.Japanese())}
		view.Grounds = append(view.Grounds, GroundChoice{
			Value:  string(ground),
			Name:   sentence(groundNames[ground]),
			Until:  message.New("staff.represent.atMost", day),
			Chosen: form.Ground == string(ground),
		})
	}
	return s.Show(c, status, "represent", view)
}

// represent states a representation. What does not fit comes back on the form, to be mended.
func (s representPages) represent(c echo.Context, clerk staff.Clerk) error {
	var form RepresentForm
	if err := c.Bind(&form); err != nil {
		return kit.ErrRequest
	}
	last, _ := eligibility.ParseDate(form.Last) // anything else is no day, which is refused
	err := s.Insurer.Representatives.Begin(c.Request().Context(), clerk, personOf(c), insurer.RepresentWish{
		Ground: insurer.Ground(form.Ground),
		Name:   form.Name,
		Seen:   form.Seen,
		Last:   last,
	})
	var refusal *eligibility.Error
	if errors.As(err, &refusal) &&
		(refusal.Code == eligibility.Invalid || errors.Is(err, insurer.ErrTooManyRepresentatives)) {
		return s.showRepresent(c, http.StatusUnprocessableEntity, clerk, form, kit.FormError(refusal))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, personAddress(personOf(c), "/represent/code"))
}

// representCode shows the code until it is used or over.
func (s representPages) representCode(c echo.Context, clerk staff.Clerk) error {
	ctx := c.Request().Context()
	record, err := s.Insurer.Register.Record(ctx, clerk, personOf(c))
	if err != nil {
		return err
	}
	in, err := s.Insurer.Directory.Insurer(ctx, record.Person.Insurer)
	if err != nil {
		return err
	}
	view := RepresentCodeView{
		Page:   s.NewPage(c, sentence("staff.title.representative")),
		Person: s.personRow(record),
	}
	view.Insurer = kit.InsurerView(in.Contact())
	paper, err := s.Insurer.Representatives.Code(ctx, clerk, record.ID)
	if errors.Is(err, insurer.ErrRepresentCode) {
		return s.Show(c, http.StatusOK, "representcode", view)
	}
	if err != nil {
		return err
	}
	view.Waits = true
	view.Name = message.New("staff.represent.nameOf", message.Args{"name": message.Text(paper.Stated.Name)})
	view.Ground, view.Last = sentence(groundNames[paper.Stated.Ground]), paper.Stated.Last().Japanese()
	view.Code = insurer.GroupNoticeCode(paper.Code)
	view.Image = personAddress(record.ID, "/represent/code.png")
	until := paper.Until.In(eligibility.Japan).Format("15:04")
	view.Until = message.New("staff.represent.codeUntil", message.Args{"time": message.Text(until)})
	view.Typed = message.New("staff.represent.codeTyped",
		message.Args{"address": message.Text(paper.Page)})
	return s.Show(c, http.StatusOK, "representcode", view)
}

func (s representPages) representQR(c echo.Context, clerk staff.Clerk) error {
	paper, err := s.Insurer.Representatives.Code(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	image, err := qrcode.Encode(paper.URL, qrcode.Medium, -8) // eight dots a module
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/png", image)
}

// askEndRepresentative asks before a representative is ended.
func (s representPages) askEndRepresentative(
	c echo.Context, _ staff.Clerk, file insurer.PersonFile,
) (ConfirmView, error) {
	i := slices.IndexFunc(file.Representatives, func(r insurer.Representative) bool {
		return strconv.FormatInt(r.Number, 10) == c.Param("login")
	})
	if i < 0 {
		return ConfirmView{}, kit.ErrNoPage
	}
	name := message.Args{"name": message.Text(file.Representatives[i].Name)}
	return ConfirmView{
		Heading:     sentence("staff.confirm.endRepresentativeHeading"),
		Consequence: message.New("staff.confirm.endRepresentativeFollows", name),
		Button:      sentence("staff.confirm.endRepresentativeButton"),
	}, nil
}

func (s representPages) endRepresentative(
	c echo.Context, clerk staff.Clerk, id audit.PersonID,
) (string, error) {
	number, err := strconv.ParseInt(c.Param("login"), 10, 64)
	if err != nil {
		return "", kit.ErrNoPage
	}
	return personAddress(id, "?said=representative"),
		s.Insurer.Representatives.End(c.Request().Context(), clerk, id, number)
}
