package pwa

import (
	_ "embed"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"madoguchi/internal/testenv"
)

// runWorker is a Node program around the service worker that phones get: it plays the browser, in trouble,
// and tells what came of it. What it stands for is the Service Worker specification's: respondWith and
// waitUntil take promises, a Cache's put may reject with a QuotaExceededError, caches.open too.
//
//go:embed testdata/workertrouble.mjs
var runWorker string

func TestTheWorkerInTrouble(t *testing.T) {
	testenv.Need(t, "node")
	program, _ := worker(t, false)
	dir := t.TempDir()
	for name, text := range map[string]string{"sw.js": program, "run.mjs": runWorker} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run, worker := filepath.Join(dir, "run.mjs"), filepath.Join(dir, "sw.js")
	cmd := exec.Command("node", run, worker, Asset("patient.js"), Asset("app.css"))
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("%v %s", err, failed.Stderr)
		}
		t.Fatal(err)
	}
	var came map[string]bool
	if err := json.Unmarshal(out, &came); err != nil || len(came) < 12 {
		t.Fatalf("%d answers, %v", len(came), err)
	}
	for what, ok := range came {
		if !ok {
			t.Errorf("not so: %s", what)
		}
	}
}
