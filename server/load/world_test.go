//go:build !nodemo

package load

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// program builds the server once for all tests of this room.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "madoguchi-load-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "madoguchi")
	build := exec.Command("go", "build", "-o", path, "madoguchi/server")
	out, err := build.CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, nil
})

// TestMain removes what was built.
func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// startDemo runs a demo of its own in a process of its own until the test ends, and returns its address.
func startDemo(t *testing.T) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), "MADOGUCHI_ADDR=127.0.0.1:0", "MADOGUCHI_DATA="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := regexp.MustCompile(`(http://localhost:\d+)/`).FindStringSubmatch(lines.Text()); m != nil {
			go io.Copy(io.Discard, out) // it never waits for us
			return m[1]
		}
	}
	t.Fatal("the demo did not start")
	return ""
}

// small is a load that a test can wait for.
func small(address string) Config {
	return Config{
		Address: address,
		For:     2 * time.Second,
		Checks:  20,
		Faster:  MaxFaster,
		Readers: 3,
		Mix:     Country(),
		Seed:    1,
		Now:     time.Now,
	}
}

// liar stands between visitors and the server and changes what it answers.
func liar(t *testing.T, server string, change func(*http.Request, []byte) []byte) (address string) {
	t.Helper()
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "127.0.0.1:"+to.Port(), r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			if !strings.Contains(r.Header.Get("Content-Type"), "json") {
				return nil
			}
			text, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			text = change(r.Request, text)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
			r.Header.Set("Content-Length", "")
			r.Header.Del("Content-Length")
			return nil
		},
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// loadThrough loads a server through a liar.
func loadThrough(t *testing.T, server, by string) Report {
	t.Helper()
	c := small(server)
	to, err := newTarget(server, "")
	if err != nil {
		t.Fatal(err)
	}
	to.to = by
	r, err := newRun(c, to).all(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r
}
