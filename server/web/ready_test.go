package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/readiness"
)

// /readyz says why in words for people and in a word that stays the same for programs; a cause stays here.
func TestReadyzSaysWhy(t *testing.T) {
	h := newTestApp(t)
	asking := func(accept string, err error) (int, string) {
		t.Helper()
		h.echo = newSite(Config{
			Demo:     true,
			Now:      func() time.Time { return h.now },
			Sessions: &auth.Sessions{Store: h.store.Sessions(), Now: func() time.Time { return h.now }},
			Ready:    func(context.Context) error { return err },
		})
		w := h.ask(t, "GET", "/readyz", nil, func(r *http.Request) { r.Header.Set("Accept", accept) })
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Error("it may be kept")
		}
		return w.Code, w.Body.String()
	}
	if code, text := asking("", nil); code != http.StatusOK || text != "ready\n" {
		t.Errorf("%d %q", code, text)
	}
	secret := errors.New("open /srv/secret/place: no such file")
	for _, c := range []struct {
		name string
		err  error
		want []readiness.Reason
	}{
		{"one", readiness.NotReady{readiness.Disk}, []readiness.Reason{readiness.Disk}},
		{"two", readiness.NotReady{readiness.Draining, readiness.Database},
			[]readiness.Reason{readiness.Draining, readiness.Database}},
		{"without a word", secret, []readiness.Reason{readiness.Database}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, text := asking("text/plain", c.err)
			lines := strings.Split(strings.TrimSpace(text), "\n")
			if code != http.StatusServiceUnavailable || len(lines) != len(c.want) {
				t.Fatalf("%d %q", code, text)
			}
			for i, reason := range c.want {
				says := reason.Message()
				if !strings.HasPrefix(lines[i], string(reason)+": ") ||
					!strings.Contains(lines[i], says.Sentence("ja")) ||
					!strings.Contains(lines[i], says.NextStep("en")) {
					t.Errorf("%q", lines[i])
				}
			}
			code, body := asking("application/json", c.err)
			var answer readyAnswer
			if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Ready ||
				code != http.StatusServiceUnavailable || len(answer.Reasons) != len(c.want) ||
				answer.Reasons[0].Reason != c.want[0] || answer.Reasons[0].NextEn == "" {
				t.Errorf("%d %s %v", code, body, err)
			}
			if strings.Contains(text+body, "secret") {
				t.Errorf("it tells a stranger: %s", text)
			}
		})
	}
}
