package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// What a patient saves, to be shown together with the card.

// allowCopy counts a copy against what a login may save in a while.
func (s *screenPages) allowCopy(viewer insurer.Viewer, id audit.PersonID) error {
	subject, err := s.Insurer.Enrolment.LoginFor(viewer, id)
	if err != nil {
		return err
	}
	return s.Limits.Copies.Allow(subject, s.Now())
}

// document sends the sheet with the code.
func (s *screenPages) document(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
	if err := s.allowCopy(viewer, id); err != nil {
		return err
	}
	ctx := c.Request().Context()
	until, err := s.Insurer.Documents.CopyUntil(ctx, viewer, id)
	if err != nil {
		return err
	}
	data, err := s.Insurer.Documents.Document(ctx, viewer, id)
	if err != nil {
		return err
	}
	// the first day on which the copy is worth nothing
	c.Response().Header().Set("Madoguchi-Valid-Until", until.String())
	return kit.PdfFile(c, s.DatedName("shikaku-joho", ".pdf"), data)
}

// maskedDocument sends the sheet on which the numbers are covered.
func (s *screenPages) maskedDocument(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
	data, err := s.Insurer.Documents.MaskedDocument(c.Request().Context(), viewer, id)
	if err != nil {
		return err
	}
	return kit.PdfFile(c, s.DatedName("shikaku-joho-masked", ".pdf"), data)
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
	kit.Attachment(c, s.DatedName("shikaku-joho", ".smart-health-card"))
	return c.Blob(http.StatusOK, "application/smart-health-card", data)
}
