package pwa

import (
	"maps"
	"net/http"
	"strings"
)

// WorkerPath is where the service worker stands: below it lies everything that it may answer for.
const WorkerPath = "/sw.js"

// CounterWorkerPath is where the console's own service worker stands, which answers for CounterScope alone.
const (
	CounterWorkerPath = "/counter/sw.js"
	CounterScope      = "/counter"
)

// Worker serves the service worker (src/sw.ts), or, when off, the one that drops what was kept and removes
// itself (src/sw-off.ts). Browsers look for another version at each visit and apply it at the next start.
func Worker(off bool) http.Handler { return serveWorker("sw.js", off, nil) }

// CounterWorker is Worker for the console (src/sw-counter.ts). Its scope, the console's address, does not lie
// below its own, so that it has to be allowed (Service Workers 4.5, Service-Worker-Allowed).
func CounterWorker(off bool) http.Handler {
	return serveWorker("sw-counter.js", off, http.Header{"Service-Worker-Allowed": {CounterScope}})
}

func serveWorker(name string, off bool, more http.Header) http.Handler {
	if off {
		name = "sw-off.js"
	}
	file := loadBundle().files[name]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), more)
		w.Header().Set("Cache-Control", "no-cache")
		file.send(w, r)
	})
}

func isWorker(name string) bool {
	return strings.HasPrefix(name[strings.LastIndex(name, "/")+1:], "sw")
}
