package pwa

import (
	"net/http"
	"strings"
)

// WorkerPath is where the service worker stands: below it lies everything that it may answer for.
const WorkerPath = "/sw.js"

// Worker serves the service worker (src/sw.ts), or, when off, the one that drops what was kept and removes
// itself (src/sw-off.ts). Browsers look for another version at each visit and apply it at the next start.
func Worker(off bool) http.Handler {
	name := "sw.js"
	if off {
		name = "sw-off.js"
	}
	file := loadBundle().files[name]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		file.send(w, r)
	})
}

func isWorker(name string) bool {
	return strings.HasPrefix(name[strings.LastIndex(name, "/")+1:], "sw")
}
