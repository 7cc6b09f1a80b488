package web

import (
	"context"
	"errors"
	"testing"
	"time"

	"madoguchi/server/desk"
	"madoguchi/server/store"
)

// uncounting is a store that cannot write numbers down.
type uncounting struct{ *store.Store }

func (uncounting) AddCounts(context.Context, map[desk.DayCount]int) error {
	return errors.New("no space left on device")
}

// A live screen needs nothing written: statistics that cannot be stored are no reason to leave a patient without one.
func TestAScreenIsShownThoughNothingCanBeCounted(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	h.office.Store = uncounting{h.store}
	for range 3 {
		answer[struct{ JWS string }](t, h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"}), 200)
		h.now = h.now.Add(2 * time.Minute)
	}
	h.office.Store = h.store
	h.now = h.now.Add(2 * time.Minute)
	answer[struct{ JWS string }](t, h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"}), 200)
	s, err := h.office.Statistics(ctx, "00138990")
	if err != nil || len(s.Days) == 0 || s.Days[0].Screens != 4 {
		t.Errorf("what was not written is written later: %+v %v", s.Days, err)
	}
}
