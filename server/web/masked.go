package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
)

// maskedDocument sends the sheet on which the numbers are covered.
func (s *Site) maskedDocument(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return s.toLogin(c, err)
	}
	data, err := s.Office.MaskedDocument(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	name := "shikaku-joho-masked-" + strings.ReplaceAll(eligibility.DateOf(s.Now()).String(), "-", "") + ".pdf"
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, "application/pdf", data)
}
