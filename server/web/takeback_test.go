package web

import (
	"net/http"
	"testing"
	"time"

	console "madoguchi/server/web/counter"
)

// The page offers to take a record back for as long as the server does: it is told, and counts nothing of its
// own.
func TestThePageIsToldForHowLongARecordCanBeTakenBack(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	recorded := answer[console.CaseJSON](t, h.ask(t, "POST", path+"/record",
		map[string]string{"outcome": "parked", "reason": "本人の希望"}), http.StatusOK)
	if recorded.TakeBack != 10_000 {
		t.Errorf("just recorded: %d ms", recorded.TakeBack)
	}
	for _, c := range []struct {
		after time.Duration
		left  int64
	}{{4 * time.Second, 6_000}, {6 * time.Second, 0}, {time.Minute, 0}} {
		h.now = h.now.Add(c.after)
		listed := answer[struct{ Cases []console.CaseJSON }](t,
			h.ask(t, "GET", "/api/v1/counter/cases", nil), http.StatusOK).Cases
		if len(listed) != 1 || listed[0].TakeBack != c.left {
			t.Errorf("%v later: %+v", c.after, listed)
		}
	}
	if open := h.scan(t, h.live(t, h.tokuichi(t).Person, "00138990", h.now)); open.TakeBack != 0 {
		t.Errorf("an open case: %d ms", open.TakeBack)
	}
}
