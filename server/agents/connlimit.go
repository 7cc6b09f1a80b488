package agents

import (
	"time"

	"madoguchi/card/wire"
	"madoguchi/message"
)

// Bounds of connections that are nobody's yet. One address may be a whole hospital's, a carrier's (RFC 6598)
// or a proxy's in front of this server. Of unauthenticated connections the oldest of the network with the
// most makes room: who proves a key does so in a moment. Who waits to be paired keeps the code that people
// are typing, and a network's next one is refused instead.
const (
	// connections that have not proved a key; each lives ten seconds at most
	maxUnauthenticated = 4096
	// of one network: 50,000 agents coming back within a minute are 833 a second
	maxUnauthenticatedPerNetwork = 2048
	maxWaiting                   = 1000 // agents that show a pairing code; each for ten minutes at most
	maxWaitingPerNetwork         = 50   // of one network
	// refusals on their way at once; who is refused beyond that hears nothing
	maxGoodbyes         = 256
	waitUnauthenticated = 5 * time.Second
	waitPairing         = time.Minute
	waitPairingOver     = 5 * time.Second
)

// connLimit counts connections by the network that they came from, and bounds them. It is guarded by the
// AgentHub's lock.
type connLimit struct {
	most, mostPerNetwork int
	byNetwork            map[string][]*agentConn // oldest first
	count                int
}

func newConnLimit(most, mostPerNetwork int) connLimit {
	return connLimit{most: most, mostPerNetwork: mostPerNetwork, byNetwork: map[string][]*agentConn{}}
}

// add takes a connection in and returns the one that has to make room for it, if one has.
func (c *connLimit) add(l *agentConn) (out *agentConn) {
	switch {
	case len(c.byNetwork[l.network]) >= c.mostPerNetwork:
		out = c.byNetwork[l.network][0]
	case c.count >= c.most:
		largest := ""
		for network, conns := range c.byNetwork {
			if len(conns) > len(c.byNetwork[largest]) {
				largest = network
			}
		}
		out = c.byNetwork[largest][0]
	}
	if out != nil {
		c.remove(out)
	}
	c.byNetwork[l.network] = append(c.byNetwork[l.network], l)
	c.count++
	return out
}

// remove takes a connection out; again is no error.
func (c *connLimit) remove(l *agentConn) {
	conns := c.byNetwork[l.network]
	for i, one := range conns {
		if one != l {
			continue
		}
		c.count--
		if len(conns) == 1 {
			delete(c.byNetwork, l.network)
			return
		}
		rest := append(make([]*agentConn, 0, len(conns)-1), conns[:i]...)
		c.byNetwork[l.network] = append(rest, conns[i+1:]...)
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

// forVersion is the refusal as an agent of a version reads it; 0 when it has not said its version yet.
func (r refusal) forVersion(version int) *wire.Refused {
	return wire.NewRefused(r.why, r.wait, version)
}

var (
	errUnauthenticated = refusedFor(waitUnauthenticated, "agent.refused.silent")
	errWaiting         = refusedFor(waitPairing, "agent.refused.waiting")
	errPairingOver     = refusedFor(waitPairingOver, "agent.refused.pairing_over")
)
