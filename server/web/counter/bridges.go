package counter

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/server/agents"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// bridges are what the console's dialogue on computers with readers calls, and where those dial in.
type bridges struct {
	receptions
	readers *agents.AgentHub
}

func (s bridges) routes(r *kit.Router) {
	r.Counter("GET /api/v1/counter/bridges", s.reception(s.list))
	r.Counter("POST /api/v1/counter/bridges", s.reception(s.beginPairing))
	r.Counter("POST /api/v1/counter/bridges/confirm", s.reception(s.confirmPairing))
	r.Counter("POST /api/v1/counter/bridges/:id/end", s.reception(s.endBridge))
	r.Counter("POST /api/v1/counter/bridges/:id/readmit", s.reception(s.readmitBridge))
	r.Agent("GET /api/v1/bridge", s.bridge)
}

// bridge is where bridge agents dial in. What limits count is the visitor's address: behind a proxy the
// request's own is the proxy's.
func (s bridges) bridge(c echo.Context) error {
	s.readers.Serve(c.Response(), c.Request(), c.RealIP())
	return nil
}

// beginPairing answers a code with the agent that shows it. Nothing is stored before confirmPairing.
func (s bridges) beginPairing(c echo.Context, reception staff.Reception) error {
	var body struct {
		Code string `json:"code"`
	}
	if err := c.Bind(&body); err != nil || len(body.Code) > 64 {
		return kit.ErrRequest
	}
	found, err := s.readers.BeginPairing(c.Request().Context(), reception, body.Code)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, struct {
		Name    string    `json:"name"`
		Words   []string  `json:"words"`
		Ticket  string    `json:"ticket"`
		Network string    `json:"network"`
		Version int       `json:"version"`
		Virtual bool      `json:"virtual"`
		Until   time.Time `json:"until"`
	}{
		Name:    found.Name,
		Words:   found.Words,
		Ticket:  found.Ticket,
		Network: found.Network,
		Version: found.Version,
		Virtual: found.Virtual,
		Until:   found.Until,
	})
}

// confirmPairing pairs the agent whose words staff have compared, or refuses it where they differ.
func (s bridges) confirmPairing(c echo.Context, reception staff.Reception) error {
	var body struct {
		Ticket string `json:"ticket"`
		Same   *bool  `json:"same"`
	}
	if err := c.Bind(&body); err != nil || len(body.Ticket) > 64 {
		return kit.ErrRequest
	}
	if body.Same == nil {
		return kit.ErrRequest.In("same")
	}
	var answer struct {
		Paired bool      `json:"paired"`
		Name   string    `json:"name,omitempty"`
		Said   *Sentence `json:"said,omitempty"` // why it was not paired
	}
	if !*body.Same {
		if err := s.readers.RefusePairing(c.Request().Context(), reception, body.Ticket); err != nil {
			return err
		}
		said := newSentence(agents.ErrDifferent.Message())
		answer.Said = &said
		return c.JSON(http.StatusOK, answer)
	}
	agent, err := s.readers.ConfirmPairing(c.Request().Context(), reception, body.Ticket)
	if err != nil {
		return err
	}
	answer.Paired, answer.Name = true, agent.Name
	return c.JSON(http.StatusOK, answer)
}

type bridgeJSON struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Version   int        `json:"version"` // of the messages that it spoke last; 0: not known
	Program   string     `json:"program"` // the release that it was last; empty: not known
	FirstSeen time.Time  `json:"firstSeen"`
	LastSeen  time.Time  `json:"lastSeen"`
	Connected bool       `json:"connected"`
	Virtual   bool       `json:"virtual"`
	SameKey   bool       `json:"sameKey"` // two programs with its key were there lately
	EndedAt   *time.Time `json:"endedAt,omitempty"`
}

// list lists the facility's paired agents, also those that were ended.
func (s bridges) list(c echo.Context, reception staff.Reception) error {
	known, err := s.readers.Agents(c.Request().Context(), reception)
	if err != nil {
		return err
	}
	out := make([]bridgeJSON, 0, len(known))
	for _, k := range known {
		one := bridgeJSON{
			ID:        k.ID,
			Name:      k.Name,
			Version:   k.Version,
			Program:   k.Program,
			FirstSeen: k.FirstSeen,
			LastSeen:  k.LastSeen,
			Connected: k.Connected,
			Virtual:   k.Virtual,
			SameKey:   k.SameKey,
		}
		if k.Ended() {
			one.EndedAt = &k.EndedAt
		}
		out = append(out, one)
	}
	return c.JSON(http.StatusOK, map[string]any{"bridges": out})
}

// endBridge hangs an agent up and refuses it from then on.
func (s bridges) endBridge(c echo.Context, reception staff.Reception) error {
	if err := s.readers.End(c.Request().Context(), reception, c.Param("id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// readmitBridge lets an agent that was ended be paired again.
func (s bridges) readmitBridge(c echo.Context, reception staff.Reception) error {
	if err := s.readers.Readmit(c.Request().Context(), reception, c.Param("id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
