package agents

import (
	"time"

	"madoguchi/card/wire"
	"madoguchi/eligibility"
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

// refusedFor is a refusal for a time: the agent tells its people, and comes back by itself.
func refusedFor(wait time.Duration, ja, en string) *wire.Refused {
	waitJa, waitEn := eligibility.WaitText(wait)
	return &wire.Refused{
		Ja:    ja + waitJa + "ほどたつと、自動でつなぎ直します。",
		En:    en + " It connects again by itself in about " + waitEn + ".",
		Retry: int(wait / time.Second),
	}
}

var (
	errSilent = refusedFor(waitSilent,
		"同じ回線から、名乗らない接続がたくさん来ています。", "Too many connections that do not say who they are come from the same network.")
	errWaiting = refusedFor(waitPairing,
		"同じ回線で、受付とつなぐのを待っているパソコンが多すぎます。先に待っているパソコンをつなぐか、閉じてください。",
		"Too many computers of the same network wait to be paired. Pair or close those that wait already.")
	errPairingOver = refusedFor(waitPairingOver,
		"受付とつなぐコードの時間が切れました。新しいコードに変わります。", "The pairing code has expired. A new one will be shown.")
)
