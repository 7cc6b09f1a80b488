package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
)

// A server whose disk fills up says so, shows what it can go on showing, and is ready again once there is
// room: without a restart. The disk is a real one of 200 MB in memory, in the server's own mounts.
func TestAFullDiskIsSaidAndPasses(t *testing.T) {
	testenv.Need(t, "unshare", "mount")
	place := t.TempDir()
	script := fmt.Sprintf(`mount -t tmpfs -o size=200m tmpfs %s && exec %s serve`, place,
		built(t, "./server", "madoguchi"))
	p := start(t, "/", "unshare", []string{"MADOGUCHI_ADDR=127.0.0.1:0", "MADOGUCHI_DATA=" + place + "/data"},
		"--user", "--map-root-user", "--mount", "sh", "-c", script)
	base := p.out.await(t, `(http://localhost:\d+)/`)[1]
	inside := filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "root", place)
	reasons := func() (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "application/json")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var answer struct {
			Reasons []struct{ Reason, Says string }
		}
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, one := range answer.Reasons {
			all = append(all, one.Reason)
		}
		return res.StatusCode, strings.Join(all, " ")
	}
	becomes := func(status int, why string) {
		t.Helper()
		if !poll(200*time.Millisecond, func() bool {
			code, now := reasons()
			return code == status && now == why
		}) {
			code, now := reasons()
			t.Fatalf("%d %q, want %d %q", code, now, status, why)
		}
	}
	becomes(http.StatusOK, "")
	filler := filepath.Join(inside, "filler")
	fill(t, filler)
	becomes(http.StatusServiceUnavailable, "disk")
	for _, path := range []string{"/", "/healthz", "/papers", "/i/00138990/.well-known/jwks.json"} {
		res, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s while the disk is full: %s", path, res.Status)
		}
	}
	signIn := func() (int, string) {
		res, err := http.PostForm(base+"/counter/staff", url.Values{"name": {"鈴木"}})
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		page, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(page)
	}
	code, page := 0, ""
	for range 10 { // a page of the log may have room for some
		if code, page = signIn(); code != http.StatusOK {
			break
		}
	}
	if code != http.StatusServiceUnavailable || !strings.Contains(page, "ディスクがいっぱいで、保存できませんでした。") {
		t.Errorf("a change while the disk is full: %d %s", code, page)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	becomes(http.StatusOK, "")
	if code, page := signIn(); code != http.StatusOK {
		t.Errorf("a change with room again: %d %s", code, page)
	}
}

// fill writes zeros until there is no room.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n, err := io.CopyN(file, zeros{}, 1<<30)
	if err == nil || n < 100<<20 {
		t.Fatalf("%d bytes were written, %v", n, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
