package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/web/kit"
)

// nameFont sends the font that draws a person's name to whoever may be shown the person; 204 where every phone can,
// and where no font here has a shape of the names.
func (s *Pages) nameFont(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return err
	}
	data, err := s.Insurer.Documents.NameFont(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	if data == nil {
		return c.NoContent(http.StatusNoContent)
	}
	return kit.Zipped(c, http.StatusOK, "font/ttf", data)
}
