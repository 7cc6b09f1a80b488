package agents

import (
	"container/list"
	"time"

	"madoguchi/card/wire"
	"madoguchi/message"
)

// Bounds of connections that are nobody's yet. One address may be a whole hospital's or a carrier's (RFC
// 6598). Of unauthenticated connections the oldest of the network with the most makes room: who proves a key
// does so in a moment. Networks from which a paired agent has come have places of their own, which strangers
// elsewhere cannot take. Who waits to be paired keeps the code that people are typing, and a network's next
// one is refused instead.
const (
	// connections that are not known to be a paired agent's; each lives ten seconds at most
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
	waitSameKey         = time.Minute
)

// connLimit counts connections by the network that they came from, and bounds them. Adding and removing take
// the same short time however many there are. It is guarded by its owner's lock.
type connLimit struct {
	most, mostPerNetwork int
	byNetwork            map[string]*networkConns
	places               map[*agentConn]*list.Element // of each connection in its network's list
	bySize               []*list.List                 // networks that have so many, the longest there first
	largest              int                          // how many the network with the most has
}

// networkConns are one network's connections.
type networkConns struct {
	conns *list.List    // of *agentConn, oldest first
	place *list.Element // in bySize[conns.Len()]
}

func newConnLimit(most, mostPerNetwork int) connLimit {
	return connLimit{
		most:           most,
		mostPerNetwork: mostPerNetwork,
		byNetwork:      map[string]*networkConns{},
		places:         map[*agentConn]*list.Element{},
	}
}

// count is how many connections there are.
func (c *connLimit) count() int { return len(c.places) }

// countOf is how many connections of a network there are.
func (c *connLimit) countOf(network string) int {
	if n := c.byNetwork[network]; n != nil {
		return n.conns.Len()
	}
	return 0
}

// isFull reports whether a network has as many connections as it may.
func (c *connLimit) isFull(network string) bool { return c.countOf(network) >= c.mostPerNetwork }

// add takes a connection in and returns the one that has to make room for it, if one has.
func (c *connLimit) add(l *agentConn) (out *agentConn) {
	switch {
	case c.isFull(l.network):
		out = c.byNetwork[l.network].oldest()
	case c.count() >= c.most:
		out = c.bySize[c.largest].Front().Value.(*networkConns).oldest()
	}
	if out != nil {
		c.remove(out)
	}
	n := c.byNetwork[l.network]
	if n == nil {
		n = &networkConns{conns: list.New()}
		c.byNetwork[l.network] = n
	}
	c.places[l] = n.conns.PushBack(l)
	c.resize(n, n.conns.Len()-1)
	return out
}

// remove takes a connection out; again is no error.
func (c *connLimit) remove(l *agentConn) {
	place := c.places[l]
	if place == nil {
		return
	}
	delete(c.places, l)
	n := c.byNetwork[l.network]
	n.conns.Remove(place)
	if n.conns.Len() == 0 {
		delete(c.byNetwork, l.network)
	}
	c.resize(n, n.conns.Len()+1)
}

// resize moves a network to where those with as many connections stand; before is how many it had.
func (c *connLimit) resize(n *networkConns, before int) {
	now := n.conns.Len()
	if before > 0 {
		c.bySize[before].Remove(n.place)
	}
	for len(c.bySize) <= now {
		c.bySize = append(c.bySize, list.New())
	}
	if now > 0 {
		n.place = c.bySize[now].PushBack(n)
	}
	c.largest = max(c.largest, now)
	for c.largest > 0 && c.bySize[c.largest].Len() == 0 {
		c.largest--
	}
}

func (n *networkConns) oldest() *agentConn { return n.conns.Front().Value.(*agentConn) }

// homeNetworks are the networks from which paired agents came last, one for each agent.
type homeNetworks struct {
	ofAgent map[string]string // by agent id
	agents  map[string]int    // how many agents a network has
}

func newHomeNetworks() homeNetworks {
	return homeNetworks{ofAgent: map[string]string{}, agents: map[string]int{}}
}

// set makes a network the one from which an agent came last; an empty one forgets the agent.
func (h homeNetworks) set(id, network string) {
	if before, ok := h.ofAgent[id]; ok {
		if h.agents[before]--; h.agents[before] == 0 {
			delete(h.agents, before)
		}
		delete(h.ofAgent, id)
	}
	if network != "" {
		h.ofAgent[id] = network
		h.agents[network]++
	}
}

func (h homeNetworks) holds(network string) bool { return h.agents[network] > 0 }

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
	errSameKey         = refusedFor(waitSameKey, "agent.refused.same_key")
	errOtherWords      = refusal{why: message.New("agent.refused.different", nil)}
	errEnded           = refusal{why: message.New("agent.refused.ended", nil)}
)
