package web

import (
	"github.com/labstack/echo/v4"

	"madoguchi/pdf"
)

// ownInsertPDF sends the slip for the card case to whoever may be shown the person's screen and its copy: it says no more.
func (s *Site) ownInsertPDF(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return s.toLogin(c, err)
	}
	data, err := s.Office.Documents.InsertFor(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	return pdfFile(c, "card-case.pdf", data)
}

// declarationPDF sends the empty 被保険者資格申立書 to anybody: it is a form, and says nothing of anyone.
func (s *Site) declarationPDF(c echo.Context) error {
	data, _, err := pdf.DeclarationSheet(pdf.Declaration{}, s.Now())
	if err != nil {
		return err
	}
	return pdfFile(c, "moushitatesho.pdf", data)
}
