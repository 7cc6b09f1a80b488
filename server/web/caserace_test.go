package web

import (
	"context"
	"errors"
	"sync"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
)

// racing lets somebody else change a case just before a change of it is stored.
type racing struct {
	counter.Store
	mu    sync.Mutex
	other func()
}

func (r *racing) PutCase(ctx context.Context, c counter.Case, e audit.Entry) error {
	r.mu.Lock()
	other := r.other
	r.other = nil
	r.mu.Unlock()
	if other != nil {
		other()
	}
	return r.Store.PutCase(ctx, c, e)
}

// Two consoles of one reception work on the same case. Neither undoes the other: what was looked at stays
// noted, and a record is never opened again.
func TestTwoConsolesOnOneCaseLoseNothing(t *testing.T) {
	h := newTestApp(t)
	id, _ := h.scanned(t)
	second := *h.counter
	sato := atDesk
	sato.Staff = "佐藤"
	store := &racing{Store: h.store.ForCounter(), other: func() {
		if _, err := second.Visual(ctx, sato, id, []string{"photo"}); err != nil {
			t.Error(err)
		}
	}}
	h.counter.Store = store
	view, err := h.counter.Record(ctx, atDesk, id,
		counter.CaseEnd{Outcome: hostapi.Accepted, Reason: "リーダーの故障"})
	if err != nil || len(view.Visual) != 1 || view.Staff != "鈴木" {
		t.Errorf("%+v %v", view.Visual, err)
	}

	id, _ = h.scanned(t)
	store.other = func() {
		if _, err := second.Record(ctx, sato, id,
			counter.CaseEnd{Outcome: hostapi.Parked, Reason: "急ぎ"}); err != nil {
			t.Error(err)
		}
	}
	var e *eligibility.Error
	if _, err := h.counter.Visual(ctx, atDesk, id, []string{"photo"}); !errors.As(err, &e) ||
		e.Key != "case.closed" {
		t.Errorf("%v", err)
	}
	if stored, err := h.store.ForCounter().Case(ctx, "1319999991", id); err != nil ||
		stored.Outcome != hostapi.Parked {
		t.Errorf("%s %v", stored.Outcome, err)
	}
	if err := h.store.ForCounter().PutCase(ctx, counter.Case{
		Facility: "1319999991",
		ID:       id,
		At:       h.now,
		Version:  1,
		Body:     []byte("{}"),
	}, audit.Entry{At: h.now, Actor: "t", Action: "t"}); !errors.Is(
		err,
		counter.ErrCaseChanged,
	) {
		t.Errorf("an old version was stored: %v", err)
	}
}
