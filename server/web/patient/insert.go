package patient

import (
	"github.com/labstack/echo/v4"

	"madoguchi/pdf"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// ownInsertPDF sends the slip for the card case to whoever may be shown the person's screen and its copy: it
// says no more.
func (s *screenPages) ownInsertPDF(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
	data, err := s.Insurer.Documents.InsertFor(c.Request().Context(), viewer, id)
	if err != nil {
		return err
	}
	return kit.PdfFile(c, "card-case.pdf", data)
}

// declarationPDF sends the empty 被保険者資格申立書 to anybody: it is a form, and says nothing of anyone.
func (s *screenPages) declarationPDF(c echo.Context) error {
	data, _, err := pdf.DeclarationSheet(pdf.Declaration{}, s.Now())
	if err != nil {
		return err
	}
	return kit.PdfFile(c, "moushitatesho.pdf", data)
}
