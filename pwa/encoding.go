package pwa

import (
	"net/http"
	"strconv"
	"strings"
)

// TakesGzip reports whether a request names gzip among the encodings that it takes and does not forbid it
// (RFC 9110, 12.5.3: gzip;q=0).
func TakesGzip(r *http.Request) bool {
	for _, line := range r.Header.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(line, ",") {
			name, weight, weighed := strings.Cut(strings.ToLower(coding), ";")
			if strings.TrimSpace(name) != "gzip" {
				continue
			}
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return !weighed || err == nil && q > 0
		}
	}
	return false
}
