package patient

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/pwa"
)

// manifest is what a phone reads before it puts the screen on its home screen. Its icons' addresses change
// with each release.
func (s *screenPages) manifest(c echo.Context) error {
	data, err := pwa.Manifest()
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return c.Blob(http.StatusOK, "application/manifest+json", data)
}
