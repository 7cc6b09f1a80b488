package kit

import (
	"bytes"
	"compress/gzip"

	"github.com/labstack/echo/v4"

	"madoguchi/pwa"
)

// SendCompressed sends an answer compressed to who takes that. It is only for what has no secret beside
// anything that a stranger may choose, an address say: the length of a compressed answer that holds both
// tells of the secret (BREACH).
func SendCompressed(c echo.Context, status int, contentType string, data []byte) error {
	h := c.Response().Header()
	h.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if !pwa.TakesGzip(c.Request()) {
		return c.Blob(status, contentType, data)
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	h.Set(echo.HeaderContentEncoding, "gzip")
	return c.Blob(status, contentType, b.Bytes())
}
