package hostclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Loopback carries calls to addresses that begin with prefix to a handler of this same program, which is
// opened at address: in role all both halves live in one process, and the demo's https://localhost:8080 is
// only a name. Any other address is refused. A handler is answered as by net/http, but that no Date is added:
// the clock would be the caller's own.
func Loopback(handler http.Handler, address, prefix string) http.RoundTripper {
	return loopbackTransport{handler, address, prefix}
}

type loopbackTransport struct {
	handler         http.Handler
	address, prefix string
}

// RoundTrip has the handler answer r. It returns with the answer's headers; the content follows as the
// handler writes it.
func (t loopbackTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	if !strings.HasPrefix(r.URL.String(), t.prefix) {
		return nil, errors.Join(fmt.Errorf("the demo calls nobody outside: %s", r.URL.Host), r.Body.Close())
	}
	own, err := url.Parse(t.address)
	if err != nil {
		return nil, errors.Join(err, r.Body.Close())
	}
	ctx, cancel := context.WithCancel(r.Context())
	inside := r.Clone(ctx)
	inside.URL.Scheme, inside.URL.Host = "", ""
	inside.Host, inside.RequestURI, inside.RemoteAddr = own.Host, inside.URL.RequestURI(), "127.0.0.1:0"
	content, out := io.Pipe()
	w := &loopbackResponse{
		header:   http.Header{},
		method:   r.Method,
		out:      out,
		began:    make(chan struct{}),
		declared: -1,
	}
	ended := make(chan error, 1)
	go func() {
		err := w.serve(t.handler, inside)
		err = errors.Join(err, r.Body.Close())
		ended <- err
		out.CloseWithError(err) // nil is the end
	}()
	select {
	case <-w.began:
	case err := <-ended:
		select {
		case <-w.began: // what went wrong after that is met by whoever reads the content
		default:
			cancel()
			return nil, err
		}
	case <-ctx.Done():
		cancel()
		content.Close()
		return nil, ctx.Err()
	}
	return &http.Response{Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, ContentLength: w.declared, Body: &loopbackBody{content, cancel}, Request: r}, nil
}

// loopbackBody is an answer's content. Whoever closes it ends the request: the handler's context and its
// writes.
type loopbackBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (i *loopbackBody) Close() error {
	i.cancel()
	return i.PipeReader.Close()
}

// loopbackResponse is the http.ResponseWriter of a request that never leaves the process.
type loopbackResponse struct {
	header http.Header // as the handler changes it
	method string
	out    *io.PipeWriter
	begin  sync.Once
	began  chan struct{} // closed once the fields below are fixed

	status   int         // 0 before WriteHeader
	sent     http.Header // as it was at WriteHeader
	declared int64       // Content-Length; -1 when none was given
	written  int64
}

// serve runs the handler to its end. An answer that never began is an empty 200, and one that is shorter
// than it said is broken off, as on a connection.
func (w *loopbackResponse) serve(handler http.Handler, r *http.Request) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the handler gave up: %v", cause)
		}
	}()
	handler.ServeHTTP(w, r)
	w.start(nil)
	if w.contentAllowed() && w.method != http.MethodHead && w.written < w.declared {
		return io.ErrUnexpectedEOF
	}
	return nil
}

func (w *loopbackResponse) Header() http.Header { return w.header }

// WriteHeader fixes status and headers. A second call changes nothing; what is only informational (1xx) is
// not the answer.
func (w *loopbackResponse) WriteHeader(status int) {
	if w.status != 0 || status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	w.status, w.sent = status, http.Header{}
	for name, values := range w.header {
		if len(values) > 0 {
			w.sent[name] = slices.Clone(values)
		}
	}
	if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		w.declared = n
	}
}

// start begins the answer with its first content, which says its type where the handler does not.
func (w *loopbackResponse) start(first []byte) {
	w.begin.Do(func() {
		w.WriteHeader(http.StatusOK)
		_, named := w.header["Content-Type"] // also when it is kept away by nil
		if !named && len(first) > 0 && w.contentAllowed() && w.sent.Get("Content-Encoding") == "" {
			w.sent.Set("Content-Type", http.DetectContentType(first))
		}
		close(w.began)
	})
}

// contentAllowed: RFC 9110 6.4.1.
func (w *loopbackResponse) contentAllowed() bool {
	return w.status >= 200 && w.status != http.StatusNoContent && w.status != http.StatusNotModified
}

func (w *loopbackResponse) Write(data []byte) (int, error) {
	w.start(data)
	switch {
	case !w.contentAllowed():
		return 0, http.ErrBodyNotAllowed
	case w.declared >= 0 && w.written+int64(len(data)) > w.declared:
		return 0, http.ErrContentLength
	}
	w.written += int64(len(data))
	if w.method == http.MethodHead {
		return len(data), nil
	}
	return w.out.Write(data)
}

// Flush begins the answer; what is written is on its way at once.
func (w *loopbackResponse) Flush() { w.start(nil) }
