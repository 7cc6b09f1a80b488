package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// What a patient saves, to be shown together with the card.

// document sends the sheet with the code.
func (s *Site) document(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return s.toLogin(c, err)
	}
	if err := s.limits.copies.Take(subject, s.Now()); err != nil {
		return err
	}
	ctx := c.Request().Context()
	until, err := s.Office.Documents.CopyUntil(ctx, subject, id)
	if err != nil {
		return err
	}
	data, err := s.Office.Documents.Document(ctx, subject, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Madoguchi-Valid-Until", until.String()) // the first day on which the copy is worth nothing
	return pdfFile(c, s.datedName("shikaku-joho", ".pdf"), data)
}

// maskedDocument sends the sheet on which the numbers are covered.
func (s *Site) maskedDocument(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return s.toLogin(c, err)
	}
	data, err := s.Office.Documents.MaskedDocument(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	return pdfFile(c, s.datedName("shikaku-joho-masked", ".pdf"), data)
}

// file hands out the .smart-health-card file.
func (s *Site) file(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return s.toLogin(c, err)
	}
	if err := s.limits.copies.Take(subject, s.Now()); err != nil {
		return err
	}
	data, err := s.Office.Documents.File(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	attachment(c, s.datedName("shikaku-joho", ".smart-health-card"))
	return c.Blob(http.StatusOK, "application/smart-health-card", data)
}
