package agents

import (
	"time"

	"madoguchi/card/wire"
	"madoguchi/message"
)

// Bounds of connections that are nobody's yet. One address may be a whole hospital's, a carrier's (RFC 6598)
// or a proxy's in front of this server. Of silent connections the oldest of the network with the most makes
// room: who proves a key does so in a moment. Who waits to be paired keeps the code that people are typing,
// and a network's next one is refused instead.
const (
	maxSilent       = 4096 // connections that have not proved a key; each lives ten seconds at most
	maxSilentAt     = 2048 // of one network: 50,000 agents coming back within a minute are 833 a second
	maxWaiting      = 1000 // agents that show a pairing code; each for ten minutes at most
	maxWaitingAt    = 50   // of one network
	maxGoodbyes     = 256  // refusals on their way at once; who is refused beyond that hears nothing
	waitSilent      = 5 * time.Second
	waitPairing     = time.Minute
	waitPairingOver = 5 * time.Second
)

// crowd counts lines by the network that they came from. It is guarded by the AgentHub's lock.
type crowd struct {
	most, mostAt int
	at           map[string][]*line // oldest first
	n            int
}

func newCrowd(most, mostAt int) crowd {
	return crowd{most: most, mostAt: mostAt, at: map[string][]*line{}}
}

// enter adds a line and returns the one that has to make room for it, if one has.
func (c *crowd) enter(l *line) (out *line) {
	switch {
	case len(c.at[l.network]) >= c.mostAt:
		out = c.at[l.network][0]
	case c.n >= c.most:
		largest := ""
		for network, lines := range c.at {
			if len(lines) > len(c.at[largest]) {
				largest = network
			}
		}
		out = c.at[largest][0]
	}
	if out != nil {
		c.leave(out)
	}
	c.at[l.network] = append(c.at[l.network], l)
	c.n++
	return out
}

// leave takes a line out; again is no error.
func (c *crowd) leave(l *line) {
	lines := c.at[l.network]
	for i, one := range lines {
		if one != l {
			continue
		}
		c.n--
		if len(lines) == 1 {
			delete(c.at, l.network)
			return
		}
		c.at[l.network] = append(append(make([]*line, 0, len(lines)-1), lines[:i]...), lines[i+1:]...)
		return
	}
}

// refusal says why a connection ends, and after which wait the agent may come back; 0 when it may not.
type refusal struct {
	why  message.Message
	wait time.Duration
}

// refusedFor is a refusal for a time: the agent tells its people, and comes back by itself.
func refusedFor(wait time.Duration, key string) refusal {
	return refusal{message.New(key, message.Args{"wait": message.Wait(wait)}), wait}
}

// to is the refusal as an agent of a version reads it; 0 when it has not said its version yet.
func (r refusal) to(version int) *wire.Refused { return wire.Refuse(r.why, r.wait, version) }

var (
	errSilent      = refusedFor(waitSilent, "agent.refused.silent")
	errWaiting     = refusedFor(waitPairing, "agent.refused.waiting")
	errPairingOver = refusedFor(waitPairingOver, "agent.refused.pairing_over")
)
