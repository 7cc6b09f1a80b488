package pwa

import (
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

func worker(t *testing.T, off bool) (program, cacheControl string) {
	t.Helper()
	w := httptest.NewRecorder()
	Worker(off).ServeHTTP(w, httptest.NewRequest("GET", WorkerPath, nil))
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	return w.Body.String(), w.Header().Get("Cache-Control")
}

func TestTheWorkerKeepsTheFilesThatTheServerServes(t *testing.T) {
	program, cache := worker(t, false)
	if cache != "no-cache" {
		t.Errorf("Cache-Control %q", cache)
	}
	listed := map[string]bool{}
	for _, address := range regexp.MustCompile(`/static/[0-9a-f]+/[^"]+`).FindAllString(program, -1) {
		listed[address] = true
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest("GET", address, nil))
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %q", address, w.Code, w.Header().Get("Cache-Control"))
		}
	}
	for _, name := range []string{"patient.js", "app.css", "icon.svg"} {
		if !listed[Asset(name)] {
			t.Errorf("%s is not kept: %v", Asset(name), listed)
		}
	}
	patient := string(loadBundle().files["patient.js"].plain)
	for _, imported := range regexp.MustCompile(`"\./(chunk-\w+\.js)"`).FindAllStringSubmatch(patient, -1) {
		if !listed[Asset(imported[1])] {
			t.Errorf("the program imports %s, which is not kept", imported[1])
		}
	}
	if listed[Asset("counter.js")] || listed[Asset("zxing_reader.wasm")] {
		t.Error("the console's files are kept on phones")
	}
}

// The console's worker answers for the console alone, and keeps the camera's decoder from the start: it may
// be needed first when there is no network.
func TestTheConsolesWorkerKeepsTheConsole(t *testing.T) {
	w := httptest.NewRecorder()
	CounterWorker(false).ServeHTTP(w, httptest.NewRequest("GET", CounterWorkerPath, nil))
	if w.Code != 200 || w.Header().Get("Service-Worker-Allowed") != "/counter" ||
		w.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	program := w.Body.String()
	for _, name := range []string{"counter.js", "app.css", "staff.css", "zxing_reader.wasm"} {
		if !strings.Contains(program, `"`+Asset(name)+`"`) {
			t.Errorf("%s is not kept", name)
		}
	}
	if strings.Contains(program, Asset("patient.js")) {
		t.Error("the patient's program is kept")
	}
	for _, address := range regexp.MustCompile(`/static/[0-9a-f]+/[^"]+`).FindAllString(program, -1) {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest("GET", address, nil))
		if w.Code != 200 {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
	off := httptest.NewRecorder()
	CounterWorker(true).ServeHTTP(off, httptest.NewRequest("GET", CounterWorkerPath, nil))
	if !strings.Contains(off.Body.String(), "unregister()") {
		t.Error("the kill switch leaves it")
	}
}

func TestTheKillSwitchRemovesTheWorkerAndLeavesPagesAlone(t *testing.T) {
	program, _ := worker(t, true)
	for _, want := range []string{"unregister()", "caches.delete", "skipWaiting()"} {
		if !strings.Contains(program, want) {
			t.Errorf("no %s in %s", want, program)
		}
	}
	for _, bad := range []string{"indexedDB", "navigate(", "fetch"} {
		if strings.Contains(program, bad) {
			t.Errorf("%s in %s", bad, program)
		}
	}
}

func TestTheWorkersTypesAreStrict(t *testing.T) {
	testenv.Need(t, "node")
	testenv.NeedFile(t, "node_modules", "npm ci in pwa")
	check := exec.Command("node_modules/.bin/tsc", "--noEmit", "-p", "tsconfig.sw.json")
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
