package agent

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"net"
	"net/http"
	"strings"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS []byte

var page = template.Must(template.New("page").Funcs(template.FuncMap{"t": inJapanese}).Parse(pageHTML))

// inJapanese is a sentence of the catalogue in the language of the page.
func inJapanese(key string) string { return message.New(key, nil).Text("ja") }

// Page serves the agent's state on this PC: a page for people at /, the same as JSON at /status.json. It is
// read-only: methods other than GET are refused. It answers to loopback names only, so that no page of
// another site can read it through a name of its own (DNS rebinding).
func (a *Agent) Page() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, newPageView(a.Status())) // the visitor has gone
	})
	mux.HandleFunc("GET /page.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(pageCSS)
	})
	mux.HandleFunc("GET /status.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(a.Status())
	})
	return loopbackOnly(mux)
}

func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "+
				"frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !loopbackName(r.Host) || r.Header.Get("Sec-Fetch-Site") == "cross-site" {
			http.Error(w, inJapanese("agent.page.loopback"), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func loopbackName(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// pageView is what the page shows.
type pageView struct {
	Status
	Good     bool
	Headline string
	Next     string
	Rows     [][2]string
}

// Headline returns the state in one line and what to do next, Japanese and English.
func (s Status) Headline() (headline, next Sentence) {
	state := s.state()
	m := message.New("agent.state."+state, nil)
	headline = Sentence{m.Sentence("ja"), m.Sentence("en")}
	switch state {
	case "refused":
		return headline, s.Reason
	case "reader_trouble":
		return headline, s.Trouble
	}
	return headline, Sentence{m.NextStep("ja"), m.NextStep("en")}
}

// state is the word of the state's sentences in the catalogue.
func (s Status) state() string {
	switch s.Link {
	case Pairing:
		return "pairing"
	case Away:
		return "away"
	case Refused:
		return "refused"
	case Connecting:
		return "connecting"
	}
	switch {
	case s.Reader == ReaderMissing:
		return "no_reader"
	case s.Reader == ReaderTrouble:
		return "reader_trouble"
	case s.ClockOff():
		return "clock"
	}
	return "connected"
}

// kindKeys and readerKeys are the keys of what the page calls operations and states.
var kindKeys = map[Kind]string{
	BirthDateCheck: "agent.kind.birth_date",
	TextCheck:      "agent.kind.text",
	FaceCheck:      "agent.kind.face",
	DatesCheck:     "agent.kind.dates",
	OQSCompare:     "agent.kind.oqs",
}

var readerKeys = map[ReaderState]string{
	ReaderUnknown: "agent.reader.unknown",
	ReaderReady:   "agent.reader.ready",
	ReaderMissing: "agent.reader.missing",
	ReaderTrouble: "agent.reader.trouble",
	ReaderVirtual: "agent.reader.virtual",
}

func newPageView(s Status) pageView {
	headline, next := s.Headline()
	v := pageView{Status: s, Headline: headline.Ja, Next: next.Ja}
	v.Good = s.Link == Connected && (s.Reader == ReaderReady || s.Reader == ReaderVirtual) && !s.ClockOff()
	add := func(key, value string) {
		if value != "" {
			v.Rows = append(v.Rows, [2]string{inJapanese(key), value})
		}
	}
	add("agent.row.facility", s.Facility)
	add("agent.row.name", s.Name)
	add("agent.row.server", s.Server)
	add("agent.row.since", clockText(s.Since))
	add("agent.row.next", clockText(s.Next))
	add("agent.row.reader", inJapanese(readerKeys[s.Reader]))
	if s.Last != nil {
		add("agent.row.last", message.New("agent.last_operation", message.Args{
			"operation": message.Nested(message.New(kindKeys[s.Last.Kind], nil)),
			"time":      message.Text(clockText(s.Last.At)),
		}).Text("ja"))
	}
	if s.Link == Connected {
		add("agent.row.clock", s.ClockSkew.Round(100*time.Millisecond).String())
	}
	return v
}

func clockText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(eligibility.Japan).Format("1月2日 15:04:05")
}
