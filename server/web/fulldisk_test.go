package web

import (
	"context"
	"errors"
	"testing"
	"time"

	"madoguchi/server/insurer"
)

// uncounting is a store that cannot write numbers down while its disk is full.
type uncounting struct {
	insurer.UsageStore
	full bool
}

func (s *uncounting) AddCounts(ctx context.Context, counts map[insurer.DayCount]int) error {
	if s.full {
		return errors.New("no space left on device")
	}
	return s.UsageStore.AddCounts(ctx, counts)
}

// A live screen needs nothing written: statistics that cannot be stored are no reason to leave a patient
// without one.
func TestAScreenIsShownThoughNothingCanBeCounted(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	disk := &uncounting{UsageStore: h.store.Usage, full: true}
	h.replace = func(all *insurer.Stores) { all.Usage = disk }
	h.build(t)
	for range 3 {
		answer[struct{ JWS string }](
			t,
			h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"}),
			200,
		)
		h.now = h.now.Add(2 * time.Minute)
	}
	disk.full = false
	h.now = h.now.Add(2 * time.Minute)
	answer[struct{ JWS string }](
		t,
		h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"}),
		200,
	)
	s, err := h.insurer.Usage.Statistics(ctx, clerkOf("00138990"))
	if err != nil || len(s.Days) == 0 || s.Days[0].Screens != 4 {
		t.Errorf("what was not written is written later: %+v %v", s.Days, err)
	}
}
