package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"madoguchi/server/web/kit"
)

// undescribed are routes that openapi.yaml leaves out, with the reason.
var undescribed = map[string]string{
	"/static/*":   "the front end's own files, under addresses that change with their content",
	"/demo-idp/*": "another party's, which the demo plays; OpenID Connect Core describes it",
}

var routeParameter = regexp.MustCompile(`:([a-z]+)`)

// described is a route's place in openapi.yaml.
func described(route string) string { return routeParameter.ReplaceAllString(route, "{$1}") }

// loadDocument reads openapi.yaml once: every answer is held against it.
var loadDocument = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	done := map[*openapi3.Schema]bool{}
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody != nil {
				closeAll(operation.RequestBody.Value.Content, done)
			}
			for _, response := range operation.Responses.Map() {
				closeAll(response.Value.Content, done)
			}
		}
	}
	return doc, nil
})

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := loadDocument()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func closeAll(content openapi3.Content, done map[*openapi3.Schema]bool) {
	for _, media := range content {
		closeSchema(media.Schema, done)
	}
}

// closeSchema lets an object have no other properties than those that the document names, unless it says
// which: what is not described must not be answered.
func closeSchema(ref *openapi3.SchemaRef, done map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || done[ref.Value] {
		return
	}
	s := ref.Value
	done[s] = true
	if len(s.Properties) > 0 && s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil {
		no := false
		s.AdditionalProperties.Has = &no
	}
	for _, property := range s.Properties {
		closeSchema(property, done)
	}
	closeSchema(s.Items, done)
	closeSchema(s.AdditionalProperties.Schema, done)
	for _, list := range []openapi3.SchemaRefs{s.AnyOf, s.AllOf, s.OneOf} {
		for _, one := range list {
			closeSchema(one, done)
		}
	}
}

// exchange is a request and its answer as openapi.yaml speaks of them.
type exchange struct {
	method, route   string // as registered; no route where the router knows none
	asked           []byte // content of the request
	askedAs         string // its media type
	status          int
	content         []byte
	contentType     string
	answersPrograms bool // the address is one for programs: it never answers with a page
}

// fits returns what of an exchange openapi.yaml does not describe.
func fits(doc *openapi3.T, x exchange) error {
	if x.route == "" {
		if x.status < 400 {
			return fmt.Errorf("%d for an address that no route has", x.status)
		}
		return fitsProblem(doc, x)
	}
	if undescribed[x.route] != "" {
		return nil
	}
	item := doc.Paths.Value(described(x.route))
	if item == nil {
		return fmt.Errorf("%s is not in openapi.yaml", described(x.route))
	}
	method := x.method
	if method == http.MethodHead { // described with its GET (RFC 9110 9.3.2)
		method = http.MethodGet
	}
	operation := item.GetOperation(method)
	if operation == nil {
		return fmt.Errorf("%s of %s is not in openapi.yaml", method, described(x.route))
	}
	response := operation.Responses.Status(x.status)
	if response == nil && x.status >= 400 {
		response = operation.Responses.Default()
	}
	if response == nil {
		return fmt.Errorf("%d of %s %s is not in openapi.yaml", x.status, method, described(x.route))
	}
	if err := fitsContent(response.Value.Content, x.contentType, x.content); err != nil {
		return fmt.Errorf("%d of %s %s: %w", x.status, method, described(x.route), err)
	}
	if x.status < 300 && strings.HasPrefix(x.askedAs, "application/json") {
		if operation.RequestBody == nil {
			if body := bytes.TrimSpace(x.asked); len(body) > 0 && string(body) != "{}" &&
				string(body) != "null" {
				return fmt.Errorf("%s %s takes a body that is not in openapi.yaml", method,
					described(x.route))
			}
			return nil
		}
		if err := fitsContent(operation.RequestBody.Value.Content, x.askedAs, x.asked); err != nil {
			return fmt.Errorf("the request %s %s: %w", method, described(x.route), err)
		}
	}
	return nil
}

// fitsContent holds content against the media types of a request or an answer.
func fitsContent(described openapi3.Content, contentType string, content []byte) error {
	if len(content) == 0 {
		return nil // a HEAD, a 204, a redirect
	}
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("Content-Type %q: %w", contentType, err)
	}
	media := described[kind]
	if media == nil {
		return fmt.Errorf("%s is not in openapi.yaml", kind)
	}
	if !strings.HasSuffix(kind, "json") || media.Schema == nil {
		return nil
	}
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		return err
	}
	return media.Schema.Value.VisitJSON(value)
}

// fitsProblem holds a refusal at an address that no route has against the problem document.
func fitsProblem(doc *openapi3.T, x exchange) error {
	if !strings.Contains(x.contentType, "json") {
		if x.answersPrograms && len(x.content) > 0 {
			return fmt.Errorf("a program is answered with %s", x.contentType)
		}
		return nil
	}
	return fitsContent(doc.Components.Responses["Problem"].Value.Content, x.contentType, x.content)
}

// answered has the test app answer a request and holds both against openapi.yaml.
func (h *testApp) answered(t *testing.T, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(asked))
	c := h.echo.NewContext(r, nil)
	h.echo.Router().Find(r.Method, echo.GetPath(r), c)
	w := httptest.NewRecorder()
	h.echo.ServeHTTP(w, r)
	x := exchange{method: r.Method, asked: asked, askedAs: r.Header.Get("Content-Type"), status: w.Code,
		content:     w.Body.Bytes(),
		contentType: w.Header().Get("Content-Type"), answersPrograms: kit.ForPrograms(r)}
	for _, route := range h.echo.Routes() {
		if route.Path == c.Path() && route.Method == r.Method {
			x.route = route.Path
		}
	}
	if w.Header().Get("Content-Encoding") != "" {
		x.content = nil // packed for the wire
	}
	if err := fits(document(t), x); err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	if strings.HasPrefix(x.contentType, "text/html") && x.content != nil {
		w.Body = bytes.NewBuffer(withoutKept(x.content))
	}
	return w
}

// kept is what keeps a date or a count of a page on one line, and then the element around its sentence.
var kept = regexp.MustCompile(`<span(?: class="(?:kept|line)")?>([^<]*)</span>`)

// withoutKept is a page as tests look for sentences in it.
func withoutKept(page []byte) []byte {
	return kept.ReplaceAll(kept.ReplaceAll(page, []byte("$1")), []byte("$1"))
}

// Both directions: what the program answers is described, what is described the program answers.
func TestRoutesAndDocumentAgree(t *testing.T) {
	h := newTestApp(t)
	doc := document(t)
	if err := doc.Validate(ctx); err != nil {
		t.Error(err)
	}
	registered := map[string]bool{}
	for _, r := range h.echo.Routes() {
		if undescribed[r.Path] != "" || r.Method == echo.RouteNotFound || r.Method == http.MethodHead {
			continue
		}
		path := described(r.Path)
		registered[r.Method+" "+path] = true
		if item := doc.Paths.Value(path); item == nil || item.GetOperation(r.Method) == nil {
			t.Errorf("%s %s is not in openapi.yaml", r.Method, path)
		}
	}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.Responses.Default() == nil {
				t.Errorf("openapi.yaml does not say how %s %s answers an error", method, path)
			}
			if !registered[method+" "+path] {
				t.Errorf("openapi.yaml has %s %s, the program has not", method, path)
			}
		}
	}
}

// The check itself is held against answers that nobody described.
func TestAnswersThatAreNotDescribedAreFound(t *testing.T) {
	doc := document(t)
	good := exchange{method: "POST", route: "/api/v1/phone/nonce", asked: []byte(`{"phone":"A"}`),
		askedAs: "application/json", status: 200,
		content: []byte(
			`{"nonce":"x","expiresAt":"2026-11-22T10:42:00+09:00"}`,
		), contentType: "application/json", answersPrograms: true}
	if err := fits(doc, good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		edit func(*exchange)
	}{
		{"a path that it does not know", func(x *exchange) { x.route = "/api/v1/phone/secret" }},
		{"a method that it does not know", func(x *exchange) { x.method = "DELETE" }},
		{"a success without a route", func(x *exchange) { x.route = "" }},
		{"a status that is no error and not described", func(x *exchange) { x.status = 202 }},
		{"a redirect that is not described", func(x *exchange) { x.status, x.content = 303, nil }},
		{"one property more", func(x *exchange) {
			x.content = []byte(`{"nonce":"x","expiresAt":"2026-11-22T10:42:00+09:00","subject":"op|x"}`)
		}},
		{"one property fewer", func(x *exchange) { x.content = []byte(`{"nonce":"x"}`) }},
		{"a property of another type",
			func(x *exchange) { x.content = []byte(`{"nonce":1,"expiresAt":"2026-11-22T10:42:00+09:00"}`) }},
		{"what is no JSON", func(x *exchange) { x.content = []byte(`{`) }},
		{"a page instead of JSON", func(x *exchange) {
			x.content, x.contentType = []byte(`<p>`),
				"text/html; charset=utf-8"
		}},
		{"content of no type", func(x *exchange) { x.contentType = "" }},
		{"an error that is no problem document", func(x *exchange) {
			x.status, x.content, x.contentType = 403, []byte(`{"error":"no"}`), "application/problem+json"
		}},
		{"a page for a program at no address", func(x *exchange) {
			x.route, x.status, x.content, x.contentType = "", 404, []byte(`<p>`), "text/html"
		}},
		{"a request with a property more",
			func(x *exchange) { x.asked = []byte(`{"phone":"A","admin":true}`) }},
		{"a body that is not described", func(x *exchange) {
			x.route, x.status, x.content, x.asked = "/api/v1/phone/wipe", 204, nil, []byte(`{"all":true}`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := good
			c.edit(&x)
			if err := fits(doc, x); err == nil {
				t.Error("it passes")
			} else {
				t.Log(err)
			}
		})
	}
}

// An object within a list within an object is as closed as the outermost.
func TestNoUndescribedPropertyPassesInside(t *testing.T) {
	doc := document(t)
	person := `{"id":"x","name":"x","kana":"x","insurer":{"name":"x","number":"x","telephone":"x"%s}%s}`
	me := func(insurer, person, outside string) exchange {
		return exchange{method: "GET", route: "/api/v1/me", status: 200, contentType: "application/json",
			content: []byte(
				`{"people":[` + person + `],"lapsed":[],"phones":[],"login":true,"device":false,` +
					`"serverTime":"2026-11-22T10:42:00+09:00"` + outside + `}`,
			)}
	}
	for name, c := range map[string]struct {
		insurer, person, outside string
		ok                       bool
	}{"as described": {"", "", "", true}, "in the insurer": {`,"secret":1`, "", "",
		false}, "in the person": {"", `,"myNumber":1`, "", false}, "outside": {"", "", `,"x":1`, false}} {
		if err := fits(doc, me(c.insurer, fmt.Sprintf(person, c.insurer, c.person),
			c.outside)); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
