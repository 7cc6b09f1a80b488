package web

import (
	"compress/gzip"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// zipped sends what holds no secret beside anybody's input (an answer whose length would tell of a secret must not be packed),
// packed for a browser that takes it.
func zipped(c echo.Context, contentType string, data []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if !strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		return c.Blob(http.StatusOK, contentType, data)
	}
	h.Set(echo.HeaderContentType, contentType)
	h.Set(echo.HeaderContentEncoding, "gzip")
	c.Response().WriteHeader(http.StatusOK)
	w := gzip.NewWriter(c.Response())
	if _, err := w.Write(data); err == nil {
		_ = w.Close() // a phone that left is nobody's error
	}
	return nil
}
