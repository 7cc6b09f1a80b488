package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// What a patient saves or prints, to be shown together with the card.

// paper sends a document of a person whom the viewer may show. A saved copy is counted, and told until when
// it is worth something.
func (s *screenPages) paper(d insurer.Document) personHandler {
	return func(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
		ctx := c.Request().Context()
		var until eligibility.Date
		if d.Viewer.Saved {
			if err := s.allowCopy(viewer, id); err != nil {
				return err
			}
			var err error
			if until, err = s.Insurer.Documents.CopyUntil(ctx, viewer, id); err != nil {
				return err
			}
		}
		data, err := s.Insurer.Documents.ForViewer(ctx, viewer, id, d.Kind)
		if err != nil {
			return err
		}
		if d.Viewer.Saved { // the first day on which the copy is worth nothing
			c.Response().Header().Set("Madoguchi-Valid-Until", until.String())
		}
		name := d.File + ".pdf"
		if d.Viewer.Dated {
			name = s.DatedName(d.File, ".pdf")
		}
		return kit.PdfFile(c, name, data)
	}
}

// allowCopy counts a saved copy for the login that may show the person.
func (s *screenPages) allowCopy(viewer insurer.Viewer, id audit.PersonID) error {
	subject, err := s.Insurer.Enrolment.LoginFor(viewer, id)
	if err != nil {
		return err
	}
	return s.Limits.Copies.Allow(subject, s.Now())
}

// emptyForm sends a form that says nothing of anyone to anybody.
func (s *screenPages) emptyForm(d insurer.Document) echo.HandlerFunc {
	return func(c echo.Context) error {
		data, err := s.Insurer.Documents.ForAnybody(d.Kind)
		if err != nil {
			return err
		}
		return kit.PdfFile(c, d.File+".pdf", data)
	}
}

// file hands out the .smart-health-card file.
func (s *screenPages) file(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
	if err := s.allowCopy(viewer, id); err != nil {
		return err
	}
	data, err := s.Insurer.Documents.File(c.Request().Context(), viewer, id)
	if err != nil {
		return err
	}
	kit.SetAttachment(c, s.DatedName("shikaku-joho", ".smart-health-card"))
	return c.Blob(http.StatusOK, "application/smart-health-card", data)
}
