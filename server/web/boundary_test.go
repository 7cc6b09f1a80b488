package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/web/patient"
)

// What stands between this program and everybody else: cookies, headers, host names, sizes, the log.

// overHTTPS is the test app as a server at https answers to this computer.
func (h *testApp) overHTTPS() *echo.Echo {
	clock := func() time.Time { return h.now }
	return newSite(Config{
		Insurer:    h.insurer,
		Counter:    h.counter,
		Background: ctx,
		HTTPS:      true,
		Demo:       true,
		Staff:      []string{"鈴木"},
		Now:        clock,
		Ready:      h.store.Ping,
		Sessions:   &auth.Sessions{Store: h.store.Sessions(), HTTPS: true, Now: clock},
	})
}

// RFC 6797 7.2: over plain http the header must not be sent; over https every answer has it, for a year and
// more.
func TestHTTPSIsAskedForOnlyUnderHTTPS(t *testing.T) {
	h := newTestApp(t)
	for _, path := range []string{"/", "/healthz", "/screen", "/api/v1/me", "/no-such-page", "/static/none",
		"/i/00138990/.well-known/jwks.json"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", path, nil)
		r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:1"
		h.overHTTPS().ServeHTTP(w, r)
		var seconds int
		if _, err := fmt.Sscanf(w.Header().Get("Strict-Transport-Security"), "max-age=%d",
			&seconds); err != nil || seconds < 365*24*3600 {
			t.Errorf("%s: %q", path, w.Header().Get("Strict-Transport-Security"))
		}
		if plain := h.ask(t, "GET", path, nil).Header().Get("Strict-Transport-Security"); plain != "" {
			t.Errorf("%s, plain http: %q", path, plain)
		}
	}
}

// Every cookie that this program sets, by what sets it. Only the one that pages read is not HttpOnly.
func TestEveryCookieCarriesItsFlags(t *testing.T) {
	h := newTestApp(t)
	e := h.overHTTPS()
	send := func(method, path, body string) []*http.Cookie {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:1"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if len(w.Result().Cookies()) == 0 {
			t.Errorf("%s %s sets no cookie: %d", method, path, w.Code)
		}
		return w.Result().Cookies()
	}
	code := h.noticeCode(t, h.tokuichi(t))
	all := map[string][]*http.Cookie{
		"a clerk":     send("POST", "/insurer/staff", "name=鈴木"),
		"reception":   send("POST", "/counter/staff", "name=鈴木"),
		"a notice":    send("GET", "/n/"+code, ""),
		"a language":  send("GET", "/?lang=en", ""),
		"a lost page": send("POST", "/api/v1/phone/wipe", ""),
	}
	for what, cookies := range all {
		for _, c := range cookies {
			if !c.Secure || c.SameSite != http.SameSiteLaxMode && c.SameSite != http.SameSiteStrictMode ||
				c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: %s", what, c)
			}
			if c.HttpOnly == (c.Name == patient.KeptCookie) {
				t.Errorf("%s: scripts may read it, or the page may not: %s", what, c)
			}
			if session := strings.HasPrefix(c.Name, "__Host-madoguchi-"); (what == "a clerk" ||
				what == "reception" || what == "a notice") && (!session || len(c.Value) != 43) {
				t.Errorf("%s: %s", what, c)
			}
		}
	}
}

func TestASessionsCookieOpensOnlyItsOwnKindsPages(t *testing.T) {
	h := newTestApp(t)
	doors := map[auth.Kind]string{auth.Patient: "/api/v1/me", auth.Clerk: "/insurer",
		auth.Counter: "/counter"}
	data := map[auth.Kind]string{auth.Patient: visitOf("髙橋 德一", "1955-07-01", ""), auth.Clerk: "{}",
		auth.Counter: "{}", auth.Device: `{"phone":"A","key":"0123456789abcdef"}`}
	tried := 0
	for of := range data {
		for door, page := range doors {
			h.cookies = nil
			h.session(t, of, "op|x", data[of])
			h.cookies = []*http.Cookie{{Name: "madoguchi-" + string(door), Value: h.cookies[0].Value}}
			w := h.ask(t, "GET", page, nil)
			if of == door {
				if w.Code != http.StatusOK ||
					of == auth.Patient && !strings.Contains(w.Body.String(), `"login":true`) {
					t.Errorf("a %s at its own door: %d", of, w.Code)
				}
				continue
			}
			tried++
			if door == auth.Patient && w.Code == http.StatusOK &&
				!strings.Contains(w.Body.String(), `"login":true`) &&
				!strings.Contains(w.Body.String(), `"device":true`) {
				continue // told that nobody is known, as each new phone is
			}
			if w.Code != http.StatusSeeOther && w.Code != http.StatusForbidden &&
				w.Code != http.StatusUnauthorized {
				t.Errorf("a %s's cookie under the name of a %s's: %d", of, door, w.Code)
			}
		}
	}
	testenv.Refused(t, testenv.Sessions, tried)
}

// In use all day, as at a city's counter. The clerk signs in anew at the latest after twelve hours.
func TestAClerksSessionEndsAfterTwelveHoursOfUse(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	for began := h.now; h.now.Sub(began) < 12*time.Hour; h.now = h.now.Add(14 * time.Minute) {
		if w := h.ask(t, "GET", "/insurer/staff", nil); w.Code != http.StatusOK {
			t.Fatal(w.Code)
		}
		if w := h.ask(t, "GET", "/insurer", nil); w.Code != http.StatusOK {
			t.Fatalf("after %v: %d", h.now.Sub(began), w.Code)
		}
	}
	if w := h.ask(t, "GET", "/insurer", nil); w.Code != http.StatusSeeOther {
		t.Errorf("after twelve hours: %d", w.Code)
	}
}

// DNS rebinding and its kin: a name is this computer's only when it is localhost or a loopback address,
// whole.
func TestANameThatBeginsOrEndsLikeLocalhostIsNotThisComputer(t *testing.T) {
	h := newTestApp(t)
	hosts := []string{"localhost.evil.example", "localhostevil.example:8080", "localhost-evil.example",
		"127.0.0.1.evil.example", "127.0.0.1.evil.example:8080",
		"evil.example:80@localhost", "evil.localhost.example", "notlocalhost", "xlocalhost:8080",
		"localhost@evil.example", "localhost,evil.example", "[::1].evil.example",
		"128.0.0.1", "0.0.0.0:8080", "[::]:8080", "192.168.0.1", "10.0.0.1:8080", "", "localhost.",
		"2130706433"}
	testenv.Refused(t, testenv.Boundaries, len(hosts))
	for _, host := range hosts {
		if w := h.ask(t, "GET", "/", nil,
			func(r *http.Request) { r.Host = host }); w.Code != http.StatusForbidden {
			t.Errorf("%q: %d", host, w.Code)
		}
	}
	for _, host := range []string{"localhost", "LOCALHOST:8080", "127.0.0.1", "127.8.9.1:1", "[::1]",
		"[::1]:8080"} {
		if w := h.ask(t, "GET", "/", nil, func(r *http.Request) { r.Host = host }); w.Code != http.StatusOK {
			t.Errorf("%q: %d", host, w.Code)
		}
	}
}

// What says that a request was forwarded: RFC 7239, RFC 9110 7.6.3 and what proxies send.
func TestAForwardedRequestIsNotThisComputers(t *testing.T) {
	h := newTestApp(t)
	names := []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
		"X-Forwarded-Port", "X-Forwarded-Server", "X-Real-IP"}
	testenv.Refused(t, testenv.Boundaries, len(names))
	for _, name := range names {
		if w := h.ask(t, "GET", "/", nil, func(r *http.Request) {
			r.Header.Set(name,
				"127.0.0.1")
		}); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

var pathParameter = regexp.MustCompile(`:\w+|\*`)

// Any site's page may read what is published for verifiers, and nothing else. No answer lets a page send
// cookies along.
func TestOnlyPublishedListsAreReadByOtherSites(t *testing.T) {
	h := newTestApp(t)
	h.enrolled(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	h.session(t, auth.Counter, "鈴木", "{}")
	key, err := h.keys.Rings.IssuerKey("00138990")
	if err != nil {
		t.Fatal(err)
	}
	published := []string{"/i/00138990/.well-known/jwks.json", "/i/00138990/status.jwt",
		"/i/00138990/.well-known/crl/" + key.ID + ".json"}
	from := func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }
	for _, path := range published {
		w := h.bare("GET", path, from)
		if head := w.Header(); w.Code != http.StatusOK || head.Get("Access-Control-Allow-Origin") != "*" ||
			head.Get("Access-Control-Allow-Credentials") != "" ||
			head.Get("Cross-Origin-Resource-Policy") != "cross-origin" || len(w.Result().Cookies()) > 0 {
			t.Errorf("%s: %d %v", path, w.Code, head)
		}
	}
	tried := 0
	for _, route := range h.echo.Routes() {
		if strings.HasPrefix(route.Path, "/i/:insurer/.well-known/") ||
			route.Path == "/i/:insurer/status.jwt" || strings.HasSuffix(route.Path, "/events") {
			continue
		}
		methods := []string{route.Method}
		if route.Method == http.MethodGet {
			methods = append(methods, http.MethodOptions) // a preflight is answered with nothing either
		}
		for _, method := range methods {
			tried++
			head := h.bare(method, pathParameter.ReplaceAllString(route.Path, "00138990"),
				func(r *http.Request) {
					from(r)
					r.Header.Set("Access-Control-Request-Method", "POST")
				}).Header()
			for name := range head {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s: %s", method, route.Path, name)
				}
			}
			if head.Get("Cross-Origin-Resource-Policy") != "same-origin" {
				t.Errorf("%s %s: %q", method, route.Path, head.Get("Cross-Origin-Resource-Policy"))
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d routes were found", tried)
	}
	testenv.Refused(t, testenv.Boundaries, tried)
}

// endless is a body that goes on; it counts what was read of it.
type endless struct {
	start string
	read  int
}

func (e *endless) Read(b []byte) (int, error) {
	n := copy(b, e.start)
	e.start = e.start[n:]
	for i := n; i < len(b); i++ {
		b[i] = 'x'
	}
	e.read += len(b)
	if e.read > insuredcsv.MaxFile+20<<20 {
		return 0, io.ErrUnexpectedEOF // the test has failed already
	}
	return len(b), nil
}

// No route reads without end: pages and calls at most a megabyte, whatever they say of their length; the one
// that takes files as much of a file as a file may have, and of everything else a megabyte.
func TestNoBodyIsReadWithoutEnd(t *testing.T) {
	h := newTestApp(t)
	h.enrolled(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	h.session(t, auth.Counter, "鈴木", "{}")
	tried := 0
	for _, route := range h.echo.Routes() {
		if route.Method != http.MethodPost && route.Method != http.MethodPut &&
			route.Method != http.MethodPatch && route.Method != http.MethodDelete ||
			route.Path == "/insurer/import" {
			continue
		}
		path := pathParameter.ReplaceAllString(route.Path, "00138990")
		for start, kind := range map[string]string{"name=": "application/x-www-form-urlencoded",
			`{"text":"`: "application/json"} {
			tried++
			if w := h.bare(route.Method, path, func(r *http.Request) {
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader(start+strings.Repeat("x", 1<<20))),
					int64(len(start)+1<<20)
				r.Header.Set("Content-Type", kind)
			}); w.Code != http.StatusRequestEntityTooLarge {
				t.Errorf("%s %s, %s of a megabyte and more: %d", route.Method, route.Path, kind, w.Code)
			}
			body := &endless{start: start}
			w := h.bare(route.Method, path, func(r *http.Request) {
				r.Body, r.ContentLength = io.NopCloser(body), -1
				r.Header.Set("Content-Type", kind)
			})
			if body.read > 2<<20 || w.Code >= 500 {
				t.Errorf("%s %s, %s without an end: %d MB were read, %d", route.Method, route.Path, kind,
					body.read>>20, w.Code)
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d routes were found", tried)
	}
	testenv.Refused(t, testenv.Limits, 2*tried+5)
	const form = "--b\r\nContent-Disposition: form-data; name="
	const file = form + "\"insurer\"\r\n\r\n06139992\r\n" + form +
		"\"file\"; filename=\"f.csv\"\r\n\r\n番号,氏名,生年月日\r\n"
	for _, sent := range []struct {
		what, start string
		most, code  int
	}{
		{"a file", file, insuredcsv.MaxFile + 2<<20, http.StatusUnprocessableEntity},
		{"a field", form + "\"remark\"\r\n\r\n", 2 << 20, http.StatusRequestEntityTooLarge},
		{"a field after the file", file + "\r\n" + form + "\"remark\"\r\n\r\n", 2 << 20,
			http.StatusRequestEntityTooLarge},
		{"a second file", file + "\r\n" + form + "\"file\"; filename=\"g.csv\"\r\n\r\n", 2 << 20,
			http.StatusUnprocessableEntity},
		{"a text before the first part", "x", 2 << 20, http.StatusUnprocessableEntity},
	} {
		body := &endless{start: sent.start}
		w := h.bare("POST", "/insurer/import", func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(body), -1
			r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		})
		if w.Code != sent.code || body.read > sent.most {
			t.Errorf("%s without an end: %d MB were read, %d", sent.what, body.read>>20, w.Code)
		}
	}
}

// Addresses hold notice codes, online codes and people's ids; a query holds names. The log holds the route
// alone.
func TestTheLogHoldsNothingOfAnAddress(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(before)
	notice, online := h.noticeCode(t, r), credential.NewOnlineCode(cityISS).Printed()
	secrets := []string{
		notice,
		strings.ToLower(notice),
		online[:8],
		online[8:],
		string(r.ID),
		"髙橋",
		"%E9%AB%99%E6%A9%8B",
		"sekretstate",
		"sekretcode",
		"sekretfile",
		"sekretlost",
	}
	for path, route := range map[string]string{
		"/n/" + notice:                                            "/n/:code",
		"/n/" + strings.ToLower(notice):                           "/n/:code",
		"/C/" + online:                                            "/C/:code",
		"/c/" + online:                                            "/c/:code",
		"/people/" + string(r.ID) + "/masked.pdf":                 "/people/:id/masked.pdf",
		"/people/" + string(r.ID) + "/document.pdf":               "/people/:id/document.pdf",
		"/insurer?q=%E9%AB%99%E6%A9%8B":                           "/insurer",
		"/insurer/people/" + string(r.ID) + "/notice":             "/insurer/people/:id/notice",
		"/insurer/imports/sekretfile":                             "/insurer/imports/:id",
		"/login/callback?state=sekretstate&code=sekretcode":       "/login/callback",
		"/sekretlost/" + notice + "?" + "q=" + string(r.ID):       "",
		"/api/v1/people/" + string(r.ID) + "/code":                "/api/v1/people/:id/code",
		"/i/00138990/.well-known/crl/sekretfile.json?x=" + notice: "/i/:insurer/.well-known/crl/:file",
	} {
		log.Reset()
		h.ask(t, "GET", path, nil)
		if !strings.Contains(log.String(), "route="+route) {
			t.Errorf("%s is not logged as %q: %s", path, route, log.String())
		}
		for _, secret := range secrets {
			if strings.Contains(log.String(), secret) {
				t.Errorf("%s: the log holds %q: %s", route, secret, log.String())
			}
		}
	}
}

// OWASP, CSV Injection: an insurer's name goes into the statistics' file.
func TestNoCellOfTheStatisticsStartsAFormula(t *testing.T) {
	h, _ := clerksApp(t)
	starts := []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}
	testenv.Refused(t, testenv.Files, len(starts))
	for _, start := range starts {
		in := insurer.Insurer{
			Number:    "00138990",
			Name:      start + "1+1",
			Issuer:    "架空市長",
			Telephone: "03-0000-0000",
		}
		if err := h.store.Directory.PutSettings(ctx, in, nil,
			audit.Entry{At: h.now, Actor: "t", Action: "t"}); err != nil {
			t.Fatal(err)
		}
		text := h.page(t, "/insurer/statistics.csv?insurer=00138990")
		rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		rows.FieldsPerRecord = -1
		all, err := rows.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if all[0][1] == in.Name || !strings.Contains(all[0][1], "1+1") {
			t.Errorf("%q: %q", start, all[0])
		}
		for _, row := range all {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
					t.Errorf("%q: %q", start, row)
				}
			}
		}
	}
}
