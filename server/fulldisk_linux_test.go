package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/postgrestest"
	"madoguchi/server/readiness"
)

// A PostgreSQL server whose disk is full refuses what needs room. People read why, the server says that it is
// not ready, what was stored can be read, and everything goes on once there is room, without a new start.
func TestAFullDiskOfPostgreSQLIsSaidAndPasses(t *testing.T) {
	set := movingClock(t, clock())
	server := postgrestest.NewSmall(t)
	k := killedServer{data: t.TempDir(), database: server.Database(t)}
	d, handler, _ := k.start(t)
	person := d.enrolled(t)
	reception := signedIn(handler, "counter")
	scan := func() *httptest.ResponseRecorder {
		body := fmt.Sprintf(`{"text":%q}`, d.screen(t, person))
		return reception.asks("POST", "/api/v1/counter/cases", body)
	}
	var stored []string
	keep := func(w *httptest.ResponseRecorder) {
		stored = append(stored, oldAnswer[struct{ ID string }](t, w).ID)
	}
	keep(scan())
	becomes := func(want ...readiness.Reason) {
		t.Helper()
		var why []readiness.Reason
		for range 20 { // a look has 300 ms: beside other work room may be found by a later one
			set(clock().Add(3 * time.Second)) // an answer counts for two
			if why = d.app.watched.Ready.Look(t.Context()); slices.Equal(why, want) {
				return
			}
		}
		t.Errorf("not ready for %v, want %v", why, want)
	}
	becomes()

	server.Fill(t)
	var refused *httptest.ResponseRecorder
	for range 500 { // small ones have room until a page is full
		w := scan()
		if w.Code/100 != 2 {
			refused = w
			break
		}
		keep(w)
	}
	var problem struct{ Type, Ja, En string }
	if refused == nil || refused.Code != http.StatusServiceUnavailable ||
		json.Unmarshal(refused.Body.Bytes(), &problem) != nil ||
		problem.Type != "urn:madoguchi:problem:store.full" || !strings.Contains(problem.Ja, "ディスクがいっぱい") {
		t.Fatalf("%d cases were stored, then %v", len(stored), refused)
	}
	_, err := d.insurer.Importer.Import(t.Context(), clerkOf(killedUnion), k.file(1))
	var e *eligibility.Error
	if !errors.As(err, &e) || e.Key != "store.full" {
		t.Errorf("an import: %v", err)
	}
	becomes(readiness.Disk)
	for _, path := range []string{"/api/v1/counter/cases", "/api/v1/counter/status", "/", "/healthz",
		"/i/00138990/.well-known/jwks.json"} {
		if w := reception.asks("GET", path, ""); w.Code != http.StatusOK {
			t.Errorf("%s while the disk is full: %d %s", path, w.Code, w.Body)
		}
	}

	server.Free(t)
	becomes()
	keep(scan())
	register := d.app.Store.ForInsurer().Register
	if n, err := register.CountPeople(t.Context(), killedUnion); err != nil || n != 0 {
		t.Errorf("%d people of the refused file are stored, %v", n, err)
	}
	if _, err := d.insurer.Importer.Import(t.Context(), clerkOf(killedUnion), k.file(2)); err != nil {
		t.Error(err)
	}
	for _, id := range stored {
		if _, err := d.app.Store.ForCounter().Case(t.Context(), "1319999991", id); err != nil {
			t.Errorf("case %s: %v", id, err)
		}
	}
	if n, err := d.app.Store.VerifyAudit(t.Context()); err != nil {
		t.Errorf("the chain of %d entries: %v", n, err)
	}
}
