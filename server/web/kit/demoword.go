package kit

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pwa"
)

// DemoWord guards a demo whose port a container publishes: there the peer's address says nothing, and a Host
// header is anybody's word. Whoever started the demo reads the word there and gives it once in each browser.
// It belongs to this start of the program alone.
type DemoWord struct {
	word  string
	key   []byte
	tries auth.Limit // by network: 23^8 words, a day's 14,400 tries hit one in five million
	now   func() time.Time
}

const (
	DemoWordCookie = "madoguchi-demo"
	DemoWordLife   = 8 * time.Hour
	DemoWordPath   = "/demo-word"
	// DemoWordLetters are not taken for one another, also when read aloud from a log.
	DemoWordLetters = "acdefhjkmnprtuvwxy34679"
)

var (
	errDemoWord      = &eligibility.Error{Code: eligibility.Denied, Key: "demo.word"}
	errDemoWordWrong = &eligibility.Error{Code: eligibility.Denied, Key: "demo.word_wrong", Field: "word"}
)

//go:embed demoword
var demoWordFiles embed.FS

var demoWordPage = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"ja": func(key string) string { return message.New(key, nil).Text("ja") },
	"en": func(key string) string { return message.New(key, nil).Text("en") },
}).ParseFS(demoWordFiles, "demoword/page.html"))

// NewDemoWord makes the word of one start.
func NewDemoWord(now func() time.Time) *DemoWord {
	d := &DemoWord{key: make([]byte, 32), tries: auth.Limit{Burst: 10, Every: 6 * time.Second}, now: now}
	rand.Read(d.key)
	for len(d.word) < 8 {
		var b [1]byte
		rand.Read(b[:])
		if n := len(DemoWordLetters); int(b[0]) < 256/n*n {
			d.word += DemoWordLetters[int(b[0])%n:][:1]
		}
	}
	return d
}

// String returns the word as it is printed, in two groups.
func (d *DemoWord) String() string {
	if d == nil {
		return ""
	}
	return d.word[:4] + "-" + d.word[4:]
}

// isWord compares what somebody typed, in capitals or full width, with or without the hyphen.
func (d *DemoWord) isWord(typed string) bool {
	if len(typed) > 100 {
		return false
	}
	folded := strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		if strings.ContainsRune(" -‐－ー　", r) {
			return -1
		}
		return r
	}, typed)
	a, b := sha256.Sum256([]byte(folded)), sha256.Sum256([]byte(d.word))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// Cookie lets a browser in for some hours: its end, and this start's MAC of it.
func (d *DemoWord) Cookie() *http.Cookie {
	end := binary.BigEndian.AppendUint64(nil, uint64(d.now().Add(DemoWordLife).Unix()))
	return &http.Cookie{
		Name:     DemoWordCookie,
		Value:    base64.RawURLEncoding.EncodeToString(append(end, d.mac(end)...)),
		Path:     "/",
		MaxAge:   int(DemoWordLife / time.Second),
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode, // plain http: the demo is for this computer
	}
}

func (d *DemoWord) mac(end []byte) []byte {
	h := hmac.New(sha256.New, d.key)
	h.Write([]byte("madoguchi-demo-word-1\x00"))
	h.Write(end)
	return h.Sum(nil)
}

// hasCookie reports whether a request's browser has given the word.
func (d *DemoWord) hasCookie(r *http.Request) bool {
	for _, cookie := range r.CookiesNamed(DemoWordCookie) {
		b, err := base64.RawURLEncoding.Strict().DecodeString(cookie.Value)
		if err != nil || len(b) != 8+sha256.Size || subtle.ConstantTimeCompare(b[8:], d.mac(b[:8])) != 1 {
			continue
		}
		if d.now().Unix() < int64(binary.BigEndian.Uint64(b)) {
			return true
		}
	}
	return false
}

// WithCookie gives the program's own calls to itself the cookie; without a word they need none.
func (d *DemoWord) WithCookie(base http.RoundTripper) http.RoundTripper {
	if d == nil {
		return base
	}
	return withDemoCookie{d, base}
}

type withDemoCookie struct {
	word *DemoWord
	base http.RoundTripper
}

func (t withDemoCookie) RoundTrip(r *http.Request) (*http.Response, error) {
	inside := r.Clone(r.Context())
	inside.AddCookie(t.word.Cookie())
	return t.base.RoundTrip(inside)
}

// Guard closes everything to browsers that have not given the word. Open are only the word's own page,
// /healthz, which says "ok", and the bridge agents' socket: an agent proves its own key, and a new one does
// nothing until staff, who are in, have typed its code. The calls between servers (/i/) are closed too: in a
// demo they come from this program itself.
func (d *DemoWord) Guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		switch c.Path() { // the route that answers, however it is written
		case DemoWordPath, DemoWordPath + ".css", "/healthz", "/api/v1/bridge":
			return next(c)
		}
		if d.hasCookie(r) {
			return next(c)
		}
		if r.Method != http.MethodGet || ForPrograms(r) {
			return errDemoWord
		}
		return d.showForm(c, http.StatusForbidden, r.URL.RequestURI(), nil)
	}
}

// Routes adds the word's own page.
func (d *DemoWord) Routes(r *Router) {
	r.Public("GET "+DemoWordPath, func(c echo.Context) error {
		return d.showForm(c, http.StatusOK, "/", nil)
	})
	r.Public("POST "+DemoWordPath, d.takeWord)
	r.Public("GET "+DemoWordPath+".css", func(c echo.Context) error {
		css, err := demoWordFiles.ReadFile("demoword/page.css")
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "text/css; charset=utf-8", css)
	})
}

// takeWord lets the browser in that gives the word, and leads to what it wanted.
func (d *DemoWord) takeWord(c echo.Context) error {
	to := pwa.LocalPath(c.FormValue("to"))
	var wait *eligibility.Error
	if errors.As(d.tries.Allow(RemoteKey(c), d.now()), &wait) {
		RetryAfter(c.Response().Header(), wait.Wait)
		return d.showForm(c, http.StatusTooManyRequests, to, wait)
	}
	if !d.isWord(c.FormValue("word")) {
		return d.showForm(c, http.StatusForbidden, to, errDemoWordWrong)
	}
	c.SetCookie(d.Cookie())
	return c.Redirect(http.StatusSeeOther, to)
}

func (d *DemoWord) showForm(c echo.Context, status int, to string, why *eligibility.Error) error {
	view := struct{ Ja, En, To string }{To: pwa.LocalPath(to)}
	if why != nil {
		view.Ja, view.En = why.Ja(), why.En()
	}
	var page bytes.Buffer
	if err := demoWordPage.Execute(&page, view); err != nil {
		return err
	}
	return c.HTMLBlob(status, page.Bytes())
}
