package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// nameFont sends the font that draws a person's name to whoever may be shown the person; 204 where every
// phone can, and where no font here has a shape of the names.
func (s *screenPages) nameFont(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
	data, err := s.Insurer.Documents.NameFont(c.Request().Context(), viewer, id)
	if err != nil {
		return err
	}
	if data == nil {
		return c.NoContent(http.StatusNoContent)
	}
	return kit.SendCompressed(c, http.StatusOK, "font/ttf", data)
}
