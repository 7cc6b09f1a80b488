package agents

import (
	"context"
	"slices"
	"sync"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// memory is a Store for tests, which keeps the audit's lines too.
type memory struct {
	mu     sync.Mutex
	agents map[string]Agent
	lines  []audit.Entry
	saw    int // calls of SawAgent
}

var errNone = &eligibility.Error{Code: eligibility.NotFound, Key: "agent.unknown"}

func (m *memory) PutAgent(_ context.Context, a Agent, e audit.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.agents[a.ID]; ok {
		return ErrPairedAlready
	}
	m.agents[a.ID] = a
	m.lines = append(m.lines, e)
	return nil
}

func (m *memory) Agent(_ context.Context, id string) (Agent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.agents[id]
	if !ok {
		return Agent{}, errNone
	}
	return a, nil
}

func (m *memory) Agents(_ context.Context, facility string) (all []Agent, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.agents {
		if a.Facility == facility {
			all = append(all, a)
		}
	}
	return all, nil
}

func (m *memory) SawAgent(_ context.Context, seen AgentSeen) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.saw++
	if a, ok := m.agents[seen.ID]; ok && !a.Ended() {
		a.LastSeen, a.Version, a.Program = seen.At, seen.Version, seen.Program
		m.agents[seen.ID] = a
	}
	return nil
}

func (m *memory) TroubledAgent(_ context.Context, trouble AgentTrouble) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a, ok := m.agents[trouble.ID]; ok && !a.Ended() {
		a.Trouble, a.TroubleAt = trouble.Key, trouble.At
		m.agents[trouble.ID] = a
	}
	return nil
}

func (m *memory) EndAgent(_ context.Context, end AgentEnd, e audit.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.agents[end.ID]
	if !ok || a.Facility != end.Facility {
		return errNone
	}
	if a.Ended() {
		return nil
	}
	a.EndedAt, a.EndedBy = end.At, end.By
	m.agents[end.ID] = a
	m.lines = append(m.lines, e)
	return nil
}

func (m *memory) ForgetAgent(_ context.Context, facility, id string, e audit.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a, ok := m.agents[id]; !ok || a.Facility != facility || !a.Ended() {
		return errNone
	}
	delete(m.agents, id)
	m.lines = append(m.lines, e)
	return nil
}

func (m *memory) NoteAgent(_ context.Context, e audit.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lines = append(m.lines, e)
	return nil
}

// actions are those of the audit's lines.
func (m *memory) actions() (all []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.lines {
		all = append(all, e.Action)
	}
	return all
}

func newMemory() *memory { return &memory{agents: map[string]Agent{}} }

// wantActions fails unless exactly these lines were written.
func (m *memory) wantActions(t *testing.T, want ...string) {
	t.Helper()
	if got := m.actions(); !slices.Equal(got, want) {
		t.Errorf("the audit has %q, want %q", got, want)
	}
}

// pairByHand types a code and says that the words are the same.
func pairByHand(s *AgentHub, desk staff.Reception, code string) (Candidate, error) {
	found, err := s.BeginPairing(context.Background(), desk, code)
	if err == nil {
		_, err = s.ConfirmPairing(context.Background(), desk, found.Ticket)
	}
	return found, err
}
