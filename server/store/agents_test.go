package store

import (
	"errors"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/agents"
	"madoguchi/server/store/storetest"
)

var readersAgent = agents.Agent{ID: agentID, Facility: "1319999991", Name: "受付1", Key: []byte("key"),
	PairedAt: noon, PairedBy: "鈴木", FirstSeen: noon, LastSeen: noon, Version: 4}

func isMissing(err error) bool {
	var e *eligibility.Error
	return errors.As(err, &e) && e.Code == eligibility.NotFound
}

func TestAnAgentIsSeenEndedAndForgotten(t *testing.T) {
	storetest.Engines(t, testAnAgentIsSeenEndedAndForgotten)
}

func testAnAgentIsSeenEndedAndForgotten(t *testing.T) {
	s, path := open(t)
	a := readersAgent
	store := s.ForAgents()
	if err := store.PutAgent(ctx, a, entry("agent.pair")); err != nil {
		t.Fatal(err)
	}
	if err := store.PutAgent(ctx, a, entry("agent.pair")); !errors.Is(err, agents.ErrPairedAlready) {
		t.Errorf("again: %v", err)
	}
	later := noon.Add(time.Hour)
	if err := store.SawAgent(ctx, agents.AgentSeen{
		ID:      a.ID,
		At:      later,
		Version: 5,
		Program: "1.2.0",
	}); err != nil {
		t.Fatal(err)
	}
	got, err := store.Agent(ctx, a.ID)
	if err != nil || !got.FirstSeen.Equal(noon) || !got.LastSeen.Equal(later) || got.Version != 5 ||
		got.Program != "1.2.0" || got.Ended() {
		t.Errorf("%+v %v", got, err)
	}
	trouble := agents.AgentTrouble{ID: a.ID, At: later, Key: "card.removed"}
	if err := store.TroubledAgent(ctx, trouble); err != nil {
		t.Fatal(err)
	}
	got, err = store.Agent(ctx, a.ID)
	if err != nil || got.Trouble != "card.removed" || !got.TroubleAt.Equal(later) {
		t.Errorf("%+v %v", got, err)
	}
	end := agents.AgentEnd{ID: a.ID, Facility: "1319999992", At: later, By: "田中"}
	if err := store.EndAgent(ctx, end, entry("agent.end")); !isMissing(err) {
		t.Errorf("another facility ends it: %v", err)
	}
	if err := store.ForgetAgent(ctx, a.Facility, a.ID, entry("agent.readmit")); !isMissing(err) {
		t.Errorf("forgotten before it was ended: %v", err)
	}
	end.Facility = a.Facility
	for range 2 { // again is no error
		if err := store.EndAgent(ctx, end, entry("agent.end")); err != nil {
			t.Fatal(err)
		}
		end.By = "鈴木"
	}
	if err := store.SawAgent(
		ctx, agents.AgentSeen{ID: a.ID, At: later.Add(time.Hour), Version: 6},
	); err != nil {
		t.Fatal(err)
	}
	if err := store.SawAgent(ctx, agents.AgentSeen{ID: "nobody", At: later, Version: 6}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{a.ID, "nobody"} {
		late := agents.AgentTrouble{ID: id, At: later.Add(time.Hour), Key: "card.none"}
		if err := store.TroubledAgent(ctx, late); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	s, err = openAt(path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	store = s.ForAgents()
	all, err := store.Agents(ctx, a.Facility)
	if err != nil || len(all) != 1 || !all[0].EndedAt.Equal(later) || all[0].EndedBy != "田中" ||
		!all[0].LastSeen.Equal(later) || all[0].Trouble != "card.removed" {
		t.Errorf("%+v %v", all, err)
	}
	if all, err := store.Agents(ctx, "1319999992"); err != nil || len(all) != 0 {
		t.Errorf("another facility's are %+v %v", all, err)
	}
	if err := store.ForgetAgent(ctx, "1319999992", a.ID, entry("agent.readmit")); !isMissing(err) {
		t.Errorf("another facility forgets it: %v", err)
	}
	if err := store.ForgetAgent(ctx, a.Facility, a.ID, entry("agent.readmit")); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Agent(ctx, a.ID); !isMissing(err) {
		t.Errorf("%v", err)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 3 {
		t.Errorf("%d lines of the audit, want pair, end and readmit: %v", n, err)
	}
}

// What ends an agent is not taken back by hand: neither by clearing the end nor with the proof of before.
func TestAnEndedAgentIsNotLetInByHand(t *testing.T) {
	storetest.Engines(t, testAnEndedAgentIsNotLetInByHand)
}

func testAnEndedAgentIsNotLetInByHand(t *testing.T) {
	for _, c := range []struct{ name, sql string }{
		{"the end", `UPDATE agents SET ended_at = 0, ended_by = ''`},
		{"all that schema 20 added", `UPDATE agents SET ended_at = 0, ended_by = '', first_seen = 0,
			last_seen = 0, version = 0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := open(t)
			if err := s.ForAgents().PutAgent(ctx, readersAgent, entry("agent.pair")); err != nil {
				t.Fatal(err)
			}
			end := agents.AgentEnd{ID: agentID, Facility: "1319999991", At: noon, By: "田中"}
			if err := s.ForAgents().EndAgent(ctx, end, entry("agent.end")); err != nil {
				t.Fatal(err)
			}
			if _, err := s.tamper(c.sql); err != nil {
				t.Fatal(err)
			}
			if _, err := s.ForAgents().Agent(ctx, agentID); !errors.Is(err, errAltered) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A row of before schema 20 has nothing in the new columns, and the proof over the old ones alone.
func TestAnAgentOfTheVersionBeforeIsReadAndSeen(t *testing.T) {
	storetest.Engines(t, testAnAgentOfTheVersionBeforeIsReadAndSeen)
}

func testAnAgentOfTheVersionBeforeIsReadAndSeen(t *testing.T) {
	s, _ := open(t)
	row := provenRow{
		"cases",
		"agents",
		[]any{agentID, "1319999991", "受付1", []byte("key"), toMillis(noon), "鈴木"},
	}
	proof, err := s.proofs.proofOf(row)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.tamper(`INSERT INTO agents (ref, facility, name, public, paired_at, paired_by, proof)
		VALUES ($1, '1319999991', '受付1', $2, $3, '鈴木', $4)`, agentID, []byte("key"), toMillis(noon),
		proof); err != nil {
		t.Fatal(err)
	}
	a, err := s.ForAgents().Agent(ctx, agentID)
	if err != nil || !a.FirstSeen.IsZero() || !a.LastSeen.IsZero() || a.Ended() || !a.PairedAt.Equal(noon) {
		t.Fatalf("%+v %v", a, err)
	}
	if err := s.ForAgents().SawAgent(
		ctx, agents.AgentSeen{ID: agentID, At: noon.Add(time.Hour), Version: 3},
	); err != nil {
		t.Fatal(err)
	}
	a, err = s.ForAgents().Agent(ctx, agentID)
	if err != nil || !a.FirstSeen.Equal(noon) || !a.LastSeen.Equal(noon.Add(time.Hour)) || a.Version != 3 {
		t.Errorf("%+v %v", a, err)
	}
}
