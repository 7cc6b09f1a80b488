package pwa

import (
	"bytes"
	"net/http/httptest"
	"testing"
)

func TestFilesAreCompressedOnlyForWhoTakesGzip(t *testing.T) {
	for _, tt := range []struct {
		name   string
		accept []string
		want   bool
	}{
		{"nothing is said", nil, false},
		{"an empty list", []string{""}, false},
		{"others only", []string{"br, deflate"}, false},
		{"a longer name", []string{"notgzip, gzipped"}, false},
		{"forbidden", []string{"gzip;q=0"}, false},
		{"forbidden, in three decimals", []string{"br, gzip;q=0.000"}, false},
		{"forbidden, with spaces", []string{"gzip ; Q=0, *"}, false},
		{"a weight that is none", []string{"gzip;q=much"}, false},
		{"as browsers ask", []string{"gzip, deflate, br, zstd"}, true},
		{"after another", []string{"br;q=1.0, gzip;q=0.001"}, true},
		{"in capitals", []string{"GZIP"}, true},
		{"in the second line of a request", []string{"br", "gzip"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", Asset("app.css"), nil)
			r.Header["Accept-Encoding"] = tt.accept
			w := httptest.NewRecorder()
			Handler().ServeHTTP(w, r)
			got := w.Header().Get("Content-Encoding") == "gzip"
			if got != tt.want || w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%d %v", w.Code, w.Header())
			}
			if plain := bytes.Equal(w.Body.Bytes(), loadBundle().files["app.css"].plain); plain == tt.want {
				t.Errorf("the body is plain: %v", plain)
			}
		})
	}
}
