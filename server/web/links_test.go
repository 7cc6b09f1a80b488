package web

import (
	"regexp"
	"strings"
	"testing"
)

// elsewhere finds links and forms that a browser takes to another server: two slashes of either kind begin a
// host (WHATWG URL, relative slash state).
var elsewhere = regexp.MustCompile(`(?:href|action|src)="[/\\][/\\][^"]*"`)

func TestNoAddressMakesAPageLinkToAnotherServer(t *testing.T) {
	h := newTestApp(t)
	for _, path := range []string{"/%2Fevil.example/x", "/%2F%2Fevil.example", "/%5Cevil.example",
		"/settings?back=///evil.example", "/settings?back=/%2F/evil.example",
		"/settings?back=/%255Cevil.example", "/certificate?back=//evil.example"} {
		w := h.ask(t, "GET", path, nil)
		if found := elsewhere.FindAllString(w.Body.String(), -1); found != nil ||
			!strings.Contains(w.Body.String(), "href=") {
			t.Errorf("%s: %d %q", path, w.Code, found)
		}
	}
}
