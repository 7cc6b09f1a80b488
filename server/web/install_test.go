package web

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

func TestAHomeScreenFindsItsManifestAndEveryIcon(t *testing.T) {
	h := newTestApp(t)
	h.enrolled(t)
	w := h.ask(t, "GET", "/manifest.webmanifest", nil)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/manifest+json" ||
		!strings.Contains(w.Header().Get("Content-Security-Policy"), "manifest-src 'self'") {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	m := decode[struct {
		Name      string
		ShortName string `json:"short_name"`
		StartURL  string `json:"start_url"`
		Display   string
		Icons     []struct{ Src, Sizes, Type, Purpose string }
	}](t, w)
	if m.Name == "" || len([]rune(m.ShortName)) > 6 || m.StartURL != "/screen" || m.Display != "standalone" ||
		strings.Contains(m.Name, "マイナ") {
		t.Errorf("%+v", m)
	}
	page := h.ask(t, "GET", m.StartURL, nil).Body.String()
	if !strings.Contains(page, `<link rel="manifest" href="/manifest.webmanifest"`) {
		t.Error("the screen does not name its manifest")
	}
	_, apple, ok := strings.Cut(page, `<link rel="apple-touch-icon" href="`)
	if !ok {
		t.Fatal("the screen names no icon for iOS")
	}
	apple, _, _ = strings.Cut(apple, `"`)
	seen := map[string]bool{}
	check := func(src, sizes, kind string) {
		w := h.ask(t, "GET", src, nil)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", src, w.Code, w.Header().Get("Content-Type"))
		}
		if kind != "image/png" {
			return
		}
		c, err := png.DecodeConfig(bytes.NewReader(w.Body.Bytes()))
		if err != nil || fmt.Sprintf("%dx%d", c.Width, c.Height) != sizes {
			t.Errorf("%s is %dx%d, %v", src, c.Width, c.Height, err)
		}
	}
	for _, i := range m.Icons {
		seen[i.Sizes+" "+i.Purpose] = true
		check(i.Src, i.Sizes, i.Type)
	}
	check(apple, "180x180", "image/png")
	for _, need := range []string{"192x192 any", "512x512 any", "512x512 maskable"} {
		if !seen[need] {
			t.Errorf("no icon %s", need)
		}
	}
}

func TestTheWorkerIsTheOnlyScriptAddressThatAPageMayMake(t *testing.T) {
	h := newTestApp(t)
	csp := h.ask(t, "GET", "/screen", nil).Header().Get("Content-Security-Policy")
	for _, want := range []string{"require-trusted-types-for 'script'", "trusted-types sw",
		"worker-src 'self'"} {
		if !strings.Contains(csp+";", want+";") {
			t.Errorf("no %q in %q", want, csp)
		}
	}
	w := h.ask(t, "GET", "/sw.js", nil)
	if w.Code != 200 || w.Header().Get("Cache-Control") != "no-cache" ||
		!strings.Contains(w.Body.String(), "/screen") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
