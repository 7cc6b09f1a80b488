package kit

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/server/observe"
)

// Watch counts requests by their route and lets the log know for which one a line is. m may be nil.
func Watch(m *observe.Metrics) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			ctx, end := m.Begin(c.Request().Context(), observe.Asked{
				Method:    c.Request().Method,
				Route:     c.Path(),
				RequestID: c.Response().Header().Get(echo.HeaderXRequestID),
			})
			c.SetRequest(c.Request().WithContext(ctx))
			err := next(c) // LogRequests stands behind and answers errors
			end(observe.Answered{Status: c.Response().Status, Stream: isStream(c)})
			return err
		}
	}
}

// isStream reports whether an answer stays open: a WebSocket's, or events'.
func isStream(c echo.Context) bool {
	r := c.Response()
	return r.Status == http.StatusSwitchingProtocols || c.IsWebSocket() ||
		strings.HasPrefix(r.Header().Get(echo.HeaderContentType), "text/event-stream")
}
