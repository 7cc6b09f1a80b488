package operator

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

func (s *Office) guard(c echo.Context) (kit.SignedIn, error) {
	return kit.MemberAt(s.Kit, c, "/operator")
}

// routesOf adds the pages of the organisations of one kind.
func (s *Office) routesOf(r *kit.Router, of organisations) {
	for route, do := range map[string]func(echo.Context, kit.SignedIn, organisations) error{
		"GET " + of.path() + "/add":            s.addPage,
		"POST " + of.path() + "/add":           s.add,
		"GET " + of.path() + "/:number":        s.organisationPage,
		"GET " + of.path() + "/:number/set":    s.setPage,
		"POST " + of.path() + "/:number/set":   s.set,
		"GET " + of.path() + "/:number/admin":  s.adminPage,
		"POST " + of.path() + "/:number/admin": s.admin,
	} {
		r.Member(route, s.guard, func(c echo.Context, v kit.SignedIn) error { return do(c, v, of) })
	}
}

// all are the kinds of organisations that this server works for.
func (s *Office) all() (kinds []organisations) {
	if s.Insurers != nil {
		kinds = append(kinds, insurers{directory: s.Insurers, host: s.Host})
	}
	if s.Counter {
		kinds = append(kinds, facilities{
			known:   s.Staff.Facilities,
			readers: s.Readers,
			url:     s.FacilityURL,
		})
	}
	return kinds
}

var levelWords = map[string]string{
	"good":    "operator.level.good",
	"warning": "operator.level.warning",
	"refusal": "operator.level.refusal",
}

var levelMarks = map[string]string{"good": "✓", "warning": "!", "refusal": "×"}

func (s *Office) homePage(c echo.Context, v kit.SignedIn) error {
	ctx := c.Request().Context()
	view := HomeView{Page: s.NewPage(c, message.New("operator.title.home", nil))}
	view.States, view.Attention = s.states(ctx)
	for _, of := range s.all() {
		known, err := of.list(ctx, v.Member)
		if err != nil {
			return err
		}
		group := Group{Kind: string(of.kind()), Path: of.path()}
		for _, o := range known {
			row := Row{Path: of.path() + "/" + o.Number, Paper: o.Paper, Name: o.Name}
			if of.kind() == staff.KindFacility {
				row.Readers = s.Readers(o.Number)
			}
			group.Rows = append(group.Rows, row)
		}
		view.Groups = append(view.Groups, group)
	}
	return s.Show(c, http.StatusOK, "operator", view)
}

// states are what was examined of the server, and how many of them need attention.
func (s *Office) states(ctx context.Context) (rows []StateRow, attention *message.Message) {
	if s.States == nil {
		return nil, nil
	}
	wrong := 0
	for _, state := range s.States(ctx) {
		if state.Level != "good" {
			wrong++
		}
		rows = append(rows, StateRow{
			Level: state.Level,
			Mark:  levelMarks[state.Level],
			Word:  message.New(levelWords[state.Level], nil),
			Name:  state.Name,
			Says:  state.Says,
		})
	}
	if wrong > 0 {
		said := message.New("operator.home.attention", message.Args{"count": message.Number(wrong)})
		attention = &said
	}
	return rows, attention
}

// doneKeys are the sentences of what was done just now.
var doneKeys = map[string]string{"added": "operator.added", "changed": "operator.changed"}

func (s *Office) organisationPage(c echo.Context, v kit.SignedIn, of organisations) error {
	ctx := c.Request().Context()
	o, err := of.find(ctx, v.Member, c.Param("number"))
	if err != nil {
		return err
	}
	admins, err := s.administration(ctx, v.Member, o.Organisation)
	if err != nil {
		return err
	}
	view := OrganisationView{
		Page:           s.NewPage(c, message.New("operator.title.organisation", nil)),
		Kind:           string(of.kind()),
		Path:           of.path() + "/" + o.Number,
		Name:           o.Name,
		Facts:          o.facts,
		Administration: admins,
	}
	if key := doneKeys[c.QueryParam("said")]; key != "" {
		done := message.New(key, nil)
		view.Done = &done
	}
	return s.Show(c, http.StatusOK, "organisation", view)
}

// form is what a form that was sent gives for a field.
func form(c echo.Context) (values, error) {
	sent, err := c.FormParams()
	if err != nil {
		return nil, kit.ErrRequest
	}
	return func(name string) *string {
		if !sent.Has(name) {
			return nil
		}
		text := sent.Get(name)
		return &text
	}, nil
}

// fieldViews are the fields with what they hold; wrong names the one that was refused.
func fieldViews(of organisations, hold func(name string) string, wrong string) []FieldView {
	var all []FieldView
	for _, f := range of.fields() {
		view := FieldView{
			Name:   f.name,
			Kind:   f.kind,
			Value:  hold(f.name),
			Label:  message.New(f.label, nil),
			Most:   f.most,
			Needed: f.needed,
			Wrong:  f.name == wrong,
		}
		if view.Kind == "" {
			view.Kind = "text"
		}
		if f.help != "" {
			help := message.New(f.help, nil)
			view.Help = &help
		}
		all = append(all, view)
	}
	return all
}

// again shows a form with what was typed, where a service refused it for that; other errors stay errors.
func again(err error, show func(status int, problem *kit.Problem) error) error {
	var e *eligibility.Error
	if !errors.As(err, &e) ||
		e.Code != eligibility.Invalid && e.Code != eligibility.Conflict && e.Field == "" {
		return err
	}
	problem := kit.FormError(e)
	problem.Field = fieldOf(problem.Field)
	_, status := kit.AsProblem(err)
	return show(status, problem)
}

// filled is a form as it is shown: with what its fields hold, and what was refused of it.
type filled struct {
	hold    func(field string) string
	status  int
	problem *kit.Problem
}

func (s *Office) addPage(c echo.Context, _ kit.SignedIn, of organisations) error {
	given := defaults(of)
	hold := func(name string) string { return given[name] }
	return s.showAdd(c, of, filled{hold: hold, status: http.StatusOK})
}

func (s *Office) showAdd(c echo.Context, of organisations, f filled) error {
	return s.showForm(c, of, f, FormView{
		Page:   s.NewPage(c, message.New("operator.title.add", nil)),
		Path:   of.path() + "/add",
		Back:   "/operator",
		New:    true,
		Number: f.hold(numberField),
	})
}

func (s *Office) showForm(c echo.Context, of organisations, f filled, view FormView) error {
	wrong := ""
	if f.problem != nil {
		wrong = f.problem.Field
	}
	view.Kind, view.Error, view.Wrong = string(of.kind()), f.problem, wrong == numberField
	view.Fields = fieldViews(of, f.hold, wrong)
	return s.Show(c, f.status, "organisationform", view)
}

func (s *Office) add(c echo.Context, v kit.SignedIn, of organisations) error {
	given, err := form(c)
	if err != nil {
		return err
	}
	o, err := of.add(c.Request().Context(), v.Member, c.FormValue(numberField), given)
	if err != nil {
		return again(err, func(status int, problem *kit.Problem) error {
			return s.showAdd(c, of, filled{c.FormValue, status, problem})
		})
	}
	return c.Redirect(http.StatusSeeOther, of.path()+"/"+url.PathEscape(o.Number)+"?said=added")
}

func (s *Office) setPage(c echo.Context, v kit.SignedIn, of organisations) error {
	o, err := of.find(c.Request().Context(), v.Member, c.Param("number"))
	if err != nil {
		return err
	}
	hold := func(name string) string { return o.now[name] }
	return s.showSet(c, of, o, filled{hold: hold, status: http.StatusOK})
}

func (s *Office) showSet(c echo.Context, of organisations, o organisation, f filled) error {
	return s.showForm(c, of, f, FormView{
		Page:   s.NewPage(c, message.New("operator.title.set", nil)),
		Path:   of.path() + "/" + o.Number + "/set",
		Back:   of.path() + "/" + o.Number,
		Number: o.Paper,
		Name:   o.Name,
	})
}

func (s *Office) set(c echo.Context, v kit.SignedIn, of organisations) error {
	ctx := c.Request().Context()
	o, err := of.find(ctx, v.Member, c.Param("number"))
	if err != nil {
		return err
	}
	given, err := form(c)
	if err != nil {
		return err
	}
	if _, err = of.set(ctx, v.Member, o.Number, given); err != nil {
		return again(err, func(status int, problem *kit.Problem) error {
			return s.showSet(c, of, o, filled{c.FormValue, status, problem})
		})
	}
	return c.Redirect(http.StatusSeeOther, of.path()+"/"+url.PathEscape(o.Number)+"?said=changed")
}
