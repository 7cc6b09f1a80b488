package web

import (
	"bufio"
	"context"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/insurer"
)

// opensStream asks for a page's events, and returns what comes of them: closed once the server ends it.
func (h *testApp) opensStream(t *testing.T, path string) <-chan string {
	t.Helper()
	site := httptest.NewUnstartedServer(h.echo)
	site.Listener = unhurried{site.Listener} // the test app's clock stands still
	site.Start()
	t.Cleanup(site.Close)
	call, cancel := context.WithTimeout(ctx, 30*time.Second)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(call, "GET", site.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "localhost:8080"
	for _, c := range h.cookies {
		request.AddCookie(c)
	}
	res, err := site.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan string)
	go func() {
		defer close(events)
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				events <- data
			}
		}
	}()
	return events
}

// Who is signed out while a page is open gets no further event of it: the stream ends.
func TestAStreamEndsWithItsSession(t *testing.T) {
	h := newTestApp(t)
	r := h.tokuichi(t)
	e := h.atDesk(t, r)
	mac, err := h.insurer.Desk.CodeFor(ctx, e.Code)
	if err != nil {
		t.Fatal(err)
	}
	h.session(t, auth.Clerk, "鈴木", "{}")
	events := h.opensStream(t, "/insurer/people/"+string(r.ID)+"/desk/"+e.Ref+"/events")
	if first := <-events; !strings.Contains(first, "open") {
		t.Fatal(first)
	}
	for _, c := range h.cookies {
		// revoked, as an administrator does it
		if err := h.store.Sessions().DeleteSession(ctx, sha256.Sum256([]byte(c.Value))); err != nil {
			t.Log(c.Name, err) // another kind's
		}
	}
	if err := h.insurer.Desk.Enrol(ctx, insurer.Viewer{Login: h.loginOf(r, "op|own")}, mac); err != nil {
		t.Fatal(err)
	}
	if told, more := <-events; more {
		t.Errorf("it told somebody who is signed out: %s", told)
	}
}
