package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"madoguchi/auth"
)

func takes(coding string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Accept-Encoding", coding) }
}

var openPages = []string{
	"/",
	"/notice",
	"/settings",
	"/visit",
	"/certificate",
	"/next",
	"/reception",
	"/papers",
	"/screen",
}

// Where a secret and a stranger's words stand on one page, its length must not tell of the secret: no
// compression (BREACH).
func TestOnlyPagesWithoutSecretsAreCompressed(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	secret := []string{
		"/enrol?another=1",
		"/api/v1/me",
		"/insurer",
		"/insurer/people/" + string(r.ID),
		"/people/" + string(r.ID) + "/document.pdf",
	}
	for _, path := range append(secret, openPages...) {
		w := h.ask(t, "GET", path, nil, takes("gzip, br"))
		want := ""
		if slices.Contains(openPages, path) {
			want = "gzip"
		}
		if got := w.Header().Get("Content-Encoding"); w.Code != http.StatusOK || got != want ||
			w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v, want the encoding %q", path, w.Code, w.Header(), want)
		}
	}
	if w := h.ask(t, "GET", "/no-such-page?of=a-stranger", nil, takes("gzip")); w.Header().Get(
		"Content-Encoding",
	) != "" {
		t.Errorf("a refusal: %d %v", w.Code, w.Header())
	}
}

func TestACompressedPageIsThePlainOne(t *testing.T) {
	h := newTestApp(t)
	for _, path := range openPages {
		plain, packed := h.ask(t, "GET", path, nil), h.ask(t, "GET", path, nil, takes("gzip"))
		unzip, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		body, err := io.ReadAll(unzip)
		body = withoutKept(body) // as in the plain one (testApp.answered)
		if err != nil || plain.Code != packed.Code || !bytes.Equal(body, plain.Body.Bytes()) {
			t.Errorf("%s: %d and %d bytes, %v", path, len(body), plain.Body.Len(), err)
		}
	}
}

func TestAPageIsPlainForWhoDoesNotTakeGzip(t *testing.T) {
	h := newTestApp(t)
	for _, coding := range []string{"", "br", "identity", "gzip;q=0", "br, gzip;q=0.0"} {
		for _, path := range append([]string{"/i/00138990/status.jwt"}, openPages...) {
			w := h.ask(t, "GET", path, nil, takes(coding))
			if w.Header().Get("Content-Encoding") != "" ||
				bytes.HasPrefix(w.Body.Bytes(), []byte{0x1f, 0x8b}) {
				t.Errorf("%s for %q: %d %v", path, coding, w.Code, w.Header())
			}
		}
	}
}

// A cache that holds one form of a page must not hand it to who asked for another.
func TestWhatACompressedPageDependsOnIsSaid(t *testing.T) {
	h := newTestApp(t)
	for _, coding := range []string{"", "gzip"} {
		for _, path := range openPages {
			w := h.ask(t, "GET", path, nil, takes(coding))
			said := strings.Split(strings.Join(w.Header().Values("Vary"), ", "), ", ")
			for _, want := range []string{"Accept-Encoding", "Accept-Language", "Cookie"} {
				if !slices.Contains(said, want) {
					t.Errorf("%s for %q: Vary %q lacks %s", path, coding, said, want)
				}
			}
			if !strings.EqualFold(w.Header().Get("Content-Type"), "text/html; charset=utf-8") {
				t.Errorf("%s for %q: %s", path, coding, w.Header().Get("Content-Type"))
			}
		}
		if w := h.ask(t, "GET", "/i/00138990/status.jwt", nil, takes(coding)); w.Header().Get(
			"Vary",
		) != "Accept-Encoding" ||
			w.Header().Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("the status list for %q: %v", coding, w.Header())
		}
	}
}
