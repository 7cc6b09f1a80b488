package agents

import (
	"errors"
	"testing"
)

// A ticket names its instance, and comes from a browser: what names none that lives is no ticket, and nothing
// is sent to where it points.
func TestATicketOfNoInstanceIsNone(t *testing.T) {
	all, places := together(t, Config{}, "a", "b", "gone")
	places.mu.Lock()
	places.dead["gone"] = true
	places.mu.Unlock()
	for _, ticket := range []string{
		"gone-TICKET", "a b-TICKET", "*-TICKET", ">-TICKET", "\r\nPUB x 0\r\n\r\n-TICKET",
		"b.agents.operation-TICKET", "-TICKET", "a\x00-TICKET",
	} {
		if _, err := all["a"].ConfirmPairing(t.Context(), suzuki, ticket); !errors.Is(err, ErrTicket) {
			t.Errorf("%q: %v", ticket, err)
		}
	}
}
