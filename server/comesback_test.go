package main

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/postgrestest"
	"madoguchi/server/insurer"
)

// While PostgreSQL is away an import, a checkpoint and a print run end with the reason; once it is back the
// same program does all of them, from where each of its connections has learned that it was cut.
func TestPostgreSQLGoesAndComesBackUnderAServer(t *testing.T) {
	set := movingClock(t, clock())
	server := postgrestest.New(t)
	k := killedServer{data: t.TempDir(), database: server.Database(t)}
	d, handler, witness := k.start(t)
	if _, err := d.insurer.Importer.Import(t.Context(), clerkOf(killedUnion), k.file(0)); err != nil {
		t.Fatal(err)
	}
	plan, err := d.app.runs.PlanRun(t.Context(), clerkOf(killedUnion), insurer.RunRequest{
		Kind:    insurer.NoticeRun,
		Options: insurer.RunOptions{PerFile: 40},
		List:    k.printed(),
	})
	if err == nil {
		err = d.app.runs.StartRun(t.Context(), clerkOf(killedUnion), plan)
	}
	if err != nil {
		t.Fatal(err)
	}
	imports := func() error {
		_, err := d.insurer.Importer.Import(t.Context(), clerkOf(killedUnion), k.file(1))
		return err
	}
	signs := func() error {
		set(clock().Add(2 * time.Minute))
		return witness.Look(t.Context(), true)
	}
	prints := func() error {
		_, err := d.app.runs.Print(t.Context(), clerkOf(killedUnion), plan.Run.ID, nil)
		return err
	}
	server.Stop(t)
	for name, do := range map[string]func() error{"an import": imports, "a print run": prints} {
		var e *eligibility.Error
		if err := do(); !errors.As(err, &e) || e.Key != "store.unavailable" {
			t.Errorf("%s without a database: %v", name, err)
		}
	}
	if signs() == nil {
		t.Error("a checkpoint of a database that is away")
	}
	page := visit(handler, "POST", "http://localhost:8080/insurer/staff", map[string][]string{"name": {"鈴木"}})
	if page.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a clerk's page: %s", page.Status)
	}
	server.Start(t)
	for name, do := range map[string]func() error{"an import": imports, "a checkpoint": signs,
		"a print run": prints} {
		var err error
		for range 20 { // each connection learns by one fault that it was cut
			if err = do(); err == nil {
				break
			}
		}
		if err != nil {
			t.Errorf("%s with the database again: %v", name, err)
		}
	}
	k.checkRuns(t, d, []string{plan.Run.ID})
	if n, err := d.app.Store.VerifyAudit(t.Context()); err != nil {
		t.Errorf("the chain of %d entries: %v", n, err)
	}
}
