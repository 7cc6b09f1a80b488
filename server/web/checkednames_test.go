package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	console "madoguchi/server/web/counter"
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
	entry := audit.Entry{At: h.now, Actor: "t", Action: "t"}
	if err := h.store.ForCounter().PutCase(ctx, stored, entry); err != nil {
		t.Fatal(err)
	}
	page := h.page(t, "/counter/records/"+id)
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

// The record of whatever was shown has a page: of a paper, accepted or refused by the rules, and of each way.
func TestEveryKindOfRecordHasAPage(t *testing.T) {
	h := newTestApp(t)
	h.atCounter(t)
	refuse := map[string]string{"outcome": "refused", "reason": "別人"}
	typed := map[string]any{"insurerNumber": "138990", "number": "1234", "birthDate": "S30.7.1"}
	pages := map[string]string{}
	for _, kind := range []string{"P1", "P2", "P3", "N1", "C1"} {
		id := answer[console.CaseJSON](t, h.ask(t, "POST", "/api/v1/counter/papers",
			also(typed, map[string]any{"kind": kind})), http.StatusCreated).ID
		h.ends(t, id, refuse)
		pages[id] = "職員が見て確認"
	}
	for name, more := range map[string]map[string]any{
		"医療扶助": {"kind": "C1", "insurerNumber": "12130001"},
		"未入力":  {"kind": "C1", "number": "", "unfinished": true},
	} {
		w := h.ask(t, "POST", "/api/v1/counter/papers", also(typed, more))
		id := answer[console.CaseJSON](t, w, http.StatusCreated).ID
		h.ends(t, id, map[string]string{"outcome": "refused", "reason": name})
		pages[id] = name
	}
	for code, tapped := range map[string]map[string]any{"A1": tappedNothing, "L1": tappedDown} {
		id := h.opensWay(t, code, tapped).ID
		w := h.ask(t, "POST", "/api/v1/counter/ways/"+id+"/record",
			also(typedPerson, map[string]any{"outcome": "refused", "reason": "別人"}))
		if got := answer[console.CaseJSON](t, w, http.StatusOK); got.Outcome != "refused" {
			t.Errorf("%+v", got)
		}
		pages[id] = "試験 花子"
	}
	for id, says := range pages {
		if page := h.page(t, "/counter/records/"+id); !strings.Contains(page, says) {
			t.Errorf("%q is not in %s", says, page)
		}
	}
	if list := h.page(t, "/counter/records"); !strings.Contains(list, "試験 花子") {
		t.Error("the list does not name whom a way was about")
	}
}
