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
	"madoguchi/pwa"
)

// problem is an RFC 9457 problem document. Type is stable; ja and en hold the sentence with its next step.
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
	errInternal = &eligibility.Error{Code: eligibility.Internal, Key: "server.internal",
		Ja: "こちらの不具合で処理できませんでした。少し待ってからもう一度お試しください。続くときはお問い合わせ番号を添えてお電話ください。",
		En: "Something failed on our side. Wait a little and try again. If it goes on, call and give the request number."}
	ErrNoPage = &eligibility.Error{Code: eligibility.NotFound, Key: "page.not_found",
		Ja: "このページはありません。アドレス（URL）を確かめるか、最初のページからやり直してください。",
		En: "There is no such page. Check the address or start again from the first page."}
	ErrSignedOut = &eligibility.Error{Code: eligibility.Denied, Key: "session.missing",
		Ja: "ログインの時間が切れました。もう一度ログインしてください。",
		En: "Your login has timed out. Log in again."}
	errTooLarge = &eligibility.Error{Code: eligibility.Invalid, Key: "request.too_large",
		Ja: "送られたデータが大きすぎます。ファイルを分けてもう一度送ってください。",
		En: "What was sent is too large. Split the file and send it again."}
	ErrRequest = &eligibility.Error{Code: eligibility.Invalid, Key: "request.malformed",
		Ja: "送られた内容を読み取れませんでした。ページを開き直してもう一度お試しください。",
		En: "The request could not be read. Reload the page and try again."}
	errMethod = &eligibility.Error{Code: eligibility.Invalid, Key: "request.method",
		Ja: "この操作はここではできません。前のページに戻ってやり直してください。",
		En: "This cannot be done here. Go back to the page before and try again."}
	errCrossOrigin = &eligibility.Error{Code: eligibility.Denied, Key: "request.cross_origin",
		Ja: "ほかのサイトからの操作は受け付けません。このサイトのページを開いてやり直してください。",
		En: "Requests from other sites are refused. Open this site's own page and try again."}
)

// asProblem finds the sentence and the HTTP status of any error that a handler returned.
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

// requestNumber makes the number by which a failure is found in the log: short enough to be read out on the telephone.
func RequestNumber() string {
	t := rand.Text()
	return t[:4] + "-" + t[4:8]
}

// formError is an error as a page shows it beside the form that was just sent.
func FormError(e *eligibility.Error) *Problem {
	return &Problem{Key: e.Key, Ja: e.Ja, En: e.En, Field: e.Field}
}

// forPrograms reports whether the answer to r is for a program (problem+json) rather than a page.
func ForPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/i/")
}

// inLanguage is an error's sentence as bare text: its own Japanese or English, else its translation, else English; readers of
// やさしい日本語 get Japanese.
func inLanguage(lang string, e *eligibility.Error) string {
	key := "error." + e.Key
	translated := pwa.Plain(lang, key, "wait", waitIn(lang, e))
	switch {
	case lang == "ja":
		return e.Ja
	case lang == "en":
		return e.En
	case translated != key:
		return translated
	case lang == "ja-easy":
		return e.Ja
	}
	return e.En
}

// fail is Echo's error handler: one problem document or one page for every failure; causes go to the log only.
func (s *Kit) Fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	e, status := AsProblem(err)
	id := c.Response().Header().Get(echo.HeaderXRequestID)
	if status >= 500 {
		slog.Error("request failed", "id", id, "route", c.Path(), "error", err)
	}
	if status == http.StatusTooManyRequests {
		retryAfter(c.Response().Header(), e.Wait)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	lang := s.LookOf(c).Lang
	if ForPrograms(c.Request()) {
		p := ProblemDocument{Type: "urn:madoguchi:problem:" + e.Key, Title: e.Key, Detail: e.Ja, Status: status,
			Code: string(e.Code), Ja: e.Ja, En: e.En, Field: e.Field, RequestID: id}
		p.Detail = inLanguage(lang, e)
		c.Response().Header().Set(echo.HeaderContentType, "application/problem+json; charset=utf-8")
		c.Response().WriteHeader(status)
		if err := c.Echo().JSONSerializer.Serialize(c, p, ""); err != nil {
			slog.Error("writing a problem", "id", id, "error", err)
		}
		return
	}
	var page bytes.Buffer
	view := ErrorView{Page: s.Translated(c, "error.title"), Key: e.Key, Ja: e.Ja, En: e.En, Back: "/", Status: status, RequestID: id}
	view.Wait = waitIn(lang, e)
	switch path := c.Request().URL.Path; {
	case strings.HasPrefix(path, "/insurer"):
		view.Back = "/insurer"
	case strings.HasPrefix(path, "/login"):
		view.Back, view.ForPatient, view.Insurer = "/notice", true, s.helpDesk(c) // where the notice stays read
	case !strings.HasPrefix(path, "/counter"):
		view.ForPatient, view.Insurer = true, s.helpDesk(c)
	}
	if err := pwa.Render(&page, "error", s.LookOf(c), view); err != nil {
		slog.Error("rendering the error page", "id", id, "error", err)
		page.WriteString(e.Ja + "\n" + e.En + "\n")
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
