package web

import (
	"github.com/labstack/echo/v4"

	"madoguchi/server/desk"
)

// checkByHand is the header in which a download says that the clerk should look at the page before it goes out.
const checkByHand = "Madoguchi-Check"

// noticePDF sends a person's 資格情報のお知らせ for printing.
func (s *Site) noticePDF(c echo.Context, staff string) error {
	data, report, err := s.Office.NoticePage(c.Request().Context(), desk.PersonID(c.Param("id")), staff)
	if err != nil {
		return err
	}
	if len(report.Check) > 0 {
		c.Response().Header().Set(checkByHand, "true")
	}
	return pdfFile(c, "oshirase.pdf", data)
}
