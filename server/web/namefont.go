package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/desk"
)

// nameFont sends a person's own session the font that draws their name; 204 where every phone can.
func (s *Site) nameFont(c echo.Context) error {
	session, _, err := s.signedIn(c)
	if err != nil {
		return err
	}
	data, err := s.Office.NameFont(c.Request().Context(), session.Subject, desk.PersonID(c.Param("id")))
	if err != nil {
		return err
	}
	if data == nil {
		return c.NoContent(http.StatusNoContent)
	}
	return zipped(c, http.StatusOK, "font/ttf", data)
}
