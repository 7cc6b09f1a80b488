package web

import (
	"testing"

	console "madoguchi/server/web/counter"
)

// noticeBody is the notice of 髙橋 德一 (person 3 of docs/facts/test-people.md) as staff type it.
func noticeBody() map[string]any {
	return map[string]any{
		"kind":          "N1",
		"insurerNumber": "138990",
		"symbol":        "国13",
		"number":        "0001234",
		"branch":        "02",
		"birthDate":     "S30.7.1",
		"name":          "髙橋 德一",
	}
}

// openPaper opens a case with a form.
func (h *testApp) openPaper(t *testing.T, body map[string]any) console.CaseJSON {
	t.Helper()
	w := h.ask(t, "POST", "/api/v1/counter/papers", body)
	if w.Code != 201 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return decode[console.CaseJSON](t, w)
}
