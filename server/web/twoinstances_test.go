package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/message"
	"madoguchi/server/hub"
	"madoguchi/server/staff"
)

// another is a second instance of a test app: the same store and keys, a memory of its own, joined by a hub.
func (h *testApp) another(t *testing.T) *testApp {
	t.Helper()
	second := *h
	second.build(t)
	var bus hub.Bus
	for name, app := range map[string]*testApp{"a": h, "b": &second} {
		joined, err := hub.New(hub.Config{
			Engine:   bus.Engine(),
			Instance: name,
			Key:      bytes.Repeat([]byte{7}, 32),
			Now:      h.time,
		})
		if err == nil {
			err = app.insurer.Share(joined)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { joined.Close() })
	}
	return &second
}

// until polls a page of another instance, which hears of what goes on within a moment.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if so() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// A clerk's page may be served by any instance: it tells how far the storing of a file is that another one
// stores, does not begin it twice, stops it, and says why nothing was stored.
func TestAPageOfAnotherInstanceTellsHowFarAFileIs(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	other := h.another(t)
	text, n := manyRows(t)
	at := h.sent(t, text)
	seen := url.Values{"seen": {fmt.Sprintf("%d 0 0", n)}}
	letGo := h.locked(t)
	if w := h.form(t, at+"/store", seen); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	storing := func() bool {
		page := other.page(t, at)
		return strings.Contains(page, "保存しています") &&
			strings.Contains(page, "0 / "+message.Number(n).In("ja")+"行")
	}
	until(t, "the other instance tells that the file is being stored", storing)
	if w := other.form(t, at+"/store", seen); w.Code != http.StatusSeeOther || !storing() {
		t.Errorf("asked for once more, at the other instance: %d", w.Code)
	}
	if w := other.form(t, at+"/stop", nil); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if page := other.page(t, at+"?read=1"); !strings.Contains(page, "保存を止めました") {
		t.Error("the other instance does not say that the storing was stopped")
	}
	letGo()
	h.insurer.Importer.Wait()
	if w := h.form(t, at+"/store", seen); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	events := other.ask(t, "GET", at+"/events", nil).Body.String()
	if !strings.Contains(events, `"over":true`) {
		t.Error(events)
	}
	h.insurer.Importer.Wait()
	until(t, "the other instance tells no more of it", func() bool {
		_, going := other.insurer.Importer.Storing(staff.Clerk{Staff: "鈴木", Insurer: "06139992"},
			at[strings.LastIndex(at, "/")+1:])
		return !going
	})
	if page := other.page(t, at); !strings.Contains(page, `id="done"`) {
		t.Error("the other instance does not say that the file was stored")
	}
}

// The page of a run that another instance prints tells of it too, as long as that says so.
func TestAPageOfAnotherInstanceTellsHowFarARunIs(t *testing.T) {
	h := newTestApp(t)
	h.town(t, row(1, ",,架空商店,有"), row(2, ",,架空商店,有"))
	other := h.another(t)
	clerk := clerkOf("06139992")
	id := h.waiting(t, "06139992")
	letGo := h.locked(t) // the run waits for the store
	if err := h.insurer.PrintJobs.Begin(ctx, clerk, id); err != nil {
		t.Fatal(err)
	}
	until(t, "the other instance tells that it is being printed", func() bool {
		return strings.Contains(other.page(t, "/insurer/runs/"+id), "順番を待っています")
	})
	letGo()
	events := other.ask(t, http.MethodGet, "/insurer/runs/"+id+"/events", nil).Body.String()
	if !strings.Contains(events, `"state":"going"`) || !strings.Contains(events, `"state":"done","done":2`) {
		t.Error(events)
	}
	until(t, "the other instance tells no more of it", func() bool {
		_, going := other.insurer.PrintJobs.Progress(clerk, id)
		return !going
	})
}
