package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// browser is somebody who is signed in and asks a handler.
type browser struct {
	handler http.Handler
	cookies []*http.Cookie
}

// asks sends a request of a page's script, with a body of JSON if there is one.
func (b browser) asks(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost:8080"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:1"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// signedIn is one of the demo's staff at the counter or at an insurer's desk.
func signedIn(handler http.Handler, at string) browser {
	answer := visit(handler, "POST", "http://localhost:8080/"+at+"/staff", url.Values{"name": {"鈴木"}})
	return browser{handler, answer.Cookies()}
}
