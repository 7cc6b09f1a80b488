package clerk

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pdf"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

func (s *printPages) paperRoutes(r *kit.Router) {
	r.Clerk("GET /insurer/settings", s.clerk(ofInsurer, s.settingsOfPapers))
	r.Clerk("POST /insurer/settings", s.clerk(ofInsurer, s.updateSettings))
	r.Clerk("GET /insurer/papers/:kind", s.clerk(ofInsurer, s.samplePaper))
	for _, d := range insurer.AllDocuments() {
		if d.Clerk == nil {
			continue
		}
		path := "/insurer/people/:id/" + string(d.Kind) + ".pdf"
		r.Clerk("GET "+path, s.clerk(ofPerson, s.paper(d)))
		if d.Clerk.ByRules {
			r.Clerk("POST "+path, s.clerk(ofPerson, s.paper(d)))
		}
	}
}

// samples are the papers that the page shows, as clerks call them.
func samples() []SampleLink {
	var all []SampleLink
	for _, d := range insurer.AllDocuments() {
		for _, sample := range d.Samples {
			all = append(all, SampleLink{string(sample.Kind), sentence(sample.Name)})
		}
	}
	return all
}

func (s *printPages) settingsOfPapers(c echo.Context, clerk staff.Clerk) error {
	in, _, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return err
	}
	return s.showSettings(c, http.StatusOK, clerk, in, in, nil)
}

// showSettings shows the form with what was typed, under the insurer as it is kept.
func (s *printPages) showSettings(
	c echo.Context, status int, clerk staff.Clerk, kept, in insurer.Insurer, problem *kit.Problem,
) error {
	mark, err := s.Insurer.Directory.Logo(c.Request().Context(), in.Number)
	if err != nil {
		return err
	}
	view := PaperSettingsView{
		Page:     s.NewPage(c, message.New("staff.title.papersSettingsAndSamples", nil)),
		Staff:    s.Named(c, clerk.Staff),
		Settings: in,
		Colour:   in.Branding.Colour,
		HasLogo:  len(mark) > 0,
		Saved:    c.QueryParam("said") == "saved",
		Samples:  samples(),
	}
	if view.Colour == "" {
		view.Colour = "#00118f"
	}
	view.Insurer, view.Error = kit.InsurerView(kept.Contact()), problem
	return s.Show(c, status, "papersettings", view)
}

func (s *printPages) updateSettings(c echo.Context, clerk staff.Clerk) error {
	kept, _, err := s.chosenInsurer(c, clerk)
	if err != nil {
		return err
	}
	in := kept
	value := func(field string) string { return strings.TrimSpace(c.FormValue(field)) }
	in.Name, in.Issuer, in.Telephone = value("name"), value("issuer"), value("telephone")
	in.Branding = insurer.Branding{
		Unit:    value("unit"),
		Address: value("address"),
		Hours:   value("hours"),
		Colour:  value("colour"),
		State:   value("state"),
	}
	mark, err := uploadedMark(c)
	if err == nil {
		err = s.Insurer.Directory.UpdateSettings(c.Request().Context(), clerk, in, mark)
	}
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.Invalid {
		return s.showSettings(c, http.StatusUnprocessableEntity, clerk, kept, in, kit.FormError(e))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/insurer/settings?said=saved&insurer="+string(in.Number))
}

// uploadedMark returns the PNG that came with the form: nil for none, empty when the old one is to go.
func uploadedMark(c echo.Context) ([]byte, error) {
	if c.FormValue("nologo") != "" {
		return []byte{}, nil
	}
	upload, err := c.FormFile("logo")
	if err != nil && !errors.Is(err, http.ErrMissingFile) && !errors.Is(err, http.ErrNotMultipart) {
		return nil, kit.ErrRequest.In("logo").Because(err)
	}
	if err != nil || upload.Size == 0 {
		return nil, nil // none was chosen
	}
	file, err := upload.Open()
	if err != nil {
		return nil, pdf.ErrLogo.Because(err)
	}
	defer file.Close()
	const most = 1 << 20
	return io.ReadAll(io.LimitReader(file, most))
}

func (s *printPages) samplePaper(c echo.Context, clerk staff.Clerk) error {
	kind, isPDF := strings.CutSuffix(c.Param("kind"), ".pdf")
	if !isPDF {
		return kit.ErrNoPage
	}
	data, err := s.Insurer.Documents.SamplePaper(c.Request().Context(), clerk, insurer.SampleKind(kind))
	if err != nil {
		return err
	}
	return kit.PdfFile(c, "mihon-"+kind+".pdf", data)
}

// paper sends one person's document. That of a person whose data are withheld (不開示) says where the papers
// are sent, so it wants a fresh passkey as the address does.
func (s *printPages) paper(d insurer.Document) clerkHandlerFunc {
	return func(c echo.Context, clerk staff.Clerk) error {
		record, err := s.Insurer.Register.Record(c.Request().Context(), clerk, personOf(c))
		if err != nil {
			return err
		}
		send := func(c echo.Context, member staff.Member) error { return s.sendPaper(c, clerk, d) }
		if record.Person.Withheld == eligibility.Yes {
			send = s.Fresh(send)
		}
		return send(c, staff.Member{})
	}
}

// sendPaper makes the document and sends it. A reason comes in a form, not in the address.
func (s *printPages) sendPaper(c echo.Context, clerk staff.Clerk, d insurer.Document) error {
	reason := ""
	if c.Request().Method == http.MethodPost {
		reason = c.FormValue("reason")
	}
	data, report, err := s.Insurer.Documents.ForClerk(c.Request().Context(), clerk, insurer.OneDocument{
		Kind:   d.Kind,
		Person: personOf(c),
		Layout: insurer.RunLayout(c.FormValue("layout")),
		Reason: strings.TrimSpace(reason),
	})
	if err != nil {
		return err
	}
	if len(report.Check) > 0 {
		c.Response().Header().Set(kit.CheckByHand, "true")
	}
	return kit.PdfFile(c, d.File+".pdf", data)
}
