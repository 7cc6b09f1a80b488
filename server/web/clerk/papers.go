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

func (s *printPages) paperRoutes(e *echo.Echo) {
	e.GET("/insurer/settings", s.page(ofInsurer, s.settingsOfPapers))
	e.POST("/insurer/settings", s.page(ofInsurer, s.settle))
	e.GET("/insurer/papers/:kind", s.page(ofInsurer, s.samplePaper))
	e.GET("/insurer/people/:id/certificate.pdf", s.page(ofPerson, s.certificatePDF))
	e.POST("/insurer/people/:id/certificate.pdf", s.page(ofPerson, s.certificatePDF))
	e.GET("/insurer/people/:id/insert.pdf", s.page(ofPerson, s.insertPDF))
}

// samples are the papers that the page shows, as clerks call them.
var SamplePapers = []SampleLink{
	{string(insurer.SampleNotice), say("staff.papersettings.sampleNotice")},
	{string(insurer.SampleNotice70), say("staff.papersettings.sampleFrom70")},
	{string(insurer.SampleCards), say("staff.papersettings.sampleTenOnA4")},
	{string(insurer.SampleCard), say("staff.papersettings.sampleSingleCard")},
	{string(insurer.SampleCertificate), say("staff.papersettings.sampleA4")},
	{string(insurer.SampleInsert), say("staff.papersettings.sampleInsertForTheCardCase")},
	{string(insurer.SampleDeclaration), say("staff.papersettings.sampleDeclaration")},
}

func (s *printPages) settingsOfPapers(c echo.Context, clerk staff.Clerk) error {
	in, _, err := s.chosen(c, clerk)
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
		Staff:    clerk.Staff,
		Settings: in,
		Colour:   in.Look.Colour,
		HasLogo:  len(mark) > 0,
		Saved:    c.QueryParam("said") == "saved",
		Samples:  SamplePapers,
	}
	if view.Colour == "" {
		view.Colour = "#00118f"
	}
	view.Insurer, view.Error = kit.InsurerView(kept.Contact()), problem
	return s.Show(c, status, "papersettings", view)
}

func (s *printPages) settle(c echo.Context, clerk staff.Clerk) error {
	kept, _, err := s.chosen(c, clerk)
	if err != nil {
		return err
	}
	in := kept
	value := func(field string) string { return strings.TrimSpace(c.FormValue(field)) }
	in.Name, in.Issuer, in.Telephone = value("name"), value("issuer"), value("telephone")
	in.Look = insurer.PaperLook{
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

// certificatePDF sends one person's 資格確認書. A reason comes in a form, not in the address.
func (s *printPages) certificatePDF(c echo.Context, clerk staff.Clerk) error {
	layout := insurer.RunLayout(c.FormValue("layout"))
	if layout == "" {
		layout = insurer.LayoutCard
	}
	reason := ""
	if c.Request().Method == http.MethodPost {
		reason = c.FormValue("reason")
	}
	data, report, err := s.Insurer.Documents.CertificateOf(c.Request().Context(), clerk,
		insurer.OneCertificate{
			Person: personOf(c),
			Layout: layout,
			Reason: strings.TrimSpace(reason),
		})
	if err != nil {
		return err
	}
	return printedPage(c, "shikakukakuninsho.pdf", data, report)
}

func (s *printPages) insertPDF(c echo.Context, clerk staff.Clerk) error {
	data, err := s.Insurer.Documents.InsertOf(c.Request().Context(), clerk, personOf(c))
	if err != nil {
		return err
	}
	return kit.PdfFile(c, "card-case.pdf", data)
}
