package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/server/readiness"
)

// alive answers that the program runs, whatever else does not.
func alive(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyAnswer is what /readyz says to programs.
type readyAnswer struct {
	Ready   bool          `json:"ready"`
	Reasons []readyReason `json:"reasons"`
}

// readyReason is a reason, a word that stays the same, with its sentence and what to do.
type readyReason struct {
	Reason readiness.Reason `json:"reason"`
	Says   string           `json:"says"`
	Next   string           `json:"next"`
	SaysEn string           `json:"saysEn"`
	NextEn string           `json:"nextEn"`
}

// readyHandler answers whether the server can do its work: 200, or 503 with the reasons, as JSON where that
// is asked for, else as text, a reason a line with its sentences.
func readyHandler(check func(context.Context) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		answer, text, status := readyAnswer{Ready: true, Reasons: []readyReason{}}, "ready\n", http.StatusOK
		for i, r := range reasonsOf(c.Request().Context(), check) {
			if i == 0 {
				answer.Ready, text, status = false, "", http.StatusServiceUnavailable
			}
			m := r.Message()
			answer.Reasons = append(answer.Reasons, readyReason{
				Reason: r,
				Says:   m.Sentence("ja"),
				Next:   m.NextStep("ja"),
				SaysEn: m.Sentence("en"),
				NextEn: m.NextStep("en"),
			})
			text += string(r) + ": " + m.Text("ja") + " " + m.Text("en") + "\n"
		}
		c.Response().Header().Set("Cache-Control", "no-store")
		if strings.Contains(c.Request().Header.Get("Accept"), "application/json") {
			return c.JSON(status, answer)
		}
		return c.String(status, text)
	}
}

func reasonsOf(ctx context.Context, check func(context.Context) error) []readiness.Reason {
	err := check(ctx)
	var why readiness.NotReady
	if err != nil && !errors.As(err, &why) {
		slog.ErrorContext(ctx, "not ready", "error", err)
		why = readiness.NotReady{readiness.Database}
	}
	return why
}
