package web

import (
	"bufio"
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/testenv"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// onTheWire sends a request on a connection of its own and returns the answer and every byte that came
// after its headers.
func onTheWire(t *testing.T, server *httptest.Server, r *http.Request) (*http.Response, []byte) {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r.Close = true
	if err := r.Write(conn); err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), r)
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	_, rest, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return res, rest
}

// unhurried keeps a connection's deadlines away, but for the ones in the year 1 by which net/http wakes its
// own reader.
type unhurried struct{ net.Listener }

type unhurriedConn struct{ net.Conn }

func (u unhurried) Accept() (net.Conn, error) {
	c, err := u.Listener.Accept()
	return unhurriedConn{c}, err
}

func (c unhurriedConn) SetReadDeadline(t time.Time) error {
	if t.Unix() > 1 {
		return nil
	}
	return c.Conn.SetReadDeadline(t)
}

func (c unhurriedConn) SetWriteDeadline(time.Time) error { return nil }

// made are headers that are made anew for each answer, and those that say how an answer of unknown length
// is carried, which a HEAD may leave out (RFC 9112 6.1).
var made = []string{"Date", "X-Request-Id", "Set-Cookie", "Content-Length", "Transfer-Encoding"}

// headers are an answer's headers but those of made.
func headers(res *http.Response) string {
	var lines []string
	for name, values := range res.Header {
		if !slices.Contains(made, name) {
			lines = append(lines, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// storedRows is everything in a database, by table, and the actions of the audit chain.
func storedRows(t *testing.T, db *sql.DB) (tables map[string]string, audit []string) {
	t.Helper()
	read := func(query string) (lines []string) {
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			line := ""
			for _, v := range values {
				line += fmt.Sprintf("%v|", *v.(*any))
			}
			lines = append(lines, line)
		}
		return lines
	}
	tables = map[string]string{}
	for _, name := range read(`SELECT name FROM sqlite_master
		WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'audit'`) {
		name = strings.TrimSuffix(name, "|")
		tables[name] = strings.Join(read(`SELECT * FROM `+name), "\n")
	}
	return tables, read(`SELECT action FROM audit ORDER BY seq`)
}

// readActions are what is noted though nothing is changed: that somebody looked.
var readActions = func() []string {
	all := []string{"people.view|", "people.address|", "people.search|", "run.download|"}
	for _, d := range insurer.AllDocuments() {
		if d.Clerk != nil && d.Kind != insurer.NoticeDocument { // to show a notice makes its code
			all = append(all, string(d.Kind)+".show|")
		}
	}
	return all
}()

// RFC 9110 9.3.2: a HEAD is answered as the GET would be, without content; 9.2.1: it changes nothing that
// its sender did not ask to be changed. Copies, notice codes, sessions and print orders that a GET makes
// are not made by a HEAD.
func TestHeadAnswersWhereGetDoesAndChangesNothing(t *testing.T) {
	h, stops := tour(t)
	h.runs.Wait()
	db, err := sql.Open("sqlite", h.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	server := httptest.NewUnstartedServer(h.echo)
	// the test app's clock stands still: its deadlines are long over
	server.Listener = unhurried{server.Listener}
	server.Start()
	defer server.Close()
	ask := func(s stop, method string) (*http.Response, []byte) {
		s.method = method
		return onTheWire(t, server, s.request(h.cookies))
	}
	for _, s := range stops {
		if s.method != http.MethodGet {
			continue
		}
		t.Run(s.route, func(t *testing.T) {
			before, audit := storedRows(t, db)
			head, content := ask(s, http.MethodHead)
			if len(content) > 0 {
				t.Errorf("content: %.100q", content)
			}
			after, noted := storedRows(t, db)
			for name, rows := range after {
				if rows != before[name] {
					t.Errorf("it changed %s:\n%s\nwas\n%s", name, rows, before[name])
				}
			}
			for _, action := range noted[len(audit):] {
				if !slices.Contains(readActions, action) {
					t.Errorf("%s was noted", action)
				}
			}
			if head.Header.Get("Set-Cookie") != "" {
				t.Errorf("it sets %s", head.Header.Get("Set-Cookie"))
			}
			get, body := ask(s, http.MethodGet)
			_, again := ask(s, http.MethodGet)
			if head.StatusCode != get.StatusCode {
				t.Fatalf("%d, and %d for GET", head.StatusCode, get.StatusCode)
			}
			if got, want := headers(head), headers(get); got != want {
				t.Errorf("%s\n\nand for GET\n\n%s", got, want)
			}
			switch length := get.Header.Get("Content-Length"); {
			case (length == "") != (head.Header.Get("Content-Length") == ""):
				t.Errorf("Content-Length %q, and %q for GET", head.Header.Get("Content-Length"), length)
			// nothing in it is made anew
			case string(body) == string(again) && length != head.Header.Get("Content-Length"):
				t.Errorf("Content-Length %q, and %q for GET", head.Header.Get("Content-Length"), length)
			}
		})
	}
}

// Whoever has no session yet is given one by a GET, and a language kept; a HEAD gives and uses up nothing. A
// login's answer, which works once, is no address for HEAD.
func TestAHeadGivesNoCookieAndUsesNoLoginUp(t *testing.T) {
	h := newTestApp(t)
	code := h.noticeCode(t, h.tokuichi(t))
	for _, path := range []string{"/n/" + code, "/?lang=en"} {
		h.cookies = nil
		if w := h.ask(t, http.MethodHead, path, nil); w.Code >= 400 || len(w.Result().Cookies()) != 0 {
			t.Errorf("HEAD %s: %d %v", path, w.Code, w.Result().Cookies())
		}
		if w := h.ask(t, http.MethodGet, path, nil); len(w.Result().Cookies()) == 0 {
			t.Errorf("GET %s sets no cookie: the test looks in the wrong place", path)
		}
	}
	if w := h.ask(t, http.MethodHead, "/login/callback?state=x&code=y",
		nil); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("HEAD of a login's answer: %d", w.Code)
	}
}

// noCommand are addresses below a run to which a POST is a command, as /pause is, and no command has that
// name: 404.
var noCommand = map[string]bool{"/insurer/runs/:id/events": true, "/insurer/runs/:id/files/:name": true}

// A route for which HEAD means nothing says what it takes (RFC 9110 15.5.6: a 405 MUST have Allow).
func TestAMethodThatIsNotTakenIsRefusedWithThoseThatAre(t *testing.T) {
	h, stops := tour(t)
	methods := map[string][]string{}
	for _, r := range h.echo.Routes() {
		methods[r.Path] = append(methods[r.Path], r.Method)
	}
	example := map[string]stop{"/login/callback": {path: "/login/callback?state=x&code=y"},
		"/api/v1/bridge": {path: "/api/v1/bridge"}, "/login": {path: "/login"},
		"/login/elsewhere": {path: "/login/elsewhere"}}
	for _, s := range stops {
		example[s.route] = s
	}
	n := 0
	for _, route := range slices.Sorted(maps.Keys(methods)) {
		registered := methods[route]
		s, ok := example[route]
		if !ok {
			t.Errorf("%s has no example", route)
			continue
		}
		for _, method := range []string{"HEAD", "GET", "POST", "PUT", "DELETE", "PATCH", "TRACE"} {
			if slices.Contains(registered, method) || method == "POST" && noCommand[route] {
				continue
			}
			n++
			s.method = method
			w := httptest.NewRecorder()
			h.echo.ServeHTTP(w, s.request(h.cookies))
			allow := strings.Split(w.Header().Get("Allow"), ", ")
			want := append([]string{"OPTIONS"}, registered...)
			slices.Sort(allow)
			slices.Sort(want)
			if w.Code != http.StatusMethodNotAllowed || !slices.Equal(allow, want) {
				t.Errorf("%s %s: %d, Allow %v, want %v", method, route, w.Code, allow, want)
			}
		}
		if slices.Contains(registered, "GET") && !slices.Contains(registered, "HEAD") &&
			kit.WithoutHead[route] == "" {
			t.Errorf("%s answers GET and not HEAD, and withoutHead does not say why", route)
		}
	}
	for route := range kit.WithoutHead {
		if methods[route] == nil && route != "/demo-idp/*" {
			t.Errorf("withoutHead names %s, which is no route", route)
		}
	}
	testenv.Refused(t, testenv.Boundaries, n)
}
