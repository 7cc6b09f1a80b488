package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"madoguchi/auth"
	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/insuredcsv"
)

// manyRows is a file of more than one part.
func manyRows(t *testing.T) (text string, n int) {
	t.Helper()
	var file strings.Builder
	file.WriteString("番号,氏名,生年月日,住所\n")
	for file.Len() <= insuredcsv.PartSize {
		n++
		fmt.Fprintf(&file, "%d,試験 太郎,1986-04-12,東京都架空区見本町一丁目二番三号 練習住宅第五号棟 六百七号室\n", n)
	}
	return file.String(), n
}

// locked holds the store's writer until it is let go.
func (h *testApp) locked(t *testing.T) (letGo func()) {
	t.Helper()
	held := holding{ctx, make(chan struct{}), make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		ended <- h.store.Register.Note(held, audit.Entry{At: h.now, Actor: "test", Action: "test.hold"})
	}()
	<-held.begun
	letGo = sync.OnceFunc(func() {
		close(held.letGo)
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("holding the writer: %v", err)
		}
	})
	t.Cleanup(letGo)
	return letGo
}

// holding is the context of a change that goes no further, once it is begun, until it is let go: the store
// asks for its Err before it makes the change, in the transaction.
type holding struct {
	context.Context
	begun, letGo chan struct{}
}

func (h holding) Err() error {
	close(h.begun)
	<-h.letGo
	return context.Canceled
}

// A large file's page tells how far its reading and its storing are, with and without the page's program, and
// storing can be stopped: nothing is stored then.
func TestALargeFilesPageTellsHowFarItIs(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	text, n := manyRows(t)
	at := h.sent(t, text)
	page := h.page(t, at)
	for _, want := range []string{`id="wait-bar"`, "<noscript><meta", at + "?read=1", "まだ何も保存していません"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a file that was not read lacks %q", want)
		}
	}
	events := h.ask(t, "GET", at+"/events", nil).Body.String()
	if !strings.Contains(events, `"over":true`) || !strings.Contains(events, "行を読みました") {
		t.Error(events)
	}
	found := `id="count-new">` + message.Number(n).In("ja") + "<"
	if page := h.page(t, at); !strings.Contains(page, found) {
		t.Error("what was read is not held for the page")
	}
	if page := h.page(t, at+"?read=1"); !strings.Contains(page, found) {
		t.Error("the page without the program is not read")
	}

	seen := url.Values{"seen": {fmt.Sprintf("%d 0 0", n)}}
	letGo := h.locked(t)
	if w := h.form(t, at+"/store", seen); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if page := h.page(t, at); !strings.Contains(page, "保存しています") ||
		!strings.Contains(page, "0 / "+message.Number(n).In("ja")+"行") {
		t.Error("the page does not tell that the file is being stored")
	}
	if w := h.form(t, at+"/stop", nil); w.Code != http.StatusSeeOther {
		t.Error(w.Code)
	}
	letGo()
	if page := h.page(t, at+"?read=1"); !strings.Contains(page, "保存を止めました") ||
		!strings.Contains(page, `id="store"`) || h.insured(t) != 0 {
		t.Errorf("after a stop %d people are stored", h.insured(t))
	}

	if w := h.form(t, at+"/store", seen); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if events := h.ask(t, "GET", at+"/events", nil).Body.String(); !strings.Contains(events, `"over":true`) {
		t.Error(events)
	}
	h.insurer.Importer.Wait()
	if page := h.page(t, at); !strings.Contains(page, `id="done"`) || h.insured(t) != n {
		t.Errorf("%d people are stored", h.insured(t))
	}
	if page := h.page(t, at); !strings.Contains(page, "新しい"+message.Number(n).In("ja")+"人のお知らせを作る") {
		t.Error("the button does not name the new people")
	}
}

// What changed since the clerk looked stores nothing, and the page says so.
func TestALargeFileIsStoredAsItWasSeen(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	text, n := manyRows(t)
	at := h.sent(t, text)
	seen := url.Values{"seen": {fmt.Sprintf("%d 0 5", n-5)}}
	if w := h.form(t, at+"/store", seen); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	h.insurer.Importer.Wait()
	if page := h.page(t, at+"?read=1"); !strings.Contains(page, "人数が変わりました") || h.insured(t) != 0 {
		t.Errorf("%d people are stored", h.insured(t))
	}
	if page := h.page(t, at+"?read=1"); strings.Contains(page, "人数が変わりました") {
		t.Error("it is said twice")
	}
}
