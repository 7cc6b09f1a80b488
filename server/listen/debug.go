package listen

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"time"

	"madoguchi/eligibility"
)

var errDebug = &eligibility.Error{
	Code:  eligibility.Denied,
	Key:   "settings.debug",
	Field: "MADOGUCHI_DEBUG",
}

// Memory is what a process holds, as GET /memory of its debug address says it: the written contract of
// scripts/soak. Sizes are bytes.
type Memory struct {
	Goroutines int    `json:"goroutines"`
	Live       uint64 `json:"live"` // what the last collection of garbage left of the heap
	Heap       uint64 `json:"heap"` // in use now, garbage included
	Held       uint64 `json:"held"` // of the system, by Go: what other libraries map themselves is not in it
	Stacks     uint64 `json:"stacks"`
	Collected  uint32 `json:"collected"` // how many collections there were
}

// readMemory asks the Go runtime.
func readMemory() Memory {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return Memory{
		Goroutines: runtime.NumGoroutine(),
		Live:       live[0].Value.Uint64(),
		Heap:       m.HeapInuse,
		Held:       m.Sys - m.HeapReleased,
		Stacks:     m.StackInuse,
		Collected:  m.NumGC,
	}
}

// debugHandler answers GET /memory and GET /profile/NAME (heap, goroutine and the other profiles of
// runtime/pprof). Nothing of it is about anybody.
func debugHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /memory", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(readMemory()) // a client that left is nobody's error
	})
	mux.HandleFunc("GET /profile/{name}", func(w http.ResponseWriter, r *http.Request) {
		profile := pprof.Lookup(r.PathValue("name"))
		if profile == nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_ = profile.WriteTo(w, 0)
	})
	return mux
}

// isLoopback reports whether host:port is this computer's.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// onlyHere refuses requests under another name: a page elsewhere whose name leads here (DNS rebinding).
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			http.Error(w, "not under this name", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// CheckDebug returns an *eligibility.Error for an address on which Debug answers nothing.
func CheckDebug(address string) error {
	if address != "" && !isLoopback(address) {
		return errDebug
	}
	return nil
}

// Debug answers on an address of this computer, until ctx ends, what the process holds; empty: nothing does.
// The log says where, for an address with port 0. It returns an *eligibility.Error for any other address.
func Debug(ctx context.Context, address string) error {
	if err := CheckDebug(address); err != nil || address == "" {
		return err
	}
	on, err := On(address, "MADOGUCHI_DEBUG")
	if err != nil {
		return err
	}
	s := &http.Server{Handler: onlyHere(debugHandler()), ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { s.Close() })
	slog.Info("debug answers", "address", "http://"+on.Addr().String())
	go func() { _ = s.Serve(on) }() // it ends with ctx
	return nil
}
