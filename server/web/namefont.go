package web

import (
	"compress/gzip"
	"net/http"
	"strings"

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
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "font/ttf")
	if !strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		return c.Blob(http.StatusOK, "font/ttf", data)
	}
	h.Set(echo.HeaderContentEncoding, "gzip")
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	c.Response().WriteHeader(http.StatusOK)
	w := gzip.NewWriter(c.Response())
	if _, err := w.Write(data); err != nil {
		return nil // a phone that left is nobody's error
	}
	_ = w.Close()
	return nil
}
