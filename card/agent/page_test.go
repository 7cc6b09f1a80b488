package agent

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
)

func newAgent(t *testing.T) *Agent {
	t.Helper()
	key := certtest.Key(t)
	a, err := New(Config{
		Server: "https://counter.example",
		Name:   "受付1",
		Key:    key,
		Now:    func() time.Time { return time.Date(2026, 11, 22, 1, 42, 0, 0, time.UTC) },
		Notify: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEveryStateHasACalmHeadlineAndANextStep(t *testing.T) {
	for _, c := range []struct {
		name           string
		status         Status
		headline, next string
		good           bool
	}{
		{"connecting", Status{Link: Connecting}, "つないでいます", "お待ちください", false},
		{"pairing", Status{Link: Pairing, Code: "ACDE-FHJK"}, "つなぐ準備", "リーダーをつなぐ", false},
		{"away", Status{Link: Away}, "つながっていません", "自動でつなぎ直します", false},
		{"refused", Status{Link: Refused, Reason: Sentence{"入れ替えてください。", "Install."}}, "受け付けられません",
			"入れ替えてください", false},
		{"all is well", Status{Link: Connected, Reader: ReaderReady}, "つながっています", "このままお使いください", true},
		{"virtual", Status{Link: Connected, Reader: ReaderVirtual}, "つながっています", "このままお使いください", true},
		{"no reader", Status{Link: Connected, Reader: ReaderMissing}, "リーダーが見つかりません", "差し直してください", false},
		{"trouble", Status{Link: Connected, Reader: ReaderTrouble,
			Trouble: Sentence{"再起動してください。", "Restart."}}, "リーダーを使えません", "再起動してください", false},
		{"clock is off", Status{Link: Connected, Reader: ReaderReady, ClockSkew: -11 * time.Second},
			"時計がずれています",
			"今すぐ同期", false},
		{"clock is fine", Status{Link: Connected, Reader: ReaderReady, ClockSkew: 9 * time.Second},
			"つながっています",
			"このまま", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			headline, next := c.status.Headline()
			if !strings.Contains(headline.Ja, c.headline) || !strings.Contains(next.Ja, c.next) ||
				headline.En == "" || next.En == "" {
				t.Errorf("%+v %+v", headline, next)
			}
			if v := newPageView(c.status); v.Good != c.good {
				t.Errorf("good is %v", v.Good)
			}
		})
	}
}

func TestThePageShowsAndDoesNothingElse(t *testing.T) {
	a := newAgent(t)
	page := a.Page()
	for _, c := range []struct {
		method, host, path, site string
		status                   int
	}{
		{"GET", "127.0.0.1:47880", "/", "", 200},
		{"GET", "localhost:47880", "/status.json", "", 200},
		{"GET", "[::1]:47880", "/page.css", "same-origin", 200},
		{"HEAD", "127.0.0.1:47880", "/", "", 200},
		{"POST", "127.0.0.1:47880", "/", "", 405},
		{"DELETE", "127.0.0.1:47880", "/status.json", "", 405},
		{"GET", "127.0.0.1:47880", "/other", "", 404},
		{"GET", "evil.example", "/status.json", "", 403},
		{"GET", "127.0.0.1.evil.example:47880", "/", "", 403},
		{"GET", "192.168.1.5:47880", "/", "", 403},
		{"GET", "", "/", "", 403},
		{"GET", "127.0.0.1:47880", "/status.json", "cross-site", 403},
	} {
		t.Run(c.method+" "+c.host+c.path, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.path, nil)
			r.Host = c.host
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			w := httptest.NewRecorder()
			page.ServeHTTP(w, r)
			if w.Code != c.status ||
				!strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") ||
				w.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%d %v", w.Code, w.Header())
			}
		})
	}
}

func TestThePageWritesNamesAsText(t *testing.T) {
	a := newAgent(t)
	a.updateStatus(func(s *Status) { s.Link, s.Facility = Connected, "<script>架空</script>" })
	a.UpdateReaders(0, nil)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = "localhost"
	a.Page().ServeHTTP(w, r)
	text := w.Body.String()
	if strings.Contains(text, "<script") || !strings.Contains(text, "&lt;script&gt;架空") ||
		strings.Contains(text, " style=") ||
		!strings.Contains(text, "リーダーが見つかりません") || !strings.Contains(text, "11月22日 10:42:00") {
		t.Error(text)
	}
}

func TestReadersThatComeAndGoAreShown(t *testing.T) {
	a := newAgent(t)
	for _, c := range []struct {
		count   int
		trouble *eligibility.Error
		want    ReaderState
	}{
		{1, nil, ReaderReady},
		{0, nil, ReaderMissing},
		{0, card.ErrNoReader, ReaderTrouble},
		{2, nil, ReaderReady},
	} {
		t.Run(fmt.Sprint(c.count), func(t *testing.T) {
			a.UpdateReaders(c.count, c.trouble)
			if s := a.Status(); s.Reader != c.want || (s.Trouble.Ja != "") != (c.trouble != nil) {
				t.Errorf("%d %v: %+v", c.count, c.trouble, s)
			}
		})
	}
}

func TestTheKeyIsMadeOnceAndForItsUserAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "agent.pem")
	first, err := LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadKey(path)
	if err != nil || !again.Equal(first) {
		t.Errorf("another key: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); err == nil {
		t.Error("a key that others can read was used")
	}
	if err := os.WriteFile(path, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); err == nil {
		t.Error("a broken file was used or replaced")
	}
}
