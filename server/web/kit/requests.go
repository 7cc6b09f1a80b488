package kit

import (
	"log/slog"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// ExceptFor leaves a middleware out below a path.
func ExceptFor(prefix string, m echo.MiddlewareFunc) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		with := m(next)
		return func(c echo.Context) error {
			if strings.HasPrefix(c.Request().URL.Path, prefix) {
				return next(c)
			}
			return with(c)
		}
	}
}

// DropRequestNumber lets no caller choose a request's number: it stands in the log and is what a help desk is
// told.
func DropRequestNumber(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Request().Header.Del(echo.HeaderXRequestID)
		return next(c)
	}
}

// LogRequests writes one line a request: the route and never the address itself, since /n/ addresses hold
// codes.
func LogRequests(now func() time.Time) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			began := now()
			err := next(c)
			if err != nil {
				c.Error(err)
			}
			if r := c.Response(); c.Path() != "/static/*" {
				slog.InfoContext(
					c.Request().Context(),
					"request",
					"id", r.Header().Get(echo.HeaderXRequestID),
					"method", c.Request().Method,
					"route", c.Path(),
					"status", r.Status,
					"ms", now().Sub(began).Milliseconds(),
				)
			}
			return nil
		}
	}
}

// LogPanic logs a panic with its stack; the visitor gets the internal error's sentence.
func LogPanic(c echo.Context, err error, stack []byte) error {
	slog.ErrorContext(c.Request().Context(), "panic", "route", c.Path(), "error", err, "stack", string(stack))
	return err
}
