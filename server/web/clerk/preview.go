package clerk

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/csvfile"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// A file goes three steps, each with its own address: sent (POST /insurer/import), its headings mapped where
// they are not known, looked at; then the clerk says yes. Every form answers with a redirect, so that
// reloading repeats nothing.
func (s *importPages) routes(r *kit.Router) {
	r.Clerk("POST "+ImportPath, s.sendFile) // its insurer comes with the file
	r.Clerk("GET /insurer/imports/:id", s.clerk(ofPreview, s.previewPage))
	r.Clerk("GET /insurer/imports/:id/events", s.clerk(ofPreview, s.importEvents))
	r.Clerk("POST /insurer/imports/:id/mend", s.clerk(ofPreview, s.mendFile))
	r.Clerk("GET /insurer/imports/:id/headings", s.clerk(ofPreview, s.headingsPage))
	r.Clerk("POST /insurer/imports/:id/headings", s.clerk(ofPreview, s.mapHeadings))
	r.Clerk("POST /insurer/imports/:id/store", s.clerk(ofPreview, s.storeFile))
	r.Clerk("POST /insurer/imports/:id/stop", s.clerk(ofPreview, s.stopStore))
	r.Clerk("POST /insurer/imports/:id/drop", s.clerk(ofPreview, s.dropFile))
	r.Clerk("GET /insurer/imports/:id/errors.csv", s.clerk(ofPreview, s.errorFile))
}

// sendFile keeps the file that a clerk sent, and leads to its preview.
func (s *importPages) sendFile(c echo.Context, member staff.Member) error {
	s.allowLong(c)
	id, err := s.receiveFile(c, member)
	if err != nil {
		return err
	}
	if id == "" {
		return errNoFile.In("file")
	}
	if c.Request().Header.Get(echo.HeaderAccept) == echo.MIMEApplicationJSON { // the page's program
		return c.JSON(http.StatusCreated, SentFile{importAddress(id, "")})
	}
	return c.Redirect(http.StatusSeeOther, importAddress(id, ""))
}

// SentFile is where a file that was sent is looked at.
type SentFile struct {
	Address string `json:"address"`
}

var errNoFile = &eligibility.Error{Code: eligibility.Invalid, Key: "import.no_file"}

// receiveFile reads the form with the file as it comes in. The usual way of reading forms would lay a large
// file down unsealed in the temporary folder.
func (s *importPages) receiveFile(c echo.Context, member staff.Member) (id string, err error) {
	var clerk staff.Clerk
	r := c.Request()
	body := newSentForm(r.Body)
	r.Body = body
	form, err := r.MultipartReader()
	if err != nil {
		return "", kit.ErrRequest.In("file").Because(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return id, nil
		}
		if errors.Is(err, echo.ErrStatusRequestEntityTooLarge) {
			return "", err
		}
		if err != nil {
			return "", kit.ErrRequest.In("file").Because(err)
		}
		switch {
		case part.FormName() == "insurer": // stands before the file
			number, err := io.ReadAll(io.LimitReader(part, 16))
			if err != nil {
				return "", kit.ErrRequest.In("insurer").Because(err)
			}
			of := insurer.RequestTarget{Insurer: eligibility.InsurerNumber(number)}
			if clerk, err = s.Insurer.Directory.Clerk(r.Context(), member, of); err != nil {
				return "", err
			}
		case part.FormName() == "file" && part.FileName() != "":
			if clerk.Insurer == "" {
				return "", kit.ErrRequest.In("insurer")
			}
			if id != "" { // each has a file's room
				return "", kit.ErrRequest.In("file")
			}
			body.fileBegins()
			if id, err = s.Insurer.Importer.KeepFile(r.Context(), clerk, part); err != nil {
				return "", err
			}
			body.fileEnds()
		}
	}
}

func importAddress(id, step string) string { return "/insurer/imports/" + id + step }

// loadPreview returns a clerk's kept file as it stands, and its insurer.
func (s *importPages) loadPreview(
	c echo.Context, clerk staff.Clerk,
) (insurer.ImportPreview, insurer.Insurer, error) {
	s.allowLong(c)
	preview, err := s.Insurer.Importer.Preview(c.Request().Context(), clerk, c.Param("id"))
	if err != nil {
		return preview, insurer.Insurer{}, err
	}
	in, err := s.Insurer.Directory.Insurer(c.Request().Context(), preview.Insurer)
	return preview, in, err
}

func (s *importPages) headingsPage(c echo.Context, clerk staff.Clerk) error {
	preview, in, err := s.loadPreview(c, clerk)
	if err != nil {
		return err
	}
	view := s.headingsView(c, preview, in)
	var refusal *eligibility.Error
	if errors.As(preview.Refusal, &refusal) {
		view.Error = kit.FormError(refusal)
	}
	return s.Show(c, http.StatusOK, "headings", view)
}

func (s *importPages) headingsView(
	c echo.Context, preview insurer.ImportPreview, in insurer.Insurer,
) HeadingsView {
	view := HeadingsView{
		Page: s.NewPage(c, message.New("staff.title.whatTheHeadingsMean", nil)),
		ID:   preview.ID,
	}
	view.Insurer = kit.InsurerView(in.Contact())
	for i, h := range preview.Headings {
		view.Rows = append(
			view.Rows,
			HeadingRow{
				Field:    "column-" + strconv.Itoa(i),
				Name:     h.Name,
				Examples: h.Examples,
				Column:   string(h.Column),
				Known:    h.Known,
			},
		)
	}
	for _, column := range insuredcsv.Columns() {
		view.Columns = append(view.Columns, string(column))
	}
	for _, column := range preview.Missing {
		view.Missing = append(view.Missing, string(column))
	}
	return view
}

// mapHeadings remembers what the insurer's own headings mean.
func (s *importPages) mapHeadings(c echo.Context, clerk staff.Clerk) error {
	preview, in, err := s.loadPreview(c, clerk)
	if err != nil {
		return err
	}
	columns := make([]insuredcsv.Column, len(preview.Headings))
	view := s.headingsView(c, preview, in)
	for i := range columns {
		if columns[i], err = insuredcsv.ParseColumn(c.FormValue(view.Rows[i].Field)); err != nil {
			return err
		}
		view.Rows[i].Column = string(columns[i])
	}
	err = s.Insurer.Importer.MapHeadings(c.Request().Context(), clerk, preview.ID, columns)
	var refusal *eligibility.Error
	if errors.As(err, &refusal) &&
		refusal.Code == eligibility.Invalid { // what was chosen stays chosen, to be corrected
		view.Error = kit.FormError(refusal)
		view.Missing = nil
		return s.Show(c, http.StatusUnprocessableEntity, "headings", view)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, importAddress(preview.ID, ""))
}

// previewPage shows what storing would change, and afterwards what it changed. A file with an undecided
// heading leads to the headings first.
func (s *importPages) previewPage(c echo.Context, clerk staff.Clerk) error {
	preview, in, err := s.loadPreview(c, clerk)
	if err != nil {
		return err
	}
	if preview.Open || preview.Refusal != nil {
		return c.Redirect(http.StatusSeeOther, importAddress(preview.ID, "/headings"))
	}
	if view, waits := s.waitView(c, clerk, preview, in); waits {
		return s.Show(c, http.StatusOK, "importwait", view)
	}
	failure := s.Insurer.Importer.StoreFailure(clerk, preview.ID)
	if failure != nil && !known(failure) {
		return failure
	}
	picture, digest, err := s.Insurer.Importer.Count(c.Request().Context(), clerk, preview)
	if err != nil {
		return err
	}
	view := s.importView(c, preview, in, picture.Count, digest)
	view.setPicture(picture)
	if view.Stored {
		if view.Next, err = s.nextPapers(c, clerk, preview.ID); err != nil {
			return err
		}
	}
	if failure != nil {
		view.setFailure(failure)
	}
	return s.Show(c, http.StatusOK, "import", view)
}

// nextPapers are the papers of the people who are new with a file that is stored.
func (s *importPages) nextPapers(c echo.Context, clerk staff.Clerk, file string) (rows []TaskRow, err error) {
	papers, err := s.Insurer.PrintJobs.NewPapers(c.Request().Context(), clerk, file)
	for _, p := range []struct {
		id, what, button string
		kind             insurer.PaperKind
		n                int
	}{
		{"next-notices", "staff.import.next_notices", "staff.import.nextButton_notices",
			insurer.NoticeRun, papers.Notices},
		{"next-certificates", "staff.import.next_certificates", "staff.import.nextButton_certificates",
			insurer.CertificateRun, papers.Certificates},
	} {
		if p.n == 0 {
			continue
		}
		n := message.Args{"n": message.Number(p.n)}
		rows = append(rows, TaskRow{
			ID:      p.id,
			N:       p.n,
			Unit:    sentence("staff.home.people"),
			What:    sentence(p.what),
			Help:    sentence("staff.import.nextHelp"),
			Button:  message.New(p.button, n),
			Address: s.planned(clerk, RunForm{Run: string(p.kind), Whom: whomFile, File: file}),
		})
	}
	return rows, err
}

// answerText writes a yes or no as files do.
func answerText(a eligibility.Answer) string {
	switch a {
	case eligibility.Yes:
		return "有"
	case eligibility.No:
		return "無"
	}
	return ""
}

// storeFile is the clerk's yes; "seen" are the numbers that the preview showed.
func (s *importPages) storeFile(c echo.Context, clerk staff.Clerk) error {
	s.allowLong(c)
	var seen insurer.ImportCount
	if _, err := fmt.Sscanf(c.FormValue("seen"), "%d %d %d", &seen.New, &seen.Changed,
		&seen.Unchanged); err != nil {
		return kit.ErrRequest.In("seen").Because(err)
	}
	id := c.Param("id")
	preview, err := s.Insurer.Importer.Preview(c.Request().Context(), clerk, id)
	switch {
	case err != nil:
	case preview.Large(): // its page tells how far it is
		err = s.Insurer.Importer.BeginStore(s.Background, clerk, id, seen)
	default:
		err = s.Insurer.Importer.StorePreview(c.Request().Context(), clerk, id, seen)
	}
	if errors.Is(err, insurer.ErrPreviewOutdated) {
		return c.Redirect(http.StatusSeeOther, importAddress(id, "?moved=1"))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, importAddress(id, ""))
}

func (s *importPages) dropFile(c echo.Context, clerk staff.Clerk) error {
	preview, _, err := s.loadPreview(c, clerk)
	if err != nil {
		return err
	}
	if err := s.Insurer.Importer.DropPreview(c.Request().Context(), clerk, preview.ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/insurer?insurer="+string(preview.Insurer)+"&said=dropped")
}

// errorFile hands out the refused rows with their reasons, in the columns of the file.
func (s *importPages) errorFile(c echo.Context, clerk staff.Clerk) error {
	preview, _, err := s.loadPreview(c, clerk)
	if err != nil {
		return err
	}
	if preview.Parsed == nil {
		return kit.ErrNoPage
	}
	kit.SetAttachment(c, "yominaoshi.csv")
	c.Response().Header().Set(echo.HeaderContentType, csvfile.ContentType(preview.Parsed.Charset()))
	c.Response().WriteHeader(http.StatusOK)
	return preview.Parsed.WriteErrorsAsSent(c.Response()) // row by row: a file may be refused whole
}

// ImportPath takes a whole file of insured people, which may be larger than other requests.
const ImportPath = "/insurer/import"
