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
	switch s.Link {
	case Pairing:
		return Sentence{"受付とつなぐ準備ができました", "Waiting to be paired"},
			Sentence{"受付の画面の「リーダーをつなぐ」に、下のコードを入れてください。10分たつと新しいコードに変わります。", "Type the code below at the counter under “Connect a reader”. It changes every ten minutes."}
	case Away:
		return Sentence{"サーバーにつながっていません", "Not connected to the server"},
			Sentence{"自動でつなぎ直します。5分たってもつながらないときは、このパソコンのネットワークを確かめて、管理者に知らせてください。", "It connects again by itself. If that takes more than five minutes, check the network and tell the administrator."}
	case Refused:
		return Sentence{"サーバーに受け付けられませんでした", "The server refused this computer"}, s.Reason
	case Connecting:
		return Sentence{"サーバーにつないでいます", "Connecting to the server"},
			Sentence{"そのままお待ちください。", "Please wait."}
	}
	switch s.Reader {
	case ReaderMissing:
		return Sentence{"リーダーが見つかりません", "No card reader was found"},
			Sentence{"カードリーダーの USB を差し直してください。見つかると、この表示が変わります。", "Plug the card reader in again. This page changes when it is found."}
	case ReaderTrouble:
		return Sentence{"リーダーを使えません", "The card reader cannot be used"}, s.Trouble
	}
	if s.ClockOff() {
		return Sentence{"つながっていますが、このパソコンの時計がずれています", "Connected, but this computer's clock is off"},
			Sentence{"パソコンの日付と時刻の設定で「今すぐ同期」を押してください。", "Synchronise the clock in the computer's date and time settings."}
	}
	return Sentence{"つながっています", "Connected"},
		Sentence{"受付の画面からカードを確認できます。このままお使いください。", "Cards can be checked from the counter's page. Nothing to do."}
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
