package windows

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/winetest"
)

// The service is installed, starts, answers, stops as it should, and is removed. Wine's service manager
// starts programs and tells them to stop as Windows' does; accounts, delayed starts and recovery it stores
// and does nothing with (docs/readers.md).
func TestTheServerIsAWindowsService(t *testing.T) {
	w := winetest.Start(t)
	dir := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	config := filepath.Join(dir, "madoguchi.conf")
	data := filepath.Join(dir, "data")
	text := "MADOGUCHI_ADDR=" + address + "\r\nMADOGUCHI_DATA=" + winetest.WindowsPath(data) + "\r\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, code := madoguchi(t, w, "service", "install")
	if code != 1 || !strings.Contains(errs, "--config") {
		t.Errorf("without settings: %d %s", code, errs)
	}
	out, errs, code := madoguchi(t, w, "--config", winetest.WindowsPath(config), "service", "install")
	if code != 0 || !strings.Contains(out, "net start madoguchi") {
		t.Fatalf("install: %d %s%s", code, out, errs)
	}
	t.Cleanup(func() { w.System(t, "net", "stop", "madoguchi") })
	_, _, code = madoguchi(t, w, "--config", winetest.WindowsPath(config), "service", "install")
	if code != 1 {
		t.Errorf("a second of the name: %d", code)
	}
	// Wine's manager gives a program ten seconds to report, which a busy machine needs to start it
	started := ""
	for range 4 {
		if started = w.System(t, "net", "start", "madoguchi"); answers(address, 10*time.Second) {
			break
		}
	}
	if !answers(address, time.Second) {
		log, _ := os.ReadFile(filepath.Join(data, "madoguchi.log"))
		t.Fatalf("it never answered: %s\n%s", started, log)
	}
	ready(t, "http://"+address)
	w.System(t, "net", "stop", "madoguchi")
	if !gone(address, 30*time.Second) {
		t.Error("it goes on after its stop")
	}
	log, err := os.ReadFile(filepath.Join(data, "madoguchi.log"))
	if err != nil || !strings.Contains(string(log), `"route":"/readyz"`) {
		t.Errorf("the log: %v\n%s", err, log)
	}
	if out, errs, code := madoguchi(t, w, "service", "uninstall"); code != 0 {
		t.Errorf("uninstall: %d %s%s", code, out, errs)
	}
	if _, _, code := madoguchi(t, w, "service", "uninstall"); code != 1 {
		t.Errorf("a second time: %d", code)
	}
}

// answers waits until a server is alive.
func answers(address string, within time.Duration) bool {
	return until(within, func(ctx context.Context) bool {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
		if err != nil {
			return false
		}
		res, err := http.DefaultClient.Do(r)
		if err == nil {
			res.Body.Close()
		}
		return err == nil
	})
}

// gone waits until nobody listens.
func gone(address string, within time.Duration) bool {
	return until(within, func(context.Context) bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
}

func until(within time.Duration, is func(context.Context) bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		if is(ctx) {
			tick.Stop()
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}
