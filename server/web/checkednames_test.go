package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
)

// Every code that a record can hold of what was checked has its word, on the record's page and in the file:
// a code stands in neither.
func TestEveryCheckOfARecordHasItsWord(t *testing.T) {
	h := newTestApp(t)
	h.atCounter(t)
	id := h.opensWay(t, "A1", tappedNothing).ID
	w := h.ask(t, "POST", "/api/v1/counter/ways/"+id+"/record",
		also(typedPerson, map[string]any{"form": "signed"}))
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	stored, err := h.store.ForCounter().Case(ctx, h.facility.Code, id)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(stored.Body, &body); err != nil {
		t.Fatal(err)
	}
	codes := counter.CheckCodes()
	if len(codes) < 13 {
		t.Fatalf("%q", codes)
	}
	body["checked"] = codes
	if stored.Body, err = json.Marshal(body); err != nil {
		t.Fatal(err)
	}
	if err := h.store.ForCounter().PutCase(ctx, stored, audit.Entry{At: h.now, Actor: "t", Action: "t"}); err != nil {
		t.Fatal(err)
	}
	page := h.ask(t, "GET", "/counter/records/"+id, nil).Body.String()
	file := ""
	for _, row := range h.exported(t, "") {
		file += strings.Join(row, "\t")
	}
	for _, code := range codes {
		said, ok := message.FindEntry("records.checked." + code)
		if !ok {
			t.Errorf("%s has no word", code)
			continue
		}
		for where, text := range map[string]string{"the page": page, "the file": file} {
			if !strings.Contains(text, said.Texts["ja"].Sentence) {
				t.Errorf("%s lacks %q of %s", where, said.Texts["ja"].Sentence, code)
			}
		}
	}
}
