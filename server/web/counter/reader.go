package counter

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/agents"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// readerCookie remembers which reader belongs to this browser's counter. It is no secret and opens nothing: a
// reader of another facility is never asked, whatever the cookie says.
const readerCookie = "madoguchi-reader"

func chosenReader(c echo.Context) string {
	cookie, err := c.Cookie(readerCookie)
	if err != nil || len(cookie.Value) != 64 {
		return ""
	}
	return cookie.Value
}

type readerJSON struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Connected bool   `json:"connected"`
	Virtual   bool   `json:"virtual"`
	OQS       bool   `json:"oqs"`    // it can compare with OQS answers
	Face      bool   `json:"face"`   // its program can show the chip's photo
	Chosen    bool   `json:"chosen"` // this browser's
}

func (s *Console) readers(c echo.Context, reception staff.Reception) []readerJSON {
	out := []readerJSON{}
	for _, r := range s.Counter.Readers.Status(reception.Facility) {
		out = append(out, readerJSON{
			ID:        r.ID,
			Name:      r.Name,
			Connected: r.Connected,
			Virtual:   r.Virtual,
			OQS:       r.OQS,
			Face:      r.Face,
			Chosen:    r.ID != "" && r.ID == chosenReader(c),
		})
	}
	return out
}

// useReader remembers this counter's reader in the browser.
func (s *Console) useReader(c echo.Context, reception staff.Reception) error {
	var body struct {
		ID string `json:"id"`
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	for _, r := range s.readers(c, reception) {
		if r.ID == body.ID && r.ID != "" {
			c.SetCookie(
				&http.Cookie{
					Name:     readerCookie,
					Value:    r.ID,
					Path:     "/",
					MaxAge:   400 * 24 * 3600,
					HttpOnly: true,
					Secure:   s.HTTPS,
					SameSite: http.SameSiteStrictMode,
				},
			)
			return c.NoContent(http.StatusNoContent)
		}
	}
	return agents.ErrNoReader
}
