package kit

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/server/audit"
)

// WithoutHead are the addresses that answer GET and not HEAD, with the reason.
var WithoutHead = map[string]string{
	"/login/callback": "the answer rests on using the provider's code up, which works once",
	"/api/v1/bridge":  "it becomes a WebSocket, which begins with a GET (RFC 6455 4.1)",
	"/demo-idp/*":     "the demo's provider plays another party and answers for itself",
}

// AnswersHead lets every address that is added from now on answer HEAD where it answers GET (RFC 9110 9.1,
// 9.3.2), but those of WithoutHead.
func AnswersHead(e *echo.Echo) {
	e.OnAddRouteHandler = func(_ string, route echo.Route, get echo.HandlerFunc,
		around []echo.MiddlewareFunc) {
		if _, not := WithoutHead[route.Path]; route.Method == http.MethodGet && !not {
			e.Add(http.MethodHead, route.Path, asHead(get), around...)
		}
	}
}

// asHead answers a HEAD as the GET is answered: status and headers are made by the same handler, which
// changes nothing this time and sets no cookie. Whoever carries the answer (net/http) leaves its content
// out.
func asHead(get echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		head := c.Request()
		asked := head.WithContext(audit.WithoutChange(head.Context()))
		asked.Method = http.MethodGet
		c.SetRequest(asked)
		defer c.SetRequest(head)
		response := c.Response()
		response.Before(func() {
			response.Header().Del(echo.HeaderSetCookie)
			// no redirect of ours has content, and net/http says so for a GET only
			if response.Status >= 300 && response.Status < 400 {
				response.Header().Set(echo.HeaderContentLength, "0")
			}
		})
		return get(c)
	}
}
