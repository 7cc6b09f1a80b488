package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// nameFont sends the font that draws a person's name to whoever may be shown the person; 204 where every phone can,
// and where no font here has a shape of the names.
func (s *Site) nameFont(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return err
	}
	data, err := s.Office.Documents.NameFont(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	if data == nil {
		return c.NoContent(http.StatusNoContent)
	}
	return zipped(c, http.StatusOK, "font/ttf", data)
}
