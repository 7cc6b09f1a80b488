package hostclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// The demo's insurers, as their iss names them.
const (
	demoHost = "https://localhost:8080"
	insurers = demoHost + "/i/"
)

// heard is what a caller gets: the answer, its content, and how it broke off.
func heard(client *http.Client, method, address, body string) string {
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	r.Header.Set("Accept-Encoding", "identity")
	res, err := client.Do(r)
	if err != nil {
		return "no answer"
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	var lines []string
	for name, values := range res.Header {
		if name != "Date" && name != "Content-Length" { // net/http adds both by itself
			lines = append(lines, name+"="+strings.Join(values, "|"))
		}
	}
	slices.Sort(lines)
	return fmt.Sprintf("%s %v %.60q %d broken=%v", res.Status, lines, content, len(content), err != nil)
}

// The oracle is net/http's own server: what a handler does reaches the caller alike, on a connection and
// within the process.
func TestAnswersWithinTheProcessAreThoseOfAConnection(t *testing.T) {
	cases := []struct {
		name, method string
		handler      http.HandlerFunc
	}{
		{"nothing", "GET", func(http.ResponseWriter, *http.Request) {}},
		{"a text", "GET", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }},
		{"a page without a type", "GET",
			func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<!doctype html><p>x") }},
		{"a type that is kept away", "GET",
			func(w http.ResponseWriter,
				_ *http.Request) {
				w.Header()["Content-Type"] = nil
				io.WriteString(w, "x")
			}},
		{"packed content", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "x")
		}},
		{"a status", "GET", func(w http.ResponseWriter,
			_ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
		}},
		{"a second status", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(409)
			w.WriteHeader(200)
			io.WriteString(w, "x")
		}},
		{"a header too late", "GET",
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); w.Header().Set("Late", "1") }},
		{"a header before", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("A", "1")
			w.Header().Add("A", "2")
			io.WriteString(w, "x")
		}},
		{"an early hint", "GET", func(w http.ResponseWriter,
			_ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(201)
		}},
		{"no content", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			_, err := io.WriteString(w, "x")
			if !errors.Is(err, http.ErrBodyNotAllowed) {
				panic("content of a 204")
			}
		}},
		{"not modified", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotModified)
			io.WriteString(w, "x")
		}},
		{"HEAD", "HEAD", func(w http.ResponseWriter,
			_ *http.Request) {
			w.Header().Set("A", "1")
			io.WriteString(w, "hello")
		}},
		{"a whole length", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "hello")
		}},
		{"more than the length", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2")
			io.WriteString(w, "he")
			if _, err := io.WriteString(w, "llo"); !errors.Is(err, http.ErrContentLength) {
				panic("too long")
			}
		}},
		{"less than the length", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			io.WriteString(w, "hello")
		}},
		{"much", "GET", func(w http.ResponseWriter,
			_ *http.Request) {
			w.Write(bytes.Repeat([]byte("x"), 1<<20))
		}},
		{"an echo", "POST", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }},
		{"a query and an escaped path", "GET", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, r.URL.EscapedPath(), r.URL.RawQuery, r.RequestURI)
		}},
		{"gives up", "GET", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"gives up halfway", "GET", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "he")
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(c.handler)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			defer server.Close()
			const path = "/i/00138990/a%2Fb?x=1&y=%20"
			want := heard(server.Client(), c.method, server.URL+path, "sent")
			got := heard(
				&http.Client{Transport: Loopback(c.handler, server.URL, insurers)},
				c.method,
				demoHost+path,
				"sent",
			)
			if got != want {
				t.Errorf("%s\nand on a connection\n%s", got, want)
			}
		})
	}
}

func TestNobodyOutsideIsCalledFromTheDemo(t *testing.T) {
	client := &http.Client{Transport: Loopback(http.NotFoundHandler(), "http://localhost:8080", insurers)}
	for _, address := range []string{"https://example.jp/i/00138990", "http://localhost:8080/i/x",
		"https://localhost:8080/", "https://localhost:8080/insurer",
		"https://localhost.example.jp:8080/i/x", "https://localhost:80800/i/x",
		"https://user@localhost:8080/i/x", "https://127.0.0.1:8080/i/x"} {
		sent := &closing{Reader: strings.NewReader("x")}
		if res, err := client.Post(address, "text/plain", sent); err == nil {
			res.Body.Close()
			t.Errorf("%s was answered", address)
		}
		if !sent.closed {
			t.Errorf("%s: the request's body stays open (http.RoundTripper closes it, also on errors)",
				address)
		}
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

// A long answer is read while it is being made, and its maker stops when nobody reads on.
func TestAnswersWithinTheProcessStream(t *testing.T) {
	stopped := make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := io.WriteString(w, "data: x\n\n"); err != nil {
				<-r.Context().Done()
				stopped <- err
				return
			}
			w.(http.Flusher).Flush()
		}
	})
	res, err := (&http.Client{Transport: Loopback(handler, "http://localhost:8080", insurers)}).Get(
		demoHost + "/i/x",
	)
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 9)
	if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != "data: x\n\n" {
		t.Fatalf("%q %v", first, err)
	}
	res.Body.Close()
	if err := <-stopped; err == nil {
		t.Error("it was not told")
	}
}

// A caller's patience counts within the process too.
func TestACallerWithinTheProcessGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan bool)
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
		close(ended)
	})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, demoHost+"/i/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Loopback(handler, "http://localhost:8080", insurers).RoundTrip(r); !errors.Is(
		err,
		context.Canceled,
	) {
		t.Errorf("%v", err)
	}
	<-ended
	patient := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	client := &http.Client{
		Timeout:   time.Millisecond,
		Transport: Loopback(patient, "http://localhost:8080", insurers),
	}
	if _, err := client.Get(demoHost + "/i/x"); err == nil {
		t.Error("it waits for ever")
	}
}
