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

var page = template.Must(template.New("page").Parse(pageHTML))

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
			http.Error(w, "このページは、このパソコンの http://127.0.0.1 でだけ開けます。", http.StatusForbidden)
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

var kindNames = map[Kind]string{
	BirthDateCheck: "生年月日の確認",
	TextCheck:      "券面の番号での確認",
	DatesCheck:     "電子証明書の期限の確認",
	OQSCompare:     "資格確認の結果との比較",
}

var readerNames = map[ReaderState]string{
	ReaderUnknown: "調べています",
	ReaderReady:   "つながっています",
	ReaderMissing: "見つかりません",
	ReaderTrouble: "使えません",
	ReaderVirtual: "仮想カード（練習用）",
}

func newPageView(s Status) pageView {
	headline, next := s.Headline()
	v := pageView{Status: s, Headline: headline.Ja, Next: next.Ja}
	v.Good = s.Link == Connected && (s.Reader == ReaderReady || s.Reader == ReaderVirtual) && !s.ClockOff()
	add := func(name, value string) {
		if value != "" {
			v.Rows = append(v.Rows, [2]string{name, value})
		}
	}
	add("医療機関", s.Facility)
	add("このパソコンの名前", s.Name)
	add("サーバー", s.Server)
	add("この状態になった時刻", clockText(s.Since))
	add("つぎにつなぎ直す時刻", clockText(s.Next))
	add("カードリーダー", readerNames[s.Reader])
	if s.Last != nil {
		add("最後の操作", kindNames[s.Last.Kind]+"（"+clockText(s.Last.At)+"）")
	}
	if s.Link == Connected {
		add("サーバーとの時計の差", s.ClockSkew.Round(100*time.Millisecond).String())
	}
	return v
}

func clockText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(eligibility.Japan).Format("1月2日 15:04:05")
}
