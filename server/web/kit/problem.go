package kit

import (
	"bytes"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pwa"
)

// ProblemDocument is an RFC 9457 problem document. Type is stable; ja and en hold the sentence with its
// next step, key and args the same for programs that have the catalogue (docs/errors.md).
type ProblemDocument struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	Status    int    `json:"status"`
	Code      string `json:"code"`
	Ja        string `json:"ja"`
	En        string `json:"en"`
	Field     string `json:"field,omitempty"`
	RequestID string `json:"requestId"`
	// the detail with readings (message.Message.WithReadings), where the reader wants them and it has some
	DetailWithReadings string `json:"detailWithReadings,omitempty"`
	message.Message
}

// statuses maps each error code to its HTTP status. This is the only place that does.
var statuses = map[eligibility.Code]int{
	eligibility.Invalid:     http.StatusUnprocessableEntity,
	eligibility.NotFound:    http.StatusNotFound,
	eligibility.Conflict:    http.StatusConflict,
	eligibility.Denied:      http.StatusForbidden,
	eligibility.Limited:     http.StatusTooManyRequests,
	eligibility.Unavailable: http.StatusServiceUnavailable,
	eligibility.Internal:    http.StatusInternalServerError,
}

var (
	errInternal    = &eligibility.Error{Code: eligibility.Internal, Key: "server.internal"}
	ErrNoPage      = &eligibility.Error{Code: eligibility.NotFound, Key: "page.not_found"}
	ErrSignedOut   = &eligibility.Error{Code: eligibility.Denied, Key: "session.missing"}
	errTooLarge    = &eligibility.Error{Code: eligibility.Invalid, Key: "request.too_large"}
	ErrRequest     = &eligibility.Error{Code: eligibility.Invalid, Key: "request.malformed"}
	errMethod      = &eligibility.Error{Code: eligibility.Invalid, Key: "request.method"}
	errCrossOrigin = &eligibility.Error{Code: eligibility.Denied, Key: "request.cross_origin"}
)

// AsProblem finds the sentence and the HTTP status of any error that a handler returned.
func AsProblem(err error) (*eligibility.Error, int) {
	var e *eligibility.Error
	if errors.As(err, &e) {
		if status, ok := statuses[e.Code]; ok {
			if e.Key == errTooLarge.Key {
				status = http.StatusRequestEntityTooLarge
			}
			return e, status
		}
	}
	var h *echo.HTTPError
	if errors.As(err, &h) {
		switch h.Code {
		case http.StatusNotFound:
			return ErrNoPage, h.Code
		case http.StatusMethodNotAllowed:
			return errMethod, h.Code
		case http.StatusRequestEntityTooLarge:
			return errTooLarge, h.Code
		case http.StatusBadRequest, http.StatusUnsupportedMediaType:
			return ErrRequest, h.Code
		}
	}
	return errInternal, http.StatusInternalServerError
}

// RequestNumber makes the number by which a failure is found in the log: short enough to be read out on the
// telephone.
func RequestNumber() string {
	t := rand.Text()
	return t[:4] + "-" + t[4:8]
}

// FormError is an error as a page shows it beside the form that was just sent.
func FormError(e *eligibility.Error) *Problem {
	return &Problem{Message: e.Message(), Field: e.Field}
}

// ForPrograms reports whether the answer to r is for a program (problem+json) rather than a page.
func ForPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/i/")
}

// Fail is Echo's error handler: one problem document or one page for every failure; causes go to the log
// only.
func (s *Kit) Fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	e, status := AsProblem(err)
	id := c.Response().Header().Get(echo.HeaderXRequestID)
	if status >= 500 {
		slog.ErrorContext(c.Request().Context(), "request failed", "id", id, "route", c.Path(), "error", err)
	}
	if status == http.StatusTooManyRequests {
		RetryAfter(c.Response().Header(), e.Wait)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	preferences := s.PreferencesOf(c)
	lang := preferences.Lang
	if ForPrograms(c.Request()) {
		p := ProblemDocument{
			Type:      "urn:madoguchi:problem:" + e.Key,
			Title:     e.Key,
			Detail:    e.Message().Text(lang),
			Status:    status,
			Code:      string(e.Code),
			Ja:        e.Ja(),
			En:        e.En(),
			Field:     e.Field,
			RequestID: id,
			Message:   e.Message(),
		}
		if said := p.Message.WithReadings(lang); said != p.Detail && preferences.Readings() {
			p.DetailWithReadings = said
		}
		c.Response().Header().Set(echo.HeaderContentType, "application/problem+json; charset=utf-8")
		c.Response().WriteHeader(status)
		if err := c.Echo().JSONSerializer.Serialize(c, p, ""); err != nil {
			slog.Error("writing a problem", "id", id, "error", err)
		}
		return
	}
	var page bytes.Buffer
	view := ErrorView{
		Page:      s.Translated(c, "error.title"),
		Message:   e.Message(),
		Back:      "/",
		Status:    status,
		RequestID: id,
	}
	switch path := c.Request().URL.Path; {
	case strings.HasPrefix(path, "/insurer"):
		view.Back = "/insurer"
	case path == "/operator" || strings.HasPrefix(path, "/operator/"):
		view.Back = "/operator"
	case path == "/staff" || strings.HasPrefix(path, "/staff/"):
		view.Back = "/staff"
	case strings.HasPrefix(path, "/login"):
		// where the notice stays read
		view.Back, view.ForPatient, view.ForLogin, view.Insurer = "/notice", true, true, s.helpDesk(c)
	case !strings.HasPrefix(path, "/counter"):
		view.ForPatient, view.Insurer = true, s.helpDesk(c)
	}
	if err := pwa.Render(&page, "error", s.PreferencesOf(c), view); err != nil {
		slog.Error("rendering the error page", "id", id, "error", err)
		page.WriteString(e.Ja() + "\n" + e.En() + "\n")
	}
	if err := c.HTMLBlob(status, page.Bytes()); err != nil {
		slog.Error("writing the error page", "id", id, "error", err)
	}
}

func (s *Kit) helpDesk(c echo.Context) InsurerView {
	if s.HelpDesk == nil {
		return InsurerView{}
	}
	return s.HelpDesk(c)
}
