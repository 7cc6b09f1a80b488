package agents

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
)

// AgentTrouble says why an agent's reader did not answer.
type AgentTrouble struct {
	ID  string
	At  time.Time
	Key string // of the sentence
}

// ask is agentConn.ask, after which it is stored why the reader did not answer, where it did not. That says
// nothing of a card: what a card is or says is no trouble of the reader's.
func (s *AgentHub) ask(
	ctx context.Context, l *agentConn, id string, within time.Duration, m wire.Message,
) (*wire.Reply, error) {
	reply, err := l.ask(ctx, id, within, m)
	if key := troubleOf(reply, err); key != "" {
		trouble := AgentTrouble{ID: l.agent.ID, At: s.now(), Key: key}
		if err := s.store.TroubledAgent(context.WithoutCancel(ctx), trouble); err != nil {
			slog.Warn("storing a reader's trouble", "error", err)
		}
	}
	return reply, err
}

// troubleOf is the key of why a reader did not answer, empty when it did, and while it is busy with another
// case or nobody waits for it any more.
func troubleOf(reply *wire.Reply, err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return card.ErrTimeout.Key
	case err == nil && reply.Fault != "":
		err = wire.FaultError(reply.Fault)
	case err == nil && reply.Text != nil && reply.Text.Outcome == card.Failed:
		err = wire.FaultError(reply.Text.Key)
	case err == nil && reply.Dates != nil && reply.Dates.Outcome == card.Failed:
		err = wire.FaultError(reply.Dates.Key)
	}
	var e *eligibility.Error
	if !errors.As(err, &e) || e.Code == eligibility.Conflict {
		return ""
	}
	return e.Key
}
